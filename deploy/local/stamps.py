"""Remember what a step was made from, so that it is done again only when that changed.

A stamp is written after its step has finished, so a step that was cut short has none and
is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """SHA-256, as hex, over the names and contents of the files and over the given facts."""
    digest = hashlib.sha256()
    for fact in facts:
        _add(digest, fact.encode())
    for file in sorted(files):
        _add(digest, str(file).encode())
        _add(digest, file.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, expected: str) -> bool:
    """Whether the step that left this stamp was made from the same things."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == expected


def leave(stamp: Path, value: str) -> None:
    """Write the stamp. It appears whole or not at all."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    draft = stamp.with_name(stamp.name + ".draft")
    draft.write_text(value, encoding="utf-8")
    draft.replace(stamp)


def _add(digest: hashlib._Hash, part: bytes) -> None:
    # The length in front keeps ("ab", "c") apart from ("a", "bc").
    digest.update(len(part).to_bytes(8, "big"))
    digest.update(part)
