"""What a device was told of one object, and when: numbers that only rise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.reference_client.restorations import LONGEST, Restoration

Numbers = tuple[int, ...]
# No restoration explains anything from longer ago.
KEPT = LONGEST + timedelta(days=7)


@dataclass(slots=True)
class Sighting:
    """The same numbers, as they were told for the first and for the last time."""

    numbers: Numbers
    first: datetime
    last: datetime


@dataclass(slots=True)
class Sightings:
    """All that counts, the newest last. Keep them with the copy."""

    told: list[Sighting] = field(default_factory=list)

    def take(self, numbers: Numbers, now: datetime, restoration: Restoration | None) -> bool:
        """Remember what is told now. False for an older state than one that was told outside of
        what a restoration explains: then nothing is remembered.
        """
        if self._is_older(numbers, self.told):
            owed = self.owed(restoration)
            if self._is_older(numbers, owed):
                return False
            self.told = owed
        if self.told and self.told[-1].numbers == numbers:
            self.told[-1].last = now
        else:
            self.told.append(Sighting(numbers, now, now))
        while len(self.told) > 1 and self.told[1].last < now - KEPT:
            del self.told[0]
        return True

    def owed(self, restoration: Restoration | None) -> list[Sighting]:
        """What the service cannot have forgotten."""
        return [
            each
            for each in self.told
            if restoration is None or not restoration.explains(each.first, each.last)
        ]

    @staticmethod
    def _is_older(numbers: Numbers, than: list[Sighting]) -> bool:
        """Numbers only rise: one that is lower is of an older state."""
        return bool(than) and any(
            new < old for new, old in zip(numbers, than[-1].numbers, strict=True)
        )
