"""Mails about shared albums: asked for in the settings, read, and ended by the link in one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.exposing import PASSWORD, let_it_be_told, make_circle, share_with_all
from tests.journeys.people import PATIENT, expect_open, lose_cookies, sign_in
from tests.journeys.site import Site
from tests.journeys.test_exposures_journey import look
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.wire import to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

LINK = re.compile(r"http://\S+/unsubscribe#\S+")


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=name)


def open_privacy(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/settings/privacy")
    expect(choice(page, "Never")).to_be_enabled(timeout=PATIENT)


def test_whoever_asked_for_mails_gets_one_and_ends_them_by_its_link(
    page: Page, site: Site, watch: Watch
) -> None:
    circle = make_circle(site, "lou.digest", "max.digest", "nil.digest")
    reader = circle.friend.email
    sign_in(page, site, reader, PASSWORD)
    expect_open(page)
    open_privacy(page, site)
    expect(choice(page, "Never")).to_be_checked()
    expect(page.get_by_role("link", name="Everything I share")).to_be_visible()
    assert_accessible(page)
    look(page, "privacy")
    assert_fits(page, width=320)
    with page.expect_response(re.compile("/me/preferences")) as saved:
        choice(page, "At most once a day").check()
    assert saved.value.json()["digest"] == "daily"
    share_with_all(circle, "Garden", 7)
    before = len(site.letters_to(reader))

    let_it_be_told(site, reader)

    letter = site.wait_for_letter(reader, number=before + 1)
    assert "1 new photo" in letter
    assert circle.owner.email not in letter
    assert "Garden" not in letter
    found = LINK.search(letter)
    assert found is not None
    # On another device, where nobody is signed in.
    lose_cookies(page)
    page.goto(found[0])
    assert_accessible(page)
    look(page, "unsubscribe")
    assert_fits(page, width=320)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", name="No more of these mails")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(page)
    sign_in(page, site, reader, PASSWORD)
    expect_open(page)
    open_privacy(page, site)
    expect(choice(page, "Never")).to_be_checked()


def test_a_link_that_is_not_ours_says_where_the_mails_are_turned_off(
    page: Page, site: Site, watch: Watch
) -> None:
    page.goto(f"{site.address}/unsubscribe#{to_text(bytes(48))}")
    watch.expect(404)
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("heading", name="This link is not whole")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(page)
