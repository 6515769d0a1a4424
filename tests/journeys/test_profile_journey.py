"""A stranger looks at a profile; a program that drives a browser sees blurred photos."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.site import Site
from tests.journeys.strangers import fill_profile, opened_by_a_person, public_address
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings elsewhere.
pytestmark = pytest.mark.browser_alone

PHOTOS = 60
SHARP = ".shot .sharp.is-there"


@pytest.fixture(scope="module")
def profile(site: Site) -> str:
    """The address of a profile with photos."""
    fill_profile(site, "marit", PHOTOS)
    return f"{public_address(site)}/u/marit"


@pytest.fixture(scope="module")
def persons_browser(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """One that somebody started by hand."""
    folder: Path = tmp_path_factory.mktemp("person")
    with opened_by_a_person(browser.browser_type, folder) as opened:
        yield opened


@pytest.fixture
def window(persons_browser: Browser, watch: Watch) -> Iterator[Page]:
    """A desktop window of a stranger who was never here."""
    context: BrowserContext = persons_browser.new_context(viewport=DESKTOP)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield watch.follow(context.new_page())
    context.close()


def sharp_within(page: Page, least: int) -> None:
    """Wait until so many photos are sharp."""
    until = time.monotonic() + 20
    while page.locator(SHARP).count() < least:
        assert time.monotonic() < until, f"{page.locator(SHARP).count()} photos are sharp"
        page.wait_for_timeout(50)


def test_a_stranger_looks_around(window: Page, profile: str) -> None:
    assert window.goto(profile)
    assert window.evaluate("navigator.webdriver") is False
    expect(window.get_by_role("heading", name="Marit Aas")).to_be_visible()
    expect(window.get_by_role("heading", name="Stones")).to_be_visible()
    sharp_within(window, 10)
    assert window.locator(SHARP).count() <= 24  # nobody has moved yet
    assert_accessible(window)

    for _ in range(12):
        window.mouse.wheel(0, 900)
        window.wait_for_timeout(120)
    sharp_within(window, PHOTOS - 6)
    window.get_by_role("button", name="Copy link").click()
    assert window.evaluate("navigator.clipboard.readText()") == profile
    assert_fits(window, width=320)


def test_a_photo_opens_on_black_and_its_neighbours_are_a_key_away(
    window: Page, profile: str
) -> None:
    window.goto(profile)
    tile = window.locator("a.shot").nth(1)
    tile.focus()
    window.keyboard.press("Enter")
    viewer = window.locator("dialog.viewing")
    expect(viewer).to_be_visible()
    expect(viewer.locator(".sharp.is-there")).to_have_count(1)
    size = viewer.locator(".sharp").evaluate("each => [each.naturalWidth, each.naturalHeight]")
    assert max(size) == 640  # the largest there is of it
    expect(viewer.locator(".where")).to_have_text(f"2 of {PHOTOS}")
    expect(viewer.locator(".terms")).to_contain_text("all rights reserved")
    assert window.url.endswith(tile.get_attribute("href") or "?")
    assert_accessible(window)

    window.keyboard.press("ArrowRight")
    expect(viewer.locator(".where")).to_have_text(f"3 of {PHOTOS}")
    expect(viewer.locator(".sharp.is-there")).to_have_count(1)
    window.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    assert window.url == profile
    assert window.evaluate("document.activeElement.dataset.photo") == window.locator(
        "a.shot"
    ).nth(2).get_attribute("data-photo")
    window.go_forward()
    expect(viewer).to_be_visible()


@pytest.mark.by_hand
def test_the_page_of_one_photo_is_sharp_by_itself(window: Page, profile: str) -> None:
    window.goto(profile)
    link = window.locator("a.shot").nth(4).get_attribute("href")
    window.goto(f"{profile.partition('/u/')[0]}{link}")
    sharp_within(window, 1)
    expect(window.get_by_role("heading", level=1)).to_have_text("Photo 6")
    assert_accessible(window)
    assert_fits(window, width=320)


@pytest.mark.by_hand
def test_a_stranger_reports_a_photo(window: Page, profile: str) -> None:
    window.goto(f"{profile}/report")
    assert_accessible(window)
    assert_fits(window, width=320)
    window.get_by_label("It shows me, and I did not agree").check()
    window.get_by_label("What should we know?").fill("I am the one on the left.")
    window.get_by_role("button", name="Send report").click()
    expect(window.get_by_role("heading", name="Thank you")).to_be_visible()


def test_without_script_a_stranger_sees_blurred_photos_and_every_word(
    persons_browser: Browser, profile: str
) -> None:
    context = persons_browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(profile)
    expect(page.locator("a.shot img")).to_have_count(PHOTOS)
    assert page.locator("a.shot img").nth(0).evaluate("each => each.naturalWidth") <= 12
    expect(page.locator("noscript .note")).to_contain_text("photos blurred")
    page.locator("a.shot").nth(0).click()
    expect(page.get_by_role("heading", name="Photo 0")).to_be_visible()
    context.close()


def test_a_browser_that_a_program_drives_stays_with_the_blurred_ones(
    page: Page, profile: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(profile)
    assert page.evaluate("navigator.webdriver") is True
    page.mouse.wheel(0, 2000)
    page.wait_for_timeout(1500)
    assert page.locator(SHARP).count() == 0
    assert not [url for url in asked if "/g/" in url or "/i/" in url]


