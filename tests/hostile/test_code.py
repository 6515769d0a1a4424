"""Other code than was published: a browser that was here before says so, and runs none of it.

An upgrade that the public log states is taken without a word. What the pin cannot hold is shown
as well, by hand: docs/decisions/0013-code-that-is-known.md.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.hostile.proxy import Answer, Asked, Lie, LyingServer
from tests.hostile.releases import (
    ADDED,
    AnotherWorker,
    ClearedSiteData,
    OtherRelease,
    QuietRelease,
    ScriptInThePage,
    ServerInFront,
    log_release,
)
from tests.journeys.conftest import launch
from tests.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.slow]
PATIENT = 30_000
OTHER = "This is not the code that was published"
_KNOWN = """
() => new Promise((resolve) => {
  const asked = indexedDB.open('pocketvault-code');
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => resolve([]);
  asked.onsuccess = () => {
    const found = asked.result.transaction('code').objectStore('code').get('known');
    found.onsuccess = () => {
      asked.result.close();
      resolve((found.result?.releases ?? []).map((each) => each.sha256));
    };
  };
})
"""
_ADDED = "document.documentElement.dataset.added ?? ''"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, liar: LyingServer) -> Iterator[Page]:
    """A browser that was here before: it knows the release and the log's key."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{liar.url}/photos")
    page.wait_for_url("**/sign-in**", timeout=PATIENT)
    until(page, "navigator.serviceWorker.controller?.state === 'activated'")
    until(page, f"({_KNOWN})().then((known) => known.length === 1)")
    yield page
    context.close()


def until(page: Page, holds: str) -> None:
    """Until a promise of the page, or a value, is true."""
    for _ in range(150):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(holds)


def expect_sign_in(page: Page) -> None:
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=PATIENT)


def known_to(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_KNOWN)
    return found


@pytest.mark.parametrize("lie", [OtherRelease, QuietRelease, ScriptInThePage])
def test_other_code_is_said_and_does_not_run(
    page: Page, liar: LyingServer, lie: type[Lie]
) -> None:
    known = known_to(page)
    with liar.telling(lie()):
        page.goto(f"{liar.url}/sign-in")

        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)
        assert page.evaluate(_ADDED) == ""
        assert page.locator("code").inner_text() != ""
        expect(page.get_by_label("Password")).to_have_count(0)
        page.get_by_role("link", name="Try again").click()
        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)

    page.get_by_role("link", name="Try again").click()
    expect_sign_in(page)
    assert known_to(page) == known


def test_one_script_that_is_altered_behind_its_address_is_said(
    page: Page, liar: LyingServer
) -> None:
    """As by whoever can write to the files alone: the browser's own integrity stops it as well."""
    release = OtherRelease()
    [honest] = [name for name in release.renamed if name.endswith(".js")]

    class Altered(Lie):
        def answer(self, asked: object, answer: object) -> None:
            if asked.path == f"/static/{honest}":  # type: ignore[attr-defined]
                answer.body += b";"  # type: ignore[attr-defined]
                answer.headers["Cache-Control"] = "no-store"  # type: ignore[attr-defined]

    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    with liar.telling(Altered()):
        page.goto(f"{liar.url}/sign-in", wait_until="commit")

        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)
        expect(page.locator("code")).to_contain_text(honest)


@pytest.mark.parametrize("is_named", [True, False])
def test_an_upgrade_that_the_log_states_is_taken_without_a_word(
    page: Page, liar: LyingServer, live: Live, *, is_named: bool
) -> None:
    release = OtherRelease(is_named=is_named)
    log_release(live, release.sha256)
    with liar.telling(release):
        page.goto(f"{liar.url}/sign-in")

        expect_sign_in(page)
        assert page.evaluate(_ADDED) == "yes"
        assert known_to(page)[0] == release.sha256
        assert len(known_to(page)) == 2

    page.goto(f"{liar.url}/sign-in")  # the release before, while the last process still serves it
    expect_sign_in(page)


