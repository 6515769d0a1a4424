"""Closing an account: the wish, the time to think, and the shut door.

From the moment erasing begins nobody signs in any more and nobody sees anything of the account,
however long the erasing takes (`rights.actions.erasing`). Until then, where the person asked for
some days, everything works as before, and signing in is enough to keep the account.
"""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from accounts import audit
from accounts.actions.known_devices import forget_devices
from accounts.actions.mailing import queue_mail
from accounts.actions.reset_links import void_resets
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.guards import NO_DELAY, deletion_delay, require_step_up
from accounts.models import Account, AccountSession, SecondFactorChallenge
from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.languages import spoken_language
from rights.actions.erasing import owe_erasure
from rights.closing_errors import AlreadyClosingError, TooLateToKeepError, WrongClosingError
from rights.models import Closing, RequestKind
from rights.requests.actions.opening import note_done_by_oneself
from sharing.actions.ending import begin_to_end_everything, end_some, shut_ways


def close_account(
    closing_id: UUID, *, secret: bytes, wait_days: int, session: AccountSession
) -> Closing:
    """Close the account of this session, after so many days (0 to 14).

    The device makes the id and the secret (32 random bytes) and keeps them before it asks, so
    that an answer that gets lost loses nothing; the same request again is answered the same. A
    vault that an e-mail reset shut waits for seven days at least, like any deletion there.

    Raises `StepUpRequiredError`, `WrongClosingError` and `AlreadyClosingError`.
    """
    require_step_up(session)
    account = session.account
    taken = Q(pk=closing_id) | Q(account_id=account.pk)
    if deletion_delay(session) == NO_DELAY and not Closing.objects.filter(taken).exists():
        shut_ways(actor=account)
    try:
        with transaction.atomic():
            return _close(closing_id, secret, timedelta(days=wait_days), session)
    except IntegrityError:  # another device, at the same moment
        return _same_or_refuse(closing_id, secret, account)


def _close(closing_id: UUID, secret: bytes, wait: timedelta, session: AccountSession) -> Closing:
    account = session.account
    if Closing.objects.filter(account_id=account.pk).exists():
        return _same_or_refuse(closing_id, secret, account)
    now, shut_wait = timezone.now(), deletion_delay(session)
    letter = {"email": account.email, "language": spoken_language()}
    closing = Closing(
        pk=closing_id, account_id=account.pk, secret_digest=digest_of(secret), asked_at=now,
        starts_at=now + max(wait, shut_wait),
    ).seal(json.dumps(letter).encode())  # fmt: skip
    closing.save(force_insert=True)
    audit.record(AuditTag.CLOSING_ASKED, actor=account, subject_id=account.pk)
    note_done_by_oneself(RequestKind.ERASURE, account.pk)
    link = f"{settings.PUBLIC_URL}/closing#{closing_id}.{to_base64url(secret)}"
    if closing.starts_at == now:
        queue_mail("rights.closing_begun", email=account.email, link=link)
        begin(closing, account)
        return closing
    if shut_wait == NO_DELAY:
        # Whoever opened the vault may end it all; a reset alone must end nothing before its day.
        if begin_to_end_everything(actor=account):
            closing.ends_before = now
            closing.save(update_fields=["ends_before"])
            owe_erasure(closing.pk)
        _end_sessions(account)
    day = closing.starts_at.date().isoformat()
    queue_mail("rights.closing_asked", email=account.email, link=link, day=day)
    return closing


def _same_or_refuse(closing_id: UUID, secret: bytes, account: Account) -> Closing:
    found = Closing.objects.filter(account_id=account.pk).first()
    if found is None:
        raise WrongClosingError  # the id is somebody else's
    if found.pk != closing_id or not is_same(found.secret_digest, digest_of(secret)):
        raise AlreadyClosingError(starts_at=found.starts_at.isoformat())
    return found


@transaction.atomic
def keep_account(closing_id: UUID, *, session: AccountSession) -> None:
    """Take the wish back while there is time to think. What was shared stays ended.

    Raises `StepUpRequiredError`, `NotFoundError` and `TooLateToKeepError`.
    """
    require_step_up(session)
    account = session.account
    found = Closing.objects.select_for_update().filter(pk=closing_id, account_id=account.pk)
    closing = found.first()
    if closing is None:
        raise NotFoundError
    if closing.begun_at is not None:
        raise TooLateToKeepError
    # Within the first minute, of a large account: nobody else would go on with it.
    while closing.ends_before and end_some(actor=account, before=closing.ends_before):
        pass
    closing.delete()
    audit.record(AuditTag.CLOSING_WITHDRAWN, actor=account, subject_id=account.pk)
    queue_mail("rights.closing_kept", email=account.email)


def begin_due_closings() -> int:
    """Begin what has waited for its days; return how many began. Waits while the clock is not to
    be believed: a wrong clock must not cost an account.
    """
    if not clock.is_believable():
        return 0
    begun = 0
    due = Closing.objects.due(timezone.now()).order_by("starts_at")
    for closing_id, account_id in list(due.values_list("pk", "account_id")):
        shut_ways(actor=Account.objects.get(pk=account_id))
        begun += _begin_due(closing_id)
    return begun


@transaction.atomic
def _begin_due(closing_id: UUID) -> bool:
    due = Closing.objects.due(timezone.now()).select_for_update()
    closing = due.filter(pk=closing_id).first()
    if closing is None:
        return False
    account = Account.objects.get(pk=closing.account_id)
    with override(json.loads(closing.open())["language"]):
        queue_mail("rights.closing_begun", email=account.email, link="")
    begin(closing, account)
    return True


def begin(closing: Closing, account: Account) -> None:
    """Shut the account and owe its erasure, in the caller's transaction.

    Albums are locked before the account's row, as everybody does who takes photos away. What is
    left of what was shared goes with the rest: an account that is shut shows nothing to anybody.
    """
    begin_to_end_everything(actor=account)
    _end_sessions(account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    closing.begun_at, closing.images_total = timezone.now(), account.image_count
    closing.save(update_fields=["begun_at", "images_total"])
    audit.record(AuditTag.ACCOUNT_CLOSED, actor=account, subject_id=account.pk)
    owe_erasure(closing.pk)


def _end_sessions(account: Account) -> None:
    """Every way in that is open now, and every one that was begun."""
    AccountSession.objects.owned_by(account.pk).delete()
    SecondFactorChallenge.objects.filter(account=account).delete()
    forget_devices(account)
    void_resets(account)
