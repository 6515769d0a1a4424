"""Why something about an incident is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class IncidentClosedError(ConflictError):
    """It was closed. What happens again opens a new one."""

    code = "incident_closed"
    sentence = "This incident is closed. If it happens again, a new one opens."


class IncidentNotAssessedError(ConflictError):
    """Nobody said yet whether personal data was breached, or what the law asks is missing."""

    code = "incident_not_assessed"
    sentence = (
        "Say first whether personal data was breached. If it was, tell the authority and the "
        "people concerned, or write down why not."
    )


class BadIncidentError(VaultError):
    """A record without what happened."""

    code = "bad_incident"
    sentence = "Say what happened, in at most 4,000 letters a field."
