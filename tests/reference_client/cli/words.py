"""Saying things on a terminal, and the ways in which a command ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import IntEnum

LISTED = 40


class Ending(IntEnum):
    """Exit codes. docs/command-line.md says them too."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    SOME_LEFT = 3
    CUT_SHORT = 4


class RefusedError(Exception):
    """Nothing can be done, and the sentence says why."""


class CutShortError(Exception):
    """It ended before everything was done; the same command goes on from there."""


def plain(text: str) -> str:
    """A text that a terminal only shows: no control characters, no halves of characters."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(each if each.isprintable() else "\ufffd" for each in whole)


def say(sentence: str = "") -> None:
    """To whoever reads along."""
    _write(sys.stdout, sentence)


def complain(sentence: str) -> None:
    """About what went wrong."""
    _write(sys.stderr, sentence)


def listed(title: str, lines: Iterable[str], *, limit: int | None = None) -> None:
    """A list under a title, or nothing at all; with ``limit``, what is beyond it is counted."""
    every = sorted(lines)
    if not every:
        return
    say(f"\n{title}")
    for line in every[:limit]:
        say(f"  {line}")
    if limit is not None and len(every) > limit:
        say(f"  and {len(every) - limit} more.")


def _write(stream: object, sentence: str) -> None:
    line = "".join(f"{plain(each)}\n" for each in sentence.split("\n"))
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), end="", file=stream, flush=True)  # type: ignore[call-overload]