def test_a_service_that_is_restarted_is_no_other_code(page: Page, liar: LyingServer) -> None:
    """What a web server in front says meanwhile is shown, and can do nothing."""
    script = b"<script>" + ADDED + b"</script>"
    with liar.telling(ServerInFront(page=ServerInFront().page + script)):
        page.goto(f"{liar.url}/sign-in")

        expect(page.get_by_role("heading", name="Back in a moment")).to_be_visible()
        assert page.locator("html").get_attribute("data-added") is None

    page.goto(f"{liar.url}/sign-in")
    expect_sign_in(page)


def test_a_log_that_is_away_keeps_nobody_out_for_good(
    page: Page, liar: LyingServer, live: Live
) -> None:
    """New code that nobody can vouch for is not run; once the log answers, all goes on."""
    release = OtherRelease("pages/sign-up.js")

    class Away(OtherRelease):
        def answer(self, asked: Asked, answer: Answer) -> None:
            if asked.path.startswith("/log/"):
                answer.status, answer.body = 503, b""
            else:
                release.answer(asked, answer)

    with liar.telling(Away("pages/sign-up.js")):
        page.goto(f"{liar.url}/sign-up")
        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)

    log_release(live, release.sha256)
    with liar.telling(release):
        page.get_by_role("link", name="Try again").click()
        expect(page.get_by_label("E-mail address")).to_be_visible(timeout=PATIENT)
        assert page.evaluate(_ADDED) == "yes"


class AnotherLog(OtherRelease):
    """As after the key was lost and the log founded anew. ``key`` is what stands there for it."""

    key: str

    def answer(self, asked: Asked, answer: Answer) -> None:
        super().answer(asked, answer)
        if asked.path == "/log/key":
            answer.status, answer.body = 200, self.key.encode()


def test_another_log_in_the_place_of_the_known_one_is_named(page: Page, liar: LyingServer) -> None:
    """By both keys alone: what stands before a key is anybody's words."""
    known = page.evaluate("fetch('/log/key').then((answer) => answer.text())").strip()
    raw, name = b"\x01" + bytes(32), "call-this-number-for-help"
    key_id = hashlib.sha256(f"{name}\n".encode() + raw).hexdigest()[:8]
    another = f"{key_id}+{base64.b64encode(raw).decode()}"
    # Not a release that the log came to state in another test.
    log = AnotherLog("pages/recover.js")
    log.key = f"{name}+{another}"

    with liar.telling(log):
        page.goto(f"{liar.url}/recover")

        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)
        seen = page.locator("code")
        told = f"{another} where this browser knows {known.partition('+')[2]}"
        expect(seen).to_contain_text(told)
        expect(seen).not_to_contain_text(name)


def test_what_stands_for_a_key_and_is_none_is_not_shown(page: Page, liar: LyingServer) -> None:
    log = AnotherLog("pages/recover.js")
    log.key = "<b>Call+this+number</b> and tell your 24 words"

    with liar.telling(log):
        page.goto(f"{liar.url}/recover")

        expect(page.get_by_role("heading", name=OTHER)).to_be_visible(timeout=PATIENT)
        expect(page.locator("code")).to_contain_text("a release that the public log does not state")
        expect(page.locator("code")).not_to_contain_text("words")


@pytest.mark.by_hand
def test_what_the_pin_cannot_hold_a_worker_that_is_replaced(
    page: Page, liar: LyingServer
) -> None:
    """The browser asks nobody before it takes another worker from the server."""
    with liar.telling(AnotherWorker()):
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        page.wait_for_timeout(2_000)
        page.goto(f"{liar.url}/sign-in")

        expect_sign_in(page)
        assert page.evaluate(_ADDED) == "yes"


@pytest.mark.by_hand
def test_what_the_pin_cannot_hold_a_browser_that_is_told_to_forget(
    page: Page, liar: LyingServer
) -> None:
    with liar.telling(ClearedSiteData()):
        page.evaluate("fetch('/api/v1/server').then((answer) => answer.text())")
        page.wait_for_timeout(2_000)
    release = OtherRelease()
    with liar.telling(release):
        page.goto(f"{liar.url}/sign-in")

        expect_sign_in(page)
        assert page.evaluate(_ADDED) == "yes"
