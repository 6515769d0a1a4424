"""Another language, chosen in the settings: pages, mails, and that its longer words fit a phone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.people import PASSWORD, PATIENT, sign_up
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]
OPEN_PAGES = [
    "", "sign-in", "sign-up", "recover", "reset", "promises", "what-we-keep", "no-training",
    "verify", "transparency", "request", "takedown",
]  # fmt: skip
IN_THE_VAULT = [
    "photos", "albums", "favourites", "archive", "bin", "search", "duplicates", "people", "profile",
    "your-data", "settings/account", "settings/security", "settings/recovery",
    "settings/preferences", "settings/storage", "settings/privacy",
]  # fmt: skip
CATALOGUE = Path(__file__).resolve().parents[2] / "locale/de/LC_MESSAGES/djangojs.json"
CATALOGUE_FILE = "**/static/languages/de-*.js"
LATE_SECONDS = 1.5
# Sees every text that stands in the page at any time, were it for less than a frame.
_LISTEN_FOR_ENGLISH = """
(() => {
  const english = new Set(ENGLISH);
  const heard = (window.heardInEnglish = []);
  const hear = (text) => { if (english.has(text?.trim())) heard.push(text.trim()); };
  const hearOne = (node) => {
    if (node.nodeType === Node.TEXT_NODE) hear(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of ["aria-label", "placeholder", "title", "alt"]) hear(node.getAttribute(name));
  };
  const hearAll = (node) => {
    hearOne(node);
    node.childNodes.forEach(hearAll);
  };
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      hearOne(target);
      addedNodes.forEach(hearAll);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})();
"""


def english_sentences() -> list[str]:
    """What is only said where the catalogue is not there, or not yet."""
    sentences = json.loads(CATALOGUE.read_text(encoding="utf-8"))["sentences"]
    whole = {said: german for said, german in sentences.items() if isinstance(german, str)}
    return sorted(
        said for said in set(whole) - set(whole.values()) if len(said) > 3 and "{" not in said
    )


def listen_for_english(page: Page) -> Page:
    page.add_init_script(_LISTEN_FOR_ENGLISH.replace("ENGLISH", json.dumps(english_sentences())))
    return page


def heard_in_english(page: Page) -> list[str]:
    heard: list[str] = page.evaluate("window.heardInEnglish")
    return heard


@pytest.fixture
def german(browser: Browser, watch: Watch) -> Page:
    """Somebody whose browser asks for German."""
    return watch.follow(browser.new_context(viewport=DESKTOP, locale="de-DE").new_page())


def test_pages_for_everybody_fit_a_phone_in_german(german: Page, site: Site) -> None:
    for address in OPEN_PAGES:
        german.goto(f"{site.address}/{address}")
        expect(german.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENT)
        assert german.locator("html").get_attribute("lang") == "de"
        assert_accessible(german)
        assert_fits(german, width=320)
        german.set_viewport_size(DESKTOP)


def test_a_language_is_chosen_in_the_settings(page: Page, site: Site, watch: Watch) -> None:
    sign_up(page, site, "deutsch@example.org")
    page.goto(f"{site.address}/settings/preferences")
    language = page.get_by_label("Pages and mails are in")
    expect(language).to_have_value("en-gb", timeout=PATIENT)
    with page.expect_navigation():
        language.select_option(label="Deutsch")

    expect(page.get_by_role("heading", name="Sprache")).to_be_visible(timeout=PATIENT)
    assert page.locator("html").get_attribute("lang") == "de"
    expect(page.get_by_label("Seiten und Mails sind auf")).to_have_value("de", timeout=PATIENT)

    watch.expect(404)  # there is no profile
    listen_for_english(page)
    for address in IN_THE_VAULT:
        page.goto(f"{site.address}/{address}")
        expect(page.locator("#outlet > *")).to_be_visible(timeout=PATIENT)
        page.wait_for_load_state("networkidle")
        assert heard_in_english(page) == [], address
        assert_accessible(page)
        assert_fits(page, width=320)
        page.set_viewport_size(DESKTOP)


def come_late(route: Route) -> None:
    time.sleep(LATE_SECONDS)
    route.continue_()


@pytest.mark.by_hand
def test_nothing_is_said_in_english_first_however_late_the_catalogue_comes(
    german: Page, site: Site
) -> None:
    listen_for_english(german).route(CATALOGUE_FILE, come_late)
    for address in ("sign-in", "sign-up"):
        german.goto(f"{site.address}/{address}")
        expect(german.locator("main form")).to_be_visible(timeout=PATIENT)
        german.wait_for_load_state("networkidle")
        assert heard_in_english(german) == []

    german.get_by_label("E-Mail").fill("spaet@example.org")
    german.get_by_label("Passwort", exact=True).fill(PASSWORD)
    assert heard_in_english(german) == []


@pytest.mark.by_hand
def test_a_catalogue_with_other_bytes_is_not_run(browser: Browser, site: Site) -> None:
    """Its page speaks English then, which also shows that the listener above hears it."""
    page = listen_for_english(
        browser.new_context(viewport=DESKTOP, locale="de-DE").new_page()
    )
    page.route(
        CATALOGUE_FILE,
        lambda route: route.fulfill(
            body="globalThis.pocketvaultCatalogue={plurals:'',sentences:{}};globalThis.spy=1",
            content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"},
        ),
    )  # fmt: skip
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{site.address}/sign-in")
    expect(page.locator("main form")).to_be_visible(timeout=PATIENT)

    assert page.evaluate("[globalThis.spy, globalThis.pocketvaultCatalogue]") == [None, None]
    assert [text for text in told if "integrity" in text]
    assert page.locator("html").get_attribute("lang") == "de"
    assert heard_in_english(page)
    page.context.close()
