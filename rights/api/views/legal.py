"""What authorities asked about somebody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from rights.api.serializers.legal import LegalRequestsSerializer
from rights.legal.reading import requests_about


class LegalRequestsView(VaultView):
    """The orders about an account of which its person was told."""

    @extend_schema(operation_id="legal_requests_list", responses=LegalRequestsSerializer)
    def get(self, request: Request) -> Response:
        """Who asked, for what, and what became of it. What may not be told yet is not here."""
        found = {"items": requests_about(self.account.pk)}
        return Response(LegalRequestsSerializer(found).data)
