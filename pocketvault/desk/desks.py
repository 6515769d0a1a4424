"""The subjects of the desk, in the order in which they are shown."""

from __future__ import annotations

from pocketvault.desk.subjects import DeskSubject
from pocketvault.desk.traces import TRACES

SUBJECTS: tuple[DeskSubject, ...] = (TRACES,)
