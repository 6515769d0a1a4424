"""Incidents, as the product makes them."""

from __future__ import annotations

from uuid import UUID, uuid4

from rights.incidents.actions.recording import open_incident
from rights.models import Cause


def make_case() -> dict[str, dict[str, UUID]]:
    """One incident, for whoever walks every page of the desk."""
    incident = open_incident(Cause.REPORTED, f"reported:{uuid4()}", what="A laptop was lost.")
    return {"incidents": {}, "incident": {"incident_id": incident.pk}}
