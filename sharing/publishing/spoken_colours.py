"""Colours that a file names by numbers, as the profile that says the same.

PNG has a gamma and the places of its primaries (`gAMA`, `cHRM`); HEIC and AVIF have code points
(`nclx`). Both become a small ICC profile of three primaries and one curve, so that everything is
converted by one library. What is brighter than white (PQ and HLG, the curves of HDR) is no picture
of this kind and is not obeyed: it looks flat, and is shown as it is.

Sources: ITU-T H.273 (code points), PNG 11.3.2, ICC.1:2022.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np
from PIL import Image

# Places of white, red, green and blue (x, y).
Places = tuple[float, ...]
_D65 = (0.3127, 0.3290)
_SRGB = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: Mapping[int, Places] = {
    1: _SRGB,
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    7: (*_D65, 0.63, 0.34, 0.31, 0.595, 0.155, 0.07),
    9: (*_D65, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046),
    12: (*_D65, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06),
}
# Curves by code point: a plain power, or sRGB's own, by which browsers also read the curves of
# television (1, 6, 14, 15).
_POWERS = {4: 2.2, 5: 2.8, 8: 1.0}
_LIKE_SRGB = {1, 6, 13, 14, 15}
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_GREY = {"1", "L", "I;16", "I;16L", "I;16B"}
_LOWEST_GAMMA, _HIGHEST_GAMMA = 0.1, 5.0
# White of every ICC profile, and how an eye that adapted to another sees (Bradford).
_D50 = np.array([0.9642, 1.0, 0.8249])
_CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_HEADER_BYTES, _ENTRY_BYTES = 128, 12
_NCLX = b"colrnclx"


def profile_of(image: Image.Image) -> bytes | None:
    """The ICC profile of an image: its own, or one that says what it says in numbers."""
    own = image.info.get("icc_profile")
    if isinstance(own, bytes) and own:
        return own
    points = image.info.get("nclx_profile")
    if isinstance(points, Mapping):
        return _of_code_points(points)
    gamma = image.info.get("gamma")
    if "srgb" in image.info or not isinstance(gamma, float):
        return None
    if not _LOWEST_GAMMA <= gamma <= _HIGHEST_GAMMA:
        return None
    curve = _parametric(0, 1 / gamma)
    if image.mode in _GREY:
        return _packed(b"GRAY", {b"wtpt": _xyz(_D50), b"kTRC": curve})
    places = image.info.get("chromaticity", _SRGB)
    return _profile(places, curve) if isinstance(places, tuple) else None


def note_code_points(image: Image.Image, data: bytes) -> None:
    """Read what an AVIF says: its decoder does not tell. Of files that say two things, nothing."""
    found = set()
    at = data.find(_NCLX)
    while at >= 0 and at + 12 <= len(data):
        found.add(struct.unpack_from(">HH", data, at + len(_NCLX)))
        at = data.find(_NCLX, at + 1)
    if len(found) == 1:
        [(primaries, curve)] = found
        points = {"color_primaries": primaries, "transfer_characteristics": curve}
        image.info["nclx_profile"] = points


def _of_code_points(points: Mapping[str, object]) -> bytes | None:
    primaries, curve = points.get("color_primaries"), points.get("transfer_characteristics")
    places = _PRIMARIES.get(primaries) if isinstance(primaries, int) else None
    if places is None or (places == _SRGB and curve in _LIKE_SRGB):
        return None
    if curve in _LIKE_SRGB:
        return _profile(places, _parametric(3, *_SRGB_CURVE))
    power = _POWERS.get(curve) if isinstance(curve, int) else None
    return None if power is None else _profile(places, _parametric(0, power))


def _profile(places: Places, curve: bytes) -> bytes | None:
    """The profile of a display; None where three points are no triangle."""
    colorants = _colorants(places) if len(places) == len(_SRGB) else None
    if colorants is None:
        return None
    return _packed(b"RGB ", {
        b"wtpt": _xyz(_D50), b"rXYZ": _xyz(colorants[:, 0]), b"gXYZ": _xyz(colorants[:, 1]),
        b"bXYZ": _xyz(colorants[:, 2]), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    })  # fmt: skip


def _packed(space: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    """An ICC profile of version 4 of these tags."""
    at = _HEADER_BYTES + 4 + _ENTRY_BYTES * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    size = at + len(body)
    header = struct.pack(
        ">I4xI4s4s4s12x4s28x", size, 0x04300000, b"mntr", space, b"XYZ ", b"acsp"
    )
    white = struct.pack(">3i", *(round(each * 65536) for each in _D50))
    return (header + white).ljust(_HEADER_BYTES, b"\0") + table + body


def _colorants(places: Places) -> np.ndarray | None:
    """Columns are red, green and blue as XYZ under D50."""
    points = np.array(places, float).reshape(4, 2)
    if not np.isfinite(points).all() or (points[:, 1] <= 0).any() or (points > 1).any():
        return None
    xyz = np.stack([points[:, 0], points[:, 1], 1 - points.sum(1)]) / points[:, 1]
    white, primaries = xyz[:, 0], xyz[:, 1:]
    if abs(np.linalg.det(primaries)) < 1e-6:
        return None
    scaled = primaries * np.linalg.solve(primaries, white)
    adapted = np.diag((_CONES @ _D50) / (_CONES @ white))
    found: np.ndarray = np.linalg.inv(_CONES) @ adapted @ _CONES @ scaled
    return found


def _xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(each) * 65536) for each in values))


def _parametric(kind: int, *numbers: float) -> bytes:
    fixed = [round(each * 65536) for each in numbers]
    data = b"para\0\0\0\0" + struct.pack(f">HH{len(fixed)}i", kind, 0, *fixed)
    return data.ljust(-(-len(data) // 4) * 4, b"\0")
