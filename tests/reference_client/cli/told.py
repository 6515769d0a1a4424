"""What was said of a photo outside of it, and what of that goes into its record.

The picture's own facts stay in its metadata. What a sidecar puts right is the first revision of
the corrections and the first marks, as `static/src/transfer/first-record.ts` has it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.reference_client.cli.folder import Found
from tests.reference_client.documents import Corrections, Marks, Metadata, Place

TEXT_LIMIT = 10_000
KEYWORDS = 200
QUARTER, WIDEST_ZONE = 900, 26 * 3600
SAME_PLACE_METRES = 200
METRES_OF_A_DEGREE = 111_195


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One photo's. A ``captured_at`` with a zone is a moment, without one a clock on a wall.

    ``shown_zone`` keeps the zone it came with; otherwise a moment is told in this device's.
    ``exact`` is how many seconds the time may be off.
    """

    name: str = ""
    captured_at: datetime | None = None
    shown_zone: bool = False
    exact: int = 2
    place: Place | None = None
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: int | None = None
    alt_text: str = ""
    favourite: bool = False
    archived: bool = False
    albums: tuple[str, ...] = ()
    by: str = "person"


@dataclass(slots=True, kw_only=True)
class Reading:
    """What an importer found, by the place of each picture. ``used`` are sidecars that belong to
    something; ``broken`` are those that say nothing, and why; ``left_out`` are pictures.
    ``is_asked`` is False where nobody wanted sidecars to be read.
    """

    is_asked: bool = True
    told: dict[str, Told] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    broken: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


Files = Sequence[Found]


def text_of(value: object) -> str:
    """A text as a record may hold it: bounded, no NUL, no half of a character."""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "").strip()[:TEXT_LIMIT]


def place_of(lat: Any, lon: Any) -> Place | None:
    """Degrees, if they are a place. 0, 0 is how these formats write that there is none."""
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in (lat, lon)):
        return None
    if (lat, lon) == (0, 0) or not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return Place(lat=float(lat), lon=float(lon))


def moment_of(seconds: Any) -> datetime | None:
    """Seconds since 1970, as a number or its digits. 0 is "nobody knows"."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | str):
        return None
    try:
        number = float(seconds)
    except (ValueError, OverflowError):
        return None
    # NaN fails the comparison, and nothing was photographed beyond it.
    return datetime.fromtimestamp(number, UTC) if 0 < abs(number) < 7e9 else None


def corrections_from(told: Told, metadata: Metadata) -> Corrections | None:
    """What the sidecar says that the picture does not; None when that is nothing."""
    values = {**_time(told, metadata), **_place(told, metadata)}
    words: list[tuple[str, Any, Any]] = [
        ("title", told.title, metadata.title),
        ("description", told.description, metadata.description),
        ("keywords", list(told.keywords[:KEYWORDS]), list(metadata.keywords)),
        ("rating", told.rating, metadata.rating),
        ("altText", told.alt_text, ""),
    ]
    values |= {name: said for name, said, own in words if said and said != own}
    return Corrections(values=values, by=told.by) if values else None


def marks_from(told: Told) -> Marks | None:
    """Favourite and archived; None for neither."""
    if not told.favourite and not told.archived:
        return None
    return Marks(favourite=told.favourite, archived=told.archived)


def full_name(told: Told, on_disk: str) -> str:
    """The name in full where an export had cut it, else the name on the disk."""
    stem = on_disk.rpartition(".")[0] or on_disk
    is_longer = len(told.name) > len(on_disk) and told.name.startswith(stem)
    return told.name if is_longer and "/" not in told.name else on_disk


def _time(told: Told, metadata: Metadata) -> dict[str, Any]:
    at, own = told.captured_at, metadata.captured_at
    if at is None:
        return {}
    try:
        shown = at if at.tzinfo is None or told.shown_zone else at.astimezone()
    except (OverflowError, OSError, ValueError):
        return {}
    local = shown.replace(tzinfo=None)
    if own is not None and own.source != "file" and _may_be_same(own.local, at, told.exact):
        return {}
    zone = None if shown.tzinfo is None else shown.isoformat()[-6:]
    return {"capturedAt": local.isoformat(timespec="seconds"), "zone": zone}


def _may_be_same(own: str, at: datetime, exact: int) -> bool:
    """Whether two clocks may have shown the same moment, one of them in an unknown zone."""
    try:
        clock = datetime.fromisoformat(own).replace(tzinfo=UTC)
    except ValueError:
        return False
    if at.tzinfo is None:
        return abs((clock - at.replace(tzinfo=UTC)).total_seconds()) <= exact
    apart = (clock - at).total_seconds()
    rest = abs(apart - round(apart / QUARTER) * QUARTER)
    return abs(apart) <= WIDEST_ZONE and rest <= exact


def _place(told: Told, metadata: Metadata) -> dict[str, Any]:
    there, own = told.place, metadata.place
    if there is None:
        return {}
    if own is not None:
        east = (there.lon - own.lon) * math.cos(math.radians(own.lat))
        if math.hypot(there.lat - own.lat, east) * METRES_OF_A_DEGREE < SAME_PLACE_METRES:
            return {}
    return {"place": there.to_json()}
