"""Finding a mark in any picture, and saying what it says, how surely, and what was done to it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy import fft

from sharing.watermark import lattice, pilot
from sharing.watermark.arrays import Pixels, Plane, Points, plane
from sharing.watermark.certainty import CHANCE_AT_MOST
from sharing.watermark.embedding import ASPECT_AT_MOST, checked, luma_of
from sharing.watermark.evidence import Number, read_number
from sharing.watermark.folding import Folded, Warp, fold, fold_mean
from sharing.watermark.frames import FRAMES_AT_MOST, frames
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.tile import CANONICAL_SIDE, TILE
from sharing.watermark.tracking import followed

# Nothing smaller shows a tile; nothing narrower is a photo.
SIDE_AT_LEAST = 48
# A pilot this clear ends the search for other lattices.
_SURE = 14.0
# Below this chance alone is the better explanation: then nothing is followed.
_WORTH_FOLLOWING = 5.5
# Of all lattices the three where the pilot is clearest are decoded, each as it is and after
# following it three times.
_LATTICES_DECODED, _ROUNDS = 3, 3
# Every question that is asked under one key: the two counts of the derivation.
_LATTICES = FRAMES_AT_MOST * (1 + lattice.CANDIDATES_AT_MOST)
_PILOT_QUESTIONS = _LATTICES * pilot.PLACES
_DECODINGS = FRAMES_AT_MOST * 2 * _LATTICES_DECODED * (1 + _ROUNDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """What was done to a copy, as far as the wallpaper shows it.

    ``scale`` is in pixels of the copy for one canonical pixel (see `tile`). ``share`` is the
    part of the published photo's area that the copy has room for: 1 is all, 0.5 a crop to
    half; more than 1 means that something was added around it.
    """

    scale: float
    rotation: float  # degrees, clockwise, -180 to 180; of a mirrored copy, before it was mirrored
    is_mirrored: bool
    is_negative: bool
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mark that was found. It is a lead and no proof: marks can be copied between photos."""

    payload: int
    key_number: int
    chance: float  # an upper bound of the probability that there is no mark at all
    geometry: Geometry

    @property
    def confidence(self) -> float:
        """How many zeros the chance has behind its point, 8 or more."""
        return -math.log10(max(self.chance, 1e-300))


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    """The pilot of one key on one lattice, aligned: tile (0, 0) begins where it should."""

    key: WatermarkKey
    warp: Warp
    z: float
    sign: int
    is_whole: bool  # the lattice is that of a whole photo, and was not searched for


def read(pixels: Pixels, keys: Sequence[WatermarkKey]) -> Reading | None:
    """The mark in a picture under any of the keys, or None.

    ``pixels`` is (H, W, 3), sRGB, 0-255. Pictures too small or too narrow have none.
    """
    if not _has_room(checked(pixels)) or not keys:
        return None
    for frame in frames(luma_of(pixels)):
        if reading := _read_frame(frame, keys):
            return reading
    return None


def _has_room(pixels: Pixels) -> bool:
    short, long = sorted(pixels.shape[:2])
    return bool(short >= SIDE_AT_LEAST and long <= ASPECT_AT_MOST * short)


def _read_frame(luma: Plane, keys: Sequence[WatermarkKey]) -> Reading | None:
    small = min(1.0, CANONICAL_SIDE / math.sqrt(luma.size))
    height, width = (max(1, round(side * small)) for side in luma.shape)
    shrunk = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
    white = lattice.whiten(plane(shrunk))
    for sightings in _searches(white, keys):
        for sighting in sightings:
            found = _decoded(white, sighting)
            if found and (chance := len(keys) * _chance(sighting.z, found[0])) <= CHANCE_AT_MOST:
                number, basis = found
                geometry = _geometry(basis, sighting.sign, white.size, luma.shape[0] / height)
                return Reading(
                    payload=number.payload, key_number=sighting.key.number, chance=chance,
                    geometry=geometry,
                )  # fmt: skip
    return None


