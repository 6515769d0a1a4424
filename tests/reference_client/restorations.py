"""That the service came out of a backup: its word for it, held against the public log.

A restored service has forgotten the newest, as a hostile one would pretend to. So its word alone
explains nothing. What explains an older state is an entry of the public log, which everybody
sees and nobody can take back, and that only for what was told in between: between the backup and
the restore.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.reference_client.client import Json
from tests.reference_client.crypto.receipt import ReceiptError, check_entry
from tests.reference_client.receipts import ReceiptBook

# No older backup can be opened by anybody: its epoch key is destroyed. A day for the clocks.
LONGEST = timedelta(days=22 + 1)


class UnprovenRestorationError(Exception):
    """The service says that it was restored, and the public log does not say so, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What the log says: all that was told after ``restored_to`` may be forgotten."""

    restored_to: datetime
    restored_at: datetime

    def explains(self, first: datetime, last: datetime) -> bool:
        """Whether something told between these moments, and never outside, may be forgotten."""
        return self.restored_to < first and last < self.restored_at


def read_restoration(book: ReceiptBook) -> Restoration | None:
    """The newest restoration, as the log that this device knows has it; None if there is none.

    Raises `UnprovenRestorationError`.
    """
    said = book.client.call("GET", "/server")["restoration"]
    return None if said is None else proven_restoration(said, book.pinned())


def proven_restoration(said: Json, key: str) -> Restoration:
    """What the service says of a restoration, if the log of this key says it too.

    Raises `UnprovenRestorationError`.
    """
    try:
        check_entry(said["entry"] or {}, said["proof"], key)
        restoration = _stated(said["entry"])
    except (ReceiptError, KeyError, TypeError, ValueError) as error:
        raise UnprovenRestorationError from error
    if (restoration.restored_at, restoration.restored_to) != (
        _to_the_second(said["restored_at"]), _to_the_second(said["restored_to"]),
    ):  # fmt: skip
        raise UnprovenRestorationError
    if not timedelta(0) <= restoration.restored_at - restoration.restored_to <= LONGEST:
        raise UnprovenRestorationError
    return restoration


def _stated(entry: Json) -> Restoration:
    if entry["kind"] != "restored":
        raise UnprovenRestorationError
    facts = entry["facts"]
    return Restoration(
        restored_to=_to_the_second(facts["restored_to"]),
        restored_at=_to_the_second(facts["restored_at"]),
    )


def _to_the_second(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC).replace(microsecond=0)
