"""Proof P13: nothing of anybody's photos reaches an advertiser, a broker or an analytics firm.

A real browser opens every page there is, signed out and signed in, and asks nobody but us. It
would not do so either if a page tried: the policy of each page refuses it, and with that policy
off the same page reaches a stranger's server. What leaves by our own servers has to name a
purpose, and neither the registry nor the database knows one of that kind.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction
from playwright.sync_api import Browser, Page, Request, expect

from pocketvault.kernel.purposes import FORBIDDEN_USES, STORE_IMAGES, all_purposes
from pocketvault.pages import PLAIN_PAGES, VAULT_PAGES
from rights.actions.processors import announce_processor
from rights.choices_errors import BadProcessorError
from rights.models import Processor, ProcessorPurpose
from tests.journeys.conftest import DESKTOP
from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import answer, choose, expect_stored, open_vault
from tests.journeys.watch import Watch
from tests.proofs.test_p14_processors import draft
from tests.proofs.test_p18_portability import browser, page, site, watch

__all__ = ["browser", "page", "site", "watch"]

OTHER_PAGES = (
    "privacy", "privacy/1", "processors", "drills", "promises", "what-we-keep", "no-training",
)  # fmt: skip
SECTIONS = (
    "deleted", "receipts", "take-with-you", "archives", "health", "choices", "consents",
    "touches", "processors", "about", "seen", "close",
)  # fmt: skip
REACH_OUT = """(address) => new Promise((resolve) => {
    const picture = new Image();
    picture.onload = picture.onerror = () => resolve();
    picture.src = `${address}/pixel.gif`;
    fetch(`${address}/beacon`, { mode: "no-cors" }).catch(() => undefined);
    navigator.sendBeacon(`${address}/ping`, "x");
})"""


class Stranger(BaseHTTPRequestHandler):
    """An analytics firm: it writes down who came."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - so http.server calls it

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def foreign(requests: list[str], site: Site) -> set[str]:
    own = urlsplit(site.address).netloc
    return {url for url in requests if urlsplit(url).netloc not in ("", own)}


def asked_by(page: Page) -> list[str]:
    urls: list[str] = []

    def hear(request: Request) -> None:
        urls.append(request.url)

    page.context.on("request", hear)
    return urls


@pytest.mark.browser
@pytest.mark.browser_alone
def test_no_page_asks_anybody_else_for_anything(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(404)  # nobody has a public page before making one
    urls = asked_by(page)
    for address in (*PLAIN_PAGES, *OTHER_PAGES):
        page.goto(f"{site.address}/{address}")
        page.wait_for_load_state("networkidle")
    open_vault(page, site, "alone")
    choose(page, [write_photo(tmp_path, "one.jpg", seed=72, taken="2026:11:10 10:00:00")])
    answer(page)
    expect_stored(page, 1)
    plain = [each for each in VAULT_PAGES if "<" not in each]
    for address in [*plain, *(f"your-data/{each}" for each in SECTIONS)]:
        page.goto(f"{site.address}/{address}")
        expect(page.locator("#outlet > *").first).to_be_visible(timeout=PATIENT)
        page.wait_for_load_state("networkidle")

    assert len(urls) > 100
    assert foreign(urls, site) == set()


@pytest.mark.browser
@pytest.mark.browser_alone
@pytest.mark.parametrize("reached", [0, 1], ids=["as it is", "without the policy"])
def test_a_page_that_tried_would_be_refused_by_the_browser(
    browser: Browser, site: Site, stranger: ThreadingHTTPServer, reached: int
) -> None:
    """With the policy off the very same page reaches the stranger: it is what holds."""
    context = browser.new_context(viewport=DESKTOP, bypass_csp=bool(reached))
    page = context.new_page()
    page.goto(f"{site.address}/sign-in")
    page.evaluate(REACH_OUT, f"http://127.0.0.1:{stranger.server_port}")
    page.wait_for_timeout(500)
    context.close()

    assert bool(stranger.seen) == bool(reached)  # type: ignore[attr-defined]


def test_there_is_no_purpose_under_which_anything_could_be_sold() -> None:
    for each in all_purposes():
        assert not any(word in each.use for word in FORBIDDEN_USES)
    for use in FORBIDDEN_USES:
        with pytest.raises(ValueError, match="no data here is used for"):
            replace(STORE_IMAGES, name=f"new_{use}", use=use)


@pytest.mark.django_db
def test_no_broker_gets_into_the_register() -> None:
    with pytest.raises(BadProcessorError):
        announce_processor(draft(purposes=("sell_pictures",)))
    processor = announce_processor(draft())
    for purpose in ("sell_pictures", "third_party_analytics", "marketing", "advertising"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProcessorPurpose.objects.create(processor=processor, purpose=purpose)
    assert Processor.objects.get().purposes.count() == 1
