"""The jobs of tracing, each in a process of its own.

What comes back was made where a stranger's bytes were decoded, so its form is checked here
before anybody believes it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

from sharing.publishing import limited
from sharing.publishing.framing import Message
from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.tracing.altered import Region
from sharing.tracing.confirming import Homography
from sharing.tracing.errors import BrokenFeaturesError, UnreadableCopyError
from sharing.tracing.features import KEPT_AT_MOST, SEEN_AT_MOST, Features, unpacked
from sharing.watermark.certainty import CHANCE_AT_MOST
from sharing.watermark.keys import WatermarkKey

# Somebody waits for the answer. Unmarked copies take 2 to 5 s of processor time under four keys.
LIMITS = limited.Limits(seconds=60, processor_seconds=25)
_REGIONS_AT_MOST = 1024
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that was read. It is a lead and no proof: marks can be copied between photos."""

    payload: int
    key_number: int
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What can be seen in a copy itself."""

    mark: Mark | None
    features: Features
    is_read: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, eq=False)
class StillReading:
    """What can be seen in a copy whose mark another process is still reading."""

    reading: Future[Mark | None]
    features: Features

    @property
    def is_read(self) -> bool:
        """Whether ``mark`` is there without waiting."""
        return self.reading.done()

    @property
    def mark(self) -> Mark | None:
        """Waits for it. Raises `UnreadableCopyError`."""
        try:
            return self.reading.result()
        except PictureRefusedError:
            raise UnreadableCopyError from None


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Where a copy was altered; ``share`` of what it shows (0 to 1); ``annotated`` is PNG."""

    regions: tuple[Region, ...]
    share: float
    annotated: bytes


def features_of(picture: bytes) -> bytes:
    """What is stored of a publication, of its own picture (PNG of ours), in the format of
    `sharing.tracing.features`. Raises `PictureRefusedError`.
    """
    (features,) = _parts(limited.run("sharing.tracing.remembering", Message({}, (picture,))), 1)
    _features(features, KEPT_AT_MOST)
    return features


def look(copy: bytes, keys: Sequence[WatermarkKey]) -> StillReading:
    """Find the places of a found copy, and begin to read its mark under all keys: two processes
    at once, because somebody waits and neither needs the other. The second takes longer.

    Raises `UnreadableCopyError` whatever is wrong with it.
    """
    beside = ThreadPoolExecutor(1)
    reading = beside.submit(_read_mark, copy, keys)
    beside.shutdown(wait=False)
    try:
        return StillReading(reading, _places(copy))
    except PictureRefusedError:
        reading.exception()  # no process is left behind
        raise UnreadableCopyError from None


def _read_mark(copy: bytes, keys: Sequence[WatermarkKey]) -> Mark | None:
    fields = {"key_numbers": [key.number for key in keys]}
    request = Message(fields, (copy, *(key.secret for key in keys)))
    answer = limited.run("sharing.tracing.mark_reading", request, LIMITS)
    _parts(answer, 0)
    return _mark(answer.fields.get("reading"))


def _places(copy: bytes) -> Features:
    answer = limited.run("sharing.tracing.looking", Message({}, (copy,)), LIMITS)
    (features,) = _parts(answer, 1)
    return _features(features, SEEN_AT_MOST)


def compare_pictures(
    picture: bytes, copy: bytes, homography: Homography, size: tuple[int, int]
) -> Compared:
    """Where a copy was altered, against any rendition of the publication that it shows.

    ``homography`` leads from a picture of ``size`` to the copy. Raises `UnreadableCopyError`.
    """
    fields = {"homography": [float(value) for value in homography.ravel()], "size": [*size]}
    try:
        request = Message(fields, (picture, copy))
        answer = limited.run("sharing.tracing.comparing", request, LIMITS)
        (drawn,) = _parts(answer, 1)
        regions, share = answer.fields.get("regions"), answer.fields.get("share")
        if not isinstance(regions, list) or len(regions) > _REGIONS_AT_MOST:
            raise _broken()
        if not drawn.startswith(_PNG):
            raise _broken()
        return Compared(tuple(_region(each) for each in regions), _number(share, 1.0), drawn)
    except PictureRefusedError:
        raise UnreadableCopyError from None


def _parts(answer: Message, count: int) -> tuple[bytes, ...]:
    if len(answer.parts) != count:
        raise _broken()
    return answer.parts


def _features(data: bytes, at_most: int) -> Features:
    try:
        found = unpacked(data)
    except BrokenFeaturesError:
        raise _broken() from None
    if len(found) > at_most:
        raise _broken()
    return found


def _mark(said: object) -> Mark | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise _broken()
    payload, key_number = said.get("payload"), said.get("key_number")
    if not isinstance(payload, str) or len(payload) != 16 or type(key_number) is not int:
        raise _broken()
    try:
        return Mark(int(payload, 16), key_number, _number(said.get("chance"), CHANCE_AT_MOST))
    except ValueError:
        raise _broken() from None


def _region(said: object) -> Region:
    if not isinstance(said, dict) or said.keys() != {"left", "top", "width", "height", "score"}:
        raise _broken()
    sides = {name: said[name] for name in ("left", "top", "width", "height")}
    if any(type(value) is not int or not 0 <= value <= 65535 for value in sides.values()):
        raise _broken()
    score = said["score"]
    if type(score) not in (int, float) or not -2 <= score <= 2:
        raise _broken()
    return Region(**sides, score=float(score))


def _number(said: object, most: float) -> float:
    if not isinstance(said, int | float) or not math.isfinite(said) or not 0 <= said <= most:
        raise _broken()
    return float(said)


def _broken() -> PictureRefusedError:
    return PictureRefusedError(Refusal.CANNOT_DECODE)
