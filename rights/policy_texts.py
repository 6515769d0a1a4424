"""Every version of the privacy policy: the files in ``POLICY_DIR``, one for each.

A version that was published is never rewritten. Its file says the SHA-256 of its text, the
tests know it too, the database notes what was published, and the public log says it to
everybody: a text that differs from any of them is noticed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby
from pathlib import Path

from django.conf import settings


class PolicyTextError(ValueError):
    """A file that is not a version: it misses something, or its text is not the one it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """One version. ``in_force_on`` is the first day on which it can be in force, ``changes`` what
    it changed in a paragraph, ``sha256`` (hex) of ``text`` in UTF-8.
    """

    number: int
    in_force_on: date
    sha256: str
    changes: str
    text: str

    def lines(self) -> list[str]:
        """What can be told apart when versions are compared: headings, paragraphs and points."""
        return [line for line in self.text.splitlines() if line]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page. ``kind`` is ``heading``, ``paragraph`` or ``points``."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison. ``kind`` is ``kept``, ``gone`` or ``new``."""

    kind: str
    line: str


def policy_texts() -> tuple[PolicyText, ...]:
    """Every version, in order. Read once. Raises `PolicyTextError`."""
    return _texts_in(settings.POLICY_DIR)


@cache
def _texts_in(folder: Path) -> tuple[PolicyText, ...]:
    found = sorted(map(_read, folder.glob("*.toml")), key=lambda version: version.number)
    if [each.number for each in found] != list(range(1, len(found) + 1)) or not found:
        raise PolicyTextError("versions are numbered from 1 without a gap")
    days = [each.in_force_on for each in found]
    if days != sorted(set(days)):
        raise PolicyTextError("each version comes into force after the one before")
    return tuple(found)


def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def blocks(text: str) -> list[Block]:
    """A text as its page shows it."""
    lines = (line for line in text.splitlines() if line)
    found: list[Block] = []
    for kind, run in groupby(lines, key=_kind_of):
        words = tuple(line.lstrip("#-").strip() for line in run)
        found += [Block(kind, words)] if kind == "points" else [Block(kind, (w,)) for w in words]
    return found


def compare(before: PolicyText, after: PolicyText) -> list[Difference]:
    """What of a version went and what came, whole lines, in the order of the page. What stayed
    the same is there as headings alone, and only above what did not.
    """
    return list(_without_untouched(_differences(before.lines(), after.lines())))


def _differences(before: list[str], after: list[str]) -> Iterator[Difference]:
    for tag, b0, b1, a0, a1 in SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            yield from (Difference("kept", line) for line in after[a0:a1])
        else:
            yield from (Difference("gone", line) for line in before[b0:b1])
            yield from (Difference("new", line) for line in after[a0:a1])


def _without_untouched(found: Iterator[Difference]) -> Iterator[Difference]:
    heading: Difference | None = None
    for each in found:
        if each.kind != "kept":
            if heading is not None:
                yield heading
                heading = None
            yield Difference(each.kind, each.line.lstrip("#-").strip())
        elif _kind_of(each.line) == "heading":
            heading = Difference("kept", each.line.lstrip("#").strip())


def _kind_of(line: str) -> str:
    if line.startswith("# "):
        return "heading"
    return "points" if line.startswith("- ") else "paragraph"


def _read(path: Path) -> PolicyText:
    try:
        version = PolicyText(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise PolicyTextError(f"{path.name} is no version of the policy") from error
    if path.stem != str(version.number):
        raise PolicyTextError(f"{path.name} is called by its number")
    if digest_of(version.text) != version.sha256:
        raise PolicyTextError(f"the text of {path.name} is not the one whose SHA-256 it names")
    return version
