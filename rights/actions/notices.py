"""Telling everybody, by mail, some hundred at a time.

The row remembers how far it got, and moves on in the same transaction in which the mails become
owed: a worker that is killed leaves nobody out and tells nobody twice.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions.mailing import queue_mail
from accounts.models import Account
from pocketvault.kernel.work import enqueue_on_commit
from rights.models import Notice, NoticeKind, Processor, PublishedPolicy
from rights.policy_texts import policy_texts

BATCH = 200
TASK = "rights.send_notice"


def owe_notice(
    kind: NoticeKind, subject: Processor | PublishedPolicy, *, effective_on: date
) -> None:
    """Owe every account one mail about a processor or a policy, in the caller's transaction.
    Owed once, however often this is called.
    """
    notice, is_new = Notice.objects.get_or_create(
        kind=kind,
        processor=subject if isinstance(subject, Processor) else None,
        policy=subject if isinstance(subject, PublishedPolicy) else None,
        defaults={"effective_on": effective_on, "made_at": timezone.now()},
    )
    if is_new:
        enqueue_on_commit(TASK, str(notice.pk), key=f"notice:{notice.pk}")


def send_notice(notice_id: UUID) -> None:
    """Write to whoever has not been written to yet. Safe to repeat and to be killed."""
    while _tell_some(notice_id):
        pass


def owe_unfinished_notices() -> int:
    """Owe again what was given up, after a long outage; return how many."""
    ids = list(Notice.objects.filter(done_at=None).values_list("pk", flat=True))
    for notice_id in ids:
        with transaction.atomic():
            enqueue_on_commit(TASK, str(notice_id), key=f"notice:{notice_id}")
    return len(ids)


@transaction.atomic
def _tell_some(notice_id: UUID) -> bool:
    """The next accounts. False when nobody is left."""
    notice = Notice.objects.select_for_update().filter(pk=notice_id, done_at=None).first()
    if notice is None:
        return False
    # Whoever came later read it when they came.
    accounts = Account.objects.filter(is_active=True, created_at__lte=notice.made_at)
    if notice.reached_id is not None:
        accounts = accounts.filter(pk__gt=notice.reached_id)
    some = list(accounts.order_by("pk")[:BATCH])
    if not some:
        notice.done_at = timezone.now()
        notice.save(update_fields=["done_at"])
        return False
    context = _context(notice)
    for account in some:
        queue_mail(f"rights.{notice.kind}", email=account.email, **context)
    notice.reached_id, notice.told_count = some[-1].pk, notice.told_count + len(some)
    notice.save(update_fields=["reached_id", "told_count"])
    return True


def _context(notice: Notice) -> dict[str, str]:
    day, processor, policy = notice.effective_on, notice.processor, notice.policy
    context = {"day": day.isoformat()}
    if processor is not None:
        told = {"name": processor.name, "role": processor.role, "country": processor.country}
        return context | told
    if policy is None:  # the database takes no such row
        raise ValueError(notice.pk)
    version = policy_texts()[policy.number - 1]
    return context | {"number": str(version.number), "changes": version.changes}
