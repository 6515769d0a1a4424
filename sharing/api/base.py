"""What the endpoints for people without an account start from."""

from __future__ import annotations

from typing import ClassVar, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.authentication import plain_request, refuse_foreign_page
from accounts.api.base import OpenView
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import SHARE_IMAGES, Purpose
from pocketvault.kernel.ratelimit import limit_by_network
from sharing.api.authentication import GuestAuthentication, VisitAuthentication
from sharing.models import CollectLink, GuestVisit, SharedAlbum, ShareLink, Visit

# Generous, because a wedding is one network. What is guessed at is counted by its link.
LOOKS = "600/10m"
TRIES = "300/10m"


class NobodysView(OpenView):
    """An endpoint where it must not be known who asks: our page sends no cookie here, so that
    nobody learns which account opened which link.
    """

    def refuse_forged(self, request: Request) -> None:
        """Raises `ForgedRequestError` for what a stranger's page sends."""
        refuse_foreign_page(request)


class IsVisiting(BasePermission):
    """Lets in whoever shows the token of a visit."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.auth is not None


class VisitorView(NobodysView):
    """An endpoint for somebody who opened a share link."""

    authentication_classes = (VisitAuthentication,)  # type: ignore[assignment]
    permission_classes: ClassVar[list[type[BasePermission]]] = [IsVisiting]  # type: ignore[misc]
    purpose: ClassVar[Purpose | None] = SHARE_IMAGES

    @property
    def link(self) -> ShareLink:
        """The link that was opened."""
        return cast(Visit, self.request.auth).link

    @property
    def shared_album(self) -> SharedAlbum:
        """What it leads to. Raises `NotFoundError` when it leads nowhere any more."""
        if self.link.shared_album is None:
            raise NotFoundError
        return self.link.shared_album


class GuestView(NobodysView):
    """An endpoint for somebody who opened a collect link."""

    authentication_classes = (GuestAuthentication,)  # type: ignore[assignment]
    permission_classes: ClassVar[list[type[BasePermission]]] = [IsVisiting]  # type: ignore[misc]
    purpose: ClassVar[Purpose | None] = SHARE_IMAGES

    @property
    def link(self) -> CollectLink:
        """The link that was opened."""
        return cast(GuestVisit, self.request.auth).link


def limit_looks(request: Request) -> None:
    """Count a question about a link. Raises `TooManyRequestsError`."""
    limit_by_network(plain_request(request), door="link:look", rate=LOOKS)


def limit_tries(request: Request) -> None:
    """Count a try at a link's door. Raises `TooManyRequestsError`."""
    limit_by_network(plain_request(request), door="link:try", rate=TRIES)
