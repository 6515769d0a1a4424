"""How somebody who is not signed in says what they may see: by a token."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.digests import digest_of
from pocketvault.kernel.fields import from_base64url
from sharing.link_errors import LinkEndedError
from sharing.models import GuestVisit, RecoveryRequest, Visit
from sharing.recovery_errors import RecoveryEndedError

Visitor = tuple[AnonymousUser, Visit | GuestVisit]


class _TokenAuthentication(BaseAuthentication):
    """``Authorization: SCHEME TOKEN``. Only the token's SHA-256 is known here.

    The link is looked at each time, so one that was revoked ends its visits at once. Neither
    a cookie nor an account's token is worth anything here, and a visit's token nothing elsewhere.
    """

    scheme: ClassVar[str]

    def visits(self) -> QuerySet[Visit] | QuerySet[GuestVisit]:
        """All visits of this kind, with what their requests need."""
        raise NotImplementedError

    def authenticate(self, request: Request) -> Visitor | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.scheme.lower():
            return None
        now = timezone.now()
        visit = self.visits().filter(token_digest=digest_of(token.strip())).first()
        if visit is None or visit.ends_at <= now:
            sentence = gettext_noop("This visit has ended. Open the link again.")
            raise AuthenticationFailed(sentence, "visit_ended")
        if not visit.link.stands_at(now):
            raise LinkEndedError
        return AnonymousUser(), visit

    def authenticate_header(self, request: Request) -> str:
        return self.scheme


class VisitAuthentication(_TokenAuthentication):
    """Somebody who opened a share link."""

    scheme = "Visit"

    def visits(self) -> QuerySet[Visit]:
        return Visit.objects.select_related("link__shared_album__album")


class GuestAuthentication(_TokenAuthentication):
    """Somebody who opened a collect link."""

    scheme = "Guest"

    def visits(self) -> QuerySet[GuestVisit]:
        return GuestVisit.objects.select_related("link__owner")


class RecoveryAuthentication(BaseAuthentication):
    """``Authorization: Recovery TOKEN``: the device that asked somebody's recovery contacts."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, RecoveryRequest] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "recovery":
            return None
        try:
            digest = digest_of(from_base64url(token.strip()))
        except ValueError:
            raise RecoveryEndedError from None
        asked = RecoveryRequest.objects.filter(token_digest=digest).first()
        if asked is None or not asked.stands_at(timezone.now()):
            raise RecoveryEndedError
        return AnonymousUser(), asked

    def authenticate_header(self, request: Request) -> str:
        return "Recovery"


class VisitScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a visit's token is described in OpenAPI."""

    target_class = VisitAuthentication
    name = "visit"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "Visit"}


class GuestScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a guest's token is described in OpenAPI."""

    target_class = GuestAuthentication
    name = "guest"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "Guest"}


class RecoveryScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How an asking device's token is described in OpenAPI."""

    target_class = RecoveryAuthentication
    name = "recovery"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "Recovery"}
