"""What sharing costs the device: a rotation, a history, a key for one more recipient."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.browser import browser_page
from benchmarks.lines import Goal, Line, line, load_now

FULL = {"photos": 10_000, "rounds": 5}
QUICK = {"photos": 200, "rounds": 1}
# A frame that comes later than this, in milliseconds, is felt.
FELT = 50


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Seconds of work in a worker, milliseconds for one recipient, and frames of the page."""
    sizes = QUICK if is_quick else FULL
    photos = f"{sizes['photos']} photos"
    load = load_now()
    with browser_page("workers") as page:
        asked = "(options) => watched(() => ask('sharing-worker', options))"
        found = page.evaluate(asked, sizes)
    times, frames = found["answer"], found["frames"]
    yield line(
        f"sharing, {photos} wrapped again", [ms / 1000 for ms in times["rotation"]["vault"]],
        "s", load=load, goal=Goal("value", "<=", 5),
    )  # fmt: skip
    yield line(
        f"sharing, history of {photos} read", times["history"]["vault"], "ms", load=load,
        goal=Goal("value", "<=", 1000),
    )  # fmt: skip
    for way in ("seal", "open"):
        yield line(
            f"sharing, {way} a key for one recipient", times["delivery"][way], "ms", load=load
        )
    yield line(
        "sharing, a frame of the page meanwhile", frames, "ms", load=load,
        goal=Goal("value", "<=", FELT),
    )  # fmt: skip
    late = sum(frame > FELT for frame in frames) / len(frames)
    yield line(f"sharing, frames in time, within {FELT} ms", [100 * (1 - late)], "%", load=load)
