"""Passes to the public origin, for people who are signed in here."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from pocketvault.kernel.ratelimit import limit_by_name
from sharing.api.serializers.visitor_passes import AskForPassSerializer, VisitorPassSerializer
from sharing.public.passing import address_with_pass

PASSES = "60/h"


class VisitorPassesView(VaultView):
    """Passes, each for one profile."""

    purpose = PUBLISH_IMAGES

    @extend_schema(
        operation_id="visitor_passes_make",
        request=AskForPassSerializer,
        responses=VisitorPassSerializer,
    )
    def post(self, request: Request) -> Response:
        """Where a profile is looked at as somebody with an account, without saying who."""
        plain = plain_request(request)
        limit_by_name(plain, door="visitor-pass", name=str(self.account.pk), rate=PASSES)
        name = read(AskForPassSerializer, request)["profile"]
        body = {"address": address_with_pass(self.account, name)}
        return Response(VisitorPassSerializer(body).data)
