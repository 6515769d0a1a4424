"""What a walk of a photo leaves behind in memory."""

from __future__ import annotations

import gc
import sys
from io import BytesIO

from PIL import Image

from sharing.stripping.door import strip


def test_a_stripped_jpeg_is_let_go_at_once() -> None:
    """Without waiting for whoever looks for cycles: it may have 60 MB."""
    file = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, "JPEG")
    photo = file.getvalue()
    gc.disable()
    try:
        before = sys.getrefcount(photo)
        strip(photo, claimed="image/jpeg")
        assert sys.getrefcount(photo) == before
    finally:
        gc.enable()


def test_a_scan_is_shown_where_it_lies_and_not_copied() -> None:
    file = BytesIO()
    Image.effect_noise((256, 256), 90).save(file, "JPEG")
    photo = file.getvalue()
    stripped = strip(photo, claimed="image/jpeg")
    borrowed = [part for part in stripped.parts if isinstance(part, memoryview)]
    assert sum(part.nbytes for part in borrowed if part.obj is photo) > len(photo) / 2
    assert stripped.data == b"".join(stripped.parts)
    assert Image.open(BytesIO(stripped.data)).tobytes() == Image.open(file).tobytes()
