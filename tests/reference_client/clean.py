"""Taking EXIF out of a JPEG: enough for photographs this project generated itself.

The browser's cleaner (docs/metadata.md) knows every block of sixteen formats. This one only
drops the application segments in front of the picture, and leaves the pixels alone.
"""

from __future__ import annotations

START, START_OF_SCAN = b"\xff\xd8", 0xDA
# JFIF's density stays; everything else an application wrote goes, and comments too.
JFIF, FIRST_APPLICATION, LAST_APPLICATION, COMMENT = 0xE0, 0xE0, 0xEF, 0xFE


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture without application segments. Raises ``ValueError`` for no JPEG."""
    if not jpeg.startswith(START):
        raise ValueError("not a JPEG")
    kept, position = [START], len(START)
    while jpeg[position + 1] != START_OF_SCAN:
        marker, length = jpeg[position + 1], int.from_bytes(jpeg[position + 2 : position + 4])
        end = position + 2 + length
        if jpeg[position] != 0xFF or end + 1 >= len(jpeg):
            raise ValueError("not a JPEG that this cleaner can walk")
        is_application = FIRST_APPLICATION <= marker <= LAST_APPLICATION
        if marker == JFIF or not (is_application or marker == COMMENT):
            kept.append(jpeg[position:end])
        position = end
    return b"".join([*kept, jpeg[position:]])
