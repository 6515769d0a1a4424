"""`make verify`: a real service passes, and whatever is planted in its answers is found."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
import requests

from deploy import verify
from pocketvault.kernel.bundle import manifest
from tests.live import Live, running_service

HEADERS = {
    "content-security-policy", "integrity-policy", "cross-origin-opener-policy", "content-type",
    "referrer-policy", "x-content-type-options", "permissions-policy",
}  # fmt: skip
EXTRA = (
    ("Set-Cookie", "spy=1; Path=/"), ("Link", "</static/spy.js>; rel=preload; as=script"),
    ("Service-Worker-Allowed", "/elsewhere"), ("Refresh", "0; url=https://example.org/"),
    ("SourceMap", "/spy.map"), ("Access-Control-Allow-Origin", "*"),
)  # fmt: skip


# A path, and the language that it is asked for in.
Asked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer of the real service, whole."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Mirror:
    """Answers as the service did, but for what was planted: by path and language, for one visitor
    or all; and for what lies packed, by path and with its encoding, for whoever takes that.
    """

    saved: Mapping[Asked, Saved]
    planted: dict[Asked, tuple[str | None, Saved]] = field(default_factory=dict)
    packed: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    url: str = ""

    def answer(self, asked: Asked, agent: str) -> Saved:
        whom, other = self.planted.get(asked, (None, self.saved[asked]))
        return other if whom is None or whom in agent else self.saved[asked]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running_service(tmp_path_factory.mktemp("verified")) as service:
        yield service


@pytest.fixture(scope="module")
def right(live: Live) -> list[verify.Expected]:
    parts = urlsplit(live.url)
    return verify.expected_of(live.url, f"http://127.0.0.1:{parts.port}")


@pytest.fixture(scope="module")
def mirror(live: Live, right: list[verify.Expected]) -> Iterator[Mirror]:
    with requests.Session() as session:
        saved = {}
        for each in right:
            asked = each["path"], each["language"]
            spoken = {"Accept-Language": each["language"], "Accept-Encoding": "identity"}
            got = session.get(f"{live.url}{each['path']}", timeout=60, headers=spoken)
            saved[asked] = Saved(got.status_code, list(got.headers.items()), got.content)
    mirror = Mirror(saved)
    with serving(mirror):
        yield mirror


@contextmanager
def serving(mirror: Mirror) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = self.path, self.headers["Accept-Language"]
            saved = mirror.answer(asked, self.headers["User-Agent"] or "")
            encoding, body = mirror.packed.get(self.path, ("identity", b""))
            is_packed = encoding in (self.headers["Accept-Encoding"] or "").split(", ")
            body = body if is_packed and encoding != "identity" else saved.body
            self.send_response_only(saved.status)
            for name, value in saved.headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            if body is not saved.body:
                self.send_header("Content-Encoding", encoding)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        mirror.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_a_service_is_what_its_checkout_says(
    live: Live, right: list[verify.Expected], capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(verify.differences(live.url, right)) == []
    profiles = f"http://127.0.0.1:{urlsplit(live.url).port}"
    assert verify.main([live.url, "--profiles", profiles]) == 0
    told = capsys.readouterr().out
    assert "no differences" in told
    assert re.search(r"SHA-256 [0-9a-f]{64}\n", told)


def test_every_page_and_every_file_is_asked_for(right: list[verify.Expected]) -> None:
    paths = {each["path"] for each in right}
    assert {"/", "/sign-in", "/photos", "/settings/account", "/service-worker.js"} <= paths
    built = Path("static/dist")
    files = {
        f"/static/{path.relative_to(built)}" for path in built.rglob("*")
        if path.is_file() and path.name != "manifest.json" and path.suffix not in (".br", ".gz")
    }  # fmt: skip
    assert files <= paths
    assert "/static/languages/de-" in "\n".join(files)
    assert all(each["status"] == 200 for each in right)
    assert {("/sign-in", "en-gb"), ("/sign-in", "de")} <= {
        (each["path"], each["language"]) for each in right
    }


@pytest.mark.slow
def test_two_hundred_things_are_planted_and_each_is_found(
    mirror: Mirror, right: list[verify.Expected]
) -> None:
    """Ten at a time, at addresses of their own; half of them for one visitor alone."""
    dice = random.Random(20261128)
    for _ in range(20):
        chosen = dice.sample(sorted(mirror.saved), 10)
        mirror.planted = {asked: planted(dice, mirror.saved[asked]) for asked in chosen}
        found = {each.path for each in verify.differences(mirror.url, right)}
        assert found == {path for path, _ in chosen}
    mirror.planted = {}


SCRIPT = next(file["path"] for file in manifest()["files"].values() if file["path"].endswith(".js"))


@pytest.mark.parametrize(
    ("encoding", "pack", "takers", "said"),
    [
        ("gzip", gzip.compress, 3, "other bytes"),
        ("br", brotli.compress, 2, "other bytes"),
        ("zstd", bytes, 1, "packed as 'zstd', which is not read here"),
        ("gzip", bytes, 3, "bytes that do not unpack"),
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", f"/static/{SCRIPT}"])
def test_what_is_planted_in_the_packed_bytes_alone_is_found(
    mirror: Mirror, right: list[verify.Expected], path: str, encoding: str,
    pack: Callable[[bytes], bytes], takers: int, said: str,
) -> None:  # fmt: skip
    mirror.planted = {}
    mirror.packed = {path: (encoding, pack(b"spy()"))}
    asked = [each for each in right if each["path"] == path]
    try:
        found = list(verify.differences(mirror.url, asked))
    finally:
        mirror.packed = {}
    assert len({each.visitor for each in found}) == takers
    assert all(each.what.startswith(said) for each in found), found


def test_what_is_packed_and_right_is_right(mirror: Mirror, right: list[verify.Expected]) -> None:
    mirror.planted = {}
    asked = [each for each in right if each["path"] == f"/static/{SCRIPT}"]
    body = mirror.saved[asked[0]["path"], asked[0]["language"]].body
    for encoding, pack in (("gzip", gzip.compress), ("br", brotli.compress)):
        mirror.packed = {asked[0]["path"]: (encoding, pack(body))}
        assert list(verify.differences(mirror.url, asked)) == []
    mirror.packed = {}


def planted(dice: random.Random, saved: Saved) -> tuple[str | None, Saved]:
    whom = dice.choice([None, None, "Chrome", "iPhone", "Firefox", "curl"])
    kind = dice.choice(["byte", "more", "less", "header", "without", "extra", "status"])
    headers, body, status = list(saved.headers), saved.body, saved.status
    at = dice.randrange(len(body))
    match kind:
        case "byte":
            body = body[:at] + bytes([body[at] ^ 1 << dice.randrange(8)]) + body[at + 1 :]
        case "more":
            body += dice.choice([b" ", b"\n", b"<script src=/static/spy.js></script>"])
        case "less":
            body = body[:at]
        case "status":
            status = dice.choice([203, 206, 404])
        case "extra":
            headers.append(dice.choice(EXTRA))
        case _:
            name, value = dice.choice([each for each in headers if each[0].lower() in HEADERS])
            headers = [pair for pair in headers if pair[0] != name]
            if kind == "header":
                headers.append((name, value.replace("'self'", "*") if "'self'" in value else "x"))
    return whom, Saved(status, headers, body)


@pytest.mark.by_hand
def test_a_hundred_clean_looks_find_nothing(mirror: Mirror, right: list[verify.Expected]) -> None:
    mirror.planted = {}
    for _ in range(100):
        assert list(verify.differences(mirror.url, right)) == []


def test_a_server_that_is_not_there_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["http://127.0.0.1:9"]) == verify.UNREADABLE
    assert "does not answer" in capsys.readouterr().err
