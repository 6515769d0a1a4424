"""docs/asvs.md: a requirement has one of four answers, and the tests it names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {"yes", "partly", "no", "does not apply"}
ROW = re.compile(r"^\| (V?[\d.]+) \| ([1-3, -]+) \| ([^|]+) \| ([^|]+) \| (.+) \|$")
NAMED = re.compile(r"`(tests/[\w/.-]+)(?:::(\w+))?`")


def rows() -> list[tuple[str, str, str]]:
    """Number, answer and reason of each requirement."""
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r"\| (V\d+|\d+\.\d+\.\d+) ", line)]
    found = [ROW.match(line) for line in lines]
    assert all(found), "a row that is none"
    return [(row[1], row[4], row[5]) for row in found if row]


def test_each_requirement_is_answered_once() -> None:
    numbers = [number for number, _, _ in rows()]
    assert len(numbers) == len(set(numbers))
    assert {answer for _, answer, _ in rows()} <= ANSWERS


@pytest.mark.parametrize(("number", "why"), [(number, why) for number, _, why in rows()])
def test_the_tests_that_it_names_are_there(number: str, why: str) -> None:
    for path, function in NAMED.findall(why):
        file = ROOT / path
        assert file.exists(), (number, path)
        if function:
            assert f"def {function}(" in file.read_text(encoding="utf-8"), (number, function)
