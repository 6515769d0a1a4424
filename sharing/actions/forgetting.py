"""What is remembered of strangers on public pages, and for how long."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from pocketvault.kernel import clock
from sharing.models import BlockedPicture, ProfileDay, PublicReport, RestingName

KEPT_FOR = timedelta(days=365)


def forget_old_publicity() -> int:
    """Forget counts of days, and reports with their writers' addresses, that are a year old, names
    that anybody may take again, and hashes of withheld pictures whose time is over; return how
    many. Waits while the clock is not to be believed.
    """
    if not clock.is_believable():
        return 0
    long_ago = timezone.now() - KEPT_FOR
    days, _ = ProfileDay.objects.filter(day__lt=long_ago.date()).delete()
    reports, _ = PublicReport.objects.filter(settled_at__lte=long_ago).delete()
    names, _ = RestingName.objects.filter(until__lte=timezone.now()).delete()
    blocks, _ = BlockedPicture.objects.filter(ends_at__lte=timezone.now()).delete()
    return days + reports + names + blocks
