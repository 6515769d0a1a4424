"""Who at the desk looked at what is about somebody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from rights.api.serializers.looks import LooksSerializer
from rights.models import DeskLook

MOST = 200


class LooksView(AccountView):
    """Every look at the desk that may be told of."""

    @extend_schema(operation_id="looks_list", responses=LooksSerializer)
    def get(self, request: Request) -> Response:
        """The last two hundred, the newest first. One that an order forbids telling of comes
        once that is over.
        """
        shown = DeskLook.objects.filter(account_id=self.account.pk).exclude(shown_from=None)
        items = [
            {
                "at": look.at, "looked_at": look.looked_at, "roles": look.roles.split(","),
                "case": look.case_id,
            }
            for look in shown.order_by("-pk")[:MOST]
        ]  # fmt: skip
        return Response(LooksSerializer({"items": items}).data)
