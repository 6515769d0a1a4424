"""A picture of a fetched page, drawn by a browser that reaches nothing.

Off unless the operator names a browser (``EVIDENCE_BROWSER``, Chromium or what descends from it).
It gets no page from anywhere: each request it makes is answered from the bytes that the fetcher
brought (`rights.takedown.fetching`), or ended. Scripts are off. And should both of that fail, there
is nothing to reach: it runs in namespaces of its own (``unshare``), in which there is no network
and no other process, under a number that owns nothing, with the browser's own sandbox around
whatever interprets the page. Decision 9 says why.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from rights.takedown.fetching import Fetched
from rights.takedown.looking import Look

logger = logging.getLogger(__name__)

SECONDS = 20.0
# How long a page may still change after its bytes came.
LOAD_SECONDS = 8.0
WIDTH, MOST_HEIGHT = 1280, 6000
MOST_BYTES = 15 * 2**20
MOST_MESSAGE = 64 * 2**20
PAGE_TYPES = ("text/html", "application/xhtml+xml")
# Nobody, in a namespace of its own: root outside is no root there.
_NAMESPACES = (
    "unshare", "--user", "--map-user=65534", "--map-group=65534", "--net", "--ipc", "--pid",
    "--fork", "--kill-child", "--mount-proc",
)  # fmt: skip
_FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-gpu", "--disable-extensions", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--disable-default-apps", "--disable-breakpad", "--mute-audio",
    "--no-pings", "--dns-prefetch-disable", "--disable-dev-shm-usage", "--use-mock-keychain",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--blink-settings=scriptEnabled=false",
)  # fmt: skip
# The pipe of the browser is its third and fourth descriptor.
_LAUNCH = (
    "import os, sys; read, write = map(int, sys.argv[1:3]); os.dup2(read, 3); "
    "os.dup2(write, 4); os.execvp(sys.argv[3], sys.argv[3:])"
)
_POLICY = "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; sandbox"


class NoScreenError(Exception):
    """No picture of the page could be drawn. ``reason`` is for the timeline."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def can_draw(look: Look) -> bool:
    """Whether there is a page to draw, and a browser to do it."""
    page = look.page
    is_page = page is not None and page.media_type in PAGE_TYPES and 200 <= page.status < 300
    return settings.EVIDENCE_BROWSER is not None and is_page


def draw_page(look: Look) -> bytes:
    """The top of a page as PNG, 1280 pixels wide. Raises `NoScreenError`."""
    if look.page is None or settings.EVIDENCE_BROWSER is None:
        raise NoScreenError("no browser")
    answers = {each.fetched.hops[0].url: each.fetched for each in look.pictures}
    answers[look.page.url] = look.page
    try:
        with _browser(settings.EVIDENCE_BROWSER) as pipe:
            picture = _Tab(pipe, answers).draw(look.page.url)
    except (OSError, ValueError, KeyError) as error:
        raise NoScreenError("the browser failed") from error
    if not picture.startswith(b"\x89PNG") or len(picture) > MOST_BYTES:
        raise NoScreenError("no picture came")
    return picture


