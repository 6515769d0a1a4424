"""Which format a file is: by its first bytes, as the browser decides, never by its name.

The names of the kinds are those of `static/src/photo/strip/kind.ts`.
"""

from __future__ import annotations

import re
import struct

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "tiff": "image/tiff",
    "dng": "image/x-adobe-dng",
    "raw-cr2": "image/x-canon-cr2",
    "raw-cr3": "image/x-canon-cr3",
    "raw-nef": "image/x-nikon-nef",
    "raw-arw": "image/x-sony-arw",
    "raw-raf": "image/x-fuji-raf",
    "raw-rw2": "image/x-panasonic-rw2",
    "raw-orf": "image/x-olympus-orf",
    "raw-other": "image/x-raw",
}
HEIF_BRANDS = set(b"heic heix hevc hevx heim heis mif1 msf1 mif2 miaf avci".split())
# The name of a file serves only to guess what goes with what, before anything is read.
PICTURE_NAME = re.compile(
    r"\.(jpe?g|png|webp|gif|hei[cf]|avif|jxl|tiff?|dng|cr2|cr3|nef|arw|raf|rw2|orf|pef|srw)$",
    re.IGNORECASE,
)
MOVING_NAME = re.compile(r"\.(mov|mp4|mp|m4v|avi|3gp|mkv|webm|mpg|mts|mv)$", re.IGNORECASE)
SIGNS = {
    "jpeg": re.compile(rb"\xff\xd8\xff"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "webp": re.compile(rb"RIFF....WEBPVP8", re.DOTALL),
    "gif": re.compile(rb"GIF8[79]a.{8}", re.DOTALL),
    "jxl": re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"),
    "raw-raf": re.compile(rb"FUJIFILMCCD-RAW "),
    "raw-cr2": re.compile(rb"(II\x2a\0|MM\0\x2a)....CR\x02", re.DOTALL),
    "raw-other": re.compile(rb"FOVb|\0MRM|II....HEAPCCDR", re.DOTALL),
}
TIFF_VERSIONS = {43: "tiff", 0x4F52: "raw-orf", 0x5352: "raw-orf", 0x55: "raw-rw2"}
MAKE, SUB_DIRECTORIES, DNG_VERSION = 0x10F, 0x14A, 0xC612
# Photometric interpretations and compressions of what a sensor saw.
MOSAICS = {(0x106, 32803), (0x106, 34892), (0x103, 34713), (0x103, 32767)}
MOSAIC, MAKER = -1, -2
DIRECTORIES = 16


def kind_of(data: bytes) -> str:
    """A key of `MEDIA_TYPES`, or "unknown". Never raises."""
    for kind, sign in SIGNS.items():
        if sign.match(data):
            return kind
    if data[4:8] == b"ftyp":
        return _kind_of_boxes(data)
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    try:
        return _kind_of_tiff(data, order) if order else "unknown"
    except struct.error:
        return "unknown"


def _kind_of_boxes(data: bytes) -> str:
    size = int.from_bytes(data[:4], "big")
    if size < 16 or size > len(data) or size % 4:
        return "unknown"
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(size, 256), 4))}
    if b"crx " in brands:
        return "raw-cr3"
    if brands & {b"avif", b"avis"}:
        return "avif"
    return "heic" if brands & HEIF_BRANDS else "unknown"


def _kind_of_tiff(data: bytes, order: str) -> str:
    (version,) = struct.unpack_from(f"{order}H", data, 2)
    if version != 42:
        return TIFF_VERSIONS.get(version, "unknown")
    tags = _tags(data, order)
    if DNG_VERSION in tags:
        return "dng"
    if MOSAIC not in tags:
        return "tiff"
    maker = tags.get(MAKER, (0, 0))[1].to_bytes(4, "big")
    return {b"NIKO": "raw-nef", b"SONY": "raw-arw", b"OLYM": "raw-orf"}.get(maker, "raw-other")


def _tags(data: bytes, order: str) -> dict[int, tuple[int, int]]:
    """Count and value of the entries of the first directory, and of those nested in it."""
    found: dict[int, tuple[int, int]] = {}
    waiting, seen = [struct.unpack_from(f"{order}I", data, 4)[0]], 0
    while waiting and seen < DIRECTORIES:
        at, seen = waiting.pop(0), seen + 1
        (entries,) = struct.unpack_from(f"{order}H", data, at)
        for entry in range(entries):
            tag, kind, count, value = struct.unpack_from(f"{order}HHII", data, at + 2 + 12 * entry)
            if kind == 3:
                (value,) = struct.unpack_from(f"{order}H", data, at + 10 + 12 * entry)
            found[MOSAIC if (tag, value) in MOSAICS else tag] = (count, value)
            if tag == SUB_DIRECTORIES:
                waiting += [value] if count == 1 else struct.unpack_from(
                    f"{order}{min(count, 8)}I", data, value
                )
            if tag == MAKE and count > 4:
                name = int.from_bytes(data[value : value + 4].upper(), "big")
                found.setdefault(MAKER, (0, name))
    return found
