"""docs/evidence.md: every kept figure with its day, machine, peer and goal, and what survived
being killed. ``make evidence`` writes it, and docs/scale.md with it; ``make evidence NAME=feed``
measures first. No figure in them is typed by hand.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import projection
from benchmarks.__main__ import BENCHMARKS
from benchmarks.__main__ import main as measure
from benchmarks.kept import ROOT, Run, kept_in
from benchmarks.lighthouse.figures import GOAL, rows, seen_again, words_on_left_out
from benchmarks.lines import Line
from benchmarks.mutation import figures as mutation
from benchmarks.scores import figures as scores

FOLDER = ROOT / "docs" / "evidence"
REPORT = ROOT / "docs" / "evidence.md"
FAULTS = "faults.jsonl"
LIGHTHOUSE = "lighthouse.json"
SCORES = "scores.json"
MUTATION = "mutation.json"
HEAD = """# Evidence

Written by `make evidence` from what the commands in it left in `docs/evidence/`; nothing here is
typed by hand. Each command measures again. A figure is the median of its rounds, and `load` says
how busy the machine was when it began: on two cores, above 2 means that others disturbed it. A
ratio is ours / the peer's, taken round by round. What each benchmark does is in
[benchmarks.md](benchmarks.md).
"""
MEANT = {True: "yes", False: "**no**", None: ""}


def main(names: Sequence[str]) -> int:
    """Measure these, keep what was measured, and write the report anew. Without a name nothing
    is measured.
    """
    if names and (refused := measure([*names, "--keep", str(FOLDER)])):
        return refused
    REPORT.write_text(report(FOLDER), encoding="utf-8")
    projection.write()
    return 0


def report(folder: Path) -> str:
    """The whole document, from a folder such as ``docs/evidence``."""
    runs = kept_in(folder, list(BENCHMARKS))
    parts = [HEAD, *_summary(runs), *_faults(folder / FAULTS), *_mutation(folder / MUTATION)]
    parts.extend(_lighthouse(folder / LIGHTHOUSE))
    parts.extend(_scores(folder / SCORES))
    for run in runs:
        parts.extend(_section(run))
    return "\n".join(parts)


def _summary(runs: Sequence[Run]) -> Iterator[str]:
    judged = [(run, each) for run in runs for each in run.lines if each.met is not None]
    missed = [(run, each) for run, each in judged if not each.met]
    yield "## In short\n"
    yield f"{len(judged)} figures have a goal; {len(judged) - len(missed)} of them meet it.\n"
    for _, each in missed:
        yield f"- missed: {each.name}, {_figure(each)}, goal {each.goal} (load {each.load:g})"
    never = [name for name in BENCHMARKS if name not in {run.name for run in runs}]
    if never:
        yield f"- not kept so far: {', '.join(f'`{name}`' for name in never)}"
    yield ""


def _section(run: Run) -> Iterator[str]:
    yield f"## {run.name}\n"
    yield f"`make evidence NAME={run.name}`, {run.at[:10]}, {run.machine}, commit `{run.commit}`.\n"
    yield "| what | figure | least to most | against | ratio | goal | met | load |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in run.lines:
        peer = f"{each.against}: {each.against_value:g}" if each.against else ""
        ratio = f"{each.ratio:g}" if each.ratio is not None else ""
        yield (
            f"| {each.name} | {each.value:g} {each.unit} | {each.minimum:g} to {each.maximum:g} | "
            f"{peer} | {ratio} | {each.goal or ''} | {MEANT[each.met]} | {each.load:g} |"
        )
    yield ""


def _figure(each: Line) -> str:
    if each.goal and each.goal.startswith("ratio"):
        return f"{each.ratio:g} times {each.against}"
    return f"{each.value:g} {each.unit}"


def _faults(file: Path) -> Iterator[str]:
    """What was killed at random moments, and what else was done to a whole service."""
    if not file.exists():
        return
    notes: list[dict[str, Any]] = [
        json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()
    ]
    yield "## Broken on purpose\n"
    yield (
        f"`python -m tests.faults --report docs/evidence/{FAULTS}`; every seed is in that file. What "  # noqa: E501
        "each of it is, and what has to hold, stands in [faults.md](faults.md).\n"
    )
    yield from _killed([note for note in notes if "act" in note])
    yield from _happened([note for note in notes if "scenario" in note])


def _killed(notes: Sequence[dict[str, Any]]) -> Iterator[str]:
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for note in notes:
        counted[note["act"], note["database"]][0] += note["killed"]
        counted[note["act"], note["database"]][1] += 0 if note["held"] else 1
    if not counted:
        return
    yield "| what was killed | on | times | runs that did not hold |"
    yield "|---|---|---|---|"
    for (act, database), (killed, broken) in sorted(counted.items()):
        yield f"| {act} | {database} | {killed} | {broken} |"
    yield ""


def _happened(notes: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not notes:
        return
    yield "| what happened | on | how often | minutes | held | what was counted |"
    yield "|---|---|---|---|---|---|"
    for note in _summed(notes):
        told = [f"{name.replace('_', ' ')} {value}" for name, value in note["told"].items()]
        minutes, held = note["seconds"] / 60, MEANT[note["held"]]
        yield (
            f"| {note['what']} | {note['database']} | {note['times']} | {minutes:.1f} | {held} | "
            f"{', '.join(told)} |"
        )
    yield ""


def _summed(notes: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One note for all runs of a scenario on one database that held, one for those that did not.

    What was counted in whole numbers is added up, of anything else the last is told.
    """
    together: dict[tuple[str, str, bool], list[dict[str, Any]]] = defaultdict(list)
    for note in notes:
        together[note["scenario"], note["database"], note["held"]].append(note)
    for runs in together.values():
        told: dict[str, Any] = {}
        for name, value in (item for run in runs for item in run["told"].items()):
            counted = isinstance(value, int) and isinstance(told.get(name), int)
            told[name] = told[name] + value if counted else value
        yield {
            **runs[-1],
            "times": sum(run["times"] for run in runs),
            "seconds": sum(run["seconds"] for run in runs),
            "told": told,
        }


