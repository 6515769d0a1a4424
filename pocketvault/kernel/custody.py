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
# For performing what the person signed up for: GDPR, article 6.
CONTRACT = "6(1)(b)"
LEGAL_DUTY = "6(1)(c)"
INTERESTS = "6(1)(f)"
CONSENT = "6(1)(a)"
# How many records a custodian removes at once.
BATCH_ROWS = 500


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
    ``legal_basis`` is an article of the GDPR: the contract, unless a keeping says otherwise.
    """

    model: str
    owner_path: str | None
    categories: tuple[str, ...]
    retention: str
    legal_basis: str = CONTRACT


class Custodian(Protocol):
    """What one app can do with everything it keeps about one person."""

    app_label: str
    keeps: tuple[Keeping, ...]

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """Yield everything kept about the person. Ciphertext stays ciphertext."""

    def erase_some(self, subject_id: UUID) -> int:
        """Remove a batch of what is kept about the person; return how many records went.

        Nothing went when nothing is left. Runs inside the caller's transaction, which is to be
        short: a person may keep a million photos, and others are served meanwhile. Whoever dies
        between two batches loses nothing, and the next call goes on.
        """

    def erase(self, subject_id: UUID) -> int:
        """Remove everything, batch by batch; return how many records went. Safe to repeat."""
        erased = 0
        while went := self.erase_some(subject_id):
            erased += went
        return erased


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
