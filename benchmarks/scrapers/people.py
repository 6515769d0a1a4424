"""A person at a screen: Chromium in a window of Xvfb, a wheel and a keyboard (xdotool).

Nothing drives the browser from within, so it is what anybody has open at home.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import ImageGrab

from benchmarks.places import MissingError
from benchmarks.tools import chromium

WIDTH, HEIGHT = 1280, 900
WHEEL_DOWN, WHEEL_UP, LEFT_BUTTON = "5", "4", "1"
# A look at a screen of photos before the wheel moves again; a look at one photo that is open.
SCROLL_SECONDS, LOOK_SECONDS = 1.2, 2.0
# A screen of some twenty photos, looked over before the next.
PAGE_SECONDS, SCROLL_AT_MOST = 3.5, 240.0
WAYS = ("wheel", "keyboard")
START_SECONDS, ARRIVE_SECONDS = 8.0, 20.0


def look(address: str, opened: int, screens: int, folder: Path) -> None:
    """Scroll to the end of a profile and back, open a photo, and go on to the next ``opened``."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed")
    with _screen() as environ, _browser(address, folder, environ):
        time.sleep(START_SECONDS)
        hand = _Hand(environ)
        hand.do("mousemove", str(WIDTH // 2), str(HEIGHT // 2))
        for _ in range(screens):
            hand.turn(WHEEL_DOWN)
        _keep_a_shot(environ, "scrolled")
        for _ in range(screens * 2):
            hand.turn(WHEEL_UP, 0.2)
        hand.do("mousemove", str(WIDTH // 4), str(HEIGHT * 2 // 3), "click", LEFT_BUTTON)
        for _ in range(opened):
            time.sleep(LOOK_SECONDS)
            hand.do("key", "Right")
        time.sleep(LOOK_SECONDS)
        _keep_a_shot(environ, "opened")


def arrive(address: str, is_there: Callable[[], bool], folder: Path) -> None:
    """Open a profile in a browser that was never used, until ``is_there`` or 20 seconds."""
    if shutil.which("Xvfb") is None:
        raise MissingError("Xvfb is not installed")
    with _screen() as environ, _browser(address, folder, environ):
        until = time.monotonic() + ARRIVE_SECONDS
        while not is_there() and time.monotonic() < until:
            time.sleep(0.05)


def scroll(address: str, how: str, is_done: Callable[[], bool], folder: Path) -> float:
    """Go down a profile without hurry until ``is_done``; how many seconds that took."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed")
    with _screen() as environ, _browser(address, folder, environ):
        time.sleep(START_SECONDS)
        hand, started = _Hand(environ), time.monotonic()
        hand.do("mousemove", str(WIDTH // 2), str(HEIGHT // 2))
        while not is_done() and time.monotonic() < started + SCROLL_AT_MOST:
            if how == "keyboard":
                hand.do("key", "Next")
                time.sleep(PAGE_SECONDS)
            else:
                hand.turn(WHEEL_DOWN)
        return time.monotonic() - started


class _Hand:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def do(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], env=dict(self._environ), check=True)

    def turn(self, way: str, seconds: float = SCROLL_SECONDS) -> None:
        """Three clicks of the wheel, and a look."""
        self.do("click", "--repeat", "3", "--delay", "60", way)
        time.sleep(seconds)


@contextmanager
def _screen() -> Iterator[Mapping[str, str]]:
    reading, writing = os.pipe()
    size = f"{WIDTH}x{HEIGHT}x24"
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as told:
        display = told.readline().strip()
    try:
        yield {**os.environ, "DISPLAY": f":{display}"}
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _browser(address: str, folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
    command = [
        chromium(), "--no-sandbox", "--no-first-run", "--disable-gpu", "--window-position=0,0",
        f"--window-size={WIDTH},{HEIGHT}", f"--user-data-dir={folder}", f"--app={address}",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _keep_a_shot(environ: Mapping[str, str], name: str) -> None:
    """A picture of the screen in the folder of SCRAPERS_SHOTS, for somebody to look at."""
    if folder := os.environ.get("SCRAPERS_SHOTS"):
        ImageGrab.grab(xdisplay=environ["DISPLAY"]).save(Path(folder) / f"{name}.png")
