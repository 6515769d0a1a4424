"""The end of cases, with everything that lies beside them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from rights.models import KnownContact, Takedown, TakedownAsk, TakedownEvidence
from rights.models.takedown import TakedownQuerySet
from sharing.actions.withdrawing import discard_blobs

# Claims over a removal that was wrong, and over a copy that was not removed, lapse by then.
KEPT = timedelta(days=3 * 365)
BATCH = 100


def forget_cases_of(account_id: UUID) -> int:
    """A batch of the cases of an account that is leaving; return how many went."""
    return _forget(Takedown.objects.filter(owner=account_id))


def forget_old_cases() -> int:
    """Cases that closed long ago, what registers said, and forms whose code is over; return how
    many cases went.
    """
    KnownContact.objects.filter(until__lte=timezone.now()).delete()
    TakedownAsk.objects.filter(code_until__lte=timezone.now()).delete()
    return _forget(Takedown.objects.filter(closed_at__lte=timezone.now() - KEPT))


@transaction.atomic
def _forget(cases: TakedownQuerySet) -> int:
    ids = list(cases.order_by("pk").values_list("pk", flat=True)[:BATCH])
    blobs = TakedownEvidence.objects.filter(takedown__in=ids)
    discard_blobs(list(blobs.values_list("blob_key", flat=True)))
    Takedown.objects.filter(pk__in=ids).delete()
    return len(ids)
