"""Taking metadata out of a JPEG, beside copying its bytes once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

from benchmarks.browser import browser_page, bundle
from benchmarks.lines import Line, line, load_now
from benchmarks.tools import node

SIZE, ROUNDS = 6_000_000, 15
QUICK_SIZE, QUICK_ROUNDS = 300_000, 2


def measure(*, is_quick: bool) -> Iterator[Line]:
    """MB/s in Node and in a worker of Chromium."""
    size, rounds = (QUICK_SIZE, QUICK_ROUNDS) if is_quick else (SIZE, ROUNDS)
    load = load_now()
    with bundle() as folder:
        program = folder / "strip-node.js"
        program = program.rename(program.with_suffix(".mjs"))
        command = [node(), str(program), str(size), str(rounds)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    yield _line("Node", size, json.loads(done.stdout), load)
    load = load_now()
    with browser_page("workers") as page:
        asked = {"size": size, "rounds": rounds}
        found = page.evaluate("(options) => ask('strip-worker', options)", asked)
    yield _line("Chromium", size, found, load)


def _line(where: str, size: int, found: dict[str, list[float]], load: float) -> Line:
    speeds = {who: [size / 1e6 / (ms / 1000) for ms in times] for who, times in found.items()}
    return line(
        f"strip, JPEG of {size / 1e6:g} MB, {where}", speeds["vault"], "MB/s", load=load,
        against="one copy of the bytes in memory", peer=speeds["copy"],
    )  # fmt: skip
