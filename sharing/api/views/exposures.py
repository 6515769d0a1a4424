"""Everything that an account shares, and the way out of all of it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import Keep, answer_once, keyed
from accounts.guards import require_step_up
from images.api.base import VaultView
from sharing.actions.ending import end_sharing
from sharing.api.link_bodies import ExposuresSerializer
from sharing.exposures import exposures_of


class ExposuresView(VaultView):
    """What others can open or bring by now."""

    @extend_schema(operation_id="exposures_list", responses=ExposuresSerializer)
    def get(self, request: Request) -> Response:
        """Every person, group and link, newest first."""
        return Response({"items": exposures_of(self.account)})


class EndExposuresView(VaultView):
    """The end of all of it."""

    @extend_schema(
        operation_id="exposures_end_all",
        request=None,
        responses={204: OpenApiResponse(description="Nothing is shared any more.")},
    )
    @keyed
    def post(self, request: Request) -> Response:
        """End every grant, link and collect link. Asks for a fresh proof. It is over when this
        answers; without an answer it goes on by itself.
        """
        require_step_up(self.session)

        def do(keep: Keep) -> Response:
            response = Response(status=204)
            end_sharing(actor=self.account, then=lambda: keep(response))
            return response

        return answer_once(self, request, do, about=request.data)
