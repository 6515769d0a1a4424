"""No pattern of ours takes long over any text: each is tried on texts made to make it try again."""

from __future__ import annotations

import importlib
import re
import time

import pytest

from tests.architecture import source

LETTERS = 20_000
# What a linear pattern needs is a few milliseconds; the square of so many letters is a minute.
SECONDS = 1.0
PIECES = [
    "a", " ", "1", ".", "-", "/", "@", "<", "a.", "a@", "1 ", "a ", "\n", "=", "%", "&#", "(",
    "a:1",
]  # fmt: skip
# Whoever imports it starts serving: a thread asks the database.
ENTRY_POINTS = {"pocketvault.asgi"}
ENDS = ["", "!", "\x00"]


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Every compiled pattern that a module of ours holds, by where it is."""
    found = {}
    for path in source.modules():
        name = source.name_of(path).removesuffix(".__init__")
        if ".settings" in name or name in ENTRY_POINTS:
            continue
        for member, value in vars(importlib.import_module(name)).items():
            if isinstance(value, re.Pattern):
                found[f"{name}.{member}"] = value
    return found


PATTERNS = patterns()


def hostile_texts() -> list[str]:
    return [piece * (LETTERS // len(piece)) + end for piece in PIECES for end in ENDS]


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_takes_long_over_a_hostile_text(name: str) -> None:
    pattern = PATTERNS[name]
    for text in hostile_texts():
        tried = text.encode() if isinstance(pattern.pattern, bytes) else text
        began = time.process_time()
        pattern.search(tried)  # type: ignore[arg-type]
        pattern.fullmatch(tried)  # type: ignore[arg-type]
        assert time.process_time() - began < SECONDS, (name, text[:8], text[-3:])


def test_there_are_patterns_to_try() -> None:
    assert len(PATTERNS) > 30
