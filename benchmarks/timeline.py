"""A hundred thousand photos in the real timeline, laid out and scrolled in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.browser import browser_page
from benchmarks.lines import Goal, Line, line, load_now

FULL = {"photos": 100_000, "rounds": 15, "frames": 180}
QUICK = {"photos": 2_000, "rounds": 2, "frames": 10}
PASS = "one pass that writes four numbers for each photo"


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Milliseconds of the layout and of frames; nodes while scrolling."""
    load = load_now()
    sizes = QUICK if is_quick else FULL
    with browser_page("timeline") as page:
        found = page.evaluate("(options) => measure(options)", sizes)
    times, photos = found["times"], sizes["photos"]
    yield line(
        f"timeline, layout of {photos} photos", times["layout"], "ms", load=load,
        against=PASS, peer=times["pass"], goal=Goal("value", "<=", 20),
    )  # fmt: skip
    yield line(
        f"timeline, {photos} photos with {photos // 10} of others, merged and laid out",
        times["others"], "ms", load=load, against=PASS, peer=times["pass"],
        goal=Goal("value", "<=", 20),
    )  # fmt: skip
    yield line(
        f"timeline, {photos} photos laid out and shown", times["show"], "ms", load=load,
        against=PASS, peer=times["pass"],
    )  # fmt: skip
    for speed, scroll in found["scrolls"].items():
        yield line(
            f"timeline, most nodes in a {speed} scroll", [scroll["nodes"]], "nodes", load=load,
            goal=Goal("value", "<=", 99),
        )  # fmt: skip
        yield line(
            f"timeline, a frame of a {speed} scroll", scroll["frames"], "ms", load=load,
            against="a frame of an empty page", peer=found["idle"],
            goal=Goal("value", "<=", 17),
        )  # fmt: skip
