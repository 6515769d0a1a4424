"""How requests come in: from an account, from a form, from a mail, and by themselves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from accounts.actions.mailing import queue_mail
from accounts.digests import digest_of_code, is_same, new_mail_code
from accounts.errors import CodeExpiredError, TooManyTriesError, WrongCodeError
from accounts.guards import is_shut_for, require_step_up
from accounts.models import Account, AccountSession
from pocketvault.kernel.languages import spoken_language
from rights.actions.case_journal import journaled, mark_changed
from rights.models import (
    DataRequest,
    IdentityLevel,
    RequestChannel,
    RequestKind,
    RequestRegime,
    RequestState,
    RequestTag,
)
from rights.requests.actions.forgetting import CODE_LIFETIME
from rights.requests.actions.keeping import REQUESTS, new_number, note, send
from rights.requests.errors import TooManyRequestsOpenError, WrongLawError
from rights.requests.regimes import deadlines, rule_of
from rights.requests.writing import Asking, write_received

MOST_OPEN = 20
MOST_TRIES = 5


@journaled()
def open_for_account(
    kind: str, regime: str, text: str, *, session: AccountSession
) -> DataRequest:
    """Ask from an account. Whoever signed in and stepped up is known well enough for anything;
    while the vault is shut, it may be somebody who merely reads the owner's mail.

    Raises `StepUpRequiredError`, `WrongLawError` and `TooManyRequestsOpenError`.
    """
    require_step_up(session)
    account = session.account
    locked = Account.objects.select_for_update().filter(pk=account.pk)
    if not locked.exists() or _open_requests(account.pk) >= MOST_OPEN:
        raise TooManyRequestsOpenError
    identity = IdentityLevel.EMAIL if is_shut_for(session) else IdentityLevel.ACCOUNT
    request = new_request(kind, regime, RequestChannel.ACCOUNT, identity)
    request.account_id = account.pk
    asking = Asking(email=account.email, name="", text=text, language=spoken_language())
    request.seal(asking.to_json()).save(force_insert=True)
    note(request, RequestTag.RECEIVED)
    confirm_by_letter(request)
    return request


def open_for_guest(kind: str, regime: str, asking: Asking, *, once: bytes) -> DataRequest:
    """Ask without an account. It reaches nobody before the address is confirmed by the code that
    goes there now. The same form sent twice is one request, and one mail.

    Raises `WrongLawError`.
    """
    known = DataRequest.objects.filter(once=once).first()
    if known is not None:
        return known
    request = new_request(kind, regime, RequestChannel.GUEST, IdentityLevel.NONE)
    request.state, request.once = RequestState.UNCONFIRMED, once
    try:
        with journaled():
            give_code(request, asking.email)
            request.seal(asking.to_json()).save(force_insert=True)
            mark_changed(REQUESTS, request.pk)
    except IntegrityError:  # the same form, at the same moment
        return DataRequest.objects.get(once=once)
    return request


def confirm_address(number: str, code: str) -> DataRequest:
    """Prove the address of a request; from now on the desk sees it, and letters may go there.

    The try is counted outside any transaction, by one conditional UPDATE: a hundred guesses at
    once are still five. Raises `CodeExpiredError`, `TooManyTriesError` and
    `WrongCodeError`.
    """
    unproved = DataRequest.objects.filter(
        number=number, identity=IdentityLevel.NONE, closed_at=None,
        code_until__gt=timezone.now(),
    )
    is_counted = unproved.filter(code_tries__lt=MOST_TRIES).update(code_tries=F("code_tries") + 1)
    request = unproved.first()
    if request is None:
        raise CodeExpiredError
    if not is_counted:
        raise TooManyTriesError
    digest = digest_of_code(code, belongs_to=request.pk)
    if not is_same(request.code_digest or b"", digest):
        raise WrongCodeError(tries_left=MOST_TRIES - request.code_tries)
    return _take_up(request.pk)


@journaled()
def _take_up(request_id: UUID) -> DataRequest:
    request = DataRequest.objects.select_for_update().get(pk=request_id)
    if request.code_digest is None:  # a second tap came first
        return request
    was_hidden = request.state == RequestState.UNCONFIRMED
    request.identity, request.state = IdentityLevel.EMAIL, RequestState.OPEN
    request.code_digest = request.code_until = None
    request.save(update_fields=["identity", "state", "code_digest", "code_until"])
    if was_hidden:
        note(request, RequestTag.RECEIVED)
    note(request, RequestTag.ADDRESS_CONFIRMED)
    confirm_by_letter(request)
    return request


def note_done_by_oneself(kind: RequestKind, account_id: UUID) -> None:
    """Leave a row for what somebody just did with a button of their own: one INSERT, in the
    transaction in which it is done.
    """
    now = timezone.now()
    request = DataRequest(
        number=new_number(), account_id=account_id, kind=kind, regime=RequestRegime.GDPR,
        channel=RequestChannel.SELF, identity=IdentityLevel.ACCOUNT,
        state=RequestState.ANSWERED, received_at=now, due_at=now, confirmed_at=now,
        closed_at=now,
    )  # fmt: skip
    request.seal(b"").save(force_insert=True)


def note_corrections(account_id: UUID) -> None:
    """The same for corrections, once a day: somebody who sorts their photos makes thousands."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    noted = DataRequest.objects.filter(
        account_id=account_id, channel=RequestChannel.SELF, kind=RequestKind.RECTIFICATION,
        received_at__gte=today,
    )
    if not noted.exists():
        note_done_by_oneself(RequestKind.RECTIFICATION, account_id)


def new_request(
    kind: str, regime: str, channel: RequestChannel, identity: IdentityLevel,
    received_at: datetime | None = None,
) -> DataRequest:  # fmt: skip
    """A row with all its dates, that is not saved yet. Raises `WrongLawError`."""
    rule = rule_of(regime, kind)
    if rule is None:
        raise WrongLawError
    received, country = received_at or timezone.now(), settings.HOLIDAYS_COUNTRY
    due = deadlines(rule, received, country)
    return DataRequest(
        number=new_number(), kind=kind, regime=regime, channel=channel, identity=identity,
        state=RequestState.OPEN, country=country, received_at=received, due_at=due.answer,
        confirm_due_at=due.confirm,
    )  # fmt: skip


def give_code(request: DataRequest, email: str) -> None:
    """Mail a code to the address of a request that is about to be saved. The one before stops
    working.
    """
    code = new_mail_code()
    request.code_tries, request.code_until = 0, timezone.now() + CODE_LIFETIME
    request.code_digest = digest_of_code(code, belongs_to=request.pk)
    queue_mail("rights.request_code", email=email, code=code, number=request.number)


def confirm_by_letter(request: DataRequest) -> None:
    """Tell somebody whose address is proved that their request came."""
    send(request, write_received(request))
    request.confirmed_at = timezone.now()
    request.save(update_fields=["confirmed_at"])
    note(request, RequestTag.RECEIPT_CONFIRMED)


def _open_requests(account_id: UUID) -> int:
    found = DataRequest.objects.filter(account_id=account_id, state=RequestState.OPEN)
    return found.count()
