"""JPEG pictures inside another file (previews and tiles of TIFF and DNG), cleaned where they
lie: their length is recorded elsewhere and must not change.
"""

from __future__ import annotations

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.reading import Span, blank, is_all_zero, spells, uint16
from sharing.stripping.scans import scan_end

_MOST_SEGMENTS = 20_000
_FILL, _END_OF_IMAGE, _START_OF_SCAN, _COMMENT, _ADOBE = 0xFF, 0xD9, 0xDA, 0xFE, 0xEE


def is_jpeg(data: bytes, span: Span) -> bool:
    return data.startswith(b"\xff\xd8", span.start)


def blank_inside(data: bytes, copy: bytearray, span: Span, findings: Findings) -> None:
    """Zero, in the copy, the payload of every application and comment segment, and what
    follows the end.
    """
    at = span.start + 2
    for _ in range(_MOST_SEGMENTS):
        if at + 4 > span.end or data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker == _FILL:
            at += 1
            continue
        if marker == _END_OF_IMAGE:
            blank(copy, at + 2, span.end)
            return
        end = at + 2 + uint16(data, at + 2)
        if end > span.end:
            return
        if _is_metadata(data, marker, at + 4):
            if not is_all_zero(data[at + 4 : end]):
                findings.remove(Kind.PREVIEW)
            blank(copy, at + 4, end)
        at = scan_end(data, end, span.end) if marker == _START_OF_SCAN else end


def _is_metadata(data: bytes, marker: int, body: int) -> bool:
    if marker == _COMMENT:
        return True
    return 0xE0 <= marker <= 0xEF and not (marker == _ADOBE and spells(data, body, b"Adobe"))

