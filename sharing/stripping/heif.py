"""HEIC and AVIF: everything stays where it is, so that no offset has to change; what is not
picture becomes free space or zeros.

The picture turns itself by its ``irot`` and ``imir`` properties, which stay; EXIF orientation is
ignored by every decoder of these formats.

Source: ISO/IEC 23008-12, ISO/IEC 14496-12, AV1 Image File Format 1.1.
"""

from __future__ import annotations

from sharing.stripping.boxes import Box, blank_box, boxes_in, text_of
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.heif_items import strip_items
from sharing.stripping.heif_tracks import strip_tracks
from sharing.stripping.reading import Span, zero_outside
from sharing.stripping.refusals import (
    BrokenStructureError,
    NoPictureError,
    UnsupportedVariantError,
)
from sharing.stripping.spans import MediaSpans, overlaps, within

_IGNORED = {b"free", b"skip", b"wide"}


def strip_heif(data: bytes, findings: Findings) -> bytes:
    """The same picture or sequence without anything a decoder does not need."""
    copy = bytearray(data)
    spans = MediaSpans()
    media: list[Span] = []
    length = 0
    has_picture = False
    for box in boxes_in(data, 0, len(data)):
        if box.type == b"meta":
            strip_items(data, copy, box, spans, findings)
        elif box.type == b"moov":
            strip_tracks(data, copy, box, spans, findings)
        elif box.type == b"mdat":
            media.append(Span(box.body, box.end))
        elif box.type != b"ftyp":
            _drop(copy, box, findings)
            continue
        has_picture |= box.type in (b"meta", b"moov")
        length = box.end
    if not has_picture:
        raise NoPictureError(detail="no meta box")
    _clear_media(copy, media, spans)
    return bytes(memoryview(copy)[:length])


def _drop(copy: bytearray, box: Box, findings: Findings) -> None:
    if box.type in (b"moof", b"mfra"):
        raise UnsupportedVariantError(detail="fragments")
    if box.type not in _IGNORED:
        findings.remove(Kind.UNKNOWN_BLOCK, text_of(box.type))
    blank_box(copy, box)


def _clear_media(copy: bytearray, media: list[Span], spans: MediaSpans) -> None:
    """Zero whatever no picture claims, after seeing that no claim reaches too far."""
    kept = [span for span in spans.kept if span.end > span.start]
    if not within(kept, media):
        raise BrokenStructureError(detail="picture outside media data")
    if overlaps(kept, spans.dropped):
        raise BrokenStructureError(detail="metadata inside the picture")
    starts = [0, *(area.end for area in media)]
    ends = [*(area.start for area in media), len(copy)]
    between = [Span(start, end) for start, end in zip(starts, ends, strict=True)]
    zero_outside(copy, kept + between, 0, len(copy))
