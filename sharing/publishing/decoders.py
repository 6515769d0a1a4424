"""Whether everything that publishing decodes with is installed.

It is looked for and not loaded: what loads it is a process of its own, and a worker.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

# As they are imported, and the parts of Pillow that a build may lack.
NEEDED = (
    "PIL", "PIL._imaging", "PIL._imagingcms", "PIL._webp", "PIL._avif", "pillow_heif",
    "pillow_jxl", "numpy", "cv2", "scipy",
)  # fmt: skip


@cache
def missing_decoders() -> tuple[str, ...]:
    """The names of what is not there."""
    return tuple(name for name in NEEDED if not _is_there(name))


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # what it is a part of is not there either
        return False
