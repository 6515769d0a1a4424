"""How many mutants were made, tried, killed and alive, module by module, and which lived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.mutation.done import ALIVE, KILLED, SURVIVED, TIMED_OUT, UNREACHED, digest_of
from benchmarks.mutation.mutants import Mutant


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """One module: what could be changed, what was, and what the tests made of it. An unreached
    mutant is one that no test runs at all; like a survivor it lives.
    """

    module: str
    made: int
    tried: int
    killed: int
    timed_out: int
    survived: int
    unreached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """A mutant that no test noticed."""

    name: str
    module: str
    line: int
    operator: str
    before: str
    after: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One target."""

    modules: Sequence[Counts]
    alive: Sequence[Alive]


def part_of(mutants: Sequence[Mutant], outcomes: Mapping[tuple[str, str], str]) -> Part:
    """What the outcomes, by name and state of the module, say about these mutants."""
    digests = {module: digest_of(module) for module in {each.module for each in mutants}}
    found = [(each, outcomes.get((each.name, digests[each.module]))) for each in mutants]
    alive = [
        Alive(
            name=each.name, module=each.module, line=each.line, operator=each.operator,
            before=each.before, after=each.after, outcome=outcome,
        )
        for each, outcome in found if outcome in ALIVE
    ]  # fmt: skip
    modules = [_counts(module, found) for module in dict.fromkeys(each.module for each in mutants)]
    return Part(modules=modules, alive=alive)


def _counts(module: str, found: Iterable[tuple[Mutant, str | None]]) -> Counts:
    outcomes = [outcome for mutant, outcome in found if mutant.module == module]
    return Counts(
        module=module, made=len(outcomes), tried=len(outcomes) - outcomes.count(None),
        killed=outcomes.count(KILLED), timed_out=outcomes.count(TIMED_OUT),
        survived=outcomes.count(SURVIVED), unreached=outcomes.count(UNREACHED),
    )  # fmt: skip


def document_of(part: Part, facts: Mapping[str, object]) -> dict[str, object]:
    """What is kept of one target: when, where and with which seed it was tried, and the part."""
    return {**facts, **asdict(part)}


def seen_again(document: Mapping[str, Any]) -> Part:
    """The part of a kept document."""
    return Part(
        modules=[Counts(**each) for each in document["modules"]],
        alive=[Alive(**each) for each in document["alive"]],
    )


def keep(file: Path, name: str, document: Mapping[str, object]) -> None:
    """In the place of what was kept of this target before; the others stay."""
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told[name] = document
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def rows(modules: Iterable[Counts]) -> Iterable[str]:
    """A table in Markdown."""
    yield "| module | made | tried | killed | timed out | survived | not reached |"
    yield "|---|---|---|---|---|---|---|"
    for each in modules:
        yield (
            f"| `{each.module}` | {each.made} | {each.tried} | {each.killed} | {each.timed_out} | "
            f"{each.survived} | {each.unreached} |"
        )
