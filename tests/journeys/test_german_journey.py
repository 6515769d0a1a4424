"""Another language, chosen in the settings: pages, mails, and that its longer words fit a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.people import PATIENT, sign_up
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
    for address in IN_THE_VAULT:
        page.goto(f"{site.address}/{address}")
        expect(page.locator("#outlet > *")).to_be_visible(timeout=PATIENT)
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert_fits(page, width=320)
        page.set_viewport_size(DESKTOP)
