"""Taking photos in: ours, beside the tus protocol's own server, on the same disk."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import ROOT, new_place, scratch_folder
from benchmarks.rounds import interleaved
from benchmarks.sender import AT_ONCE, Part, Sender, limits_of
from benchmarks.servers import Server, free_port, running, vault
from benchmarks.tools import node

PHOTOS, ROUNDS, ORIGINAL_BYTES = 50, 4, 4_000_000
QUICK_PHOTOS, QUICK_ROUNDS, QUICK_BYTES = 4, 1, 300_000
SMALL_PARTS = {"preview": 200_000, "thumbnail": 16_000}
PEER = ROOT / "benchmarks" / "peers" / "tus-server.mjs"


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Photos a second and processor time per photo."""
    load = load_now()
    photos, rounds, size = (
        (QUICK_PHOTOS, QUICK_ROUNDS, QUICK_BYTES) if is_quick else (PHOTOS, ROUNDS, ORIGINAL_BYTES)
    )
    original = {"original": Part.random(size)}
    whole = original | {name: Part.random(small) for name, small in SMALL_PARTS.items()}
    costs: dict[str, list[float]] = {}

    def contender(name: str, server: Server, sender: Sender) -> Callable[[], float]:
        def run() -> float:
            before = server.processor_seconds()
            speed = sender.send_photos(photos)
            spent = (server.processor_seconds() - before) / photos * 1000
            costs.setdefault(name, []).append(spent)
            return speed

        sender.send_photos(1)  # what a first request sets up is not measured
        return run

    with ExitStack() as stack:
        place = stack.enter_context(new_place())
        ours = stack.enter_context(vault(place))
        token = place.inside("signed_in")["token"]
        # What comes along with its creation; an original always has a request of its own.
        small = min(limits_of(ours.port)["small_upload_bytes"], size - 1)
        shipped = stack.enter_context(_peer("shipped"))
        flushing = stack.enter_context(_peer("flushing"))
        runs = {
            "vault": contender(
                "vault", ours, Sender(ours.port, "/api/v1/uploads", whole, small, token)
            ),
            "vault, soon": contender(
                "vault, soon", ours, Sender(ours.port, "/api/v1/uploads", whole, size, token)
            ),
            "vault, whole": contender(
                "vault, whole",
                ours, Sender(ours.port, "/api/v1/uploads", whole, small, token, is_whole=True),
            ),
            "flushing": contender(
                "flushing", flushing, Sender(flushing.port, "/uploads", whole, small)
            ),
            "originals": contender(
                "originals", flushing, Sender(flushing.port, "/uploads", original, small)
            ),
            "shipped": contender(
                "shipped", shipped, Sender(shipped.port, "/uploads", whole, small)
            ),
            "disk": lambda: _write_plainly(place.folder, whole, photos),
        }
        speeds = interleaved(rounds, runs)
    yield from _lines(speeds, costs, load)


def _lines(
    speeds: dict[str, list[float]], costs: dict[str, list[float]], load: float
) -> Iterator[Line]:
    same = "@tus/server that flushes before it acknowledges, the same parts"
    ways = {
        "vault, whole": "uploads, the photo in one request",
        "vault": "uploads, the original after its creation",
        "vault, soon": "uploads, the original with its creation",
    }
    for way, name in ways.items():
        yield line(
            f"{name}, four at a time", speeds[way], "photos/s", load=load,
            against=same, peer=speeds["flushing"], goal=Goal("ratio", ">=", 1.0),
        )  # fmt: skip
        yield line(
            f"{name}, the server's processor time", costs[way], "ms/photo", load=load,
            against=same, peer=costs["flushing"], goal=Goal("value", "<=", 30),
        )  # fmt: skip
    others = {
        "originals": "@tus/server that flushes, originals alone",
        "shipped": "@tus/server as shipped, which does not wait for the disk, the same parts",
        "disk": "four threads that write and flush the same parts",
    }
    for peer, against in others.items():
        yield line(
            f"{ways['vault, whole']}, four at a time", speeds["vault, whole"], "photos/s",
            load=load, against=against, peer=speeds[peer],
        )  # fmt: skip


@contextmanager
def _peer(kind: str) -> Iterator[Server]:
    with scratch_folder() as folder:
        port = free_port()
        files = folder / "files"
        files.mkdir()
        command = [node(), str(PEER), str(files), str(port), kind]
        with running(command, port, os.environ, folder / "peer.out") as server:
            yield server


def _write_plainly(folder: Path, parts: dict[str, Part], photos: int) -> float:
    """Photos a second when nothing is done but writing them down for good."""

    def write(number: int) -> None:
        for name, part in parts.items():
            path = folder / f"plain-{number}-{name}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(descriptor, part.content)
            os.fdatasync(descriptor)
            os.close(descriptor)

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(write, range(photos)))
    seconds = time.perf_counter() - started
    for path in folder.glob("plain-*"):
        path.unlink()
    return photos / seconds
