"""Incidents: what stands, one of them with its 72 hours, and a new one that somebody reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import Account, Role
from pocketvault.desk.histories import history_of
from pocketvault.desk.subjects import (
    DeskPage,
    DeskSubject,
    Frame,
    InboxItem,
    act_of,
    reason_of,
)
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.languages import dated
from rights.incidents.actions import recording
from rights.incidents.letter import letter_of
from rights.incidents.record import FIELDS, NEEDED_FOR_A_BREACH
from rights.models import Cause, Deletion, Drill, Incident, IncidentEvent, Processor

ACTS = frozenset({Role.DPO})
SHOWN = 200
_HEADERS = {"Referrer-Policy": "same-origin"}
_ANSWERS = {"yes": True, "no": False}


def show_incidents(request: HttpRequest, frame: Frame) -> HttpResponse:
    """What stands, and what was closed; with the form for a new one."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            reason = reason_of(request)
            actor = cast(Account, request.user)
            made = recording.open_incident(
                Cause.REPORTED, f"reported:{uuid4()}", what=reason, actor=actor
            )
        except VaultError as error:
            problem, status = str(error), error.status
        else:
            return HttpResponseRedirect(reverse("admin:incident", args=[made.pk]))
    standing = Incident.objects.standing().order_by("due_at")[:SHOWN]
    closed = Incident.objects.exclude(closed_at=None).order_by("-closed_at")[:SHOWN]
    context = {
        **frame, "title": "Incidents", "standing": _with_words(standing),
        "closed": _with_words(closed), "problem": problem,
    }  # fmt: skip
    return _page(request, "admin/incidents-list.html", context, status)


def show_incident(request: HttpRequest, frame: Frame, incident_id: UUID) -> HttpResponse:
    """One incident: its clock, its record, the letter that comes of it."""
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise Http404
    problem, status = "", 200
    if request.method == "POST":
        try:
            reason = reason_of(request)
            act = act_of(request, _BY_NAME)
            act(request, incident, reason, cast(Account, request.user))
        except VaultError as error:
            problem, status = str(error), error.status
            incident.refresh_from_db()
        else:
            return HttpResponseRedirect(reverse("admin:incident", args=[incident.pk]))
    record = recording.record_of(incident)
    events = IncidentEvent.objects.filter(incident=incident).order_by("-pk")
    context = {
        **frame, "title": f"Incident {incident.number}", "incident": incident, "problem": problem,
        "words": recording.WORDS[Cause(incident.cause)], "about": _about(incident),
        "fields": [
            (field, record.get(field.name, ""), field.name in NEEDED_FOR_A_BREACH)
            for field in FIELDS
        ],
        "events": history_of(events),
        "letter": letter_of(incident, record),
    }  # fmt: skip
    return _page(request, "admin/incidents-one.html", context, status)


def _with_words(incidents: Iterable[Incident]) -> list[tuple[Incident, str]]:
    """Each with its cause, as somebody says it."""
    return [(each, recording.WORDS[Cause(each.cause)]) for each in incidents]


def _about(incident: Incident) -> str:
    """What it is about, where the cause leaves that open. At most one query."""
    kind, _, named = incident.key.partition(":")
    if kind in ("epoch", "epoch-after"):
        return gettext("Epoch key %(number)s") % {"number": named}
    if kind in ("drill", "drill-after") and (drill := Drill.objects.filter(pk=named).first()):
        return gettext("The drill of %(day)s") % {"day": _day(drill.began_at)}
    if kind == "deletion" and (deletion := Deletion.objects.filter(pk=named).first()):
        return gettext("A deletion of %(day)s") % {"day": _day(deletion.deleted_at)}
    if kind == "processor":
        found = Processor.objects.filter(pk=named.partition(":")[0])
        return "".join(found.values_list("name", flat=True))
    return ""


def _day(moment: datetime) -> str:
    return dated(moment, "j F Y, H:i")


def _write(request: HttpRequest, incident: Incident, reason: str, actor: Account) -> None:
    fields = {field.name: request.POST.get(field.name, "") for field in FIELDS}
    is_breach = _ANSWERS.get(request.POST.get("is_breach", ""))
    recording.write_record(
        incident.pk, fields, is_breach=is_breach, reason=reason, actor=actor
    )


Act = Callable[[HttpRequest, Incident, str, Account], object]
_BY_NAME: dict[str, Act] = {
    "write": _write,
    "authority": lambda _, incident, reason, actor: recording.note_authority_told(
        incident.pk, reason=reason, actor=actor
    ),
    "people": lambda _, incident, reason, actor: recording.note_people_told(
        incident.pk, reason=reason, actor=actor
    ),
    "close": lambda _, incident, reason, actor: recording.close_incident(
        incident.pk, reason=reason, actor=actor
    ),
}


def _page(request: HttpRequest, template: str, context: Frame, status: int) -> HttpResponse:
    return TemplateResponse(request, template, context, status=status, headers=_HEADERS)


def inbox(roles: frozenset[Role]) -> Iterable[InboxItem]:
    """Every incident that stands. One query."""
    if not roles & ACTS:
        return
    for incident in Incident.objects.standing().order_by("due_at")[:SHOWN]:
        is_told = incident.is_breach is False or incident.authority_told_at is not None
        yield InboxItem(
            subject="Incidents", number=incident.number,
            what=recording.WORDS[Cause(incident.cause)],
            address=reverse("admin:incident", args=[incident.pk]),
            due_at=None if is_told else incident.due_at,
        )  # fmt: skip


SUBJECT = DeskSubject(
    name="Incidents",
    pages=(
        DeskPage(
            path="incidents/", name="incidents", view=show_incidents, acts=ACTS, title="Incidents"
        ),
        DeskPage(
            path="incidents/<uuid:incident_id>/", name="incident", view=show_incident, acts=ACTS
        ),
    ),
    inbox=inbox,
)
