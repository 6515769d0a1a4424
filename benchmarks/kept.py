"""Results that are kept: one file for each benchmark, with when and on what machine it ran."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.lines import Line

ROOT = Path(__file__).resolve().parents[1]
GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A benchmark that ran to its end. ``at`` is an ISO time, ``commit`` twelve digits."""

    name: str
    at: str
    machine: str
    commit: str
    lines: Sequence[Line]


def run_of(name: str, lines: Sequence[Line]) -> Run:
    """What was measured just now, here."""
    at = datetime.now(UTC).isoformat(timespec="minutes")
    return Run(name=name, at=at, machine=machine(), commit=_commit(), lines=lines)


def machine() -> str:
    """What it ran on, as somebody who compares figures wants to know it; never its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    cores = os.cpu_count() or 1
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    told = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    return next(names, platform.machine())


def _commit() -> str:
    asked = ["git", "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def keep(folder: Path, run: Run) -> None:
    """In the place of the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(asdict(run), ensure_ascii=False, indent=1)
    (folder / f"{run.name}.json").write_text(f"{document}\n", encoding="utf-8")


def kept_in(folder: Path, names: Sequence[str]) -> list[Run]:
    """Those of these names that are there, in this order."""
    runs = []
    for name in names:
        file = folder / f"{name}.json"
        if file.exists():
            told = json.loads(file.read_text(encoding="utf-8"))
            runs.append(Run(**told | {"lines": [Line(**each) for each in told["lines"]]}))
    return runs
