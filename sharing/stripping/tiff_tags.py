"""Which TIFF and DNG entries a decoder needs.

Source: TIFF 6.0, TIFF/EP (ISO 12234-2), DNG 1.7.1. Text entries are on no list: none is needed
to show a picture, and each can hold anything.
"""

from __future__ import annotations

_PICTURE_TAGS = {
    *range(254, 260), *range(262, 267), 273, 274, *range(277, 285), *range(290, 294), 296, 297,
    301, *range(317, 326), 330, 332, 334, 336, *range(338, 344), 347, *range(512, 516),
    *range(517, 522), *range(529, 533), 559, 32995, 32996, 32997, 34675, 37122, 33421, 33422,
}  # fmt: skip
# Versions, geometry, levels, matrices, opcodes, tone; not serial numbers, names, digests, dates
# or private data.
_DNG_TAGS = {
    *range(50706, 50709), *range(50710, 50735), 50737, 50738, 50739, 50741, 50778, 50779, 50780,
    *range(50829, 50834), 50879, 50931, 50932, *range(50937, 50942), 50964, 50965, 50970, 50974,
    50975, 50981, 50982, 51008, 51009, 51022, 51041, 51043, 51044, 51058, 51081, 51089, 51090,
    51091, *range(51107, 51111), 51112, 51125, *range(51177, 51182), 52525, *range(52529, 52539),
    52543, 52544, *range(52547, 52551),
}  # fmt: skip
NEEDED = _PICTURE_TAGS | _DNG_TAGS

# Required by DNG, but it names the camera: its text is replaced.
UNIQUE_CAMERA_MODEL = 50708
# Both must be equal for a calibration to count; only Adobe's own mark is kept.
CALIBRATION_SIGNATURES = {50931, 50932}
CALIBRATION_MARK = b"com.adobe\0"
COLOUR_PROFILES = {34675, 50831, 50833}

WIDTH, HEIGHT, ORIENTATION = 256, 257, 274
STRIP_OFFSETS, STRIP_SIZES = 273, 279
TILE_OFFSETS, TILE_SIZES = 324, 325
SUB_DIRECTORIES = 330
JPEG_OFFSET, JPEG_LENGTH = 513, 514
# Tables of the old kind of JPEG, and how long each can be.
JPEG_TABLE_OFFSETS = ((519, 64), (520, 16 + 256), (521, 16 + 256))
XMP, IPTC, PHOTOSHOP = 700, 33723, 34377
IDENTIFIERS = {50827, 50828}  # the name of the original file, and that file itself

# Entries without which there is no picture; a damaged one is a reason to refuse.
ESSENTIAL = {WIDTH, HEIGHT, 50706, STRIP_OFFSETS, STRIP_SIZES, TILE_OFFSETS, TILE_SIZES}
ASCII, SHORT = 2, 3
# Bytes of one value of each field type.
VALUE_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)
# The types that offsets and sizes may have, as the struct module writes them.
WHOLE_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
