"""Pages drawn as evidence by a real browser, which reaches nothing whatever the page wants."""

from __future__ import annotations

import io
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Picture
from pytest_django import Settings

from accounts.models import Account
from pocketvault.settings import backends
from rights.models import EvidenceKind, TargetState
from rights.takedown import screens
from rights.takedown.evidence import read_piece
from rights.takedown.fetching import Fetched, Hop
from rights.takedown.looking import Look, Seen
from rights.takedown.screens import NoScreenError, can_draw, draw_page
from tests.journeys.conftest import BROWSERS
from tests.rights.local_site import local_site
from tests.rights.making_takedown import fresh, gathered, reported

BROWSER = next((found for name in BROWSERS if (found := shutil.which(name))), None)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(BROWSER is None, reason="needs a Chromium on this machine"),
]
URL = "https://copies.example.org/page"
RED = (255, 0, 0)


@pytest.fixture(autouse=True)
def browser(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.EVIDENCE_BROWSER = BROWSER


def fetched(url: str, body: bytes, media_type: str = "text/html; charset=utf-8") -> Fetched:
    return Fetched(
        url=url, status=200, headers=(("Content-Type", media_type),), body=body, is_cut=False,
        hops=(Hop(url, "93.184.216.34", 200),),
    )  # fmt: skip


def red() -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (200, 200), RED).save(out, "PNG")
    return out.getvalue()


def drawn(html: str, **pictures: bytes) -> Picture.Image:
    seen = [
        Seen(fetched(f"https://copies.example.org/{name}.png", body, "image/png"), None, None)
        for name, body in pictures.items()
    ]
    page = fetched(URL, html.encode())
    look = Look(state=TargetState.THERE, page=page, pictures=tuple(seen))
    return Picture.open(io.BytesIO(draw_page(look))).convert("RGB")


def reds(picture: Picture.Image) -> int:
    return sum(count for count, colour in picture.getcolors(2**24) or [] if colour == RED)


@pytest.fixture
def door() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and whatever comes to it."""
    came: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    is_over = threading.Event()

    def listen() -> None:
        while not is_over.is_set():
            with suppress(TimeoutError):
                connection, _ = server.accept()
                connection.settimeout(0.5)
                with connection, suppress(OSError):
                    came.append(connection.recv(1000))

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], came
    is_over.set()
    thread.join()
    server.close()


def test_a_page_is_drawn_with_the_pictures_that_were_fetched_and_no_others() -> None:
    page = '<body style="margin:0"><img src="/copy.png"><img src="/other.png" width=200 height=200>'

    picture = drawn(page, copy=red())

    assert picture.width == 1280
    assert reds(picture) == 200 * 200


REACHING = """<!doctype html><head>
<link rel=preconnect href="{to}"><link rel=dns-prefetch href="{to}">
<link rel=stylesheet href="{to}/a.css"><link rel=preload as=image href="{to}/b.png">
<link rel=prefetch href="{to}/c"><link rel=icon href="{to}/d.ico"><base href="{to}/">
<meta http-equiv=refresh content="0;url={to}/e">
<style>@import url({to}/f.css); body {{ background: url({to}/g.png) }}
@font-face {{ font-family: x; src: url({to}/h.woff) }} p {{ font-family: x }}</style></head>
<body><p>x<img src="{to}/i.png"><img srcset="{to}/j.png 2x"><iframe src="{to}/k"></iframe>
<object data="{to}/l"></object><embed src="{to}/m"><video src="{to}/n" poster="{to}/o"></video>
<svg><image href="{to}/p.png"/></svg><input type=image src="{to}/q.png">
<script>fetch("{to}/r"); new WebSocket("ws{rest}/s"); navigator.sendBeacon("{to}/t");
new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{port}"}}]}}).createDataChannel("x");
location = "{to}/u"</script><form action="{to}/v" method=post><button autofocus></form>"""


@pytest.mark.parametrize("layers", ["all", "namespaces alone", "answers alone"])
def test_a_page_that_wants_to_reach_this_machine_or_its_metadata_does_not(
    door: tuple[int, list[bytes]], layers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With everything in place, and with each of the two layers by itself."""
    port, came = door
    if layers == "namespaces alone":
        flags = [each for each in screens._FLAGS if "scriptEnabled" not in each]
        flags = [each for each in flags if "host-resolver" not in each]
        monkeypatch.setattr(screens, "_FLAGS", tuple(flags))
        monkeypatch.setattr(screens, "_POLICY", "img-src *")
        monkeypatch.setattr(screens._Tab, "_answer", answering_anything)
    if layers == "answers alone":
        if os.geteuid() == 0:
            monkeypatch.setattr(screens, "_FLAGS", (*screens._FLAGS, "--no-sandbox"))
        monkeypatch.setattr(screens, "_NAMESPACES", ("env",))

    for to in (f"http://127.0.0.1:{port}", "http://169.254.169.254"):
        page = REACHING.format(to=to, rest=to.removeprefix("http"), port=port)
        with suppress(NoScreenError):  # it may end without a picture, but never reach anything
            drawn(page)

    time.sleep(0.3)
    assert came == []


