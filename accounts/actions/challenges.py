"""Questions put to devices: asked once, answered once."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.utils import timezone

from accounts.errors import ChallengeExpiredError, TooManyTriesError
from accounts.models import Account, ChallengeKind, SecondFactorChallenge
from accounts.models.challenge import MAX_TRIES


def claim_try(
    challenge_id: UUID, *, kind: ChallengeKind, account: Account | None = None
) -> SecondFactorChallenge:
    """Count a try by one conditional UPDATE, and return the question.

    With ``account`` it must have been put to that account. Never inside a transaction
    that a wrong answer would undo.
    """
    living = SecondFactorChallenge.objects.select_related("account").filter(
        pk=challenge_id, kind=kind, expires_at__gt=timezone.now()
    )
    if account is not None:
        living = living.filter(account=account)
    is_counted = living.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1)
    challenge = living.first()
    if challenge is None:
        raise ChallengeExpiredError
    if not is_counted:
        raise TooManyTriesError
    return challenge


def asked_of(challenge_id: UUID) -> UUID:
    """What to count tries by: the account, so that asking anew gives no new tries."""
    accounts = SecondFactorChallenge.objects.filter(pk=challenge_id).values_list("account_id")
    found = accounts.exclude(account=None).first()
    return found[0] if found and found[0] else challenge_id


def finish(challenge: SecondFactorChallenge) -> None:
    """Use the question up. Of two right answers at once, one finds it gone."""
    gone, _ = SecondFactorChallenge.objects.filter(pk=challenge.pk).delete()
    if not gone:
        raise ChallengeExpiredError
