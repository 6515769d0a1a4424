"""New rights in a finished picture, with its pixels left as they are.

For pictures that `render` made, nothing else: their form is known, so nothing is decoded.
"""

from __future__ import annotations

import hashlib
import struct

from sharing.publishing.renditions import Picture
from sharing.publishing.rights import Rights, packet_of
from sharing.publishing.streams import BrokenStreamError

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_APP1, _START_OF_SCAN = 0xE1, 0xDA
_RIFF_HEADER, _CHUNK_HEADER = 12, 8


def relabel(picture: Picture, kind: str, rights: Rights) -> Picture:
    """The same picture of this kind (``webp`` or ``jpg``) with other rights in it. Raises
    `BrokenStreamError` for what `render` did not make.
    """
    write = _in_webp if kind == "webp" else _in_jpeg
    try:
        data = write(picture.data, packet_of(rights))
    except (struct.error, IndexError) as error:
        raise BrokenStreamError from error
    return Picture(data, picture.width, picture.height, hashlib.sha256(data).digest())


def _in_jpeg(data: bytes, packet: bytes) -> bytes:
    at = 2
    while data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if data[at + 1] == _APP1 and data.startswith(_XMP, at + 4):
            size = 2 + len(_XMP) + len(packet)
            segment = b"\xff\xe1" + struct.pack(">H", size) + _XMP + packet
            return data[:at] + segment + data[end:]
        at = end
    raise BrokenStreamError


def _in_webp(data: bytes, packet: bytes) -> bytes:
    at = _RIFF_HEADER
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + _CHUNK_HEADER + length + length % 2
        if name == b"XMP ":
            chunk = struct.pack("<4sI", b"XMP ", len(packet)) + packet + b"\0" * (len(packet) % 2)
            rest = data[_RIFF_HEADER:at] + chunk + data[end:]
            return struct.pack("<4sI4s", b"RIFF", 4 + len(rest), b"WEBP") + rest
        at = end
    raise BrokenStreamError
