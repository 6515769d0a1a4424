"""Rewriting colour profiles so that they say what the colours are and nothing about who made
them.

A profile made by calibrating somebody's screen names the person, the display and its serial
number. Only the tags that colour management reads are written again; the description stays only
where it is the name of a well-known standard.

Source: ICC.1:2022, sections 7 to 10.
"""

from __future__ import annotations

from typing import NamedTuple

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.reading import Block, spells, type_at, uint32

_MOST_TAGS = 200
_HEADER = 128
# How much longer than the original the result may be, because short tags are padded.
_ROOM = 256
_COLOUR_TAGS = {
    b"A2B0", b"A2B1", b"A2B2", b"A2B3", b"B2A0", b"B2A1", b"B2A2", b"B2A3",
    b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3",
    b"A2M0", b"M2A0", b"pre0", b"pre1", b"pre2", b"gamt",
    b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC",
    b"wtpt", b"bkpt", b"chad", b"lumi", b"cicp", b"chrm",
    b"aarg", b"aagg", b"aabg", b"hdgm", b"HDGM",
}  # fmt: skip
_TEXT_TAGS = {b"desc", b"cprt"}
_STANDARDS = {
    "sRGB IEC61966-2.1", "sRGB IEC61966-2-1 black scaled", "sRGB built-in", "sRGB", "c2",
    "Display P3", "Display P3 Gamut with sRGB Transfer", "sRGB Gamut with sRGB Transfer",
    "DCI-P3 D65 Gamut with sRGB Transfer", "Adobe RGB (1998)", "ProPhoto RGB", "ROMM RGB",
    "Apple RGB", "ColorMatch RGB", "Apple Wide Color Sharing Profile", "Generic RGB Profile",
    "Generic Gray Profile", "Generic CMYK Profile", "Generic Gray Gamma 2.2 Profile",
    "Dot Gain 10%", "Dot Gain 15%", "Dot Gain 20%", "Dot Gain 25%", "Dot Gain 30%",
    "Gray Gamma 1.8", "Gray Gamma 2.2", "U.S. Web Coated (SWOP) v2",
    "Coated FOGRA39 (ISO 12647-2:2004)", "Japan Color 2001 Coated", "ITU-R BT.709-5",
    "ITU-R BT. 709 Reference Display", "ITU-R BT. 2020 Reference Display", "Rec. 2020", "Rec2020",
}  # fmt: skip


class _Tag(NamedTuple):
    name: bytes
    data: Block
    # Tags that stand in the same place are written once.
    place: tuple[int, int] | bytes


def clean_profile(profile: Block, findings: Findings) -> bytes | None:
    """A profile with the same colours and no other content; None when it cannot be walked,
    which is also when decoders ignore it.
    """
    tags = _tags_in(profile)
    kept = _kept(tags or [])
    if tags is None or not any(tag.name in _COLOUR_TAGS for tag in kept):
        findings.remove(Kind.UNKNOWN_BLOCK, "colour profile")
        return None
    placed: dict[tuple[int, int] | bytes, int] = {}
    table: list[Block] = [len(kept).to_bytes(4, "big")]
    bodies: list[Block] = []
    at = _HEADER + 4 + 12 * len(kept)
    for tag in kept:
        size = len(tag.data)
        start = placed.setdefault(tag.place, at)
        table += [tag.name, start.to_bytes(4, "big"), size.to_bytes(4, "big")]
        if start == at:
            padding = -size % 4
            bodies += [tag.data, bytes(padding)]
            at += size + padding
    if at > len(profile) + _ROOM:
        return None
    if len(tags) != len(kept) or any(map(_says_something, tags)):
        findings.remove(Kind.COLOUR_PROFILE_TEXT)
    return b"".join([_clean_header(profile, at), *table, *bodies])


def _tags_in(profile: Block) -> list[_Tag] | None:
    if len(profile) < _HEADER + 4 or not spells(profile, 36, b"acsp"):
        return None
    view = memoryview(profile)
    count = uint32(view, _HEADER)
    if count > _MOST_TAGS or _HEADER + 4 + 12 * count > len(view):
        return None
    tags: list[_Tag] = []
    for at in range(_HEADER + 4, _HEADER + 4 + 12 * count, 12):
        start, size = uint32(view, at + 4), uint32(view, at + 8)
        if start < _HEADER or size < 8 or start + size > len(view):
            return None
        tags.append(_Tag(type_at(view, at), view[start : start + size], (start, size)))
    return tags


def _kept(tags: list[_Tag]) -> list[_Tag]:
    """The tags to write: colour as it is, a text only where it names a standard."""
    kept: list[_Tag] = []
    for tag in tags:
        if tag.name in _COLOUR_TAGS:
            kept.append(tag)
        elif tag.name in _TEXT_TAGS:
            name = _text_in(tag.data) if tag.name == b"desc" else ""
            data = _text_tag(tag.data, name if name in _STANDARDS else "")
            kept.append(_Tag(tag.name, data, tag.name))
    return kept


def _says_something(tag: _Tag) -> bool:
    """True for a text that will not be written again."""
    if tag.name not in _TEXT_TAGS:
        return False
    text = _text_in(tag.data)
    return text != "" and (tag.name == b"cprt" or text not in _STANDARDS)


def _text_in(data: Block) -> str:
    """The first text of a tag, whichever of three types it has."""
    if spells(data, 0, b"desc") and len(data) >= 12:
        raw = bytes(data[12 : 12 + min(uint32(data, 8), 200)])
        return raw.decode("latin-1").split("\0")[0]
    if spells(data, 0, b"text"):
        return bytes(data[8:208]).decode("latin-1").split("\0")[0]
    if not spells(data, 0, b"mluc") or len(data) < 28:
        return ""
    length, start = min(uint32(data, 20), 400), uint32(data, 24)
    if start + length > len(data):
        return ""
    raw = bytes(data[start : start + length - length % 2])
    return raw.decode("utf-16-be", "surrogatepass").split("\0")[0]


def _text_tag(original: Block, name: str) -> bytes:
    """The same type of tag, holding ``name`` (which may be empty) and nothing else."""
    plain = name.encode("latin-1")
    if spells(original, 0, b"mluc"):
        wide = name.encode("utf-16-be")
        record = b"enUS" + len(wide).to_bytes(4, "big") + b"\0\0\0\x1c"
        return b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0c" + record + wide
    if spells(original, 0, b"desc"):
        # The text, then empty Unicode and script texts of fixed length.
        return b"desc\0\0\0\0" + (len(plain) + 1).to_bytes(4, "big") + plain + bytes(79)
    return b"text\0\0\0\0" + plain + b"\0"


def _clean_header(profile: Block, size: int) -> bytes:
    header = bytearray(profile[:_HEADER])
    header[0:4] = size.to_bytes(4, "big")
    header[4:8] = bytes(4)  # preferred colour engine
    # 1 January 2000: a date is required, and the true one is not.
    header[24:36] = bytes.fromhex("07d000010001000000000000")
    header[40:44] = bytes(4)  # platform
    header[48:56] = bytes(8)  # device maker and model
    header[80:128] = bytes(48)  # creator, identifier, reserved
    return bytes(header)
