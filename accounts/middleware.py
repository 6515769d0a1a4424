"""Who a browser is signed in as.

The cookie leads to Django's session, which names an `AccountSession`. When that row is
gone, because the person ended it elsewhere, the very next request is anonymous.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import AccountSession, SessionKind
from pocketvault.kernel.kept_queries import KeptQuery

logger = logging.getLogger(__name__)
SESSION_ID = "account_session"
# With each request of a browser.
_SESSION = KeptQuery(lambda: AccountSession.objects.select_related("account"), by=("id",))

GetResponse = Callable[[HttpRequest], HttpResponse]


class KeptCookieMiddleware(SessionMiddleware):
    """Django's sessions, but only signing out takes the cookie away.

    Django deletes a cookie whose session is gone. An answer to such a request may arrive after
    the same browser signed in again, and a deletion goes by name: it would take the new cookie.
    A cookie that leads nowhere opens nothing, so it may lie there until the next sign-in.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Take back a deletion unless the session was alive when this request came."""
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        was_alive = getattr(request, "account_session", None) is not None
        if cookie is not None and not cookie.value and not was_alive:
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response


class AccountSessionMiddleware:
    """Puts ``account_session`` on the request, and its account where Django looks for it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = find_browser_session(request)
        request.account_session = session  # type: ignore[attr-defined]
        if session is not None:
            request.user = session.account
        return self.get_response(request)


def find_browser_session(request: HttpRequest) -> AccountSession | None:
    """The live session a cookie leads to. A row of Django's that leads nowhere is deleted."""
    session_id = request.session.get(SESSION_ID)
    if session_id is None:
        return None
    session = _SESSION.first(UUID(session_id))
    if session is None or session.kind != SessionKind.COOKIE or not session.is_live:
        request.session.flush()
        return None
    if note_seen(session):
        request.session.modified = True  # the cookie lives on with the session
    return session


def note_seen(session: AccountSession) -> bool:
    """Note the day of use, once a day. True when it was noted now.

    A database without room can still be read, and somebody who only looks at their photos
    must not be refused for a note: a later request makes it.
    """
    today = timezone.now().date()
    if session.last_seen_on == today:
        return False
    try:
        AccountSession.objects.filter(pk=session.pk).update(last_seen_on=today)
    except OperationalError as error:
        logger.warning("day not noted", extra={"error": type(error).__name__})
        return False
    session.last_seen_on = today
    return True
