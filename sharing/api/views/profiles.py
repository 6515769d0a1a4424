"""The account's own profile, and what stands where on it."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.actions.arranging import arrange
from sharing.actions.profiles import delete_profile, set_profile
from sharing.api.publication_documents import profile_document, statistics_document
from sharing.api.serializers.publications import (
    ArrangeSerializer,
    ProfileSerializer,
    SetProfileSerializer,
    StatisticsSerializer,
    places_in,
    profile_in,
)

NOTHING = {204: OpenApiResponse(description="Done.")}


class ProfileView(VaultView):
    """What this account shows of itself."""

    purpose = PUBLISH_IMAGES

    @extend_schema(operation_id="profile_read", responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        """The profile as it stands. Not found while there is none."""
        return Response(ProfileSerializer(profile_document(self.account)).data)

    @extend_schema(
        operation_id="profile_set",
        request=SetProfileSerializer,
        responses={200: ProfileSerializer, 201: ProfileSerializer},
    )
    def put(self, request: Request) -> Response:
        """Make it, or replace all that it says."""
        is_new = set_profile(profile_in(read(SetProfileSerializer, request)), actor=self.account)
        data = ProfileSerializer(profile_document(self.account)).data
        return Response(data, status=201 if is_new else 200)

    @extend_schema(operation_id="profile_delete", responses=NOTHING)
    def delete(self, request: Request) -> Response:
        """Withdraw every publication and remove the profile."""
        delete_profile(actor=self.account)
        return Response(status=204)


class ArrangeView(VaultView):
    """What stands where."""

    @extend_schema(operation_id="profile_arrange", request=ArrangeSerializer, responses=NOTHING)
    @once
    def post(self, request: Request) -> Response:
        """Put up to 500 publications where they belong, as their owner signed it."""
        arrange(places_in(read(ArrangeSerializer, request)), actor=self.account)
        return Response(status=204)


class StatisticsView(VaultView):
    """How much the profile was looked at."""

    @extend_schema(operation_id="profile_statistics", responses=StatisticsSerializer)
    def get(self, request: Request) -> Response:
        """The last 30 days: counts, and nothing of who looked."""
        return Response(StatisticsSerializer(statistics_document(self.account)).data)
