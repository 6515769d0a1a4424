"""What time brings: everything that is due, and everything whose message was lost."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel.work import enqueue_on_commit
from rights.models import Takedown, TakedownEvidence, TakedownStep
from rights.takedown.actions.keeping import owe_collecting

AT_ONCE = 500


@transaction.atomic
def owe_what_is_due() -> int:
    """Owe the next job of every case that has one; return how many. Each is owed once, however
    often this is called.
    """
    now, cases = timezone.now(), Takedown.objects.filter(closed_at=None)
    due = {
        "gather": cases.filter(gathered_at=None),
        "receivers": cases.exclude(gathered_at=None).filter(contacts=None),
        "send": cases.filter(step=TakedownStep.SIGNED),
        "remind": cases.filter(next_letter_at__lte=now),
        "check": cases.filter(next_check_at__lte=now),
        "sum": Takedown.objects.filter(is_summed=False).exclude(gathered_at=None),
        "stamp": Takedown.objects.filter(stamp_due_at__lte=now),
    }
    tasks = {
        "gather": "rights.gather_evidence", "receivers": "rights.find_receivers",
        "send": "rights.send_notice_out", "remind": "rights.remind_receiver",
        "check": "rights.check_copies", "sum": "rights.sum_up_evidence",
        "stamp": "rights.stamp_evidence",
    }  # fmt: skip
    owed = 0
    for name, rows in due.items():
        for case_id in rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
            enqueue_on_commit(tasks[name], str(case_id), key=f"{name}:{case_id}")
            owed += 1
    traces = TakedownEvidence.objects.exclude(trace_id=None).order_by("pk")
    for evidence_id in traces.values_list("pk", flat=True)[:AT_ONCE]:
        owe_collecting(evidence_id)
        owed += 1
    return owed
