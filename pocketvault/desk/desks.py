"""The subjects of the desk, in the order in which they are shown."""

from __future__ import annotations

from pocketvault.desk.legal import LEGAL
from pocketvault.desk.subjects import DeskSubject

SUBJECTS: tuple[DeskSubject, ...] = (LEGAL,)
