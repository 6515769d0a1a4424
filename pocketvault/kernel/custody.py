"""The duty every app owes the people whose data it keeps: show it, export it, erase it.

An app meets the duty in its own ``custody.py``, found at start-up as ``admin.py`` is.
``rights`` calls every custodian without importing one; ``tests/architecture`` fails
when a model belongs to none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, Self
from uuid import UUID

from django.apps import apps

OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportItem:
    """One file of an export. Opened late and read in chunks: a vault may not fit in memory."""

    path: str
    media_type: str
    read: Callable[[], Iterable[bytes]]

    @classmethod
    def holding(cls, data: bytes, *, path: str, media_type: str = OCTETS) -> Self:
        """An item small enough to have at hand."""
        return cls(path=path, media_type=media_type, read=lambda: [data])


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What one model keeps: whose it is, why, and when it goes.

    ``owner_path`` is the Django look-up from a row to its account's id, or None for rows
    about nobody. ``retention`` is read by people, in the words of the privacy page.
    """

    model: str
    owner_path: str | None
    categories: tuple[str, ...]
    retention: str


class Custodian(Protocol):
    """What one app can do with everything it keeps about one person."""

    app_label: str
    keeps: tuple[Keeping, ...]

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """Yield everything kept about the person. Ciphertext stays ciphertext."""

    def erase(self, subject_id: UUID) -> int:
        """Remove everything kept about the person; return how many records went.

        Runs inside the caller's transaction. Must be safe to repeat.
        """


_custodians: dict[str, Custodian] = {}


def register(custodian: Custodian) -> Custodian:
    """Take charge of an app's data. One custodian per app."""
    if custodian.app_label in _custodians:
        raise ValueError(f"{custodian.app_label} already has a custodian")
    _custodians[custodian.app_label] = custodian
    return custodian


def custodians() -> list[Custodian]:
    """All custodians, dependants first: shares go before images, images before accounts."""
    order = [config.label for config in apps.get_app_configs()]
    return sorted(_custodians.values(), key=lambda c: order.index(c.app_label), reverse=True)
