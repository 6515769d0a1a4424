"""Exports that a browser makes."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from rights.actions.exports import begin_export

NOTED = {204: OpenApiResponse(description="Noted; the owner is told by mail.")}


class ExportsView(VaultView):
    """Copies of a vault that are made on a device."""

    @extend_schema(operation_id="exports_begin", request=None, responses=NOTED)
    def post(self, request: Request) -> Response:
        """Say that an export begins. Needs a fresh step-up; what is exported is not said."""
        begin_export(self.session)
        return Response(status=204)
