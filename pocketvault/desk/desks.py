"""The subjects of the desk, in the order in which they are shown."""

from __future__ import annotations

from pocketvault.desk import incidents, reports
from pocketvault.desk.subjects import DeskSubject

SUBJECTS: tuple[DeskSubject, ...] = (reports.SUBJECT, incidents.SUBJECT)
