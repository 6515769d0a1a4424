"""The metadata blocks that every format may carry, noted in one place: EXIF, XMP, and the
Photoshop resources that hold IPTC.
"""

from __future__ import annotations

from sharing.stripping.exif import ExifBlock, Hints, minimal_exif
from sharing.stripping.exif_report import report_exif
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.reading import Block, spells, uint16, uint32
from sharing.stripping.texts import from_unknown
from sharing.stripping.xmp import orientation_of, packet_text, report_packet

# More blocks of one kind than any photo has are dropped without being read.
_MOST_BLOCKS = 16
_LONGEST_IPTC = 1 << 18
_LONGEST_VALUE = 200
_IPTC_KINDS = {
    5: Kind.CAPTION, 105: Kind.CAPTION, 120: Kind.CAPTION, 25: Kind.KEYWORDS,
    **dict.fromkeys((55, 60, 62, 63), Kind.CAPTURE_TIME),
    **dict.fromkeys((65, 70), Kind.SOFTWARE),
    **dict.fromkeys((80, 85, 110, 115, 118, 122), Kind.AUTHOR),
    **dict.fromkeys((90, 92, 95, 100, 101), Kind.PLACE),
    116: Kind.COPYRIGHT,
}  # fmt: skip
_RESOURCE_IPTC = 0x0404
_RESOURCE_THUMBNAILS = (0x0409, 0x040C)


class NotedHints:
    """What the blocks of one file said about turning the picture and about its colours."""

    def __init__(self) -> None:
        self._exif = Hints(0, 0)
        self._xmp_orientation = 0
        self._saw_exif = False
        self._exif_blocks = 0
        self._packets = 0

    def note_exif(self, data: Block, findings: Findings) -> None:
        """A block starting at its byte-order mark. Decoders heed the first only, and so do we."""
        self._exif_blocks += 1
        if self._exif_blocks > _MOST_BLOCKS:
            return
        block = ExifBlock(data)
        report_exif(block, block.entries, findings)
        if not block.is_known or self._saw_exif:
            findings.remove(Kind.UNKNOWN_BLOCK, "EXIF")
            return
        self._saw_exif = True
        self._exif = block.hints()

    def note_xmp(self, packet: Block, findings: Findings) -> None:
        self._packets += 1
        if self._packets > _MOST_BLOCKS:
            return
        text = packet_text(packet)
        report_packet(text, findings)
        self._xmp_orientation = self._xmp_orientation or orientation_of(text)

    def exif_to_write(self, *, has_profile: bool) -> bytes | None:
        """The block to write, or None. A colour profile makes EXIF's ColorSpace needless, and
        XMP is asked for the orientation only where EXIF says nothing.
        """
        orientation = self._exif.orientation or self._xmp_orientation or 1
        return minimal_exif(Hints(orientation, 0 if has_profile else self._exif.adobe_rgb))


def note_iptc(block: Block, findings: Findings) -> None:
    """A bare IPTC-IIM block; stops quietly at the first dataset that makes no sense."""
    findings.iptc_blocks += 1
    if findings.iptc_blocks > _MOST_BLOCKS:
        return
    block = bytes(block[:_LONGEST_IPTC])
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        length = uint16(block, at + 3)
        start = at + 5
        at = start + length
        if length > 0x7FFF or at > len(block):
            return
        kind = _IPTC_KINDS.get(block[start - 3]) if block[start - 4] == 2 else None
        if kind is not None:
            findings.remove(kind, from_unknown(block[start:at][:_LONGEST_VALUE]))


def note_photoshop(block: Block, findings: Findings) -> None:
    """Photoshop's image resources ("8BIM" blocks), which hold IPTC, previews and paths."""
    at = 0
    is_known = False
    while at + 12 <= len(block) and spells(block, at, b"8BIM"):
        name_length = block[at + 6] + 1
        size_at = at + 6 + name_length + (name_length & 1)
        if size_at + 4 > len(block):
            break
        size, resource = uint32(block, size_at), uint16(block, at + 4)
        is_known = True
        if resource == _RESOURCE_IPTC:
            note_iptc(block[size_at + 4 : size_at + 4 + size], findings)
        elif resource in _RESOURCE_THUMBNAILS:
            findings.remove(Kind.PREVIEW)
        at = size_at + 4 + size + (size & 1)
    if is_known:
        findings.remove(Kind.SOFTWARE)
    else:
        findings.remove(Kind.UNKNOWN_BLOCK, "Photoshop")
