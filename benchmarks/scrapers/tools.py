"""Scrapers as people find them: what is installed here, and how each is set upon a page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tools import chromium

PROGRAMS = Path(__file__).parent / "programs"
# What a browser calls itself; some tools say so if asked to.
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# Where programs are that are not on the path, and a Python with their libraries.
_MORE_PATH = os.environ.get("SCRAPERS_PATH", "")
Command = Callable[[str, str], Sequence[str]]  # from an address and a number of seconds


@dataclass(frozen=True, slots=True)
class Tool:
    """One scraper. ``needs`` is the program without which it cannot run."""

    name: str
    needs: str
    command: Command
    runs_scripts: bool = False

    @property
    def program(self) -> str | None:
        """Where it is installed, or None."""
        return found(self.needs)


def found(program: str) -> str | None:
    """A program on the path, or on SCRAPERS_PATH before it."""
    if program == "chromium":
        return chromium()
    path = os.pathsep.join(part for part in (_MORE_PATH, os.environ.get("PATH", "")) if part)
    return shutil.which(program, path=path)


def run(tool: Tool, address: str, seconds: int, folder: Path) -> None:
    """Let it work in a folder for so long, and end it and its children then."""
    program = tool.program
    if program is None:
        return
    first, *rest = tool.command(address, str(seconds))
    command = [program if first == tool.needs else first, *rest]
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    try:
        process.wait(seconds + 5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()


def _driven(how: str) -> Command:
    program = str(PROGRAMS / "driven.py")
    return lambda address, seconds: [sys.executable, program, how, address, seconds, chromium()]


def _with_libraries(program: str) -> Command:
    """With the Python of SCRAPERS_PATH, which has the libraries that this project has not."""
    python = found("python") or sys.executable
    return lambda address, seconds: [python, str(PROGRAMS / program), address, seconds]


_WGET = ["wget", "-q", "-r", "-l", "3", "-p", "-e", "robots=off", "--tries=1", "-U", AGENT]
_CURL = (
    "curl -s -A '{agent}' -c jar -b jar -o page.html {address} && "
    "grep -oE '(href|src)=\"[^\"#]+\"' page.html | cut -d'\"' -f2 | sort -u | "
    "while read each; do curl -s -A '{agent}' -c jar -b jar -OJ "
    "$(case $each in http*) echo $each;; /*) echo {origin}$each;; *) echo {address}$each;; esac);"
    " done"
)


def _curl(address: str, _: str) -> Sequence[str]:
    origin = "/".join(address.split("/")[:3])
    return ["sh", "-c", _CURL.format(agent=AGENT, address=address, origin=origin)]


TOOLS = (
    Tool("wget -r", "wget", lambda address, _: [*_WGET, address]),
    Tool("curl in a loop", "curl", _curl),
    Tool(
        "httrack", "httrack",
        lambda address, _: ["httrack", address, "-O", ".", "-s0", "-q", "-r4", "-%!",
                            "-A100000000", "-c8", "-F", AGENT],
    ),
    Tool("gallery-dl", "gallery-dl", lambda address, _: ["gallery-dl", "-D", ".", f"g:{address}"]),
    Tool(
        "scrapy", "scrapy",
        lambda address, _: ["scrapy", "runspider", str(PROGRAMS / "spider.py"),
                            "-a", f"start={address}", "-L", "ERROR"],
    ),
    Tool("curl_cffi as Chrome", "curl-cffi", _with_libraries("impersonating.py")),
    Tool("Playwright, Chromium", "chromium", _driven("plain"), runs_scripts=True),
    Tool("Playwright, Chromium, stealth", "chromium", _driven("stealth"), runs_scripts=True),
    Tool(
        "Firefox, headless, nobody there", "firefox-esr",
        lambda address, _: ["firefox-esr", "--headless", "--no-remote", "--profile", ".", address],
        runs_scripts=True,
    ),
)  # fmt: skip
