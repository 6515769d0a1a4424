"""What is entered about orders at the desk, read from its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import NoReturn
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import AccountSession
from rights.legal.actions.checking import answer_check, call_back
from rights.legal.actions.deciding import approve_order, review_order
from rights.legal.actions.gagging import (
    approve_renewal,
    note_challenge,
    propose_renewal,
    release_gag,
)
from rights.legal.actions.intake import GagDraft, OrderDraft
from rights.legal.actions.preserving import hold_photos, release_photos
from rights.legal.actions.producing import produce
from rights.legal.errors import BadOrderError
from rights.legal.papers import MOST_BYTES, Paper
from rights.models import CheckAnswer

MOST_LETTERS = 300
Act = Callable[[UUID, HttpRequest, str, AccountSession], object]


def entered_order(request: HttpRequest, *, notes: str) -> OrderDraft:
    """The order as the form has it. Raises `BadOrderError`."""
    sent = request.POST
    return OrderDraft(
        instrument=_text(sent, "instrument"), reference=_text(sent, "reference"),
        authority=_text(sent, "authority"), country=_text(sent, "country"),
        officer=_text(sent, "officer"), letter_phone=_text(sent, "letter_phone"),
        jurisdiction=_text(sent, "jurisdiction"), signed_by=_text(sent, "signed_by"),
        dated_on=_day(sent, "dated_on") or _missing("the day of the order"),
        received_at=_moment(sent, "received_at") or timezone.now(),
        due_at=_moment(sent, "due_at"), asked=sent.getlist("asked"),
        names=sent.get("names", "").split(), paper=_paper(request),
        is_emergency=sent.get("is_emergency") == "on", period_from=_day(sent, "period_from"),
        period_to=_day(sent, "period_to"), gag=_gag(sent), notes=notes,
    )  # fmt: skip


def _gag(sent: Mapping[str, str]) -> GagDraft | None:
    """The gag, where the form says that there is one."""
    if sent.get("has_gag") != "on":
        return None
    return GagDraft(
        basis=_text(sent, "gag_basis"), starts_at=_moment(sent, "gag_from") or timezone.now(),
        ends_at=_moment(sent, "gag_until"), is_indefinite=sent.get("is_indefinite") == "on",
    )


def _paper(request: HttpRequest) -> Paper:
    sent = request.FILES.get("paper")
    if not isinstance(sent, UploadedFile) or not sent.size or sent.size > MOST_BYTES:
        raise BadOrderError("Add the paper itself, at most 20 MB.")
    return Paper((sent.name or "paper")[:120], sent.read())


def _text(sent: Mapping[str, str], name: str) -> str:
    text = " ".join(sent.get(name, "").split())
    if len(text) > MOST_LETTERS or "\0" in text:
        raise BadOrderError("That is too long.")
    return text


def _day(sent: Mapping[str, str], name: str) -> date | None:
    text = sent.get(name, "").strip()
    try:
        found = parse_date(text) if text else None
    except ValueError as error:
        raise BadOrderError("That is no day.") from error
    return found if found or not text else _missing("a day that there is")


def _moment(sent: Mapping[str, str], name: str) -> datetime | None:
    """As a browser's field for date and time sends it; always UTC here."""
    text = sent.get(name, "").strip()
    try:
        found = parse_datetime(text) if text else None
    except ValueError as error:
        raise BadOrderError("That is no date.") from error
    if found is None:
        return None if not text else _missing("a date that there is")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _id(sent: Mapping[str, str], name: str) -> UUID:
    try:
        return UUID(sent.get(name, ""))
    except ValueError:
        return _missing("which one")


def _missing(what: str) -> NoReturn:
    raise BadOrderError(f"Give {what}.")


def _check(order_id: UUID, request: HttpRequest, reason: str, session: AccountSession) -> None:
    item, answer = _text(request.POST, "item"), _text(request.POST, "answer")
    if answer not in CheckAnswer.values:
        raise BadOrderError("Choose an answer.")
    answer_check(order_id, item, CheckAnswer(answer), reason=reason, session=session)


def _call(order_id: UUID, request: HttpRequest, reason: str, session: AccountSession) -> None:
    is_confirmed = request.POST.get("confirmed") == "yes"
    call_back(
        order_id, _id(request.POST, "authority"), is_confirmed=is_confirmed, reason=reason,
        session=session,
    )


def _review(order_id: UUID, request: HttpRequest, reason: str, session: AccountSession) -> None:
    granted = request.POST.getlist("granted")
    review_order(
        order_id, _text(request.POST, "outcome"), granted, reason=reason, session=session
    )


def _produce(order_id: UUID, request: HttpRequest, reason: str, session: AccountSession) -> None:
    sent = request.FILES.get("certificate")
    pem = sent.read(65536) if isinstance(sent, UploadedFile) else b""
    produce(order_id, pem, reason=reason, session=session)


def _renew(order_id: UUID, request: HttpRequest, reason: str, session: AccountSession) -> None:
    sent = request.POST
    draft = GagDraft(
        basis=_text(sent, "gag_basis"), starts_at=timezone.now(),
        ends_at=_moment(sent, "gag_until"), is_indefinite=sent.get("is_indefinite") == "on",
    )
    propose_renewal(order_id, draft, _paper(request), reason=reason, session=session)


# By the name that a form sends.
BY_NAME: dict[str, Act] = {
    "check": _check,
    "call": _call,
    "review": _review,
    "approve": lambda o, _, reason, s: approve_order(o, reason=reason, session=s),
    "produce": _produce,
    "hold": lambda o, _, reason, s: hold_photos(o, reason=reason, session=s),
    "release": lambda o, _, reason, s: release_photos(o, reason=reason, session=s),
    "renew": _renew,
    "approve-renewal": lambda _, request, reason, s: approve_renewal(
        _id(request.POST, "gag"), reason=reason, session=s
    ),
    "release-gag": lambda o, _, reason, s: release_gag(o, reason=reason, session=s),
    "challenge": lambda _, request, reason, s: note_challenge(
        _id(request.POST, "gag"), reason=reason, session=s
    ),
}
