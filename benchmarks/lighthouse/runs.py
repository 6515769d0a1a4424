"""Lighthouse itself, on a browser that is started for each page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.lighthouse.figures import CATEGORIES
from benchmarks.lighthouse.pages import HERE, Measured
from benchmarks.places import MissingError, scratch_folder
from benchmarks.servers import free_port
from benchmarks.tools import chromium

FOLDER = Path(__file__).parent
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
# A phone of the middle class on slow 4G, four times slower than here: Lighthouse's own default.
SCREENS = {"phone": [], "desktop": ["--preset=desktop"]}
PATIENCE_SECONDS = 180
START_SECONDS = 20.0


def version() -> str:
    """Which Lighthouse it is. Raises `MissingError`."""
    if not PROGRAM.is_file():
        raise MissingError("Lighthouse is not installed: run it through make lighthouse")
    told: dict[str, str] = json.loads((PROGRAM.parents[1] / "package.json").read_text())
    return told["version"]


def report_on(page: Measured, screen: str, profile: Path) -> dict[str, Any]:
    """Lighthouse's report. Cookies and databases of the profile stay, caches do not."""
    node = shutil.which("node", path=os.environ.get("PATH", os.defpath))
    if node is None:
        raise MissingError("Node is missing: run it through make lighthouse")
    with _browser(profile) as port, scratch_folder() as folder:
        written = folder / "report.json"
        command = [
            node, str(PROGRAM), page.url, f"--port={port}", "--output=json",
            f"--output-path={written}", f"--only-categories={','.join(CATEGORIES)}",
            "--quiet", "--no-enable-error-reporting", "--disable-full-page-screenshot",
            *SCREENS[screen], *(["--ignore-status-code"] if page.refuses else []),
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=FOLDER, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        if not written.is_file():
            raise AssertionError(f"Lighthouse said nothing of {page.name}: {done.stderr[-2000:]}")
        report: dict[str, Any] = json.loads(written.read_text(encoding="utf-8"))
    return report


@contextmanager
def _browser(profile: Path) -> Iterator[int]:
    """Chromium over a profile, and the port it takes orders at."""
    port = free_port()
    command = [
        chromium(), "--headless", *HERE, f"--user-data-dir={profile}",
        f"--remote-debugging-port={port}", "--lang=en-GB", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
