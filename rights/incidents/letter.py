"""The letter to the supervisory authority, written from what the register holds by now."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from rights.incidents.record import FIELDS
from rights.letters.writing import Letter, write_letter
from rights.models import Incident


def letter_of(incident: Incident, record: Mapping[str, str]) -> Letter:
    """What Art. 33(3) asks for. What is not known yet is said to be so (Art. 33(4))."""
    values = {field.name: record.get(field.name, "") for field in FIELDS}
    return write_letter("breach-notice", 1, {
        **values, "number": incident.number, "service": settings.PUBLIC_URL,
        "aware": f"{incident.aware_at:%d %B %Y, %H:%M} UTC",
        "due": f"{incident.due_at:%d %B %Y, %H:%M} UTC",
    }, language="en")  # fmt: skip
