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
