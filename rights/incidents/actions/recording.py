"""The register of incidents: opened, filled in, and closed with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from rights.actions.sounding import sound
from rights.incidents.errors import (
    BadIncidentError,
    IncidentClosedError,
    IncidentNotAssessedError,
)
from rights.incidents.record import (
    ALARM_HOURS,
    FIELDS,
    MOST_LETTERS,
    NEEDED_FOR_A_BREACH,
    TELL_WITHIN,
)
from rights.models import Cause, Incident, IncidentEvent, IncidentEventTag
from sharing.models.visitors import new_report_number

BATCH = 100
WORDS = {
    Cause.REPORTED: "somebody reported it",
    Cause.STUCK_DELETION: "a deletion is stuck",
    Cause.FAILED_DRILL: "a drill failed",
    Cause.LATE_DRILL: "no drill passed in time",
    Cause.LATE_ROTATION: "no new epoch key was made in time",
    Cause.LATE_DESTRUCTION: "an epoch key outlived its days",
    Cause.EXPIRED_CONTRACT: "a processor's contract ended",
    Cause.DAMAGED_PARTS: "photos are damaged and cannot be mended here",
}


@transaction.atomic
def open_incident(
    cause: Cause, key: str, *, count: int = 1, aware_at: datetime | None = None, what: str = "",
    actor: Account | None = None,
) -> Incident:  # fmt: skip
    """The incident of a cause; the same one, however often it is found. The team is told once."""
    now = timezone.now()
    aware = aware_at or now
    standing = Incident.objects.filter(key=key).first()
    if standing is not None:
        Incident.objects.filter(pk=standing.pk, closed_at=None).update(count=count)
        return standing
    incident = Incident(
        pk=uuid7(), number=new_report_number(), cause=cause, key=key, count=count, opened_at=now,
        aware_at=aware, due_at=aware + TELL_WITHIN,
    )  # fmt: skip
    incident.seal(json.dumps({"what": what or WORDS[cause]}).encode()).save(force_insert=True)
    _note(incident, IncidentEventTag.OPENED, actor=actor)
    _sound(incident)
    return incident


@transaction.atomic
def write_record(
    incident_id: UUID, fields: Mapping[str, str], *, is_breach: bool | None, reason: str,
    actor: Account,
) -> Incident:  # fmt: skip
    """Put down what is known by now. Raises `IncidentClosedError`, `BadIncidentError`."""
    incident = _locked(incident_id)
    written = {field.name: fields.get(field.name, "").strip() for field in FIELDS}
    is_readable = all(len(each) <= MOST_LETTERS and "\0" not in each for each in written.values())
    if not written["what"] or not is_readable:
        raise BadIncidentError
    incident.is_breach = is_breach
    incident.seal(json.dumps(written).encode()).save()
    _note(incident, IncidentEventTag.CHANGED, reason, actor=actor)
    return incident


@transaction.atomic
def note_authority_told(incident_id: UUID, *, reason: str, actor: Account) -> Incident:
    """The supervisory authority was told. Raises `IncidentClosedError`."""
    incident = _locked(incident_id)
    incident.authority_told_at = incident.authority_told_at or timezone.now()
    incident.save(update_fields=["authority_told_at"])
    _note(incident, IncidentEventTag.AUTHORITY_TOLD, reason, actor=actor)
    return incident


@transaction.atomic
def note_people_told(incident_id: UUID, *, reason: str, actor: Account) -> Incident:
    """The people concerned were told. Raises `IncidentClosedError`."""
    incident = _locked(incident_id)
    incident.people_told_at = incident.people_told_at or timezone.now()
    incident.save(update_fields=["people_told_at"])
    _note(incident, IncidentEventTag.PEOPLE_TOLD, reason, actor=actor)
    return incident


@transaction.atomic
def close_incident(incident_id: UUID, *, reason: str, actor: Account) -> Incident:
    """It is over. A breach needs everything that the law wants written down.

    Raises `IncidentClosedError`, `IncidentNotAssessedError`.
    """
    incident = _locked(incident_id)
    written = record_of(incident)
    is_complete = all(written.get(name) for name in NEEDED_FOR_A_BREACH)
    if incident.is_breach is None or (incident.is_breach and not is_complete):
        raise IncidentNotAssessedError
    incident.closed_at, incident.closed_by = timezone.now(), actor.pk
    incident.save(update_fields=["closed_at", "closed_by"])
    _note(incident, IncidentEventTag.CLOSED, reason, actor=actor)
    return incident


def sound_clock() -> int:
    """Tell the team of breaches, and of what nobody assessed, while the 72 hours run out."""
    now, sounded = timezone.now(), 0
    running = Incident.objects.standing().filter(authority_told_at=None).exclude(is_breach=False)
    for incident in running.order_by("due_at")[:BATCH]:
        hours = (now - incident.aware_at).total_seconds() / 3600
        due = sum(hour <= hours for hour in ALARM_HOURS)
        if due > incident.alarms:
            sounded += _sound_again(incident, due)
    return sounded


def record_of(incident: Incident) -> dict[str, str]:
    """What was put down."""
    written: dict[str, str] = json.loads(incident.open())
    return written


@transaction.atomic
def _sound_again(incident: Incident, due: int) -> int:
    if not Incident.objects.filter(pk=incident.pk, alarms=incident.alarms).update(alarms=due):
        return 0
    _sound(incident)
    _note(incident, IncidentEventTag.ALARM)
    return 1


def _sound(incident: Incident) -> None:
    words, due = WORDS[Cause(incident.cause)], f"{incident.due_at:%d %B %Y, %H:%M} UTC"
    sound(f"Incident {incident.number}: {words}. 72 hours end {due}", address_of(incident))


def address_of(incident: Incident) -> str:
    """Its page at the desk."""
    return f"/desk/incidents/{incident.pk}/"


def _locked(incident_id: UUID) -> Incident:
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    if incident.closed_at is not None:
        raise IncidentClosedError
    return incident


def _note(
    incident: Incident, tag: IncidentEventTag, text: str = "", *, actor: Account | None = None
) -> None:
    event = IncidentEvent(incident=incident, tag=tag, actor_id=actor.pk if actor else None)
    event.seal(text.encode()).save(force_insert=True)
