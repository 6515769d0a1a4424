"""The two ways a request says who it is: an app's token, or a browser's cookie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.digests import digest_of
from accounts.middleware import note_seen
from accounts.models import Account, AccountSession
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.kept_queries import KeptQuery

_SESSION = KeptQuery(
    lambda: AccountSession.objects.select_related("account"), by=("token_digest",)
)
Identity = tuple[Account, AccountSession]


class ForgedRequestError(VaultError):
    """A browser sent this, but not from our own page."""

    code = "forged_request"
    status = 403
    sentence = "This request did not come from our own page. Reload and try again."


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer TOKEN``, for the app. Only the token's SHA-256 is known here."""

    def authenticate(self, request: Request) -> Identity | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        # Every request of an app comes through here: one query, the account at hand.
        session = _SESSION.first(digest_of(token.strip()))
        if session is None or not session.is_live:
            raise AuthenticationFailed("This device is no longer signed in.", "signed_out")
        note_seen(session)
        return session.account, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class CookieAuthentication(BaseAuthentication):
    """The browser's cookie, which `AccountSessionMiddleware` has already looked up."""

    def authenticate(self, request: Request) -> Identity | None:
        session: AccountSession | None = getattr(plain_request(request), "account_session", None)
        if session is None:
            return None
        refuse_forgery(request)
        return session.account, session


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, answering with the reason instead of a page."""

    def is_our_page(self, request: HttpRequest) -> bool:
        """Whether the page a browser names as the sender is one of ours."""
        if "Origin" not in request.headers:
            return False
        # Django's own judgement, which has no public name and which its stubs leave out.
        is_ours: bool = self._origin_verified(request)  # type: ignore[attr-defined]
        return is_ours

    def _reject(self, request: object, reason: str) -> str:
        return reason


def plain_request(request: Request) -> HttpRequest:
    """Django's request behind DRF's: sessions and CSRF work on that one."""
    plain: HttpRequest = request._request  # noqa: SLF001 - DRF has no public name for it
    return plain


def _unmarked(*_: object) -> HttpResponse:
    """Stands for a view that is not exempt from the check."""
    return HttpResponse()


def refuse_forgery(request: Request) -> None:
    """Django's CSRF check. DRF's views skip it, so whoever trusts a cookie calls this."""
    check = _CsrfCheck(_unmarked)
    plain = plain_request(request)
    check.process_request(plain)
    if check.process_view(plain, _unmarked, (), {}) is not None:
        raise ForgedRequestError


def refuse_foreign_page(request: Request) -> None:
    """Refuse a change that another site's page makes a browser send, where no cookie is expected.

    Our own page leaves its cookies out where nobody is signed in, and so has no CSRF token to
    show; whatever else it sends, the sender has to know. A cookie that comes along is checked.
    """
    plain = plain_request(request)
    if plain.method in SAFE_METHODS or not is_from_browser(request):
        return
    if request.COOKIES:
        refuse_forgery(request)
    elif not _CsrfCheck(_unmarked).is_our_page(plain):
        raise ForgedRequestError


def is_from_browser(request: Request) -> bool:
    """Whether a browser may have sent this. Each of them names the page's origin with every
    change it sends, wherever the page is from; no page can leave that header out.
    """
    return bool(request.COOKIES) or any(
        name in request.headers for name in ("Origin", "Sec-Fetch-Site")
    )


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the token is described in OpenAPI."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the cookie is described in OpenAPI."""

    target_class = CookieAuthentication
    name = "cookie"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "__Host-session"}