def _mutation(file: Path) -> Iterator[str]:
    if not file.exists():
        return
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    yield "## Mistakes made on purpose\n"
    yield (
        "`make mutation`: one small thing of a module is changed, and its tests should notice. What lived is "  # noqa: E501
        "judged one by one in [mutation.md](mutation.md).\n"
    )
    for name, document in told.items():
        part = mutation.seen_again(document)
        yield (
            f"{name}: {document['at'][:10]}, {document['machine']}, commit `{document['commit']}`, "
            f"seed {document['seed']}.\n"
        )
        yield from mutation.rows(part.modules)
        yield ""


def _lighthouse(file: Path) -> Iterator[str]:
    if not file.exists():
        return
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    found = seen_again(told)
    good = sum(each.is_good for each in found)
    yield "## Lighthouse\n"
    yield (
        f"`make lighthouse`, {told['at'][:10]}, {told['machine']}, commit `{told['commit']}`, load {told['load']:g}. "  # noqa: E501
        f"Lighthouse {told['lighthouse']}, the middle of {told['rounds']} rounds, a vault of {told['photos']} photos{_served(told)}. "  # noqa: E501
        f"{good} of {len(found)} have at least {GOAL} in all four. {words_on_left_out(found)}\n"
    )
    yield from rows(found)
    yield ""


def _served(told: Mapping[str, Any]) -> str:
    return f", the service {told['service']}" if "service" in told else ""


def _scores(file: Path) -> Iterator[str]:
    if not file.exists():
        return
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    found = scores.scored_again(told)
    good = sum(each.is_good for each in found)
    tools = ", ".join(f"{name} {version}" for name, version in told["tools"].items())
    yield "## TLS and headers, judged by others\n"
    yield (
        f"`make scores`, {told['at'][:10]}, {told['machine']}, commit `{told['commit']}`. {tools}. "
        f"{good} of {len(found)} have {scores.GOAL_GRADE} and at least {scores.GOAL_SCORE} for each page, "  # noqa: E501
        "nothing older than TLS 1.3, Mozilla's modern configuration, and no fault without a reason.\n"  # noqa: E501
    )
    yield from scores.rows(found)
    yield ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
