"""The three steps from a copy to what is shown, each in a process of its own.

Whatever comes back was made where hostile bytes were decoded, so its form is checked here before
anybody believes it.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from sharing.publishing import limited
from sharing.publishing.framing import Message
from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.publishing.rights import Rights, packet_of
from sharing.stripping.findings import Kind

BYTES_AT_MOST = 60_000_000
PLACEHOLDER_AT_MOST = 25
LONGEST = 2048
_HASH = re.compile("(?:[0-9a-f]{512})?")
_FINDINGS = {kind.value for kind in Kind}
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy after the first step. ``picture`` is PNG, at most 2048 pixels on its long side and
    without metadata; ``placeholder`` is a ThumbHash; ``found`` are the kinds of things that
    were still in the copy, as `sharing.stripping` names them, the most personal first;
    ``ways`` are the picture's hashes (`sharing.pdq.ways_of`, 8 x 32 bytes), empty where there is
    too little in it for one.
    """

    picture: bytes
    width: int
    height: int
    placeholder: bytes
    found: list[str]
    ways: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """One rendition. ``sha256`` (32 bytes) is of ``data``."""

    data: bytes
    width: int
    height: int
    sha256: bytes


Renditions = dict[int, dict[str, Picture]]


def check(copy: bytes) -> Checked:
    """Find out what a copy is, clean it, and make the picture that all else is made of.

    Formats: JPEG, PNG, WebP, GIF, TIFF, HEIC, AVIF, JPEG XL, and DNG with a large JPEG in it;
    of several frames the first. Raises `PictureRefusedError`.
    """
    if len(copy) > BYTES_AT_MOST:
        raise PictureRefusedError(Refusal.TOO_MANY_BYTES)
    return checked_in(limited.run("sharing.publishing.checking", Message({}, (copy,))))


def checked_in(answer: Message) -> Checked:
    """What the first step answered, if it has the form that it must have."""
    picture, placeholder = _parts(answer, 2)
    width, height = _size_of_png(picture)
    found = answer.fields.get("found")
    if not isinstance(found, list) or not all(_is_finding(each) for each in found):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    if not 0 < len(placeholder) <= PLACEHOLDER_AT_MOST:
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return Checked(picture, width, height, placeholder, found, _hash(answer.fields.get("pdq")))


def mark(picture: bytes, payload: int, key_number: int, secret: bytes) -> bytes:
    """The same picture as PNG, with a 64-bit number in its pixels that nobody sees. Raises
    `PictureRefusedError`: ``cannot_mark`` where the picture has no room for it.
    """
    fields = {"payload": payload, "key_number": key_number}
    answer = limited.run("sharing.publishing.marking", Message(fields, (picture, secret)))
    (marked,) = _parts(answer, 1)
    if _size_of_png(marked) != _size_of_png(picture):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return marked


def render(picture: bytes, sizes: Sequence[int], rights: Rights) -> Renditions:
    """The picture at most so many pixels long for each of ``sizes``, never enlarged, by size
    and by kind: ``webp`` and ``jpg``. All say whose it is and that nobody may train on it, and
    nothing else. One process makes all of them: its start costs as much as a size does.
    """
    request = Message({"sizes": [*sizes]}, (picture, packet_of(rights)))
    return renditions_in(limited.run("sharing.publishing.rendering", request), sizes)


def renditions_in(answer: Message, sizes: Sequence[int]) -> Renditions:
    """What the last step answered, if it has the form that it must have."""
    parts, sides = _parts(answer, 2 * len(sizes)), answer.fields.get("sides")
    if not isinstance(sides, list) or len(sides) != len(sizes):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    both = zip(parts[::2], parts[1::2], strict=True)
    return {
        size: _pictures(pair, own, size)
        for size, own, pair in zip(sizes, sides, both, strict=True)
    }


def _pictures(pair: tuple[bytes, bytes], sides: object, size: int) -> dict[str, Picture]:
    (webp, jpeg), width_and_height = pair, sides if isinstance(sides, list) else []
    if len(width_and_height) != 2 or not all(_is_side(each, size) for each in width_and_height):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    is_webp = webp[:4] == b"RIFF" and webp[8:12] == b"WEBP"
    if not is_webp or not jpeg.startswith(b"\xff\xd8\xff"):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    width, height = width_and_height
    return {
        kind: Picture(data, width, height, hashlib.sha256(data).digest())
        for kind, data in (("webp", webp), ("jpg", jpeg))
    }


def _parts(answer: Message, count: int) -> tuple[bytes, ...]:
    if len(answer.parts) != count:
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return answer.parts


def _size_of_png(picture: bytes) -> tuple[int, int]:
    """Width and height as the header has them; refused where it is none of ours."""
    if len(picture) < len(_PNG) + 8 or not picture.startswith(_PNG):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    width, height = struct.unpack_from(">II", picture, len(_PNG))
    if not (_is_side(width, LONGEST) and _is_side(height, LONGEST)):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return width, height


def _hash(value: object) -> bytes:
    """256 bytes, or none at all; refused where it is anything else."""
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return bytes.fromhex(value)


def _is_finding(value: object) -> bool:
    return isinstance(value, str) and value in _FINDINGS


def _is_side(value: object, most: int) -> bool:
    return type(value) is int and 0 < value <= most