@contextmanager
def _browser(path: str) -> Iterator[_Pipe]:
    """A browser for one page. Whatever it started has ended when this does."""
    if shutil.which(_NAMESPACES[0], path=os.defpath) is None:
        raise NoScreenError("no namespaces here")
    to_browser, from_us = os.pipe()
    to_us, from_browser = os.pipe()
    with tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True) as folder:
        command = [*_NAMESPACES, path, *_FLAGS, f"--user-data-dir={folder}/profile", "about:blank"]
        started = subprocess.Popen(  # noqa: S603 (fixed words, and a path of the settings)
            [sys.executable, "-IS", "-c", _LAUNCH, str(to_browser), str(from_browser), *command],
            pass_fds=(to_browser, from_browser), start_new_session=True, cwd=folder,
            env={"HOME": folder, "PATH": os.defpath, "TMPDIR": folder},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        try:
            yield _Pipe(to_us, from_us, until=time.monotonic() + SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
            os.close(to_us)
            os.close(from_us)


@dataclass(slots=True)
class _Pipe:
    """Messages of the DevTools protocol, each ended by a zero byte, up to a moment."""

    to_us: int
    from_us: int
    until: float
    buffer: bytearray = field(default_factory=bytearray)

    def send(self, message: Mapping[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\0"
        os.set_blocking(self.from_us, False)
        while data:
            left = self.until - time.monotonic()
            if left <= 0 or not select.select([], [self.from_us], [], left)[1]:
                raise NoScreenError("took too long")
            data = data[os.write(self.from_us, data) :]

    def receive(self, until: float) -> dict[str, Any] | None:
        """The next message, or None at that moment. Raises `NoScreenError` at the last one."""
        while b"\0" not in self.buffer:
            now = time.monotonic()
            if now >= self.until:
                raise NoScreenError("took too long")
            if now >= until:
                return None
            ready = select.select([self.to_us], [], [], min(until, self.until) - now)[0]
            if not ready:
                continue
            chunk = os.read(self.to_us, 2**16)
            if not chunk or len(self.buffer) > MOST_MESSAGE:
                raise NoScreenError("the browser failed")
            self.buffer += chunk
        raw, _, rest = self.buffer.partition(b"\0")
        self.buffer = bytearray(rest)
        message: dict[str, Any] = json.loads(raw)
        return message


class _Tab:
    """One page in the browser, all of whose requests are answered here."""

    def __init__(self, pipe: _Pipe, answers: Mapping[str, Fetched]) -> None:
        self._pipe, self._answers = pipe, answers
        self._count, self._session, self._is_loaded = 0, "", False

    def draw(self, url: str) -> bytes:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._call("Emulation.setScriptExecutionDisabled", value=True)
        self._call(
            "Emulation.setDeviceMetricsOverride", width=WIDTH, height=900, deviceScaleFactor=1,
            mobile=False,
        )
        self._call("Page.enable")
        self._call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self._call("Page.navigate", url=url)
        load_until = time.monotonic() + LOAD_SECONDS
        while not self._is_loaded:
            message = self._pipe.receive(load_until)
            if message is None:
                break
            self._notice(message)
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        height = max(1, min(MOST_HEIGHT, int(size["height"])))
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        shot = self._call(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )
        return base64.b64decode(shot["data"], validate=True)

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        number = self._send(method, params)
        while True:
            message = self._pipe.receive(self._pipe.until)
            if message is None:
                raise NoScreenError("took too long")
            if message.get("id") == number:
                if "error" in message:
                    raise NoScreenError("the browser failed")
                result: dict[str, Any] = message["result"]
                return result
            self._notice(message)

    def _send(self, method: str, params: Mapping[str, object]) -> int:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        self._pipe.send(message | ({"sessionId": self._session} if self._session else {}))
        return self._count

    def _notice(self, message: Mapping[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._is_loaded = True
        elif method == "Fetch.requestPaused":
            self._answer(params["requestId"], params["request"])

    def _answer(self, request_id: str, request: Mapping[str, Any]) -> None:
        """From what was fetched. Everything else ends, and a page that leads away stays."""
        known = self._answers.get(request["url"]) if request["method"] == "GET" else None
        if known is None:
            self._send("Fetch.failRequest", {"requestId": request_id, "errorReason": "Aborted"})
            return
        headers = {
            "Content-Type": _content_type(known), "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": _POLICY,
        }  # fmt: skip
        self._send("Fetch.fulfillRequest", {
            "requestId": request_id, "responseCode": 200,
            "responseHeaders": [{"name": k, "value": v} for k, v in headers.items()],
            "body": base64.b64encode(known.body).decode(),
        })  # fmt: skip


def _content_type(found: Fetched) -> str:
    """As the server said it, with its character set; never a type that would be downloaded."""
    said = next((v for k, v in found.headers if k.lower() == "content-type"), "")
    is_shown = found.media_type in PAGE_TYPES or found.media_type.startswith("image/")
    return said if is_shown and said.isascii() and said.isprintable() else "application/json"
