"""Who works for us, for machines."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import OpenView
from rights.api.serializers.processors import ProcessorsSerializer
from rights.register import register


class ProcessorsView(OpenView):
    """The register. Open to everybody."""

    @extend_schema(operation_id="processors_list", auth=[], responses=ProcessorsSerializer)
    def get(self, request: Request) -> Response:
        """Every company that gets anything from this service, those that did before included."""
        return Response(ProcessorsSerializer(register()).data)
