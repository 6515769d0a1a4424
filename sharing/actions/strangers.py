"""What strangers do that is written down: counts of a day, an alarm, a report."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sharing.models import Profile, ProfileDay, Publication, PublicReport
from sharing.models.visitors import ReportReason


@transaction.atomic
def add_to_day(owner_id: UUID, counts: dict[str, int]) -> None:
    """Add numbers (of ``visits``, ``opened``, ``slowed``, ``alarms``) to a profile's today."""
    if not Profile.objects.filter(pk=owner_id).exists():
        return
    day, _ = ProfileDay.objects.get_or_create(profile_id=owner_id, day=timezone.now().date())
    more = {name: F(name) + number for name, number in counts.items()}
    ProfileDay.objects.filter(pk=day.pk).update(**more)


@transaction.atomic
def guard_profile(owner_id: UUID, seconds: int) -> None:
    """Give strangers no large pictures of a profile for a while: somebody empties it."""
    until = timezone.now() + timedelta(seconds=seconds)
    Profile.objects.filter(pk=owner_id).update(guarded_until=until)
    add_to_day(owner_id, {"alarms": 1})


def file_report(
    profile: Profile,
    publication: Publication | None,
    *,
    reason: ReportReason,
    text: str,
    email: str,
) -> PublicReport:
    """Keep what somebody says is wrong with a photo or a whole profile."""
    return PublicReport.objects.create(
        profile=profile, publication=publication, reason=reason, text=text, email=email,
        made_at=timezone.now(),
    )  # fmt: skip