def answering_anything(tab: screens._Tab, request_id: str, request: dict[str, str]) -> None:
    """As if nobody stood between the page and the network."""
    if request["url"] == URL:
        _ANSWER(tab, request_id, request)
    else:
        tab._send("Fetch.continueRequest", {"requestId": request_id})


_ANSWER = screens._Tab._answer


def test_the_door_of_these_tests_is_one_that_a_browser_finds(
    door: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both layers off the same page does reach it: so the tests above can fail."""
    port, came = door
    flags = [each for each in screens._FLAGS if "host-resolver" not in each]
    monkeypatch.setattr(screens, "_FLAGS", (*flags, "--no-sandbox"))
    monkeypatch.setattr(screens, "_NAMESPACES", ("env",))
    monkeypatch.setattr(screens, "_POLICY", "img-src *")
    monkeypatch.setattr(screens._Tab, "_answer", answering_anything)
    to = f"http://127.0.0.1:{port}"

    with suppress(NoScreenError):
        drawn(REACHING.format(to=to, rest=to.removeprefix("http"), port=port))

    assert came


def test_a_file_of_this_machine_is_in_no_picture(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(red())
    there = f"file://{tmp_path}/secret.png"

    picture = drawn(f'<img src="{there}"><iframe src="{there}"></iframe><object data="{there}">')

    assert reds(picture) == 0


@pytest.mark.parametrize(
    "page",
    ["<script>while (true) {}</script>x",
     "<img src=x onerror='while (true) {}'><svg onload='for(;;){}'>x",
     "<meta http-equiv=refresh content=0>x", "<p>" * 60_000,
     "<div style='height: 9999999px'>x", ""],
    ids=["script", "handlers", "reload", "deep", "tall", "empty"],
)  # fmt: skip
def test_a_page_that_never_ends_ends(page: str) -> None:
    began = time.monotonic()

    with suppress(NoScreenError):
        assert drawn(page).height <= screens.MOST_HEIGHT

    assert time.monotonic() - began < screens.SECONDS + 5


def test_a_browser_that_hangs_or_is_none_is_ended(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hangs = tmp_path / "hangs"
    hangs.write_text("#!/bin/sh\nsleep 1000\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(screens, "SECONDS", 1.0)
    for program in (str(hangs), "/bin/true"):
        settings.EVIDENCE_BROWSER = program
        with pytest.raises(NoScreenError):
            drawn("x")


def test_the_picture_is_evidence_and_says_what_it_is(alice: Account) -> None:
    with local_site() as site:
        site.shows("/page", b"<h1>Bridge</h1>")
        case = gathered(reported(alice), site)

    [row] = case.evidence.filter(kind=EvidenceKind.SCREEN)
    assert read_piece(row).startswith(b"\x89PNG")
    manifest = read_piece(case.evidence.get(kind=EvidenceKind.MANIFEST)).decode()
    assert bytes(row.sha256).hex() in manifest
    assert "drawn by this service from what it had fetched, without scripts" in manifest
    assert site.asked == ["/page"]


def test_a_browser_that_fails_is_told_and_the_case_goes_on(
    alice: Account, settings: Settings
) -> None:
    settings.EVIDENCE_BROWSER = "/bin/true"
    with local_site() as site:
        site.shows("/page", b"<h1>Bridge</h1>")
        case = fresh(gathered(reported(alice), site))

    assert case.step == "evidence"
    assert not case.evidence.filter(kind=EvidenceKind.SCREEN).exists()
    assert "not_drawn" in [each.tag for each in case.events.all()]


def test_without_a_browser_in_the_settings_nothing_is_drawn(settings: Settings) -> None:
    settings.EVIDENCE_BROWSER = None
    look = Look(state=TargetState.THERE, page=fetched(URL, b"x"))

    assert not can_draw(look)
    assert backends.program("EVIDENCE_BROWSER", None) is None
    for wrong in ("chromium", "/nowhere/chromium", "/tmp", "/etc/passwd"):
        with pytest.raises(ImproperlyConfigured):
            backends.program("EVIDENCE_BROWSER", wrong)
