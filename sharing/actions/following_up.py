"""Finding publications that got stuck. Apart from what advances them, which loads what decodes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sharing.actions.publishing import owe_advance
from sharing.models import Publication

OVERDUE_AFTER = timedelta(minutes=10)
SWEEP_PUBLICATIONS = 1_000


def advance_publications() -> int:
    """Owe the next step of what should have been shown long ago; return how many there are."""
    late = Publication.objects.under_way().filter(made_at__lte=timezone.now() - OVERDUE_AFTER)
    ids = list(late.order_by("made_at").values_list("pk", flat=True)[:SWEEP_PUBLICATIONS])
    for publication_id in ids:
        with transaction.atomic():
            owe_advance(publication_id)
    return len(ids)
