"""The fetcher goes where strangers point: never inside, never for long, never for much."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import pytest

from rights.takedown.addresses import read_address
from rights.takedown.errors import BadAddressError
from rights.takedown.fetching import (
    MOST_REDIRECTS,
    Fetcher,
    FetchFailedError,
    FetchRefusedError,
)
from tests.rights.local_site import PUBLIC, Site, local_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as each:
        yield each


INSIDE = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::", "2001::1", "::ffff:169.254.169.254",
)  # fmt: skip
SPELLINGS = (
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
    "http://127.1/", "http://127.0.1/", "http://0/", "http://017700000001/", "http://127.0.0.1./",
    "http://127.0.0.0x1/", "http://1.1.1.256/", "http://01.1.1.1/", "http://localhost/",
    "http://intranet/", "http://a..example.org/", "http://-a.example.org/", "http://[::1%25lo]/",
    "http://[::1]extra/", "http://[v1.x]/", "http://exa mple.org/", "http://example.org\\@x.org/",
    "http://user:secret@example.org/", "http://user@example.org/", "http://@example.org/",
    "https://example.org:8443/", "http://example.org:443/", "http://example.org:22/",
    "http://example.org:0/", "http://example.org:99999/", "http://example.org:x/",
    "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "javascript:alert(1)",
    "data:text/html,x", "//example.org/", "example.org", "", "http://", "http:///x",
    "http://example.org/\r\nX: y", "http://example.org/a\tb", "http://\u2100.example/\x00",
    "http://" + "a" * 300 + ".org/", "http://example.org/" + "a" * 2100,
)  # fmt: skip


@pytest.mark.parametrize("url", SPELLINGS)
def test_what_is_no_plain_address_of_the_web_is_none_at_all(site: Site, url: str) -> None:
    with pytest.raises((FetchRefusedError, FetchFailedError)) as refused:
        site.fetcher().fetch(url)
    if "127.0.0.1" not in url:
        assert isinstance(refused.value, FetchRefusedError)
    assert not site.connected


@pytest.mark.parametrize("url", [each for each in SPELLINGS if "127.0.0.1./" not in each])
def test_such_an_address_cannot_even_be_reported(url: str) -> None:
    with pytest.raises(BadAddressError):
        read_address(url)


@pytest.mark.parametrize("number", INSIDE)
def test_no_number_of_ours_is_asked_whatever_leads_there(site: Site, number: str) -> None:
    literal = f"[{number}]" if ":" in number else number
    site.names["inside.example"] = [[number]]
    site.leads("/by-redirect", f"http://{literal}/latest/meta-data/")
    site.leads("/by-name", "http://inside.example/")

    for url in (f"http://{literal}/", "http://inside.example/"):
        with pytest.raises(FetchRefusedError):
            site.fetcher().fetch(url)
    assert not site.connected
    for path in ("/by-redirect", "/by-name"):
        with pytest.raises(FetchRefusedError):
            site.fetcher().fetch(f"http://copy.example.org{path}")
    assert site.connected == [(PUBLIC, 80)] * 2


def test_one_private_number_among_public_ones_is_enough(site: Site) -> None:
    site.names["mixed.example"] = [[PUBLIC, "10.0.0.1"]]

    with pytest.raises(FetchRefusedError):
        site.fetcher().fetch("http://mixed.example/")
    assert not site.connected


def test_a_name_that_changes_its_meaning_gains_nothing(site: Site) -> None:
    """Looked up once, and the number that was judged is the one that is connected to."""
    site.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    site.shows("/", b"public")

    assert site.fetcher().fetch("http://rebinding.example/").body == b"public"
    assert site.connected == [(PUBLIC, 80)]
    with pytest.raises(FetchRefusedError):
        site.fetcher().fetch("http://rebinding.example/")
    assert len(site.connected) == 1


def test_redirects_are_followed_judged_and_written_down(site: Site) -> None:
    site.leads("/a", "/b#here")
    site.leads("/b", "http://cdn.example.org/c?x=1", 307)
    site.shows("/c?x=1", b"here", "image/jpeg")

    found = site.fetcher().fetch("http://copy.example.org/a")

    assert (found.status, found.body, found.media_type) == (200, b"here", "image/jpeg")
    assert [hop.url for hop in found.hops] == [
        "http://copy.example.org/a", "http://copy.example.org/b", "http://cdn.example.org/c?x=1",
    ]  # fmt: skip
    assert [each["host"] for each in site.headers][-1] == "cdn.example.org"


def test_redirects_end(site: Site) -> None:
    site.leads("/round", "/round")

    with pytest.raises(FetchFailedError, match="redirects"):
        site.fetcher().fetch("http://copy.example.org/round")
    assert len(site.asked) == MOST_REDIRECTS + 1


def test_a_redirect_elsewhere_than_the_web_is_refused(site: Site) -> None:
    site.leads("/", "file:///etc/passwd")

    with pytest.raises(FetchRefusedError):
        site.fetcher().fetch("http://copy.example.org/")


def test_of_ten_gigabytes_only_the_beginning_is_read(site: Site) -> None:
    sent = 0

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Length", str(10 * 2**30))
        handler.end_headers()
        with suppress(OSError):
            while sent < 10 * 2**30:
                sent += handler.wfile.write(b"x" * 65536)

    site.pages["/"] = answer

    found = site.fetcher(20).fetch("http://copy.example.org/", most_bytes=100_000)

    assert (len(found.body), found.is_cut) == (100_000, True)
    time.sleep(0.3)
    assert sent < 64 * 2**20


def test_nothing_is_decompressed(site: Site) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    site.pages["/"] = answer

    assert site.fetcher().fetch("http://copy.example.org/").body == bomb
    assert site.headers[0]["accept-encoding"] == "identity"


def test_no_cookie_is_ever_sent_nor_anything_of_a_person(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Set-Cookie", "id=1")
        handler.send_header("Location", "/next")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/"] = answer
    site.shows("/next", b"x")

    site.fetcher().fetch("http://copy.example.org/")

    assert all(
        set(each) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        for each in site.headers
    )


def test_a_host_that_never_answers_costs_the_time_it_may(site: Site) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        return socket.create_connection(listening.getsockname(), seconds)

    began = time.monotonic()
    with pytest.raises(FetchFailedError, match="too long"):
        Fetcher(resolver=site.resolve, connector=connect, seconds=0.5).fetch(
            "http://silent.example.org/"
        )
    with pytest.raises(FetchFailedError):
        Fetcher(resolver=site.resolve, connector=connect, seconds=0.5).fetch(
            "https://silent.example.org/"
        )
    assert time.monotonic() - began < 3
    listening.close()


@pytest.mark.parametrize("part", ["header", "body"])
def test_a_host_that_drips_costs_no_more(site: Site, part: str) -> None:
    stopped = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n")
        handler.wfile.write(b"X: " if part == "header" else b"\r\n")
        with suppress(OSError):
            while not stopped.wait(0.05):
                handler.wfile.write(b"x")

    site.pages["/"] = answer

    began = time.monotonic()
    with pytest.raises(FetchFailedError, match="too long"):
        site.fetcher(0.6).fetch("http://slow.example.org/")
    stopped.set()
    assert time.monotonic() - began < 2


def test_an_answer_that_is_cut_short_is_none(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")

    site.pages["/"] = answer

    with pytest.raises(FetchFailedError, match="broken"):
        site.fetcher().fetch("http://copy.example.org/")


def test_what_is_no_http_is_no_answer(site: Site) -> None:
    site.pages["/"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n" * 3)  # type: ignore[assignment, return-value]

    with pytest.raises(FetchFailedError):
        site.fetcher().fetch("http://copy.example.org/")


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a?b#c", "https://example.org/a?b"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("http://93.184.216.34/x", "http://93.184.216.34/x"),
        ("http://[2606:2800:220:1::1]/x", "http://[2606:2800:220:1::1]/x"),
    ],
)
def test_an_address_has_one_spelling(url: str, plain: str) -> None:
    assert read_address(url).url == plain
