"""The subjects of the desk, in the order in which they are shown."""

from __future__ import annotations

from pocketvault.desk import incidents, legal, reports, requests, takedown, traces
from pocketvault.desk.subjects import DeskSubject

SUBJECTS: tuple[DeskSubject, ...] = (
    requests.SUBJECT, reports.SUBJECT, takedown.SUBJECT, legal.SUBJECT, incidents.SUBJECT,
    traces.SUBJECT,
)  # fmt: skip
