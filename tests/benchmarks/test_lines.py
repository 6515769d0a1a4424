"""What a benchmark says about its figures, with figures made up here."""

from __future__ import annotations

import json

from benchmarks.lines import Goal, describe, line, table
from benchmarks.rounds import interleaved


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # A round in which the machine was slow was slow for both.
    one = line("x", [10, 100, 20], "ms", load=0, against="y", peer=[5, 100, 10])
    assert (one.value, one.against_value, one.ratio) == (20, 10, 2)


def test_a_goal_for_the_ratio_does_not_look_at_the_value() -> None:
    goal = Goal("ratio", ">=", 1.5)
    assert line("x", [3], "MB/s", load=0, against="y", peer=[2], goal=goal).met is True
    assert line("x", [3], "MB/s", load=0, against="y", peer=[2.1], goal=goal).met is False


def test_a_goal_for_the_value_needs_no_peer() -> None:
    assert line("x", [60], "s", load=0, goal=Goal("value", "<=", 60)).met is True
    assert line("x", [61], "s", load=0, goal=Goal("value", "<=", 60)).met is False


def test_without_a_goal_nothing_is_met_or_missed() -> None:
    one = line("x", [1, 2], "s", load=0)
    assert (one.goal, one.met, one.ratio) == (None, None, None)


def test_a_line_says_its_spread_rounds_and_load() -> None:
    said = json.loads(describe(line("x", [3, 1, 2], "s", load=4.2)))
    assert (said["minimum"], said["value"], said["maximum"]) == (1, 2, 3)
    assert (said["rounds"], said["load"]) == (3, 4.2)


def test_a_missed_goal_stands_out_in_the_table() -> None:
    assert "NO" in table([line("x", [2], "s", load=0, goal=Goal("value", "<=", 1))])


def test_contenders_take_turns_from_either_end() -> None:
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = interleaved(3, {"a": lambda: contender("a"), "b": lambda: contender("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [1, 4, 5], "b": [2, 3, 6]}
