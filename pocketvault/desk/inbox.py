"""What waits for somebody at the desk, of all subjects together."""

from __future__ import annotations

from datetime import UTC, datetime

from accounts.models import Role
from pocketvault.desk.desks import SUBJECTS
from pocketvault.desk.figures import Figure, figures
from pocketvault.desk.subjects import InboxItem

# More than a day's work; the boards of the subjects have all of it.
MOST_ITEMS = 100
_SOME_DAY = datetime.max.replace(tzinfo=UTC)


def waiting_for(roles: frozenset[Role]) -> list[InboxItem]:
    """What waits for somebody who has these roles, what is due first at the top."""
    items = [item for subject in SUBJECTS for item in subject.inbox(roles)]
    items.sort(key=lambda item: (item.due_at or _SOME_DAY, item.subject, item.number))
    return items[:MOST_ITEMS]


def desk_figures() -> list[Figure]:
    """How things stand, the subjects' own numbers first."""
    return [figure for subject in SUBJECTS for figure in subject.figures()] + figures()
