"""A real browser, and the pages of benchmarks in it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.places import ROOT, scratch_folder
from benchmarks.tools import chromium, node

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "workers": '<script type="module" src="/page.js"></script>',
    "timeline": '<link rel="stylesheet" href="/app.css">'
    '<script type="module" src="/timeline.js"></script>',
}


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder. The two headers give pages and workers a fine clock."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def bundle() -> Iterator[Path]:
    """A folder with everything built. Raises `MissingError` without Node."""
    with scratch_folder() as folder:
        command = [node(), str(ROOT / "benchmarks" / "browser" / "bundle.mjs"), str(folder)]
        subprocess.run(command, check=True)
        for name, body in PAGES.items():
            head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Benchmark</title>'
            (folder / f"{name}.html").write_text(f"{head}<body>{body}", encoding="utf-8")
        yield folder


@contextmanager
def browser_page(name: str) -> Iterator[Page]:
    """One of `PAGES`, open in Chromium. Raises `MissingError` without a browser.

    With a profile on the disk: without one Chromium keeps a page's files in memory, in another
    process, and each write of a worker waits for that.
    """
    program, screen = chromium(), ViewportSize(width=1440, height=900)
    with (
        bundle() as folder, _serving(folder) as url, scratch_folder() as profile,
        sync_playwright() as playwright,
    ):  # fmt: skip
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=program, args=FLAGS, viewport=screen
        )
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"{url}/{name}.html")
        yield page
        browser.close()


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join()
