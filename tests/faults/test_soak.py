"""A service that is used without a pause for as long as ``FAULT_MINUTES`` says: it does not grow.

Memory is the proportional share (PSS) of its programs and everything they started. The first third
of the time it may warm up; after that its memory grows by at most a tenth, and descriptors and
temporary files do not grow at all.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import reporting
from tests.faults.stories import SEED, TOLD, story_of
from tests.live import Live, running_service

MINUTES = float(os.environ.get("FAULT_MINUTES", "1"))
SAMPLES = 90
GROWTH = 1.10
# Connections that come and go between two looks.
DESCRIPTORS_MORE = 8
# What people keep there, or have begun, grows with what they do; the rest of the folder does not.
KEPT = ("blobs/blobs", "blobs/stages", "mail")


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a service takes at one moment: bytes, open descriptors, temporary files."""

    memory: int
    descriptors: int
    files: int


@pytest.mark.by_hand
@pytest.mark.timeout(300 + 120 * MINUTES)
def test_used_without_a_pause_it_does_not_grow(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    samples: list[Sample] = []
    with (
        running_service(tmp_path / "var", TMPDIR=str(tmp_path / "tmp")) as live,
        story_of(live) as story,
    ):
        for _ in range(SAMPLES):
            story.live_on(MINUTES * 60 / SAMPLES)
            samples.append(sample_of(live, tmp_path / "tmp"))
        story.look_at_everything()
        assert set(story.heard) <= TOLD, story.heard
    warm, late = samples[SAMPLES // 3 : SAMPLES // 2], samples[-SAMPLES // 6 :]
    grown = middle(late, "memory") / middle(warm, "memory")
    told = {name: [middle(each, name) for each in (warm, late)] for name in Sample.__slots__}
    print(f"{MINUTES:g} minutes, {story.acts()} acts: {told}")
    assert grown <= GROWTH, told
    assert told["descriptors"][1] <= told["descriptors"][0] + DESCRIPTORS_MORE, told
    assert told["files"][1] <= told["files"][0], told
    reporting.note(
        times=story.acts(), seed=SEED, seconds=round(MINUTES * 60),
        memory_percent=round((grown - 1) * 100, 1), **{f"{n}_at": told[n] for n in told},
    )  # fmt: skip


def middle(samples: Sequence[Sample], name: str) -> float:
    return statistics.median(getattr(each, name) for each in samples)


def sample_of(live: Live, temporary: Path) -> Sample:
    memory = descriptors = 0
    for pid in everybody(live):
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            memory += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
            descriptors += sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    files = sum(1 for path in temporary.rglob("*") if path.is_file())
    return Sample(memory=memory, descriptors=descriptors, files=files + _others_in(live.var))


def everybody(live: Live) -> set[int]:
    """The programs of a service and all that they started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {process.pid for process in live.processes.values()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _others_in(var: Path) -> int:
    """Files of the data folder that belong to nobody's photos or letters."""
    names = [path.relative_to(var) for path in var.rglob("*") if path.is_file()]
    return sum(1 for name in names if not str(name).startswith(KEPT))
