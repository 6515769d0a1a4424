"""One web process and two, one worker and two, over one service on PostgreSQL and Redis.

Whoever asks (wrk) and the databases have the same processors. The mix: of 20 requests eight are
thumbnails and four pages of 100 changes of the large library, four are the months of somebody who
has a few photos, and four change a setting of theirs.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lines import Line, line
from benchmarks.places import ROOT, Place
from benchmarks.rounds import interleaved
from benchmarks.servers import PATIENCE_SECONDS, Server, end, vault
from deploy.local.project import Project
from deploy.local.serving import Address, programs

CONNECTIONS = 16
SCRIPT = Path(__file__).parent / "peers" / "mixed.lua"
REQUESTS_KEPT = 2_000
Do = Callable[..., Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How long and how often it is measured."""

    rounds: int
    seconds: int


def web_lines(place: Place, told: Mapping[str, Any], shift: Shift, load: float) -> Iterator[Line]:
    """Requests a second of two web processes beside one, and what they cost."""
    listed = place.folder / "requests"
    listed.write_text("".join(_mix(told)), encoding="utf-8")
    found: dict[str, list[float]] = {"one": [], "two": []}
    spent: dict[str, list[float]] = {"one": [], "two": []}
    with ExitStack() as stack:
        servers = [stack.enter_context(vault(place)) for _ in range(2)]
        _ask(servers, listed, 1)

        def contender(name: str, some: Sequence[Server]) -> Callable[[], float]:
            def run() -> float:
                used = _processor_seconds(some)
                count, rate = _ask(some, listed, shift.seconds)
                spent[name].append((_processor_seconds(some) - used) / count * 1000)
                return rate

            return run

        runs = {"one": contender("one", servers[:1]), "two": contender("two", servers)}
        found = interleaved(shift.rounds, runs)
    one, two = found["one"], found["two"]
    yield line("scale, requests, one web process", one, "requests/s", load=load)
    yield line(
        "scale, requests, two web processes", two, "requests/s", load=load,
        against="one web process", peer=one,
    )  # fmt: skip
    yield line(
        "scale, processor time of the web processes for a request, two", spent["two"], "ms",
        load=load, against="one web process", peer=spent["one"],
    )  # fmt: skip


def job_lines(place: Place, do: Do, shift: Shift, load: float) -> Iterator[Line]:
    """Jobs a second of two workers beside one, each with one process that works."""

    def contender(count: int) -> Callable[[], float]:
        def run() -> float:
            with ExitStack() as stack:
                for number in range(count):
                    stack.enter_context(_worker(place, number))
                _wait_for(do, count)
                do(work="jobs")  # what is loaded and made by the first jobs alone
                return do(work="jobs")["jobs/s"]

        return run

    found = interleaved(shift.rounds, {"one": contender(1), "two": contender(2)})
    yield line("scale, jobs, one worker", found["one"], "jobs/s", load=load)
    yield line(
        "scale, jobs, two workers", found["two"], "jobs/s", load=load, against="one worker",
        peer=found["one"],
    )  # fmt: skip


def _mix(told: Mapping[str, Any]) -> Iterator[str]:
    owner, real, phones = told["owner"], told["real"], told["phones"]
    page = f"/api/v1/sync?limit=100&cursor={told['cursor']}"
    for number in range(REQUESTS_KEPT):
        phone = phones[number % len(phones)]
        match number % 5:
            case 0 | 1:
                path = f"/api/v1/images/{real[number % len(real)]}/versions/1/thumbnail"
                yield f"GET\t{path}\t{owner}\t\n"
            case 2:
                yield f"GET\t{page}\t{owner}\t\n"
            case 3:
                yield f"GET\t/api/v1/timeline\t{phone}\t\n"
            case _:
                said = json.dumps({"recycle_bin_days": number % 8})
                yield f"PATCH\t/api/v1/me/preferences\t{phone}\t{said}\n"


def _ask(servers: Sequence[Server], listed: Path, seconds: int) -> tuple[int, float]:
    """How many requests were answered, and how many a second, by all of them together."""
    asking = [
        subprocess.Popen(
            ["wrk", "-t1", f"-c{CONNECTIONS // len(servers)}", f"-d{seconds}s", "-s", str(SCRIPT),
             f"http://127.0.0.1:{server.port}"],
            env={"PATH": os.defpath, "REQUESTS": str(listed), "FROM": str(number * 7)},
            stdout=subprocess.PIPE, text=True,
        )
        for number, server in enumerate(servers)
    ]  # fmt: skip
    answers = [json.loads(each.communicate()[0].strip().splitlines()[-1]) for each in asking]
    if any(each["failed"] or not each["requests"] for each in answers):
        raise AssertionError(f"not all of it was answered: {answers}")
    rate = sum(each["requests"] / each["microseconds"] * 1e6 for each in answers)
    return sum(each["requests"] for each in answers), rate


def _processor_seconds(servers: Sequence[Server]) -> float:
    return sum(server.processor_seconds() for server in servers)


@contextmanager
def _worker(place: Place, number: int) -> Iterator[None]:
    """The prompt worker of a deployment with Redis, with one process instead of two."""
    address = Address("127.0.0.1", 8000, "http://localhost:8000")
    prompt = next(p for p in programs(Project(ROOT), address, place.environ) if p.name == "worker")
    command = list(prompt.command)
    command[command.index("--concurrency") + 1] = "1"
    command[command.index("--hostname") + 1] = f"worker{number}@%h"
    with (place.folder / "worker.out").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(place.environ), stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        end(process)


def _wait_for(do: Do, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while do(work="answering")["workers"] != count:
        if time.monotonic() > deadline:
            raise AssertionError(f"there are not {count} workers")
        time.sleep(0.2)
