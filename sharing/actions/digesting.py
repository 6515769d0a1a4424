"""Mails about what others did, for whoever asked for them, at most one a day.

A mail cannot be sent and written down in one step, so one of the two comes first. The turn is
taken first: whatever dies afterwards, no second mail goes before the next turn. What was told
is written down last: whatever dies before, the next mail tells it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import override

from accounts.actions.mailing import compose
from accounts.actions.preferences import change_preferences
from accounts.digests import is_same
from accounts.models import Account, DigestRhythm, Preferences
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.work import enqueue_on_commit
from sharing.digests import Activity, activity_of
from sharing.models import Digest

PERIODS = {
    DigestRhythm.DAILY.value: timedelta(days=1),
    DigestRhythm.WEEKLY.value: timedelta(days=7),
}
# What is being written at this moment has its time already and is seen by nobody yet. Longer
# than any request lives.
SETTLING = timedelta(minutes=15)
AT_ONCE = 1_000
UUID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One account's turn to be written to, and what it is told about."""

    account: Account
    language: str
    rhythm: str
    after: datetime
    until: datetime


def follow_preferences(preferences: Preferences) -> None:
    """Owe the account mails as often as it prefers, or none, in the caller's transaction.

    What others did before it asked is not told, and the first mail comes a whole period later.
    """
    period = PERIODS.get(preferences.digest)
    digests = Digest.objects.select_for_update().filter(account=preferences.account_id)
    if period is None:
        digests.delete()
        return
    now = timezone.now()
    digest = digests.first() or Digest(
        account_id=preferences.account_id, told_until=now, due_at=now + period
    )
    digest.due_at = min(digest.due_at, now + period)
    digest.save()


@transaction.atomic
def owe_digests() -> int:
    """Owe a mail to everybody whose turn it is; return how many, at most 1,000 at once."""
    due = Digest.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    account_ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for account_id in account_ids:
        enqueue_on_commit("sharing.send_digest", str(account_id), key=f"digest:{account_id}")
    return len(account_ids)


def send_digest(account_id: UUID) -> None:
    """Tell an account what others did, if it is its turn and they did anything.

    Safe to repeat at any moment, and to die at any moment: it sends at most one mail a turn.
    A mail that is refused is tried again with the next day's.
    """
    turn = _take_turn(account_id)
    if turn is None:
        return
    activity = activity_of(turn.account, after=turn.after, until=turn.until)
    if not activity.is_nothing:
        try:
            _write(turn, activity)
        except OSError:
            _wait_a_day(turn)
            raise
    told = Digest.objects.filter(pk=account_id, told_until__lt=turn.until)
    told.update(told_until=turn.until)


def token_for(account_id: UUID) -> str:
    """What ends an account's mails without signing in: its id, and our signature on it."""
    return to_base64url(account_id.bytes + _signature(account_id))


def unsubscribe(token: str) -> None:
    """Write to an account no more. Safe to repeat. Raises `NotFoundError` for a token that is
    not ours, or whose account is gone.
    """
    account = Account.objects.filter(pk=_account_in(token)).first()
    if account is None:
        raise NotFoundError
    change_preferences(account, {"digest": DigestRhythm.OFF})


@transaction.atomic
def _take_turn(account_id: UUID) -> Turn | None:
    """From the moment this commits nobody else writes to the account in this period."""
    digest = Digest.objects.select_for_update().filter(pk=account_id).first()
    preferences = Preferences.objects.filter(pk=account_id).first()
    period = None if preferences is None else PERIODS.get(preferences.digest)
    now = timezone.now()
    if digest is None or preferences is None or period is None or digest.due_at > now:
        return None
    digest.due_at = now + period
    digest.save(update_fields=["due_at"])
    return Turn(
        account=digest.account, language=preferences.language, rhythm=preferences.digest,
        after=digest.told_until, until=max(digest.told_until, now - SETTLING),
    )  # fmt: skip


def _write(turn: Turn, activity: Activity) -> None:
    token = token_for(turn.account.pk)
    values = {
        "activity": activity,
        "after": turn.after,
        "is_weekly": turn.rhythm == DigestRhythm.WEEKLY,
        # Behind the ``#``, where it reaches no server log and no referrer.
        "stop": f"{settings.PUBLIC_URL}/unsubscribe#{token}",
    }
    with override(turn.language):
        letter = compose("sharing.digest", turn.account.email, values, has_html=True)
    one_click = f"{settings.PUBLIC_URL}/api/v1/digests/unsubscribe?token={token}"
    # RFC 8058: the mail program asks by itself, so no fragment will do.
    letter.extra_headers["List-Unsubscribe"] = f"<{one_click}>"
    letter.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.send()


def _wait_a_day(turn: Turn) -> None:
    tomorrow = timezone.now() + PERIODS[DigestRhythm.DAILY]
    later = Digest.objects.filter(pk=turn.account.pk, due_at__gt=tomorrow)
    later.update(due_at=tomorrow)


def _account_in(token: str) -> UUID:
    """Raises `NotFoundError` for a token that we did not sign."""
    try:
        raw = from_base64url(token)
        account_id = UUID(bytes=raw[:UUID_BYTES])
    except ValueError:
        raise NotFoundError from None
    if not is_same(raw[UUID_BYTES:], _signature(account_id)):
        raise NotFoundError
    return account_id


def _signature(account_id: UUID) -> bytes:
    return salted_hmac("sharing.digest", account_id.hex, algorithm="sha256").digest()
