"""What was deleted, and how far it is."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from rights.api.documents import deletions_page
from rights.api.serializers.deletions import DeletionsSerializer

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class DeletionsView(VaultView):
    """The deletions of an account."""

    @extend_schema(
        operation_id="deletions_list", parameters=PAGE, responses=DeletionsSerializer
    )
    def get(self, request: Request) -> Response:
        """Every deletion of the last twelve months, newest first."""
        page = deletions_page(request, account_id=self.account.pk)
        return Response(DeletionsSerializer(page).data)
