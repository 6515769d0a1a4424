"""Jobs that this process claimed and could not write down: as done, or as claimed at all.

The database was away or full. Without this each of them would be owed only once its lease ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from pocketvault.kernel.models import Job, JobState


@dataclass(frozen=True, slots=True)
class Claim:
    """A job by its fencing number.

    ``until`` is said where the answer to the claim itself was lost: if it was never written,
    another worker has the same number by now, and another time at which its lease ends.
    """

    job_id: int
    fence: int
    until: datetime | None = None


_claims: dict[int, Claim] = {}


def remember(claim: Claim) -> None:
    """Nobody of this process works on it any more."""
    _claims[claim.job_id] = claim


def give_back() -> int:
    """Owe all of them again at once; return how many. Raises `Error` as it may."""
    given = 0
    for claim in list(_claims.values()):
        mine = Job.objects.filter(pk=claim.job_id, fence=claim.fence, state=JobState.RUNNING)
        if claim.until is not None:
            mine = mine.filter(leased_until=claim.until)
        try:
            with transaction.atomic():
                given += mine.update(
                    state=JobState.WAITING, available_at=timezone.now(), leased_until=None
                )
        except IntegrityError:
            mine.delete()  # the same work is already owed again
        _claims.pop(claim.job_id, None)
    return given
