"""The versions of the privacy policy, for machines and for the dashboard's notice."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import OpenView
from rights.api.serializers.policies import PolicyVersionsSerializer
from rights.policy_register import versions


class PoliciesView(OpenView):
    """Every version. Open to everybody."""

    @extend_schema(operation_id="policies_list", auth=[], responses=PolicyVersionsSerializer)
    def get(self, request: Request) -> Response:
        """Which versions there are, from when each is in force, and what it changed."""
        return Response(PolicyVersionsSerializer({"items": versions()}).data)
