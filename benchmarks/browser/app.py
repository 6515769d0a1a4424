"""The app itself in Chromium, at work on a running vault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, Playwright, sync_playwright

from benchmarks.browser import FLAGS
from benchmarks.giving import PASSWORD
from benchmarks.tools import chromium

PATIENCE_MS = 600_000
WINDOW = {"width": 1440, "height": 900}
# Milliseconds between frames, since somebody began to watch.
WATCHING = """
addEventListener("DOMContentLoaded", () => {
    let last = performance.now();
    globalThis.frames_seen = [];
    const look = () => {
        const now = performance.now();
        globalThis.frames_seen.push(now - last);
        last = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
});
"""
# From the click on an album: its first picture, the first screen of them, all of it listed.
OPENING = """([name, photos]) => new Promise((resolve, reject) => {
    const links = [...document.querySelectorAll("a")];
    const link = links.find(({ innerText }) => innerText.includes(name));
    const start = performance.now();
    const found = {};
    const look = () => {
        const now = performance.now() - start;
        const tiles = document.querySelectorAll("pv-received .tile");
        const pictures = document.querySelectorAll("pv-received .tile img:not(.soon)");
        if (pictures.length > 0) found.first ??= now;
        if (tiles.length > 0 && pictures.length >= tiles.length) found.screen ??= now;
        if (tiles[0]?.ariaSetSize === String(photos)) found.all ??= now;
        if (Object.keys(found).length === 3) resolve(found);
        else if (now > 300_000) reject(new Error(`too slow: ${JSON.stringify(found)}`));
        else requestAnimationFrame(look);
    };
    link.click();
    look();
})"""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a page did meanwhile: seconds of its main thread, and milliseconds between frames."""

    seconds: float
    frames: list[float]


class Window:
    """Somebody's browser on a vault."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url
        self._metrics = page.context.new_cdp_session(page)
        # Seconds of the processor: on a busy machine a task lasts much longer than its work.
        self._metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.add_init_script(WATCHING)

    def open_vault(self, email: str) -> None:
        """Sign in, on a device that never saw the vault, and wait until the library is there."""
        self.page.goto(f"{self._url}/sign-in")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Open my vault").click()
        self.page.get_by_role("button", name="Lock now").locator("visible=true").wait_for()

    def open_album(self, name: str, photos: int) -> Mapping[str, float]:
        """From the list of albums: milliseconds to the first picture, the first screen of them
        and all that is in it.
        """
        self.page.goto(f"{self._url}/albums")
        self.page.get_by_role("link", name=name).wait_for()
        return dict(self.page.evaluate(OPENING, [name, photos]))

    def begin(self) -> float:
        """Begin to watch the main thread; its seconds of work so far."""
        self.page.evaluate("globalThis.frames_seen.length = 0")
        return self._seconds()

    def end(self, before: float) -> Worked:
        """What it did since."""
        seconds = self._seconds() - before
        return Worked(seconds, list(self.page.evaluate("globalThis.frames_seen")))

    def _seconds(self) -> float:
        found = self._metrics.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in found if each["name"] == "TaskDuration"))


@contextmanager
def windows() -> Iterator[Playwright]:
    """Playwright, for `window`. Raises `MissingError` without a browser."""
    chromium()
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def window(playwright: Playwright, url: str) -> Iterator[Window]:
    """The browser of somebody who was never here."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    try:
        page = browser.new_page(viewport=WINDOW)
        page.set_default_timeout(PATIENCE_MS)
        yield Window(page, url)
    finally:
        browser.close()
