"""The end of mails about shared albums."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import OpenView
from sharing.actions.digesting import unsubscribe
from sharing.api.base import limit_looks


class UnsubscribeView(OpenView):
    """Whoever holds the link from such a mail wants no more of them."""

    @extend_schema(
        operation_id="digests_unsubscribe",
        parameters=[OpenApiParameter("token", str, required=True)],
        request=None,
        responses={204: OpenApiResponse(description="No more of them.")},
    )
    def post(self, request: Request) -> Response:
        """Turn them off, without signing in (RFC 8058). The body says nothing that is needed."""
        limit_looks(request)
        unsubscribe(request.query_params.get("token", ""))
        return Response(status=204)
