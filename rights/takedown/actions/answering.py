"""Answers of hosts, taken in from the mailbox into the timeline of the case they are sent to."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext

from rights.actions.case_journal import journaled
from rights.models import EvidenceKind, IntakeMail, Takedown
from rights.requests.mails import ReadMail
from rights.takedown.actions.keeping import piece_of, stored_pieces, write_pieces
from rights.takedown.actions.moving import locked, note_event
from rights.takedown.actions.sending import as_its_person_reads, tell_person
from rights.takedown.errors import TooManyTakedownsError
from rights.takedown.replies import is_verified

ANSWER = "answer"
MOST_ANSWERS = 100
# Of an answer, in a timeline and in a mail. All of it is among the evidence.
MOST_TOLD = 2000


def take_answer(case: Takedown, mail: ReadMail, raw: bytes) -> bool:
    """Keep a mail as evidence and in the timeline, with whether its sender is who it says. Nothing
    else follows from it: that a copy is gone is seen, not read. False when it was read before.

    Raises `TooManyTakedownsError` for more answers than a case can have.
    """
    if IntakeMail.objects.filter(once=mail.once).exists():
        return False
    if case.evidence.filter(kind=EvidenceKind.REPLY).count() >= MOST_ANSWERS:
        raise TooManyTakedownsError
    piece = piece_of(EvidenceKind.REPLY, "message/rfc822", raw)
    kept = stored_pieces(case, [piece], case.owner)
    try:
        with journaled():
            row = locked(case.pk)
            IntakeMail(once=mail.once, read_at=timezone.now(), outcome=ANSWER).save(
                force_insert=True
            )
            write_pieces(row, kept)
            is_known = is_verified(row, raw, mail.sender)
            text = mail.text[:MOST_TOLD]
            tag = "answered" if is_known else "answer_unproved"
            note_event(row, tag, note=f"{mail.sender}: {text}")
            with as_its_person_reads(row):
                _tell(row, mail.sender, text, is_known=is_known)
    except IntegrityError:
        if not IntakeMail.objects.filter(once=mail.once).exists():
            raise
        return False
    return True


def _tell(case: Takedown, sender: str, text: str, *, is_known: bool) -> None:
    """Whoever has an account reads it there; whoever has none gets its words."""
    if is_known:
        happened = gettext("{sender} answered your notice.").format(sender=sender)
    else:
        happened = gettext(
            "A mail came in answer to your notice. It says it is from {sender}; anybody may have "
            "written it, so open no link in it that you do not know."
        ).format(sender=sender)
    if case.owner is None:
        happened = f"{happened}\n\n{text}"
    else:
        happened = f"{happened} {gettext('It stands in your case.')}"
    tell_person(case, gettext("an answer came"), happened)
