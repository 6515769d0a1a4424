"""The mutator itself: what it changes, that the change is in force, and what is kept of it."""

from __future__ import annotations

import ast
import importlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.evidence import FOLDER, MUTATION, report
from benchmarks.mutation.done import KILLED, SURVIVED, UNREACHED, Done, Limits, digest_of, sampled
from benchmarks.mutation.figures import document_of, keep, part_of, seen_again
from benchmarks.mutation.forking import allow, in_child
from benchmarks.mutation.mutants import Mutant, mutants_of
from benchmarks.mutation.python_runs import Reached, Watch, reaching
from benchmarks.mutation.replacing import replace
from benchmarks.mutation.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
MODULE = "benchmarks/mutation/targets.py"
SOURCE = '''"""What it does."""

from functools import cache

LIMIT = 3
_known = []


class Box:
    """Holds."""

    size = 1

    def fits(self, one: int) -> bool:
        """Whether it does."""
        return one <= self.size


@cache
def allowed(rows, who):
    """Says."""
    if not rows or who and rows.filter(owner=who, is_held=False):
        raise ValueError("nobody's")
    _known.append(who)
    return [each for each in rows if each > LIMIT]
'''
FACTS = {"at": "2026-11-29T00:00+00:00", "machine": "a machine", "commit": "0123", "seed": 1}
ALL = Limits(most=0, seed=1, until=0, is_again=False)


def changes() -> list[tuple[str, str, str]]:
    return [(each.operator, each.before, each.after) for each in mutants_of(MODULE, SOURCE)]


@pytest.mark.parametrize(
    "change",
    [
        ("constant", "3", "4"),
        ("constant", "False", "True"),
        ("returns None", "one <= self.size", "None"),
        ("comparison", "one <= self.size", "(one < self.size)"),
        ("decorator removed", "cache", ""),
        ("not removed", "not rows", "(rows)"),
        ("narrowing removed", "owner=who", "**{}"),
        ("statement removed", "_known.append(who)", "pass"),
        ("statement removed", 'raise ValueError("nobody\'s")', "pass"),
        ("filter removed", "each > LIMIT", "True"),
    ],
    ids=lambda change: f"{change[0]}: {change[1]}",
)  # fmt: skip
def test_one_thing_is_changed(change: tuple[str, str, str]) -> None:
    assert change in changes()


def test_what_is_only_said_stays() -> None:
    assert not [change for change in changes() if "Says" in change[1] or "functools" in change[1]]


