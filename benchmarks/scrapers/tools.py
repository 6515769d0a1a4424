"""Scrapers as people find them: what is installed here, and how each is set upon a page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tools import chromium, node

PROGRAMS = Path(__file__).parent / "programs"
# What a browser calls itself; some tools say so if asked to.
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# Where programs are that are not on the path, and a Python with their libraries.
_MORE_PATH = os.environ.get("SCRAPERS_PATH", "")
Command = Callable[[str, str], Sequence[str]]  # from an address and a number of seconds


@dataclass(frozen=True, slots=True)
class Tool:
    """One scraper. ``needs`` is the program without which it cannot run, ``library`` what its
    program imports from beside SCRAPERS_PATH.
    """

    name: str
    needs: str
    command: Command
    runs_scripts: bool = False
    library: str = ""

    @property
    def program(self) -> str | None:
        """Where it is installed, or None."""
        return found(self.needs) if not self.library or _has(self.library) else None


def found(program: str) -> str | None:
    """A program on the path, or on SCRAPERS_PATH before it."""
    if program == "chromium":
        return chromium()
    path = os.pathsep.join(part for part in (_MORE_PATH, os.environ.get("PATH", "")) if part)
    return shutil.which(program, path=path)


def _modules() -> Path:
    """Where npm puts what is installed with the folder above SCRAPERS_PATH as its prefix."""
    return Path(_MORE_PATH).resolve().parent / "node_modules"


def _has(library: str) -> bool:
    """Whether an npm or a Python library lies beside SCRAPERS_PATH."""
    beside = Path(_MORE_PATH).resolve().parent
    places = [_modules(), *beside.glob("lib/python*/site-packages")]
    return bool(_MORE_PATH) and any((place / library).is_dir() for place in places)


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


def _puppeteered(how: str) -> Command:
    program = str(PROGRAMS / "puppeteered.mjs")
    return lambda address, seconds: [
        node(), program, str(_modules()), how, address, seconds, chromium(),
    ]  # fmt: skip


def _with_selenium(how: str) -> Command:
    python, program = found("python") or sys.executable, str(PROGRAMS / "with_selenium.py")
    return lambda address, seconds: [
        python, program, how, address, seconds, chromium(), found("chromedriver") or "",
    ]  # fmt: skip


def _copying(address: str, _: str) -> Sequence[str]:
    return [node(), str(PROGRAMS / "copying_site.mjs"), str(_modules()), address, AGENT]


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
    Tool("website-scraper", "node", _copying, library="website-scraper"),
    Tool(
        "Puppeteer", "chromium", _puppeteered("plain"), runs_scripts=True, library="puppeteer-core"
    ),
    Tool(
        "Puppeteer, stealth", "chromium", _puppeteered("stealth"), runs_scripts=True,
        library="puppeteer-core",
    ),
    Tool(
        "Selenium", "chromedriver", _with_selenium("plain"), runs_scripts=True, library="selenium"
    ),
    Tool(
        "Selenium, stealth", "chromedriver", _with_selenium("stealth"), runs_scripts=True,
        library="selenium",
    ),
    Tool(
        "Firefox, headless, nobody there", "firefox-esr",
        lambda address, _: ["firefox-esr", "--headless", "--no-remote", "--profile", ".", address],
        runs_scripts=True,
    ),
)  # fmt: skip
