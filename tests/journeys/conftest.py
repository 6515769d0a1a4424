"""A running site and a real browser. Every complaint of a page fails its journey."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, Playwright, expect, sync_playwright

from tests.journeys.line import Line, line_to
from tests.journeys.site import Site, running_site
from tests.journeys.uploading import port_of
from tests.journeys.watch import Watch

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# How long something may take to appear on a machine that is busy with other journeys. No speed is
# asserted here: what is there at once is seen at once.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """The site has its own; the suite's database is not touched here."""


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Journeys share one site and meet as different people."""


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One PocketVault for all journeys."""
    with running_site(tmp_path_factory.mktemp("site")) as started:
        yield started


@pytest.fixture(scope="module", autouse=True)
def an_hour_later(site: Site) -> None:
    """All journeys come from one network, which may open so many accounts an hour."""
    site.let_an_hour_pass()


@pytest.fixture
def line(site: Site) -> Iterator[Line]:
    """Between one browser and the site."""
    with line_to(port_of(site)) as line:
        yield line


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """An installed Chromium or Chrome, else Playwright's own. Ends with the journeys: while its
    loop runs, Django refuses to touch a database."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


def launch(playwright: Playwright) -> Browser:
    """An installed browser, started. Skips, or fails in continuous integration, without one."""
    return playwright.chromium.launch(
        executable_path=installed_browser(playwright.chromium), args=FLAGS
    )


def installed_browser(kind: BrowserType) -> str:
    """The program. Skips, or fails in continuous integration, without one."""
    installed = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    own = kind.executable_path
    path = installed or (own if Path(own).exists() else None)
    if path is None:
        reason = "No Chromium or Chrome on this machine: the journeys were NOT tried."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the journey when a page complained."""
    watching = Watch()
    yield watching
    assert not watching.complaints, "\n".join(watching.complaints)


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """A desktop window of somebody who was never here."""
    yield from _window(browser, watch, DESKTOP)


@pytest.fixture
def phone(browser: Browser, watch: Watch) -> Iterator[Page]:
    """The same on a phone."""
    yield from _window(browser, watch, PHONE)


def _window(browser: Browser, watch: Watch, size: dict[str, int]) -> Iterator[Page]:
    context = browser.new_context(viewport=size, permissions=["clipboard-read", "clipboard-write"])
    yield watch.follow(context.new_page())
    watch.read_refusals()
    context.close()
