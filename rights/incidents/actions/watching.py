"""Finding what went wrong: each cause opens one incident, and is found again without harm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from images.models import ImagePart
from pocketvault.kernel import clock, rotation
from pocketvault.kernel.models import EpochKey
from rights.actions import drilling
from rights.backups import places
from rights.incidents.actions.recording import open_incident
from rights.models import Cause, Deletion, DeletionState, Drill, Incident, Processor

BATCH = 100


def watch() -> int:
    """Look at everything that can go wrong by itself; return how many incidents stand. Waits
    while the clock is not to be believed.
    """
    if not clock.is_believable():
        return 0
    now = timezone.now()
    for look in LOOKS:
        look(now)
    return Incident.objects.standing().count()


def _look_at_deletions(now: datetime) -> None:
    """A store did not answer for a day: what was deleted may still lie there."""
    del now
    stuck = Deletion.objects.filter(state=DeletionState.INCIDENT).order_by("pk")
    for deletion in stuck.only("pk")[:BATCH]:
        open_incident(Cause.STUCK_DELETION, f"deletion:{deletion.pk}")


def _look_at_drills(now: datetime) -> None:
    newest = Drill.objects.exclude(ended_at=None).order_by("-began_at").first()
    if newest is None:
        return
    if not newest.has_passed:
        open_incident(Cause.FAILED_DRILL, f"drill:{newest.pk}")
    elif places.folders() and now - newest.began_at > drilling.LATE_AFTER:
        open_incident(Cause.LATE_DRILL, f"drill-after:{newest.pk}")


def _look_at_epochs(now: datetime) -> None:
    for number in rotation.outliving(now):
        open_incident(Cause.LATE_DESTRUCTION, f"epoch:{number}")
    newest = EpochKey.objects.order_by("-number").first()
    if newest is not None and now - newest.made_at > rotation.LATE_AFTER:
        open_incident(Cause.LATE_ROTATION, f"epoch-after:{newest.number}")


def _look_at_contracts(now: datetime) -> None:
    """Nothing is sent to such a processor any more. That the register still has it is wrong."""
    over = Processor.objects.filter(ended_at=None, contract_until__lt=now.date())
    for processor in over.order_by("pk")[:BATCH]:
        key = f"processor:{processor.pk}:{processor.contract_until}"
        open_incident(Cause.EXPIRED_CONTRACT, key)


def _look_at_parts(now: datetime) -> None:
    """One incident for all that is damaged, until it is closed; what is found later is another."""
    del now
    past = Incident.objects.filter(cause=Cause.DAMAGED_PARTS).order_by("-opened_at")
    newest, damaged = past.first(), ImagePart.objects.filter(is_damaged=True)
    if newest is not None and newest.closed_at is not None:
        damaged = damaged.filter(verified_at__gt=newest.closed_at)
    count = damaged.count()
    if count:
        is_standing = newest is not None and newest.closed_at is None
        key = newest.key if newest and is_standing else f"damaged:{past.count() + 1}"
        open_incident(Cause.DAMAGED_PARTS, key, count=count)


LOOKS: tuple[Callable[[datetime], None], ...] = (
    _look_at_deletions, _look_at_drills, _look_at_epochs, _look_at_contracts, _look_at_parts,
)  # fmt: skip
