"""The ``moov`` box of image sequences: picture tracks stay, times are cleared, other tracks and
everything that is not needed to play become free space.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from sharing.stripping.boxes import Box, blank_box, boxes_in, text_of
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.reading import Span, blank, put, type_at, uint32, uint_big
from sharing.stripping.refusals import BrokenStructureError, TooComplexError
from sharing.stripping.spans import MediaSpans

_MOST_SAMPLES = 200_000
_DEEPEST = 8
_CONTAINERS = {b"edts", b"mdia", b"minf", b"stbl"}
_KEPT = {
    b"mvhd", b"trak", b"tkhd", b"tref", b"edts", b"elst", b"mdia", b"mdhd", b"hdlr", b"minf",
    b"vmhd", b"nmhd", b"stbl", b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco",
    b"co64", b"stss", b"sdtp", b"sbgp", b"sgpd", b"dinf",
}  # fmt: skip
_TIMED = {b"mvhd", b"tkhd", b"mdhd"}
_PICTURE_HANDLERS = {b"pict", b"vide", b"auxv"}
_PLAIN_DATA_INFORMATION = 36
_SAMPLE_ENTRY_SIZE = 78
# The coder's name in a sample entry: free text.
_CODER_NAME = (42, 74)
_KEPT_IN_ENTRY = {
    b"hvcC", b"av1C", b"avcC", b"vvcC", b"colr", b"pasp", b"clap", b"pixi", b"auxi", b"ccst",
    b"clli", b"mdcv",
}  # fmt: skip


@dataclass(slots=True)
class _Track:
    """What one track needs for finding its samples."""

    handler: bytes = b""
    tables: dict[bytes, Box] = field(default_factory=dict)


def strip_tracks(
    data: bytes, copy: bytearray, box: Box, spans: MediaSpans, findings: Findings
) -> None:
    """Clean a ``moov`` box inside ``copy`` and say which media data stays."""
    _TrackWalk(data, copy, spans, findings).walk(box.body, box.end, _Track(), 0)


class _TrackWalk:
    def __init__(
        self, data: bytes, copy: bytearray, spans: MediaSpans, findings: Findings
    ) -> None:
        self._data, self._copy = data, copy
        self._spans, self._findings = spans, findings

    def walk(self, start: int, end: int, track: _Track, depth: int) -> None:
        """Boxes within boxes, to a depth that no real file reaches."""
        if depth > _DEEPEST:
            raise TooComplexError(detail="nested boxes")
        for box in boxes_in(self._data, start, end):
            is_odd = box.type == b"dinf" and box.end - box.start != _PLAIN_DATA_INFORMATION
            if box.type not in _KEPT or is_odd:
                if box.type != b"free":
                    self._findings.remove(Kind.UNKNOWN_BLOCK, text_of(box.type))
                blank_box(self._copy, box)
            elif box.type in _CONTAINERS:
                self.walk(box.body, box.end, track, depth + 1)
            elif box.type == b"trak":
                self._track(box, depth)
            else:
                self._leaf(box, track)

    def _leaf(self, box: Box, track: _Track) -> None:
        if box.type in _TIMED:
            is_short = self._data[box.body : box.body + 1] == b"\0"
            times_end = box.body + (12 if is_short else 20)
            blank(self._copy, box.body + 4, min(box.end, times_end))
        elif box.type == b"hdlr":
            track.handler = type_at(self._data, box.body + 8)
            blank(self._copy, min(box.end, box.body + 12), box.end)
        elif box.type == b"stsd":
            self._descriptions(box)
        else:
            track.tables[box.type] = box

    def _track(self, box: Box, depth: int) -> None:
        track = _Track()
        self.walk(box.body, box.end, track, depth + 1)
        samples = _samples_of(self._data, track)
        is_picture = track.handler in _PICTURE_HANDLERS
        (self._spans.kept if is_picture else self._spans.dropped).extend(samples)
        if len(self._spans.kept) + len(self._spans.dropped) > _MOST_SAMPLES:
            raise TooComplexError(detail="samples")
        if not is_picture:
            self._findings.remove(Kind.UNKNOWN_BLOCK, "track")
            blank_box(self._copy, box)

    def _descriptions(self, box: Box) -> None:
        """Sample entries: the coder's name is free text, and so is any box we do not know."""
        for entry in boxes_in(self._data, box.body + 8, box.end):
            inner = entry.body + _SAMPLE_ENTRY_SIZE
            if inner > entry.end:
                continue
            blank(self._copy, entry.body + _CODER_NAME[0], entry.body + _CODER_NAME[1])
            for child in boxes_in(self._data, inner, entry.end):
                if child.type not in _KEPT_IN_ENTRY:
                    put(self._copy, child.start + 4, b"free")
                    blank(self._copy, child.body, child.end)


def _count_of(data: bytes, box: Box, at: int, row_size: int) -> int:
    """A table's count, refused where its rows cannot fit in the box."""
    count = uint32(data, box.body + at)
    if at + 4 + count * row_size > box.end - box.body or count > _MOST_SAMPLES:
        raise BrokenStructureError(detail=f"{text_of(box.type)} count")
    return count


def _sizes_of(data: bytes, box: Box) -> tuple[int, int, tuple[int, ...]]:
    """How many samples there are, and the size of all of them (else 0) or of each."""
    fixed = uint32(data, box.body + 4)
    if fixed:
        return uint32(data, box.body + 8), fixed, ()
    count = _count_of(data, box, 8, 4)
    return count, 0, struct.unpack_from(f">{count}I", data, box.body + 12)


def _samples_of(data: bytes, track: _Track) -> list[Span]:
    """The byte ranges of all samples of a track, chunk by chunk."""
    offsets = track.tables.get(b"stco") or track.tables.get(b"co64")
    sizes, runs = track.tables.get(b"stsz"), track.tables.get(b"stsc")
    if offsets is None or sizes is None or runs is None:
        raise BrokenStructureError(detail="sample tables")
    width = 4 if offsets.type == b"stco" else 8
    chunk_count = _count_of(data, offsets, 4, width)
    sample_count, fixed, each = _sizes_of(data, sizes)
    run_count = _count_of(data, runs, 4, 12)
    spans: list[Span] = []
    run = sample = 0
    for chunk in range(1, chunk_count + 1):
        while run + 1 < run_count and uint32(data, runs.body + 8 + 12 * (run + 1)) <= chunk:
            run += 1
        per_chunk = uint32(data, runs.body + 12 + 12 * run) if run_count else 0
        taken = min(per_chunk, sample_count - sample)
        size = fixed * taken if fixed else sum(each[sample : sample + taken])
        sample += taken
        start = uint_big(data, offsets.body + 8 + width * (chunk - 1), width)
        spans.append(Span(start, start + size))
    return spans
