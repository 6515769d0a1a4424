"""WebP, still and animated: keeps the pictures, alpha, animation and colour profile.

Source: RFC 9649.
"""

from __future__ import annotations

from typing import NamedTuple

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.icc import clean_profile
from sharing.stripping.noted import NotedHints
from sharing.stripping.reading import Block, type_at, uint32_little
from sharing.stripping.refusals import BrokenStructureError, NoPictureError, TooComplexError

_MOST_CHUNKS = 100_000
_FRAME_HEADER = 16
_EXTENDED_SIZE = 10
_ANIMATION_SIZE = 6
_FLAG_PROFILE, _FLAG_EXIF, _FLAG_XMP = 0x20, 0x08, 0x04
_CODED = (b"VP8 ", b"VP8L")
_PICTURES = {*_CODED, b"ALPH"}


class _Chunk(NamedTuple):
    kind: bytes
    payload: Block

    def whole(self) -> bytes:
        size = len(self.payload)
        return b"".join([self.kind, size.to_bytes(4, "little"), self.payload, bytes(size & 1)])


def strip_webp(data: bytes, findings: Findings) -> bytes:
    """The same picture or animation without anything a decoder does not need."""
    return _WebpWalk(data, findings).run()


class _WebpWalk:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self._data = data
        self._view = memoryview(data)
        self._findings = findings
        self._hints = NotedHints()
        self._profile: bytes | None = None
        self._chunks = 0

    def run(self) -> bytes:
        size = uint32_little(self._data, 4)
        end = min(len(self._data), 8 + size + (size & 1))
        if end < len(self._data):
            self._findings.remove(Kind.HIDDEN_TAIL)
        chunks = self._walk(12, end, is_frame=False)
        if not any(chunk.kind == b"ANMF" or chunk.kind in _CODED for chunk in chunks):
            raise NoPictureError(detail="no VP8 chunk")
        body = b"".join(chunk.whole() for chunk in self._written(chunks))
        return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body

    def _walk(self, start: int, end: int, *, is_frame: bool) -> list[_Chunk]:
        """The chunks to keep of [start, end); frames hold chunks of their own, and no frames."""
        found: list[_Chunk] = []
        once: set[bytes] = set()
        at = start
        while at + 8 <= end:
            self._chunks += 1
            if self._chunks > _MOST_CHUNKS:
                raise TooComplexError(detail="chunks")
            kind, size = type_at(self._data, at), uint32_little(self._data, at + 4)
            stop = min(end, at + 8 + size)
            if at + 8 + size > end and kind not in _PICTURES:
                break
            chunk = self._chunk(kind, at + 8, stop, is_frame=is_frame)
            if chunk is not None and (kind == b"ANMF" or kind not in once):
                found.append(chunk)
            once.add(kind)
            at = stop + (size & 1)
        return found

    def _chunk(self, kind: bytes, start: int, stop: int, *, is_frame: bool) -> _Chunk | None:
        payload = self._view[start:stop]
        if kind in _PICTURES:
            return _Chunk(kind, payload)
        if kind == b"ANIM" and not is_frame:
            is_whole = len(payload) >= _ANIMATION_SIZE
            return _Chunk(kind, payload[:_ANIMATION_SIZE]) if is_whole else None
        if kind == b"VP8X" and not is_frame:
            if len(payload) < _EXTENDED_SIZE:
                raise BrokenStructureError(detail="VP8X")
            return _Chunk(kind, payload[:_EXTENDED_SIZE])
        if kind == b"ANMF" and not is_frame:
            if len(payload) < _FRAME_HEADER:
                raise BrokenStructureError(detail="frame")
            inner = self._walk(start + _FRAME_HEADER, stop, is_frame=True)
            parts = [bytes(payload[:_FRAME_HEADER]), *(chunk.whole() for chunk in inner)]
            return _Chunk(kind, b"".join(parts))
        self._drop(kind, payload, is_frame=is_frame)
        return None

    def _drop(self, kind: bytes, payload: Block, *, is_frame: bool) -> None:
        if is_frame:
            self._findings.remove(Kind.UNKNOWN_BLOCK, kind.decode("latin-1"))
        elif kind == b"EXIF":
            has_name = payload[:6] == b"Exif\0\0"
            self._hints.note_exif(payload[6:] if has_name else payload, self._findings)
        elif kind == b"XMP ":
            self._hints.note_xmp(payload, self._findings)
        elif kind == b"ICCP":
            if self._profile is None:
                self._profile = clean_profile(payload, self._findings)
        elif kind == b"C2PA":
            self._findings.remove(Kind.CONTENT_CREDENTIALS)
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, kind.decode("latin-1"))

    def _written(self, chunks: list[_Chunk]) -> list[_Chunk]:
        if chunks[0].kind == b"VP8X":
            return self._extended(chunks)
        picture = next((chunk for chunk in chunks if chunk.kind in _CODED), None)
        if picture is None:
            raise BrokenStructureError(detail="animation without VP8X")
        return [picture]

    def _extended(self, chunks: list[_Chunk]) -> list[_Chunk]:
        """All that the header announces; its flags are set to what is really there."""
        exif = self._hints.exif_to_write(has_profile=self._profile is not None)
        header = bytearray(chunks[0].payload)
        flags = header[0] & ~(_FLAG_PROFILE | _FLAG_EXIF | _FLAG_XMP)
        flags |= 0 if self._profile is None else _FLAG_PROFILE
        flags |= 0 if exif is None else _FLAG_EXIF
        header[0:4] = bytes([flags, 0, 0, 0])
        written = [_Chunk(b"VP8X", bytes(header))]
        if self._profile is not None:
            written.append(_Chunk(b"ICCP", self._profile))
        written += chunks[1:]
        if exif is not None:
            written.append(_Chunk(b"EXIF", exif))
        return written
