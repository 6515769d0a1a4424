"""Background work of takedowns. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import TAKE_DOWN_COPIES
from pocketvault.kernel.work import Lane
from rights.takedown.actions import collecting, forgetting, receiving, sending, summing, tending

PICTURES = "rights.takedown.picture_tasks"

work.task_elsewhere(
    PICTURES, "rights.gather_evidence", purpose=TAKE_DOWN_COPIES, lane=Lane.SLOW
)
work.task_elsewhere(PICTURES, "rights.check_copies", purpose=TAKE_DOWN_COPIES, lane=Lane.SLOW)


@work.task("rights.find_receivers", purpose=TAKE_DOWN_COPIES, lane=Lane.SLOW)
def find_receivers(case_id: str) -> None:
    """Owed once evidence is there: whom to write to."""
    receiving.find_receivers(UUID(case_id))


@work.task("rights.collect_trace", purpose=TAKE_DOWN_COPIES)
def collect_trace(evidence_id: str) -> None:
    """Take over what a watermark said."""
    collecting.collect_trace(UUID(evidence_id))


@work.task("rights.sum_up_evidence", purpose=TAKE_DOWN_COPIES)
def sum_up_evidence(case_id: str) -> None:
    """Owed by each new piece of evidence."""
    summing.sum_up_evidence(UUID(case_id))


@work.task("rights.stamp_evidence", purpose=TAKE_DOWN_COPIES, lane=Lane.SLOW)
def stamp_evidence(case_id: str) -> None:
    """Owed by each manifest, where an authority is named."""
    summing.stamp_evidence(UUID(case_id))


@work.task("rights.send_notice_out", purpose=TAKE_DOWN_COPIES)
def send_notice_out(case_id: str) -> None:
    """Owed by each signature."""
    sending.send_notice_out(UUID(case_id))


@work.task("rights.remind_receiver", purpose=TAKE_DOWN_COPIES)
def remind_receiver(case_id: str) -> None:
    """Owed when nobody answered in time."""
    sending.remind_receiver(UUID(case_id))


@work.task("rights.tend_takedowns", purpose=TAKE_DOWN_COPIES, every=timedelta(minutes=5))
def tend_takedowns() -> None:
    """Find what is due and what got lost."""
    tending.owe_what_is_due()


@work.task("rights.forget_old_takedowns", purpose=TAKE_DOWN_COPIES, every=timedelta(days=1))
def forget_old_takedowns() -> None:
    """Drop cases three years after they closed."""
    while forgetting.forget_old_cases():
        continue
