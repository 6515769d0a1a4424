"""Node's tests of the browser's cryptography against its mutants, which Stryker's instrumenter
builds in behind switches (`instrument.mjs`): one process for each mutant and test file.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kept import ROOT
from benchmarks.mutation.done import FOLDER, KILLED, SURVIVED, TIMED_OUT, UNREACHED, Done, Limits
from benchmarks.mutation.mutants import Mutant, name_of
from benchmarks.mutation.python_runs import CleanRunError, say, told_of
from benchmarks.mutation.targets import BROWSER

HERE = Path(__file__).parent
BUILT = FOLDER / "browser"
CRYPTO = Path("static", "src", "crypto")
SWITCH = "__STRYKER_ACTIVE_MUTANT__"
LEAST_SECONDS, TIMES, LONGEST_SECONDS, CLEAN_SECONDS = 3.0, 3, 240.0, 600.0


@dataclass(frozen=True, slots=True)
class File:
    """A bundled test file: its processor time without a mutant, and the mutants it passes by."""

    path: Path
    seconds: float
    passed: frozenset[str]


def run(limits: Limits) -> None:
    """Try the mutants of the browser's cryptography. Raises `CleanRunError`."""
    done = Done(BROWSER)
    mutants = build()
    owed = list(done.owed(mutants, limits))
    say(f"{BROWSER}: {len(mutants)} mutants, {len(owed)} to try.")
    files = _clean_run() if owed else []
    for mutant in owed:
        if limits.until and time.monotonic() > limits.until:
            say("The time is over; the rest is owed.")
            break
        began = time.monotonic()
        outcome = _outcome(mutant, files)
        seconds = time.monotonic() - began
        done.add(mutant, outcome, seconds)
        say(told_of(mutant, outcome, seconds))


def build() -> list[Mutant]:
    """Every mutant, built into a copy; built anew only when a source changed."""
    sources = sorted([*(ROOT / CRYPTO).iterdir(), *HERE.glob("*.mjs"), HERE / "package-lock.json"])
    mark = [[path.name, path.read_text(encoding="utf-8")] for path in sources if path.is_file()]
    stamp = BUILT / "built-from.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != mark:
        subprocess.run(["node", HERE / "instrument.mjs", BUILT], check=True, cwd=HERE)
        stamp.write_text(json.dumps(mark))
    return _named(json.loads((BUILT / "mutants.json").read_text()))


def _named(told: list[dict[str, str]]) -> list[Mutant]:
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for each in told:
        facts = (each["operator"], each["before"], each["after"])
        seen[(each["module"], *facts)] += 1
        turn = seen[(each["module"], *facts)]
        line = int(each["line"])
        found.append(
            Mutant(
                name=name_of(each["module"], *facts, turn=turn), module=each["module"],
                where="", line=line, lines=(line, line), operator=each["operator"],
                before=each["before"], after=each["after"], number=each["number"],
            )
        )  # fmt: skip
    return found


def _clean_run() -> list[File]:
    """Each test file without a mutant, the quickest first; kept as long as its bundle is."""
    kept = FOLDER / "browser-passed.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    told, files = {}, []
    for path in sorted((BUILT / CRYPTO).glob("*.test.mjs")):
        mark = hashlib.sha256(path.read_bytes()).hexdigest()
        told[mark] = seconds, passed = known.get(mark) or _look(path)
        files.append(File(path, seconds, frozenset(passed)))
    kept.write_text(json.dumps(told))
    return sorted(files, key=lambda file: file.seconds)


def _look(path: Path) -> tuple[float, list[str]]:
    """The processor time of one test file, and the mutants it passes by."""
    covered = BUILT / "covered.json"
    before = _children_seconds()
    look = ("--import", str(HERE / "cover.mjs"))
    if not _holds(path, *look, seconds=CLEAN_SECONDS, COVERED=covered):
        raise CleanRunError(f"{path.name} fails without a mutant")
    return _children_seconds() - before, json.loads(covered.read_text())


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _outcome(mutant: Mutant, files: list[File]) -> str:
    reaching = [file for file in files if mutant.number in file.passed]
    for file in reaching:
        budget = LEAST_SECONDS + TIMES * file.seconds
        held = _holds(file.path, seconds=budget, **{SWITCH: mutant.number})
        if not held:
            return KILLED if held is False else TIMED_OUT
    return SURVIVED if reaching else UNREACHED


def _holds(path: Path, *words: str, seconds: float, **environ: object) -> bool | None:
    """Whether every test of a file passes: it is ended at the first that does not. None if it
    came to no end.
    """
    limit = round(seconds)
    process = subprocess.Popen(
        ["node", "--test-reporter=tap", *words, path],
        env={**os.environ, **{name: str(value) for name, value in environ.items()}},
        cwd=BUILT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)),  # noqa: PLW1509
    )  # fmt: skip
    waited = threading.Timer(LONGEST_SECONDS + 5 * seconds, process.kill)
    waited.start()
    assert process.stdout is not None
    failed = any(line.lstrip().startswith("not ok") for line in process.stdout)
    if failed:
        process.kill()
    process.wait()
    waited.cancel()
    if not failed and process.returncode in (-signal.SIGKILL, -signal.SIGXCPU):
        return None
    return not failed and process.returncode == 0
