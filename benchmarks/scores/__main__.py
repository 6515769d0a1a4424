"""``python -m benchmarks.scores``: have the tools judge, keep, and say. ``make scores``
prepares it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.evidence import FOLDER, REPORT, SCORES, report
from benchmarks.kept import run_of
from benchmarks.places import MissingError
from benchmarks.scores import tools
from benchmarks.scores.figures import (
    Scored,
    document_of,
    of_observatory,
    of_sslyze,
    of_testssl,
    rows,
)
from benchmarks.scores.fronts import Origin, running_fronts


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge everything; 1 when a goal is missed, or a fault has no reason."""
    parser = argparse.ArgumentParser(prog="scores", description=__doc__)
    parser.add_argument("--only", action="append", help="nginx or granian; nothing is kept then")
    chosen = parser.parse_args(arguments)
    try:
        facts = {
            **{name: getattr(run_of("", []), name) for name in ("at", "machine", "commit")},
            "tools": tools.versions(),
        }
        found = _judge_all(chosen.only)
    except MissingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(rows(found)) + "\n")
    if not chosen.only:
        document = json.dumps(document_of(found, facts), ensure_ascii=False, indent=1)
        (FOLDER / SCORES).write_text(f"{document}\n", encoding="utf-8")
        REPORT.write_text(report(FOLDER), encoding="utf-8")
    return int(not all(each.is_good for each in found))


def _judge_all(only: Sequence[str] | None) -> list[Scored]:
    with tempfile.TemporaryDirectory() as folder, running_fronts(Path(folder)) as origins:
        return [judge(origin) for origin in origins if not only or origin.front in only]


def judge(origin: Origin) -> Scored:
    """What the four tools say of one origin."""
    sys.stderr.write(f"{origin.front}, {origin.host}\n")
    graded = [of_observatory(page, tools.observatory(origin, page)) for page in origin.pages]
    compliance, is_modern = of_sslyze(tools.sslyze(origin))
    faults, judged = of_testssl(tools.testssl(origin))
    return Scored(
        front=origin.front, host=origin.host, grades=[grade for _, grade in graded],
        faults=[*(one for found, _ in graded for one in found), *compliance, *faults],
        versions=tools.versions_spoken(origin), is_modern=is_modern, judged=judged,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