def test_each_mutant_has_a_name_of_its_own_and_as_many_lines() -> None:
    found = [
        each
        for target in TARGETS.values()
        for path in target.modules
        for each in mutants_of(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    lines = {path: (ROOT / path).read_text().count("\n") for path in {m.module for m in found}}

    assert len({each.name for each in found}) == len(found) > 500
    assert all(each.source.count("\n") == lines[each.module] for each in found)
    assert all(ast.parse(each.source) for each in found[::10])


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "boxes_tried.py").write_text(SOURCE)
    (tmp_path / "boxes_user.py").write_text("from boxes_tried import LIMIT, Box, allowed\n")
    yield importlib.import_module("boxes_user")
    for name in ("boxes_tried", "boxes_user"):
        sys.modules.pop(name, None)


def test_a_mutant_is_in_force_wherever_the_module_is_known(loaded: ModuleType) -> None:
    tried, box = sys.modules["boxes_tried"], loaded.Box()
    kept = tried._known
    source = SOURCE.replace("one <=", "one <").replace("LIMIT = 3", "LIMIT = 9")

    replace(tried, source.replace("[each for", "[-each for"))

    assert not box.fits(1)
    assert loaded.LIMIT == tried.LIMIT == 9
    assert loaded.allowed((10,), "") == [-10]
    assert tried._known is kept == [""]
    assert isinstance(tried.Box(), loaded.Box)


def test_the_tests_that_reach_a_mutant_are_run_the_quickest_first() -> None:
    [mutant] = [each for each in mutants_of(MODULE, SOURCE) if each.before == "_known.append(who)"]
    [constant] = [each for each in mutants_of(MODULE, SOURCE) if each.before == "3"]
    slow, quick = (Reached("", cost, {MODULE: [mutant.line]}) for cost in (2.0, 1.0))
    other = Reached("other", 0.1, {MODULE: [mutant.line - 1]})

    assert reaching(mutant, [slow, other, quick]) == [quick, slow]
    assert reaching(constant, [slow, other, Reached("none", 1, {})]) == [other, slow]


def test_lines_that_are_run_are_seen() -> None:
    with Watch(["benchmarks/mutation/done.py"]) as watch:
        sampled([], ALL)

    assert len(watch.lines()["benchmarks/mutation/done.py"]) > 3


def loop() -> bool:
    allow(0.5)
    while True:
        pass


def test_a_child_that_comes_to_no_end_is_ended() -> None:
    assert in_child(lambda: True, longest=60) is True
    assert in_child(lambda: False, longest=60) is False
    assert in_child(loop, longest=60) is None
    assert in_child(lambda: bool(time.sleep(60)), longest=0.2) is None


def test_a_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    mutants = mutants_of(MODULE, SOURCE)
    done = Done("boxes", tmp_path)
    first, second, *_ = done.owed(mutants, ALL)
    done.add(first, KILLED, 0.1)
    done.add(second, SURVIVED, 0.1)

    again = Limits(most=0, seed=1, until=0, is_again=True)
    assert len(list(done.owed(mutants, ALL))) == len(mutants) - 2
    named = Limits(most=1, seed=1, until=0, is_again=False, only=[first.name])
    assert list(done.owed(mutants, named)) == [first]
    assert [second] == [each for each in done.owed(mutants, again) if each in (first, second)]


def test_the_seed_says_which_are_tried() -> None:
    mutants = mutants_of(MODULE, SOURCE)
    few = [Limits(most=4, seed=seed, until=0, is_again=False) for seed in (1, 1, 2)]
    one, same, other = (sampled(mutants, limits) for limits in few)

    assert len(one) == 4
    assert one == same != other


def test_what_is_kept_is_shown(tmp_path: Path) -> None:
    mutants: list[Mutant] = mutants_of(MODULE, SOURCE)
    outcomes = dict.fromkeys(((each.name, digest_of(MODULE)) for each in mutants[:4]), KILLED)
    outcomes[mutants[0].name, digest_of(MODULE)] = SURVIVED
    outcomes[mutants[1].name, digest_of(MODULE)] = UNREACHED
    outcomes[mutants[5].name, "another state"] = SURVIVED

    part = part_of(mutants, outcomes)
    keep(tmp_path / MUTATION, "boxes", document_of(part, FACTS))

    [again] = map(seen_again, json.loads((tmp_path / MUTATION).read_text()).values())
    assert again == part
    assert [each.name for each in part.alive] == [each.name for each in mutants[:2]]
    assert f"| `{MODULE}` | {len(mutants)} | 4 | 2 | 0 | 1 | 1 |" in report(tmp_path)


def test_whatever_lived_is_judged() -> None:
    """Red? Look at the mutant: write the test that misses it, or say why none can."""
    told = json.loads((FOLDER / MUTATION).read_text(encoding="utf-8"))
    judged = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    alive = [each.name for part in map(seen_again, told.values()) for each in part.alive]

    assert [name for name in alive if f"`{name}`" not in judged] == []


def test_the_mutator_is_pinned_and_every_package_of_it_has_a_digest() -> None:
    folder = ROOT / "benchmarks" / "mutation"
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    packages = {place: facts for place, facts in locked.items() if place}

    name = "@stryker-mutator/instrumenter"
    assert wanted == {name: locked[f"node_modules/{name}"]["version"]}
    assert [place for place, facts in packages.items() if "integrity" not in facts] == []
    # Nobody's registry is written down: whoever installs asks their own.
    assert [place for place, facts in packages.items() if "resolved" in facts] == []
