"""Sharing with everything around it: the app in a browser, and the service it talks to."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Playwright, Request, Response

from benchmarks.browser.app import Worked, window, windows
from benchmarks.giving import ALBUM, Given, give_album
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import Place, new_place, new_postgres_place
from benchmarks.servers import Server, vault

PAGE_ITEMS = 500
# A frame that comes later than this, in milliseconds, is felt.
FELT = 50
SIZES = {"photos": 10_000, "pages": 40}
QUICK_SIZES = {"photos": 120, "pages": 4}
VISITS = ("for the first time", "again, after a reload")
MOMENTS = {"first": "first picture", "screen": "first screen", "all": "all listed and checked"}


@dataclass(frozen=True, slots=True)
class Rotation:
    """Seconds until the last item was acknowledged, of the page's main thread, and of the
    server's processor.
    """

    seconds: float
    page: Worked
    server: float


def measure(*, is_quick: bool) -> Iterator[Line]:
    """On SQLite, and but for a quick run on PostgreSQL too."""
    sizes = QUICK_SIZES if is_quick else SIZES
    with new_place() as place:
        yield from _measure_on(place, "SQLite", **sizes)
    if not is_quick:
        with new_postgres_place() as place:
            yield from _measure_on(place, "PostgreSQL", **sizes)


def _measure_on(place: Place, database: str, photos: int, pages: int) -> Iterator[Line]:
    of = f"sharing-service, {photos} photos on {database}"
    with vault(place) as server, windows() as playwright:
        url = f"http://127.0.0.1:{server.port}"
        given = give_album(place, url, photos)
        yield from _page_lines(of, server, given, pages)
        yield from _opening_lines(of, playwright, url, given, photos)
        given.take_back()
        load = load_now()
        done = _rotate(playwright, url, server, given, photos)
        yield from _rotation_lines(of, done, photos, load)


def _page_lines(of: str, server: Server, given: Given, pages: int) -> Iterator[Line]:
    """Pages of items, asked for by the recipient's phone, once it is warm."""
    load = load_now()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for _ in range(pages // 4):
        _milliseconds(connection, given)
    before = server.processor_seconds()
    times = [_milliseconds(connection, given) for _ in range(pages)]
    cost = (server.processor_seconds() - before) / pages * 1000
    connection.close()
    yield line(f"{of}, a page of {PAGE_ITEMS} items until its last byte", times, "ms", load=load)
    # The clock of processes ticks a hundred times a second.
    name = f"{of}, the server's processor time for such a page"
    yield line(name, [max(cost, 10 / pages)], "ms/page", load=load, goal=Goal("value", "<=", 60))


def _milliseconds(connection: http.client.HTTPConnection, given: Given) -> float:
    headers = {"Authorization": f"Bearer {given.recipient.client.token}"}
    started = time.perf_counter()
    path = f"/api/v1{given.album.path}/items?limit={PAGE_ITEMS}"
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    taken = (time.perf_counter() - started) * 1000
    if answer.status != 200 or b'"wrapped_content_key"' not in body:
        raise AssertionError(f"not a page of items: {answer.status} {body[:200]!r}")
    return taken


def _opening_lines(
    of: str, playwright: Playwright, url: str, given: Given, photos: int
) -> Iterator[Line]:
    with window(playwright, url) as browser:
        browser.open_vault(given.recipient_email)
        for words in VISITS:
            load = load_now()
            found = browser.open_album(ALBUM, photos)
            for moment, what in MOMENTS.items():
                goal = Goal("value", "<=", 2) if moment == "first" else None
                name = f"{of}, opened {words}: {what}"
                yield line(name, [found[moment] / 1000], "s", load=load, goal=goal)


def _rotate(
    playwright: Playwright, url: str, server: Server, given: Given, photos: int
) -> Rotation:
    """The owner's device comes back, finds that a key is due, and goes through with it."""
    with window(playwright, url) as browser:
        with browser.page.expect_event("response", Acknowledged(photos)):
            with browser.page.expect_request(_is_rotation):
                browser.open_vault(given.owner_email)
            started, before = time.perf_counter(), server.processor_seconds()
            page = browser.begin()
        seconds = time.perf_counter() - started
        cost = server.processor_seconds() - before
        return Rotation(seconds, browser.end(page), cost)


class Acknowledged:
    """True for the answer to the last of so many items that were wrapped again."""

    def __init__(self, photos: int) -> None:
        self._left = photos

    def __call__(self, response: Response) -> bool:
        if not response.request.url.endswith("/items/rewrap"):
            return False
        if not response.ok:
            raise AssertionError(f"items were not taken: {response.status}")
        self._left -= len(response.request.post_data_json["items"])
        return self._left <= 0


def _is_rotation(request: Request) -> bool:
    return request.url.endswith("/rotate")


def _rotation_lines(of: str, done: Rotation, photos: int, load: float) -> Iterator[Line]:
    of = f"{of}, rotation"
    frames = done.page.frames
    yield line(f"{of}: until the last item is acknowledged", [done.seconds], "s", load=load)
    yield line(
        f"{of}: work of the page's main thread", [done.page.seconds], "s", load=load,
        goal=Goal("value", "<=", 5),
    )  # fmt: skip
    late = sum(frame > FELT for frame in frames) / len(frames)
    yield line(f"{of}: a frame of the page meanwhile", frames, "ms", load=load)
    yield line(f"{of}: frames in time, within {FELT} ms", [100 * (1 - late)], "%", load=load)
    yield line(f"{of}: the server's processor time", [done.server], "s", load=load)
    batches = -(-photos // PAGE_ITEMS)
    name = f"{of}: the server's processor time for {PAGE_ITEMS} items"
    yield line(name, [done.server / batches * 1000], "ms", load=load)
