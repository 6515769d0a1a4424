"""Beginning and ending the sessions of devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.known_devices import forget_devices
from accounts.audit import AuditTag
from accounts.digests import digest_of, new_token
from accounts.models import Account, AccountSession, SessionKind
from pocketvault.kernel.errors import NotFoundError

STEP_UP_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is to be signed in: the name a person knows it by, and how it proves itself."""

    name: str
    kind: SessionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session just begun. ``token`` is for the app, and is shown this once."""

    session: AccountSession
    token: str | None


@transaction.atomic
def open_session(
    account: Account,
    *,
    device: Device,
    step_up_until: datetime | None = None,
    must_set_password: bool = False,
    is_vault_proven: bool = False,
    is_two_factor: bool = False,
) -> OpenedSession:
    """Sign a device in. The caller has checked that it really is this person."""
    token = new_token() if device.kind == SessionKind.TOKEN else None
    session = AccountSession.objects.create(
        account=account,
        kind=device.kind,
        token_digest=digest_of(token) if token else None,
        device_name=device.name,
        last_seen_on=timezone.now().date(),
        step_up_until=step_up_until,
        must_set_password=must_set_password,
        is_vault_proven=is_vault_proven,
        is_two_factor=is_two_factor,
    )
    audit.record(AuditTag.SIGNED_IN, actor=account, subject_id=session.pk)
    return OpenedSession(session=session, token=token)


def note_first_factor(session: AccountSession, *, is_first: bool) -> None:
    """Whoever set it up has just shown it. A further one proves nothing of those before it."""
    if is_first and not session.is_two_factor:
        session.is_two_factor = True
        session.save(update_fields=["is_two_factor"])


def fresh_step_up() -> datetime:
    """Until when a proof given now counts for dangerous acts."""
    return timezone.now() + STEP_UP_WINDOW


@transaction.atomic
def sign_out(session: AccountSession, *, actor: Account) -> None:
    """End the session that asks."""
    audit.record(AuditTag.SIGNED_OUT, actor=actor, subject_id=session.pk)
    session.delete()


@transaction.atomic
def end_session(session_id: UUID, *, actor: Account) -> None:
    """End one session of the same account. Its device fails at its next request."""
    ended, _ = AccountSession.objects.owned_by(actor.pk).filter(pk=session_id).delete()
    if not ended:
        raise NotFoundError
    audit.record(AuditTag.SESSION_ENDED, actor=actor, subject_id=session_id)


@transaction.atomic
def end_other_sessions(session: AccountSession, *, actor: Account) -> None:
    """End every session but this one."""
    AccountSession.objects.owned_by(actor.pk).exclude(pk=session.pk).delete()
    audit.record(AuditTag.OTHER_SESSIONS_ENDED, actor=actor, subject_id=actor.pk)


@transaction.atomic
def end_all_sessions(account: Account, *, actor: Account | None) -> None:
    """End every session, the one that asks too. Without an actor it is the service that does."""
    AccountSession.objects.owned_by(account.pk).delete()
    forget_devices(account)
    audit.record(AuditTag.ALL_SESSIONS_ENDED, actor=actor, subject_id=account.pk)


def end_everybodys_sessions() -> int:
    """Sign everybody out of every device, for the day on which somebody broke in; return how
    many accounts that were. Each is a transaction of its own: repeated, it goes on.
    """
    found = AccountSession.objects.order_by("account_id").values_list("account_id", flat=True)
    ids = list(found.distinct())
    for account in Account.objects.filter(pk__in=ids).iterator():
        end_all_sessions(account, actor=None)
    return len(ids)
