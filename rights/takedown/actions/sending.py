"""Notices on their way out, reminders, and the way up when nobody answers."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.actions.mailing import language_for, notify, queue_mail
from rights.actions.case_journal import journaled
from rights.actions.sending_letters import send_letter
from rights.letters.writing import Letter
from rights.models import (
    LetterKind,
    Takedown,
    TakedownContact,
    TakedownLetter,
    TakedownStep,
)
from rights.takedown import schedule, writing
from rights.takedown.actions.moving import Change, locked, move_case, note_event, paper_of
from rights.takedown.directory import serves
from rights.takedown.errors import NobodyToWriteToError, NotNowError
from rights.takedown.guest_links import link_to
from rights.takedown.machine import Deed
from rights.takedown.replies import reply_address
from rights.takedown.telling import urls_of


@journaled()
def send_notice_out(case_id: UUID) -> None:
    """Send a signed notice to the first receiver at its level. Safe to repeat: nothing happens
    once it is sent, before receivers were looked for, or while nobody has an e-mail address.
    """
    case = locked(case_id)
    if case.step != TakedownStep.SIGNED or case.gathered_at is None:
        return
    contact = receiver_of(case, has_email=True)
    if contact is None:
        return
    move_case(case_id, Deed.SEND, note=contact.name, change=_begins(timezone.now()))
    _send(case, contact, LetterKind.NOTICE, _notice(case, contact))


@journaled()
def note_sent_by_hand(case_id: UUID, contact_number: int, *, actor_id: UUID) -> None:
    """Somebody put the notice into a web form, or into the post.

    Raises `NotNowError`, `IncompleteNoticeError` and `NobodyToWriteToError`.
    """
    case = locked(case_id)
    contact = case.contacts.filter(number=contact_number).first()
    if contact is None:
        raise NobodyToWriteToError
    begins = _begins(timezone.now())
    if case.step == TakedownStep.SIGNED:
        move_case(case_id, Deed.SEND, actor_id=actor_id, note=contact.name, change=begins)
    elif case.step == TakedownStep.ESCALATED:
        move_case(case_id, Deed.REMIND, actor_id=actor_id, note=contact.name, change=begins)
    else:
        raise NotNowError(step=case.step)
    letter = _notice(case, contact)
    _write(case, contact, LetterKind.NOTICE, letter, is_by_hand=True)


@journaled()
def remind_receiver(case_id: UUID) -> None:
    """The time is over: remind, or turn to the next level. Safe to repeat."""
    case = locked(case_id)
    due = case.next_letter_at
    if due is None or due > timezone.now() or case.sent_at is None:
        return
    contact = receiver_of(case, has_email=True)
    is_waiting = case.step in (TakedownStep.SENT, TakedownStep.ESCALATED)
    if is_waiting and contact and schedule.has_reminder(case.regime, case.reminders):
        _remind(case, contact)
    else:
        escalate_case(case_id)


def _remind(case: Takedown, contact: TakedownContact) -> None:
    sent_at = case.sent_at or timezone.now()

    def count(row: Takedown) -> None:
        row.reminders += 1
        row.next_letter_at = schedule.reminder_at(row.regime, sent_at, row.reminders)

    case = move_case(case.pk, Deed.REMIND, note=contact.name, change=count)
    letter = writing.reminder(
        paper_of(case), urls_of(case), number=number_of(case), receiver=contact.name,
        sent_at=sent_at, count=case.reminders,
    )  # fmt: skip
    _send(case, contact, LetterKind.REMINDER, letter)


@journaled()
def escalate_case(case_id: UUID, *, actor_id: UUID | None = None, note: str = "") -> Takedown:
    """Turn to the next level at which anybody is known, or give up. The same words of somebody
    right after one another are one step: a browser that hears nothing sends a form again.

    Raises `NotNowError`.
    """
    case = locked(case_id)
    if actor_id is not None and _was_just_done(case, actor_id, note):
        return case
    for level in schedule.levels_above(case.level):
        contacts = _serving(case, level)
        if not contacts:
            continue
        contact = next((each for each in contacts if each.email), contacts[0])
        begins = _begins(timezone.now(), level=level)
        said = note or contact.name
        case = move_case(case_id, Deed.ESCALATE, actor_id=actor_id, note=said, change=begins)
        if contact.email:
            _send(case, contact, LetterKind.ESCALATION, _notice(case, contact))
        else:
            note_event(case, "by_hand", note=contact.form_url)
        return case
    case = move_case(case_id, Deed.GIVE_UP, actor_id=actor_id, note=note, change=_rests)
    with as_its_person_reads(case):
        happened = gettext("Everybody whom we could write to was written to.")
        tell_person(case, gettext("nobody removed the copy"), happened)
    return case


def _was_just_done(case: Takedown, actor_id: UUID, note: str) -> bool:
    event = case.events.exclude(tag="by_hand").order_by("-pk").first()
    said = (Deed.ESCALATE, actor_id, note)
    return event is not None and (event.tag, event.actor_id, event.open().decode()) == said


def receiver_of(case: Takedown, *, has_email: bool = False) -> TakedownContact | None:
    """Who is written to at the present level."""
    found = [each for each in _serving(case, case.level) if each.email or not has_email]
    return found[0] if found else None


def _serving(case: Takedown, level: str) -> list[TakedownContact]:
    """Who takes notices under the rules of this one, in their order."""
    rows = case.contacts.filter(level=level).order_by("number")
    return [each for each in rows if each.source != "directory" or serves(each.name, case.regime)]


def number_of(case: Takedown) -> str:
    """What both sides call the case."""
    return f"PV-{str(case.pk)[-12:].upper()}"


def as_its_person_reads(case: Takedown) -> override:
    """A block in which the words for a mail to the person are chosen: in their language, whoever
    acts, and whichever worker.
    """
    email = paper_of(case).email if case.owner is None else case.owner.email
    return override(language_for(email, case.language))


def tell_person(case: Takedown, subject: str, happened: str) -> None:
    """A mail to the person, in the caller's transaction, with words from `as_its_person_reads`. It
    names the host and nothing else; whoever has no account gets the link to their page with it.
    """
    if case.owner is not None:
        notify(case.owner, subject=f"{case.host}: {subject}", happened=happened)
        return
    queue_mail(
        "rights.takedown_news", email=paper_of(case).email, number=number_of(case),
        host=case.host, subject=subject, happened=happened, link=link_to(case),
    )


def _begins(now: datetime, level: str | None = None) -> Change:
    """What starts anew when a notice goes to a level."""

    def begin(row: Takedown) -> None:
        row.level = level or row.level
        row.sent_at, row.reminders, row.checks = now, 0, 0
        row.next_check_at = schedule.check_at(now, 0)
        row.next_letter_at = schedule.reminder_at(row.regime, now, 0)

    return begin


def _rests(row: Takedown) -> None:
    row.next_letter_at = None


def _notice(case: Takedown, contact: TakedownContact) -> Letter:
    return writing.notice(
        paper_of(case), case.regime, urls_of(case), number=number_of(case),
        receiver=contact.name, signed_at=case.signed_at or timezone.now(),
    )  # fmt: skip


def _send(
    case: Takedown, contact: TakedownContact, kind: LetterKind, letter: Letter
) -> None:
    _write(case, contact, kind, letter)
    send_letter(letter, email=contact.email, reply_to=reply_address(case))


def _write(
    case: Takedown, contact: TakedownContact, kind: LetterKind, letter: Letter, *,
    is_by_hand: bool = False,
) -> None:
    newest = case.letters.aggregate(newest=Max("number"))["newest"]
    now = timezone.now()
    row = TakedownLetter(
        takedown=case, number=0 if newest is None else newest + 1, kind=kind,
        contact_number=contact.number, digest=letter.digest, made_at=now, sent_at=now,
        is_by_hand=is_by_hand,
    )  # fmt: skip
    document = {"subject": letter.subject, "text": letter.text, "email": contact.email}
    row.seal(json.dumps(document).encode()).save(force_insert=True)
