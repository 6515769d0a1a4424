"""The register of incidents: what opens by itself, the 72 hours, and what closing needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, Role
from images.models import ImagePart
from pocketvault.kernel import work
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import EpochKey
from rights.incidents.actions import recording
from rights.incidents.actions.watching import watch
from rights.incidents.errors import (
    BadIncidentError,
    IncidentClosedError,
    IncidentNotAssessedError,
)
from rights.incidents.letter import letter_of
from rights.incidents.record import FIELDS
from rights.models import (
    Cause,
    Deletion,
    DeletionState,
    Drill,
    Incident,
    IncidentEventTag,
    Processor,
)
from tests.images.making import store_image
from tests.rights.making_reports import worker

pytestmark = pytest.mark.django_db
TEAM = "dpo-team@example.org"
FULL = {field.name: f"About {field.name}." for field in FIELDS}


@pytest.fixture(autouse=True)
def team_has_an_address(settings: Settings, tmp_path: Path) -> None:
    settings.ALARM_EMAILS = [TEAM]
    settings.BACKUP_DIRS = [tmp_path]


@pytest.fixture
def dora() -> Account:
    return worker("dora@example.org", Role.DPO)


def letters() -> list[str]:
    work.run_due_jobs()
    return [each.subject for each in mail.outbox if each.to == [TEAM]]


def stuck_deletion() -> None:
    now = timezone.now()
    Deletion.objects.create(
        image_ids=[], image_count=1, state=DeletionState.INCIDENT, deleted_at=now,
        unreadable_by=now.date(), last_epoch=1,
    )  # fmt: skip


def failed_drill() -> None:
    now = timezone.now()
    Drill.objects.create(began_at=now, ended_at=now, engine="x", finding="not_held")


def late_drill() -> None:
    long_ago = timezone.now() - timedelta(days=9)
    Drill.objects.create(began_at=long_ago, ended_at=long_ago, engine="x", finding="passed")


def late_rotation() -> None:
    EpochKey.objects.update(made_at=timezone.now() - timedelta(days=1, hours=7))


def late_destruction() -> None:
    now = timezone.now()
    EpochKey.objects.create(
        number=0, fingerprint=bytes(32), made_at=now - timedelta(days=23), retired_at=now
    )


def expired_contract() -> None:
    today = timezone.now().date()
    Processor.objects.create(
        name="Mailer", role="sends mail", country="DK", data="addresses", starts_on=today,
        contract_from=today - timedelta(days=400), contract_until=today - timedelta(days=1),
        announced_at=timezone.now(),
    )  # fmt: skip


CAUSES: dict[Cause, Callable[[], None]] = {
    Cause.STUCK_DELETION: stuck_deletion,
    Cause.FAILED_DRILL: failed_drill,
    Cause.LATE_DRILL: late_drill,
    Cause.LATE_ROTATION: late_rotation,
    Cause.LATE_DESTRUCTION: late_destruction,
    Cause.EXPIRED_CONTRACT: expired_contract,
}


@pytest.mark.parametrize("cause", CAUSES)
def test_what_goes_wrong_opens_one_incident_and_one_mail(cause: Cause) -> None:
    assert watch() == 0
    CAUSES[cause]()

    assert (watch(), watch()) == (1, 1)
    incident = Incident.objects.get()
    assert incident.cause == cause
    assert incident.due_at == incident.aware_at + timedelta(hours=72)
    [subject] = letters()
    assert incident.number in subject


def test_damaged_photos_are_one_incident_until_it_is_closed(
    alice: Account, dora: Account
) -> None:
    store_image(alice)
    store_image(alice)
    first, *rest = ImagePart.objects.order_by("pk")
    ImagePart.objects.filter(pk=first.pk).update(is_damaged=True, verified_at=timezone.now())
    watch()
    ImagePart.objects.filter(pk__in=[each.pk for each in rest]).update(
        is_damaged=True, verified_at=timezone.now()
    )
    watch()
    incident = Incident.objects.get()
    assert (incident.cause, incident.count) == (Cause.DAMAGED_PARTS, 1 + len(rest))

    recording.write_record(
        incident.pk, {"what": "A disk."}, is_breach=False, reason="Bit rot.", actor=dora
    )
    recording.close_incident(incident.pk, reason="Owners were told.", actor=dora)
    assert watch() == 0
    ImagePart.objects.filter(pk=first.pk).update(verified_at=timezone.now())
    assert watch() == 1


def test_a_closed_cause_does_not_open_again(dora: Account) -> None:
    stuck_deletion()
    watch()
    incident = Incident.objects.get()
    recording.write_record(
        incident.pk, {"what": "S3 was away."}, is_breach=False, reason="Seen.", actor=dora
    )
    recording.close_incident(incident.pk, reason="It answers again.", actor=dora)

    assert watch() == 0
    assert Incident.objects.count() == 1


def test_a_breach_closes_only_with_everything_the_law_wants(dora: Account) -> None:
    incident = recording.open_incident(Cause.REPORTED, "reported:1", what="A laptop.")
    with pytest.raises(IncidentNotAssessedError):
        recording.close_incident(incident.pk, reason="Done.", actor=dora)
    for field in FIELDS[1:]:
        recording.write_record(
            incident.pk, {**FULL, field.name: ""}, is_breach=True, reason="More.", actor=dora
        )
        with pytest.raises(IncidentNotAssessedError):
            recording.close_incident(incident.pk, reason="Done.", actor=dora)
    recording.write_record(incident.pk, FULL, is_breach=True, reason="All.", actor=dora)
    recording.close_incident(incident.pk, reason="Done.", actor=dora)

    with pytest.raises(IncidentClosedError):
        recording.write_record(incident.pk, FULL, is_breach=False, reason="No.", actor=dora)
    tags = [event.tag for event in incident.events.order_by("pk")]
    assert (tags[0], tags[-1]) == (IncidentEventTag.OPENED, IncidentEventTag.CLOSED)


def test_the_database_closes_nothing_that_nobody_assessed() -> None:
    recording.open_incident(Cause.REPORTED, "reported:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.update(closed_at=timezone.now(), closed_by=uuid7())


@pytest.mark.parametrize("record", [{}, {"what": " "}, {"what": "x" * 4001}, {"what": "a\0b"}])
def test_a_record_says_what_happened(record: dict[str, str], dora: Account) -> None:
    incident = recording.open_incident(Cause.REPORTED, "reported:1")
    with pytest.raises(BadIncidentError):
        recording.write_record(incident.pk, record, is_breach=None, reason="So.", actor=dora)


def test_the_clock_sounds_until_the_authority_was_told(dora: Account) -> None:
    incident = recording.open_incident(Cause.REPORTED, "reported:1")
    sounded = []
    for hours in (23, 25, 26, 49):
        with time_machine.travel(incident.aware_at + timedelta(hours=hours), tick=False):
            sounded.append(recording.sound_clock())
    recording.note_authority_told(incident.pk, reason="By their form.", actor=dora)
    with time_machine.travel(incident.aware_at + timedelta(hours=67), tick=False):
        sounded.append(recording.sound_clock())

    assert sounded == [0, 1, 0, 1, 0]
    assert len(letters()) == 3


def test_what_is_no_breach_sounds_no_clock(dora: Account) -> None:
    incident = recording.open_incident(Cause.REPORTED, "reported:1")
    recording.write_record(incident.pk, FULL, is_breach=False, reason="No.", actor=dora)
    with time_machine.travel(incident.aware_at + timedelta(hours=70), tick=False):
        assert recording.sound_clock() == 0


def test_the_letter_says_what_is_known_and_what_is_not() -> None:
    incident = recording.open_incident(Cause.REPORTED, "reported:1", what="A laptop was lost.")
    letter = letter_of(incident, recording.record_of(incident))

    assert incident.number in letter.subject
    assert "A laptop was lost." in letter.text
    assert letter.text.count("not known yet") + letter.text.count("Not known yet") == 4
    full = letter_of(incident, FULL).text
    assert all(FULL[name] in full for name in ("what", "numbers", "measures", "people"))
