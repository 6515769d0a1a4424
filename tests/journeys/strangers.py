"""Browsers of strangers: one that a person has open, and how a profile comes to be there."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Error

from tests.journeys.conftest import FLAGS, installed_browser
from tests.journeys.site import Site
from tests.live import free_port

START_SECONDS = 60.0


def public_address(site: Site) -> str:
    """The origin of profiles: the other name of this machine."""
    return site.address.replace("localhost", "127.0.0.1")


def fill_profile(site: Site, name: str, count: int) -> None:
    """Somebody's profile with so many photos, each of them live."""
    site.live.manage(
        "shell", "-c",
        "from tests.sharing.visitors.live import fill;"
        f" fill('{name}@example.org', '{name}', {count})",
    )  # fmt: skip


@contextmanager
def opened_by_a_person(kind: BrowserType, folder: Path) -> Iterator[Browser]:
    """A browser that was started as people start theirs, and is then looked at from outside.

    It does not say of itself that a program drives it, which one that Playwright starts does.
    The page cannot tell, so a journey needs no way around what keeps programs out.
    """
    port = free_port()
    command = [
        installed_browser(kind), *FLAGS, "--headless=new", f"--user-data-dir={folder}",
        f"--remote-debugging-port={port}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        browser = _attached(kind, port)
        yield browser
        browser.close()
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _attached(kind: BrowserType, port: int) -> Browser:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        except Error:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
