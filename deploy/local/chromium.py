"""Find a browser for the tests that need one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.project import Project
from deploy.local.steps import StepError, run_quietly, warn

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright keeps what it has downloaded, and what the program is called in there.
PLAYWRIGHT_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)


def find_chromium(environ: Mapping[str, str], home: Path) -> Path | None:
    """The one named by ``POCKETVAULT_CHROMIUM``, one on ``PATH``, or one that Playwright keeps."""
    return next(_candidates(environ, home), None)


def _candidates(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    if named := environ.get("POCKETVAULT_CHROMIUM"):
        yield Path(named)
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH", os.defpath)):
            yield Path(found)
    named_folder = environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = [Path(named_folder)] if named_folder else [home / each for each in PLAYWRIGHT_FOLDERS]
    for folder in folders:
        for pattern in PLAYWRIGHT_PROGRAMS:
            yield from sorted(folder.glob(pattern), reverse=True)


def ensure_chromium(project: Project) -> Path | None:
    """A browser, fetched by Playwright when the machine has none. None when it cannot be had."""
    found = find_chromium(os.environ, Path.home())
    if found is not None:
        return found
    command = project.python_command("-m", "playwright", "install", "chromium")
    try:
        run_quietly("Fetching a browser for the tests", command, folder=project.root)
    except StepError:
        warn("NO BROWSER: neither Chromium nor Chrome is here, so browser tests cannot run.")
        return None
    return find_chromium(os.environ, Path.home())
