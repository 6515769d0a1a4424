"""What came of each mutant: a line each, added as soon as it is known."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kept import ROOT
from benchmarks.mutation.mutants import Mutant

FOLDER = ROOT / "var" / "mutation"
KILLED, TIMED_OUT, SURVIVED, UNREACHED = "killed", "timed out", "survived", "unreached"
ALIVE = (SURVIVED, UNREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is to be done: the most mutants of one module (0 for all), which of them, when to
    stop (in seconds since the system started, 0 for never), whether what lived is tried again,
    and names of mutants to which all is confined, whatever became of them before.
    """

    most: int
    seed: int
    until: float
    is_again: bool
    only: Collection[str] = ()


def digest_of(module: str) -> str:
    """Which state of a module a result is about."""
    return hashlib.sha256((ROOT / module).read_bytes()).hexdigest()[:12]


class Done:
    """The lines of one target, in ``var/mutation/NAME.jsonl``. The last about a mutant counts."""

    def __init__(self, name: str, folder: Path = FOLDER) -> None:
        self._file = folder / f"{name}.jsonl"

    def outcomes(self) -> dict[tuple[str, str], str]:
        """What became of a mutant's name in a state of its module."""
        if not self._file.exists():
            return {}
        lines = self._file.read_text(encoding="utf-8").splitlines()
        told = [json.loads(line) for line in lines]
        return {(each["name"], each["digest"]): each["outcome"] for each in told}

    def add(self, mutant: Mutant, outcome: str, seconds: float) -> None:
        """Note one. A run that is killed right after loses nothing."""
        told = {
            "name": mutant.name, "digest": digest_of(mutant.module), "module": mutant.module,
            "line": mutant.line, "operator": mutant.operator, "outcome": outcome,
            "seconds": round(seconds, 2),
        }  # fmt: skip
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")

    def owed(self, mutants: Sequence[Mutant], limits: Limits) -> Iterator[Mutant]:
        """Those of the sample that were not tried in this state of their module, one module
        after another in turn, so that a run that ends early has seen something of each.
        """
        if limits.only:
            yield from (mutant for mutant in mutants if mutant.name in limits.only)
            return
        known = self.outcomes()
        for mutant in sampled(mutants, limits):
            outcome = known.get((mutant.name, digest_of(mutant.module)))
            if outcome is None or (limits.is_again and outcome in ALIVE):
                yield mutant


def sampled(mutants: Sequence[Mutant], limits: Limits) -> list[Mutant]:
    """Some of each module, thrown with the seed: the first of each, then the second of each."""
    order: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        order.setdefault(mutant.module, []).append(mutant)
    for module, those in order.items():
        random.Random(f"{limits.seed} {module}").shuffle(those)
    most = limits.most or max(map(len, order.values()), default=0)
    rounds = [(turn, those) for turn in range(most) for those in order.values()]
    return [those[turn] for turn, those in rounds if turn < len(those)]
