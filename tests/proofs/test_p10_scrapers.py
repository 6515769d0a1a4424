"""P10: whoever takes a profile by program gets none of it, or a person's share and no more.

The short version: two scrapers over real sockets, and each again with what stops it switched off,
which shows that they would take everything. Whole tools and whole minutes: benchmarks/scrapers.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from io import BytesIO
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import altcha
import pytest
from PIL import Image, UnidentifiedImageError
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from sharing.public import pictures
from sharing.visitors import grants, memory
from tests.sharing.visitors.live import open_profile, publish_many

PHOTOS = 100
SECONDS = 8.0
# What stands in the page itself is no picture that anybody would keep.
BLURRED_PIXELS = 32
PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
_LINK = re.compile(r'(?:href|src)="([^"#]+)"')
_PHOTO = re.compile(r'data-photo="([^"]+)"')

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(alice: Account) -> Iterator[str]:
    """The public origin, with a profile of many photos."""
    open_profile(alice)
    publish_many(alice, PHOTOS, long_edge=64)
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


class Crawler:
    """Keeps cookies, follows every link, takes whatever is a picture. As wget and httrack do."""

    def __init__(self, site: str) -> None:
        self.site, self.cookies = site, SimpleCookie()
        self.pictures: set[str] = set()

    def crawl(self, start: str) -> None:
        """Everything that can be reached from one page."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            address = waiting.pop()
            if address in seen or not address.startswith(f"{self.site}/"):
                continue
            seen.add(address)
            body = self.fetch(address)
            self.look_at(address, body)
            text = body.decode(errors="replace")
            waiting += [urljoin(address, link) for link in _LINK.findall(text)]
            # A little cleverer than they are: it knows what addresses look like.
            for photo in _PHOTO.findall(text):
                waiting += [f"{self.site}/i/{photo}/{size}.webp" for size in (320, 1280, 2048)]

    def look_at(self, address: str, body: bytes) -> None:
        """Keep it if it is a picture worth keeping."""
        try:
            size = Image.open(BytesIO(body)).size
        except UnidentifiedImageError:
            return
        if max(size) > BLURRED_PIXELS and "/static/" not in address:
            self.pictures.add(urlsplit(address).path)

    def fetch(self, address: str, body: object = None, **headers: str) -> bytes:
        """Like a browser in its headers too, if asked to."""
        cookies = "; ".join(f"{each.key}={each.value}" for each in self.cookies.values())
        data = None if body is None else json.dumps(body).encode()
        request = Request(address, data, {**headers, "Cookie": cookies})
        try:
            with urlopen(request, timeout=20) as answer:
                for line in answer.headers.get_all("Set-Cookie", []):
                    self.cookies.load(line)
                content: bytes = answer.read()
                return content
        except HTTPError as error:
            return error.read()
        except URLError:  # a link to somewhere else
            return b""


class Speaker(Crawler):
    """Knows the protocol of the page, and gets itself as many grants as it likes."""

    def get_grant(self) -> None:
        """Do the work, and take the cookie."""
        told = json.loads(self.fetch(f"{self.site}/g/challenge", **PAGE))
        challenge = altcha.Challenge.from_dict(told)
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        payload = altcha.Payload(challenge, solution).to_base64()
        self.fetch(f"{self.site}/g/grant", {"solution": payload}, **PAGE)

    def take(self, photo: str) -> bool:
        """Have one large picture, if there is an address to be had for it."""
        wanted = {"profile": "marit", "size": 2048, "photos": [photo], "moved": True}
        told = json.loads(self.fetch(f"{self.site}/g/addresses", wanted, **PAGE))
        for address in told["addresses"].values():
            self.look_at(address, self.fetch(
                f"{self.site}{address}", **{**PAGE, "Sec-Fetch-Dest": "image"}
            ))  # fmt: skip
        return bool(told["addresses"])


def speak(site: str, until: float) -> set[str]:
    """One of many: takes what nobody took yet, and gets another grant whenever it has to wait."""
    speaker = Speaker(site)
    photos = _PHOTO.findall(speaker.fetch(f"{site}/u/marit").decode())
    while time.monotonic() < until and len(TAKEN) < len(photos):
        speaker.get_grant()
        for photo in photos:
            with LOCK:
                if photo in TAKEN:
                    continue
                TAKEN.add(photo)
            if not speaker.take(photo):
                TAKEN.discard(photo)
                break
    return speaker.pictures


TAKEN: set[str] = set()
LOCK = threading.Lock()


@pytest.fixture(autouse=True)
def nothing_taken() -> Iterator[None]:
    """Each attack begins anew."""
    TAKEN.clear()
    yield
    TAKEN.clear()


def attack(site: str, seconds: float) -> int:
    """How many large pictures four such programs have together after some seconds."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(4) as pool:
        taken = [pool.submit(speak, site, until) for _ in range(4)]
        return len(set().union(*(each.result() for each in taken)))


def test_a_crawler_with_cookies_gets_no_picture(site: str) -> None:
    crawler = Crawler(site)
    crawler.crawl(f"{site}/u/marit")
    assert not crawler.pictures


@pytest.mark.by_hand
def test_it_would_get_every_picture_if_addresses_were_good_for_everybody(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "is_good", lambda *_, **__: True)
    monkeypatch.setattr(pictures, "from_our_page", lambda *_: True)
    monkeypatch.setattr(grants, "grant_of", lambda *_: "anybody")
    crawler = Crawler(site)
    crawler.crawl(f"{site}/u/marit")
    assert len(crawler.pictures) == 3 * PHOTOS


def test_a_program_that_speaks_the_protocol_with_any_number_of_grants_gets_a_persons_share(
    site: str,
) -> None:
    started = time.monotonic()
    taken = attack(site, SECONDS)
    # What a network has at once, and one a second since it began.
    assert 0 < taken <= 60 + (time.monotonic() - started) + 1


def test_it_would_get_every_photo_if_nobody_counted(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "spend", lambda *_: True)
    assert attack(site, 60) == PHOTOS
