"""Requests that come in by mail. Nothing a mail says about its writer is believed."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from rights.actions.case_journal import journaled
from rights.models import (
    DataRequest,
    IdentityLevel,
    IntakeMail,
    RequestChannel,
    RequestKind,
    RequestRegime,
    RequestState,
    RequestTag,
)
from rights.requests.actions.keeping import note
from rights.requests.actions.opening import give_code, new_request
from rights.requests.errors import BadMailError
from rights.requests.mailboxes import FoundMail, Mailbox, MailboxAwayError, open_mailbox
from rights.requests.mails import ReadMail, read_mail
from rights.requests.writing import Asking
from rights.takedown.actions.answering import take_answer
from rights.takedown.errors import TooManyTakedownsError
from rights.takedown.replies import case_of_mail
from sharing.visitors import memory
from sharing.visitors.network import keyed_mailbox

logger = logging.getLogger(__name__)

CODES_A_DAY = 5
# A mailbox that says a mail is older than that has a clock of its own.
OLDEST = timedelta(days=90)
OPENED, REPLIED, AUTOMATIC, UNREAD = "opened", "replied", "automatic", "unread"


def fetch_mails() -> int:
    """Take in what waits in the mailbox; return how many mails were new. Safe to repeat, and to
    be killed anywhere: a mail is marked there only once it is kept here.
    """
    if settings.REQUESTS_MAILBOX is None:
        return 0
    count = 0
    try:
        with open_mailbox(settings.REQUESTS_MAILBOX) as mailbox:
            for mail in mailbox.waiting():
                count += _take(mail, mailbox)
    except MailboxAwayError:
        logger.warning("mailbox of requests does not answer")
    return count


def _take(found: FoundMail, mailbox: Mailbox) -> bool:
    try:
        is_new = _take_read(read_mail(found.raw), found)
    except (BadMailError, TooManyTakedownsError):
        is_new = _note_unread(found)
        logger.warning("a mail of the mailbox of requests cannot be read")
        mailbox.mark(found, is_unread=True)
        return is_new
    mailbox.mark(found, is_unread=False)
    return is_new


def _take_read(mail: ReadMail, found: FoundMail) -> bool:
    """To the case whose own address it was sent to, or in as a request."""
    case = case_of_mail(found.raw or b"")
    if case is not None:
        return take_answer(case, mail, found.raw or b"")
    return take_in(mail, arrived_at=found.arrived_at)


def take_in(mail: ReadMail, *, arrived_at: datetime) -> bool:
    """Keep what a mail asks. False when this very mail was read before."""
    try:
        with journaled():
            row = IntakeMail(once=mail.once, read_at=timezone.now(), outcome=AUTOMATIC)
            row.save(force_insert=True)
            if not mail.is_automatic:
                row.request, row.outcome = _follow(mail, arrived_at)
                row.save(update_fields=["request", "outcome"])
    except IntegrityError:
        if not IntakeMail.objects.filter(once=mail.once).exists():
            raise
        return False
    return True


def _follow(mail: ReadMail, arrived_at: datetime) -> tuple[DataRequest, str]:
    known = _named(mail)
    if known is not None:
        note(known, RequestTag.REPLIED, words=mail.text)
        return known, REPLIED
    return _open(mail, arrived_at), OPENED


def _named(mail: ReadMail) -> DataRequest | None:
    """The open request that a mail adds to: it says the number and the address of it. Both may be
    known to others, so an addition proves nothing and only adds words.
    """
    if mail.number is None:
        return None
    found = DataRequest.objects.filter(number=mail.number, state=RequestState.OPEN).first()
    return found if found is not None and Asking.of(found).email == mail.sender else None


def _open(mail: ReadMail, arrived_at: datetime) -> DataRequest:
    """The clock runs from the mail's arrival. What is asked, somebody at the desk has to read:
    until then it counts as what most people ask, which has the shortest time of all but one.
    """
    now = timezone.now()
    arrived = arrived_at if now - OLDEST < arrived_at < now else now
    request = new_request(
        RequestKind.ACCESS, RequestRegime.GDPR, RequestChannel.MAIL, IdentityLevel.NONE, arrived
    )
    asking = Asking(
        email=mail.sender, name=mail.name, text=mail.text, language=settings.LANGUAGE_CODE
    )
    if memory.count(f"request:{keyed_mailbox(mail.sender)}") <= CODES_A_DAY:
        give_code(request, mail.sender)
    request.seal(asking.to_json()).save(force_insert=True)
    note(request, RequestTag.RECEIVED)
    return request


def _note_unread(found: FoundMail) -> bool:
    """That there is a mail which a person has to look at, in the mailbox itself."""
    once = hashlib.sha256(found.raw or f"{found.place} {found.arrived_at}".encode()).digest()
    _, is_new = IntakeMail.objects.get_or_create(
        once=once, defaults={"read_at": timezone.now(), "outcome": UNREAD}
    )
    return is_new