def _searches(white: Plane, keys: Sequence[WatermarkKey]) -> Iterator[list[_Sighting]]:
    """The whole photo as it was published; if that is not it, every lattice there may be."""
    side = TILE * math.sqrt(white.size) / CANONICAL_SIDE
    whole = _sightings(white, [np.diag([side, side])], keys, is_whole=True)
    yield [sighting for sighting in whole if sighting.z >= _SURE]
    yield _best(whole + _sightings(white, lattice.candidates(white), keys), keys)


def _sightings(
    white: Plane,
    bases: Iterable[lattice.Basis],
    keys: Sequence[WatermarkKey],
    *,
    is_whole: bool = False,
) -> list[_Sighting]:
    """Where the pilot of each key fits best on each lattice, until one fits surely."""
    found: list[_Sighting] = []
    for basis in bases:
        warp = Warp.straight(basis, np.zeros(2))
        if (mean := fold_mean(white, warp)) is None:
            continue
        for key in keys:
            match = pilot.find_pilot(mean, key)
            aligned = warp.moved(match.shift).turned(match.turn)
            found.append(_Sighting(key, aligned, match.z, match.sign, is_whole))
        if max(sighting.z for sighting in found) >= _SURE:
            break
    return found


def _best(found: list[_Sighting], keys: Sequence[WatermarkKey]) -> list[_Sighting]:
    """The clearest sightings of each key, the clearest of all first."""
    ranked = sorted(found, key=lambda sighting: -sighting.z)
    kept = [[s for s in ranked if s.key is key][:_LATTICES_DECODED] for key in keys]
    return sorted((s for each in kept for s in each), key=lambda sighting: -sighting.z)


def _decoded(white: Plane, sighting: _Sighting) -> tuple[Number, Points] | None:
    """The first number that any round of following gives, and the sides of a tile there.

    A lattice that was found may be a tenth of a degree off and still be read; what is said of
    the copy's geometry is measured once more, with all tiles. That of a whole photo is exact.
    """
    warp: Warp | None = sighting.warp
    for _ in range(1 + _ROUNDS):
        folded = fold(white, warp) if warp else None
        if warp is None or folded is None:
            return None
        number = read_number(fft.fft2(folded.mean * sighting.sign), sighting.key)
        if number and sighting.is_whole:
            return number, warp.basis
        if not number and sighting.z < _WORTH_FOLLOWING:
            return None
        better = followed(_signed(folded, sighting.sign), warp, sighting.key)
        if number:
            return number, (better or warp).basis_at(folded.at.mean(axis=0) + 0.5)
        warp = better
    return None


def _signed(folded: Folded, sign: int) -> Folded:
    return folded if sign > 0 else replace(folded, wallpaper=-folded.wallpaper)


def _chance(z: float, number: Number) -> float:
    """The bound that an unmarked picture gives such a reading under one key.

    Pilot and payload are independent of each other, so two p-values are multiplied; a product
    of two such values is at most a with a probability of at most a (1 - ln a).
    """
    finding = min(0.0, math.log(_PILOT_QUESTIONS) - z**2 / 2)
    reading = min(0.0, math.log(_DECODINGS) + number.log_chance())
    both = finding + reading
    return math.exp(both) * (1 - both)


def _geometry(basis: Points, sign: int, area: int, enlarged: float) -> Geometry:
    """Read off the sides of a tile.

    ``area`` is that of the picture the basis is of, in square pixels; the found copy was
    ``enlarged`` times as high before it was shrunk for reading.
    """
    across, down = basis.T
    tile_area = across[0] * down[1] - across[1] * down[0]
    pixel = math.sqrt(abs(tile_area)) / TILE
    return Geometry(
        scale=pixel * enlarged,
        rotation=math.degrees(math.atan2(across[1], across[0])),
        is_mirrored=bool(tile_area < 0),
        is_negative=sign < 0,
        share=area / (pixel * CANONICAL_SIDE) ** 2,
    )
