"""The page of a profile as a stranger's browser asks for it, over HTTP until its last byte."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import new_place
from benchmarks.servers import vault

PHOTOS, ROUNDS, QUICK_PHOTOS, QUICK_ROUNDS = 500, 50, 12, 3
NAME = "marit"
# What is loaded and made by the first answers alone.
WARM_UP = 5


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Milliseconds of the page, on SQLite."""
    photos, rounds = (QUICK_PHOTOS, QUICK_ROUNDS) if is_quick else (PHOTOS, ROUNDS)
    with new_place() as place:
        place.inside("profile_page", photos=photos, person=NAME)
        with vault(place) as web:
            load, took, size = load_now(), [], 0
            for number in range(WARM_UP + rounds):
                milliseconds, size = _asked(web.port)
                if number >= WARM_UP:
                    took.append(milliseconds)
    yield line(
        f"profile-page, {photos} photos ({size / 1000:.0f} KB), until the last byte", took, "ms",
        load=load, goal=Goal("value", "<=", 25),
    )  # fmt: skip


def _asked(port: int) -> tuple[float, int]:
    """Milliseconds and bytes. The public origin of `make run` is localhost."""
    connection = HTTPConnection("127.0.0.1", port)
    started = time.perf_counter()
    connection.request("GET", f"/u/{NAME}", headers={"Host": f"localhost:{port}"})
    answer = connection.getresponse()
    page = answer.read()
    took = 1000 * (time.perf_counter() - started)
    connection.close()
    if answer.status != 200:
        raise AssertionError(f"the page was answered with {answer.status}")
    return took, len(page)
