"""JPEG XL: keeps the codestream boxes and the gain map; EXIF, XMP, provenance, packed boxes and
the recipe for rebuilding an original JPEG (which holds its metadata) go.

A bare codestream has no place for metadata but names of extra channels, and is kept.
Source: ISO/IEC 18181-2.
"""

from __future__ import annotations

from sharing.stripping.boxes import Box, boxes_in, text_of
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.noted import NotedHints
from sharing.stripping.reading import type_at, uint32
from sharing.stripping.refusals import CutShortError, NoPictureError

_SHORTEST_CODESTREAM = 14
_KEPT = {b"JXL ", b"ftyp", b"jxlc", b"jxlp", b"jxll", b"jxli", b"jhgm"}


def strip_jxl(data: bytes, findings: Findings) -> bytes:
    """The same picture without anything a decoder does not need."""
    if data.startswith(b"\xff"):
        if len(data) < _SHORTEST_CODESTREAM:
            raise CutShortError(detail="codestream")
        return data
    view = memoryview(data)
    hints = NotedHints()
    boxes = boxes_in(data, 0, len(data))
    for box in boxes:
        if box.type not in _KEPT:
            _note_dropped(view[box.body : box.end], box, hints, findings)
    if not any(box.type in (b"jxlc", b"jxlp") for box in boxes):
        raise NoPictureError(detail="no codestream")
    return b"".join(view[box.start : box.end] for box in boxes if box.type in _KEPT)


def _note_dropped(body: memoryview, box: Box, hints: NotedHints, findings: Findings) -> None:
    packed = type_at(body, 0) if box.type == b"brob" and len(body) >= 4 else b""
    kind = packed or box.type
    if box.type == b"Exif" and len(body) > 8:
        hints.note_exif(body[4 + min(uint32(body, 0), len(body)) :], findings)
    elif box.type == b"xml ":
        hints.note_xmp(body, findings)
    elif packed == b"Exif":
        findings.remove(Kind.CAPTURE_TIME)
        findings.remove(Kind.CAMERA)
    elif kind == b"jumb":
        findings.remove(Kind.CONTENT_CREDENTIALS)
    elif box.type not in (b"free", b"skip"):
        findings.remove(Kind.UNKNOWN_BLOCK, text_of(kind))
