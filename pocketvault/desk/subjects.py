"""What a subject of the desk brings: its pages, what waits for somebody, and its numbers.

The desk keeps the door, the roles and the reasons, once for all of them: a page whose roles
somebody lacks is not there for them, and whatever changes something is a form sent by POST with a
reason, which is checked before the page's own code is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.desk import roles_of
from accounts.models import Account, Role
from pocketvault.desk.figures import Figure
from pocketvault.kernel.errors import VaultError

MOST_REASON = 500
EVERYBODY = frozenset(Role)

Act = TypeVar("Act")
Frame = dict[str, Any]
# Takes the request, the frame for its template, and what its path names.
PageView = Callable[..., HttpResponse]


class NoReasonError(VaultError):
    """Something was to be changed without a word why."""

    code = "reason_missing"
    sentence = "Say why, in a few words. The reason is kept with what you do."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """One page below ``/desk/``. ``looks`` may open it and ``acts`` may send its forms; a page
    without ``acts`` changes nothing. ``title`` puts it into the navigation.
    """

    path: str
    name: str
    view: PageView
    looks: frozenset[Role] = EVERYBODY
    acts: frozenset[Role] = frozenset()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """Something that waits for somebody. ``what`` names nobody: the inbox is no case page."""

    subject: str
    number: str
    what: str
    address: str
    due_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether it should have been done by now."""
        return self.due_at is not None and self.due_at < timezone.now()


def _nothing(roles: frozenset[Role]) -> Iterable[InboxItem]:
    del roles
    return ()


def _no_figures() -> Iterable[Figure]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSubject:
    """One subject. ``inbox`` answers with what waits for somebody who has these roles."""

    name: str
    pages: tuple[DeskPage, ...]
    inbox: Callable[[frozenset[Role]], Iterable[InboxItem]] = field(default=_nothing)
    figures: Callable[[], Iterable[Figure]] = field(default=_no_figures)


def reason_of(request: HttpRequest) -> str:
    """The reason that was given. Raises `NoReasonError`."""
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason or len(reason) > MOST_REASON or "\0" in reason:
        raise NoReasonError
    return reason


def act_of(request: HttpRequest, acts: Mapping[str, Act]) -> Act:
    """What a form asks for, by the name that it sends as ``act``. Raises ``Http404``."""
    found = acts.get(request.POST.get("act", ""))
    if found is None:
        raise Http404
    return found


def roles_at(request: HttpRequest) -> frozenset[Role]:
    """The roles of whoever asks, looked up once for each request."""
    found: frozenset[Role] | None = getattr(request, "roles_at_desk", None)
    if found is None:
        found = roles_of(cast(Account, request.user))
        request.roles_at_desk = found  # type: ignore[attr-defined]
    return found


def answer_page(
    page: DeskPage, request: HttpRequest, frame: Frame, **names: object
) -> HttpResponse:
    """The page for whoever asks, or nothing: lacking a role and not existing are the same."""
    roles = roles_at(request)
    needed = page.looks if request.method in ("GET", "HEAD") else page.acts
    if not roles & needed:
        raise Http404
    return page.view(request, frame | {"may_act": bool(roles & page.acts)}, **names)
