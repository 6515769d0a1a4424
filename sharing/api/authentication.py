"""How somebody without an account says what they were let in with: a visit's token."""

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
from sharing.link_errors import LinkEndedError
from sharing.models import GuestVisit, Visit

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
