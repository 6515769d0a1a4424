"""What every step of a request has in common: the locked row, its events and its letters."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Account
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import CaseKind, mark_changed
from rights.actions.sending_letters import send_letter
from rights.letters.writing import Letter, keep_letter
from rights.models import (
    DataRequest,
    IdentityLevel,
    IntakeMail,
    RequestEvent,
    RequestLetter,
    RequestState,
    RequestTag,
)
from rights.requests.errors import NoAddressProvedError, RequestOverError
from rights.requests.writing import Asking

# What of a request a restore brings back: no clock is lost, and no letter goes out twice.
REQUESTS = CaseKind(
    name="request",
    root=DataRequest,
    person="account_id",
    parts=((RequestLetter, "request_id"), (IntakeMail, "request_id")),
    events=(RequestEvent, "request_id"),
)
# Nothing that looks like something else when it is read out on the telephone.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER = rf"R-\d{{4}}-[{_SIGNS}]{{6}}"


def new_number() -> str:
    """How people and letters name a request: the year, and 30 random bits."""
    return f"R-{timezone.now():%Y}-{get_random_string(6, _SIGNS)}"


def open_row(request_id: UUID) -> DataRequest:
    """A request that something is about to be added to, locked. Raises `NotFoundError`, and
    `RequestOverError` when it is answered, refused or closed.
    """
    found = DataRequest.objects.at_the_desk().select_for_update().filter(pk=request_id).first()
    if found is None:
        raise NotFoundError
    if found.state != RequestState.OPEN:
        raise RequestOverError
    return found


def note(
    request: DataRequest, tag: RequestTag, *, actor: Account | None = None, words: str = ""
) -> None:
    """Add a line to the history, in the caller's `journaled` block. ``words`` are sealed."""
    mark_changed(REQUESTS, request.pk)
    who = None if actor is None else actor.pk
    event = RequestEvent(request=request, at=timezone.now(), tag=tag, actor_id=who)
    event.seal(words.encode()).save(force_insert=True)


def send(request: DataRequest, letter: Letter) -> None:
    """Send a letter of a request, and keep what it said. Raises `NoAddressProvedError`: nothing
    goes to an address that nobody answered from.
    """
    if request.identity < IdentityLevel.EMAIL:
        raise NoAddressProvedError
    row = RequestLetter(
        request=request, sent_at=timezone.now(), template=letter.template, digest=letter.digest
    )
    row.seal(keep_letter(letter).encode()).save(force_insert=True)
    send_letter(letter, email=Asking.of(request).email)
