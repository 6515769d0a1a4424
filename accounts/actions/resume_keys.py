"""The server's half of an unlocked device, for as long as somebody uses the device."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Account, AccountSession, Preferences, ResumeKey
from pocketvault.kernel.errors import NotFoundError


@transaction.atomic
def keep_resume_key(session: AccountSession, key: bytes) -> None:
    """Keep this device's half of its unlocked vault, in place of an older one."""
    ResumeKey.objects.filter(session=session).delete()
    kept = ResumeKey(session=session, locks_at=_locks_at(session.account))
    kept.seal(key).save(force_insert=True)


def hand_resume_key(session: AccountSession) -> bytes:
    """The key again, after a reload. Loading a page is no use of the vault, so the time to
    its lock goes on. Raises `NotFoundError` when the device is locked.
    """
    ResumeKey.objects.locked().filter(session=session).delete()
    kept = ResumeKey.objects.filter(session=session).first()
    if kept is None:
        raise NotFoundError
    return kept.open()


def note_use(session: AccountSession) -> None:
    """Begin the time to the lock anew. A device that is locked stays so; to hear of it is no
    news to its page, which may just have locked it.
    """
    living = ResumeKey.objects.living().filter(session=session)
    living.update(locks_at=_locks_at(session.account))


def drop_resume_key(session: AccountSession) -> None:
    """Lock: what the device kept opens nothing from now on."""
    ResumeKey.objects.filter(session=session).delete()


def shorten_locks(preferences: Preferences) -> None:
    """Hold every device of the account to a shorter time, from now on. A longer one begins
    with the next use; a device that is locked already is not opened by it.
    """
    locks_at = preferences.locks_at()
    if locks_at is None:
        return
    keys = ResumeKey.objects.filter(session__account=preferences.account_id)
    keys.filter(locks_at=None).update(locks_at=locks_at)
    keys.filter(locks_at__gt=locks_at).update(locks_at=locks_at)


def _locks_at(account: Account) -> datetime | None:
    preferences = Preferences.objects.filter(pk=account.pk).first() or Preferences()
    return preferences.locks_at()
