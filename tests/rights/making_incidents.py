"""Incidents, as the product makes them."""

from __future__ import annotations

from uuid import UUID, uuid4

from rights.incidents.actions.recording import open_incident
from rights.models import Cause, Incident


def make_case() -> dict[str, dict[str, UUID]]:
    """One incident, for whoever walks every page of the desk."""
    return {"incidents": {}, "incident": {"incident_id": opened().pk}}


def opened() -> Incident:
    """One that somebody reported."""
    return open_incident(Cause.REPORTED, f"reported:{uuid4()}", what="A laptop was lost.")
