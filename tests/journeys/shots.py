"""The pictures of the README, taken from a vault that `make demo` filled: ``make shots``.

Signs in as the demonstration does, and walks to each view once. The recovery words in one of
them belong to a sign-up that nobody finishes, so they open nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from deploy.local.chromium import find_chromium
from tests.journeys.conftest import DESKTOP, FLAGS, PHONE
from tests.reference_client.demo import EMAIL, PASSWORD

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
# Small enough for a repository, good enough that a sky has no steps.
QUALITY = 82
PATIENT_MS = 60_000
# The style and the type have come, and every tile in the window shows its photograph.
DRAWN = """() => getComputedStyle(document.documentElement).getPropertyValue("--bg") !== ""
    && document.fonts.status === "loaded"
    && [...document.images].every((each) => each.hidden || (each.complete && each.src !== ""))
    && document.querySelectorAll(".tile:not(:has(img))").length === 0"""
NEVER_FINISHED = "never-finished-{number}@example.org"


def main(arguments: Sequence[str] | None = None) -> int:
    """Take them all. Answers an exit code."""
    parser = argparse.ArgumentParser(prog="shots", description=(__doc__ or "").split(":", 1)[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium(os.environ, Path.home())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for take in (desk, phone, ceremony):
            take(browser, chosen.url, chosen.folder)
        browser.close()
    return 0


def desk(browser: Browser, url: str, folder: Path) -> None:
    """The newest photographs; then one of them, and everything that is known about it."""
    with _page(browser, url, DESKTOP, "light") as page:
        _sign_in(page)
        _keep(page, folder / "photos-desktop-light.jpg")
        page.emulate_media(color_scheme="dark")
        # The one of the newest few that is widest: it fills the stage beside the panel.
        tiles = page.get_by_role("option").all()[:8]
        widths = [box["width"] if (box := tile.bounding_box()) else 0.0 for tile in tiles]
        tiles[widths.index(max(widths))].click()
        # By hand rather than by key, so that no ring stands around a button.
        page.get_by_role("button", name="Details").click()
        page.get_by_role("complementary", name="Details").wait_for()
        page.mouse.move(DESKTOP["width"] / 3, DESKTOP["height"] / 2)
        _keep(page, folder / "viewer-desktop-dark.jpg")


def phone(browser: Browser, url: str, folder: Path) -> None:
    """The timeline on a phone."""
    with _page(browser, url, PHONE, "dark", scale=2) as page:
        _sign_in(page)
        _keep(page, folder / "photos-phone-dark.jpg")


def ceremony(browser: Browser, url: str, folder: Path) -> None:
    """The words that are the only way back, at sign-up."""
    with _page(browser, url, DESKTOP, "light") as page:
        page.goto("/sign-up")
        page.get_by_label("E-mail address").fill(NEVER_FINISHED.format(number=time.time_ns()))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Make my keys").click()
        page.locator("ol.words li").last.wait_for()
        _keep(page, folder / "sign-up-desktop-light.jpg")


@contextmanager
def _page(
    browser: Browser, url: str, size: dict[str, int], scheme: str, *, scale: int = 1
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=url,
        viewport=ViewportSize(width=size["width"], height=size["height"]),
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=scale,
        has_touch=size is PHONE,
        locale="en-GB",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENT_MS)
    yield context.new_page()
    context.close()


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Open my vault").click()
    page.wait_for_url("**/photos")
    page.get_by_role("option").first.wait_for()


def _keep(page: Page, path: Path) -> None:
    """Wait until everything in sight is drawn, and take it."""
    page.wait_for_function(DRAWN)
    page.screenshot(path=path, type="jpeg", quality=QUALITY, animations="disabled")
    print(f"  {path.name}  {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
