"""What strangers do that is written down: counts of a day, an alarm, a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.actions.mailing import queue_mail
from accounts.models.account import normalise_email
from pocketvault.kernel.languages import spoken_language
from sharing.models import Profile, ProfileDay, Publication, PublicReport, ReportStatement
from sharing.models.visitors import ReportReason, new_report_number
from sharing.signals import report_filed

NOTHING: Mapping[str, str | bool] = MappingProxyType({})


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


@transaction.atomic
def file_report(
    profile: Profile,
    publication: Publication | None,
    *,
    reason: ReportReason,
    text: str,
    email: str,
    tells: bool,
    given: Mapping[str, str | bool] = NOTHING,
) -> PublicReport:
    """Keep what somebody says is wrong with a photo or a whole profile. ``given`` is what the
    regime asks for beside it. ``tells``: owe a mail with the report's number to the address they
    gave. It is the same for every address, and says nothing that they wrote. What is spoken now
    is their language: later letters are in it.
    """
    report = PublicReport.objects.create(
        profile=profile, publication=publication, reason=reason, text=text, email=email,
        number=new_report_number(), language=spoken_language(), made_at=timezone.now(),
    )  # fmt: skip
    if given:
        statement = ReportStatement(report=report).seal(json.dumps(dict(given)).encode())
        statement.save(force_insert=True)
    report_filed.send(PublicReport, report=report)
    if tells:
        queue_mail("sharing.report", email=normalise_email(email), number=str(report.number))
    return report
