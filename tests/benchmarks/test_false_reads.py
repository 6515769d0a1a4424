"""Reads under wrong keys are written down one by one, and go on where they were ended."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.false_reads import KEYS_AT_ONCE, Done, completed, whole_lines


def read(number: int, count: int) -> Done:
    """In no time, so that what is read does not matter."""
    return Done(number, "photographs", count, 0, 1.0)


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "reads.jsonl"
    first = list(completed(file, 3 * KEYS_AT_ONCE, read))
    again = list(completed(file, 5 * KEYS_AT_ONCE - 3, read))

    assert [one.number for one in first] == [0, 1, 2]
    assert [one.number for one in again] == [0, 1, 2, 3, 4]
    assert [one.reads for one in again][-1] == KEYS_AT_ONCE - 3
    assert list(completed(file, 1, read)) == again


def test_a_line_that_was_torn_is_taken_out(tmp_path: Path) -> None:
    file = tmp_path / "reads.jsonl"
    list(completed(file, 2 * KEYS_AT_ONCE, read))
    torn = file.read_text()[:-7]
    file.write_text(torn)

    assert len(whole_lines(file)) == 1
    numbers = [json.loads(text)["number"] for text in whole_lines(file)]
    assert numbers == [0]
    assert [one.number for one in completed(file, 2 * KEYS_AT_ONCE, read)] == [0, 1]
    assert [json.loads(text)["number"] for text in whole_lines(file)] == [0, 1]
