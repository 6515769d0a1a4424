"""Asking for a vault back: by an address, and a code from its mailbox.

A request is the same for every address. Whether anybody is there is looked up by a task, and
shown only to whoever reads the mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.digests import digest_of, digest_of_code, is_same, new_mail_code, new_token
from accounts.errors import CodeExpiredError, TooManyTriesError, WrongCodeError
from accounts.models import Account
from accounts.models.challenge import MAX_TRIES
from images.actions.feed import record_news
from images.errors import AlreadyExistsError, WrongIdError
from pocketvault.kernel.errors import TooManyRequestsError
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.recovery_ending import end_request, holders_of
from sharing.actions.recovery_telling import news_for, write_to
from sharing.models import RecoveryRequest, RecoverySetup
from sharing.models.recovery import ANSWERS_STAY, CODE_LASTS, COUNTED_FOR, MOST_REQUESTS
from sharing.recovery_errors import RecoveryEndedError, RecoveryStandsError


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """What a device asks with: a normalised address, its public key and a token of its own."""

    email: str
    exchange_public_key: bytes
    token: bytes


def ask_contacts(request_id: UUID, draft: RequestDraft) -> None:
    """Note that somebody asks, and owe a look whether there is anybody. Repeating is harmless.

    Raises `AlreadyExistsError` for another request under the same id or token.
    """
    if request_id.version != 7:
        raise WrongIdError
    stored = RecoveryRequest.objects.filter(pk=request_id).first()
    if stored is None:
        try:
            _ask(request_id, draft)
        except IntegrityError as error:
            stored = RecoveryRequest.objects.filter(pk=request_id).first()
            if stored is None:
                raise AlreadyExistsError from error
    if stored is not None and not is_same(stored.token_digest, digest_of(draft.token)):
        raise AlreadyExistsError


@transaction.atomic
def _ask(request_id: UUID, draft: RequestDraft) -> None:
    now = timezone.now()
    request = RecoveryRequest(
        pk=request_id, token_digest=digest_of(draft.token),
        exchange_public_key=draft.exchange_public_key, asked_at=now, expires_at=now + CODE_LASTS,
    )  # fmt: skip
    request.seal(draft.email.encode()).save(force_insert=True)
    enqueue_on_commit("sharing.send_recovery_code", str(request_id))


@transaction.atomic
def send_code(request_id: UUID) -> None:
    """Write to the address, if it has an account that contacts can give back. Once."""
    request = RecoveryRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or request.code_digest is not None or request.account_id is not None:
        return
    setup = _setup_at(request)
    if setup is None:
        return
    code = new_mail_code()
    request.code_digest = digest_of_code(code, belongs_to=request.pk)
    request.save(update_fields=["code_digest"])
    write_to(setup.account, "sharing.recover_code", code=code)


def _setup_at(request: RecoveryRequest) -> RecoverySetup | None:
    """The set-up of whoever has the address of an unconfirmed request."""
    there = RecoverySetup.objects.select_related("account").filter(
        account__email=request.open().decode(), account__is_active=True, ended_at=None
    )
    return there.first()


def confirm_request(request: RecoveryRequest, code: str) -> None:
    """Let the request stand, and the notice period begin. Repeating it is harmless.

    Raises `WrongCodeError`, `TooManyTriesError`, `CodeExpiredError`, `RecoveryEndedError`,
    `RecoveryStandsError`, and `TooManyRequestsError` for a fourth within 30 days.
    """
    if not request.stands_at(timezone.now()):
        raise RecoveryEndedError
    _judge_code(request, code)
    with transaction.atomic():
        setup = None if request.account_id else _setup_at(request)
        if setup is not None:
            _begin(setup.account, request.pk)
        elif not request.account_id:
            raise CodeExpiredError


def _judge_code(request: RecoveryRequest, code: str) -> None:
    """Count a try, then compare. Outside any transaction: a refusal must not undo the count."""
    living = RecoveryRequest.objects.filter(pk=request.pk)
    is_counted = living.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1)
    if not is_counted:
        raise TooManyTriesError
    request.refresh_from_db()
    digest = digest_of_code(code, belongs_to=request.pk)
    if request.code_digest is None or not is_same(request.code_digest, digest):
        raise WrongCodeError(tries_left=MAX_TRIES - request.tries)
    living.update(tries=F("tries") - 1)  # a right one may be sent again


def _begin(owner: Account, request_id: UUID) -> None:
    setup = RecoverySetup.objects.select_for_update().get(pk=owner.pk)
    request = RecoveryRequest.objects.select_for_update().get(pk=request_id)
    if request.account_id is not None:  # the same code came twice at once
        return
    if setup.ended_at is not None or request.ended_at is not None:
        raise CodeExpiredError
    _refuse_more(owner)
    now, stop_code = timezone.now(), new_token()
    request.account, request.confirmed_at = owner, now
    request.opens_at = now + timedelta(hours=settings.RECOVERY_NOTICE_HOURS)
    request.expires_at = request.opens_at + ANSWERS_STAY
    request.stop_digest = digest_of(stop_code)
    request.seal(b"").save()
    audit.record(AuditTag.RECOVERY_ASKED, actor=None, subject_id=owner.pk)
    _tell(request, owner, stop_code)


def _refuse_more(owner: Account) -> None:
    now = timezone.now()
    mine = RecoveryRequest.objects.filter(account=owner)
    for late in mine.select_for_update().filter(ended_at=None, expires_at__lte=now):
        end_request(late)
    if RecoveryRequest.objects.standing_for(owner, now).exists():
        raise RecoveryStandsError
    counted = mine.filter(confirmed_at__gt=now - COUNTED_FOR).order_by("confirmed_at")
    times = [each for each in counted.values_list("confirmed_at", flat=True) if each]
    if len(times) >= MOST_REQUESTS:
        again_at = times[-MOST_REQUESTS] + COUNTED_FOR
        raise TooManyRequestsError(retry_after=int((again_at - now).total_seconds()) + 1)


def _tell(request: RecoveryRequest, owner: Account, stop_code: str) -> None:
    """The owner by mail, with what stops it, and the contacts by mail; all of them in the feed."""
    assert request.opens_at is not None
    opens_on = f"{request.opens_at.day} {request.opens_at:%B %Y, %H:%M} UTC"
    write_to(
        owner, "sharing.recovery_ask",
        opens_on=opens_on, request_id=str(request.pk), stop_code=stop_code,
    )  # fmt: skip
    holders = holders_of(owner)
    for contact in Account.objects.filter(pk__in=holders).order_by("pk"):
        write_to(contact, "sharing.recovery_for", owner=owner.email)
    record_news(news_for([owner.pk, *holders]))
