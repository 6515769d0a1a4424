"""An order from its intake to the notice that sends itself when the clock passes the gag's end."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PATIENT, lose_cookies, sign_in, sign_up, turn_on_totp
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings by tests/rights and tests/sharing.
pytestmark = [pytest.mark.browser_alone, pytest.mark.by_hand]

PERSON, IDA, ROSA = "told-late@example.org", "ida-legal@example.org", "rosa-legal@example.org"
# Long enough to be seen unbroken while the order is entered and called back.
GAG = timedelta(seconds=60)
PAPER = {"name": "order.pdf", "mimeType": "application/pdf", "buffer": b"%PDF an order"}


def keep(page: Page, name: str) -> None:
    """A picture in both schemes, where somebody asked for pictures."""
    folder = os.environ.get("KEEP_SHOTS")
    if folder is None:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)


def assert_fine(page: Page, name: str) -> None:
    """In both schemes, and on the narrowest phone."""
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    keep(page, name)
    assert_fits(page, width=320)
    page.set_viewport_size(size)


def joins_the_desk(page: Page, site: Site, email: str, role: str) -> None:
    sign_up(page, site, email)
    turn_on_totp(page, site)
    site.live.manage("grant_desk", email, "--role", role)


def enters_the_directory(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/desk/legal/directory/")
    page.get_by_label("Authority").fill("District Court")
    page.get_by_label("Country, two letters").fill("US")
    page.get_by_label("Number").fill("+1 202 555 0144")
    page.get_by_label("Where it was found").fill("The court's own site")
    page.get_by_label("Why").fill("For the order of today")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("cell", name="+1 202 555 0144")).to_be_visible()
    assert_fine(page, "directory")


def enters_the_order(page: Page, site: Site) -> datetime:
    """First without the end of the gag, which is refused. Answers when the gag ends."""
    page.goto(f"{site.address}/desk/legal/new/")
    page.get_by_label("Reference").fill("23-MJ-1182")
    page.get_by_label("Date of the order").fill("2026-11-02")
    page.get_by_label("The paper itself, at most 20 MB").set_input_files(PAPER)
    page.get_by_label("Authority", exact=True).fill("District Court")
    page.get_by_label("Country, two letters").fill("US")
    page.get_by_label("Jurisdiction").fill("Northern District")
    page.get_by_label("Signed by").fill("Judge Roe")
    page.get_by_label("Accounts: one address or id a line").fill(PERSON)
    page.get_by_label("your address and when the account was made").check()
    page.get_by_label("It forbids telling the person").check()
    page.get_by_label("Law that the gag rests on").fill("18 USC 2705(b)")
    page.get_by_label("How it came to us").fill("By post")
    assert_fine(page, "intake")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_text("A gag needs the day on which it ends.")).to_be_visible()
    page.get_by_label("The paper itself, at most 20 MB").set_input_files(PAPER)
    ends = datetime.now(UTC) + GAG
    page.get_by_label("Until", exact=True).fill(f"{ends:%Y-%m-%dT%H:%M:%S}")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="Three people")).to_be_visible()
    return ends


def calls_back(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("What was said").fill("Spoke to the clerk, who confirmed it")
    page.get_by_role("button", name="It is genuine").click()
    expect(page.get_by_text("Yes,")).to_be_visible()
    expect(page.get_by_text("Nobody may be told until")).to_be_visible()
    expect(page.get_by_text("not told yet")).to_be_visible()


def test_an_order_comes_in_and_the_person_is_told_when_the_silence_ends(
    page: Page, phone: Page, site: Site, watch: Watch
) -> None:
    sign_up(page, site, PERSON)
    known = len(site.letters_to(PERSON))
    lose_cookies(page)
    joins_the_desk(page, site, IDA, "counsel")
    joins_the_desk(phone, site, ROSA, "dpo")
    page.goto(f"{site.address}/desk/legal/")
    expect(page.get_by_role("link", name="Enter an order")).to_be_visible()
    enters_the_directory(page, site)

    watch.expect(422)
    ends = enters_the_order(page, site)
    address = page.url
    calls_back(phone, address)
    assert_fine(phone, "case-phone")
    # Whoever took it in finds no form to review it.
    page.goto(address)
    expect(page.get_by_role("heading", name="Custody log")).to_be_visible()
    expect(page.get_by_role("button", name="Propose it")).to_have_count(0)
    assert_fine(page, "case")
    assert len(site.letters_to(PERSON)) == known or datetime.now(UTC) >= ends

    letter = site_letter_about(site)
    assert "23-MJ-1182" in letter
    assert "We were not allowed to tell you before today." in letter
    assert datetime.now(UTC) >= ends
    page.goto(f"{site.address}/desk/legal/")
    assert_fine(page, "register")

    lose_cookies(phone)
    sign_in(phone, site, PERSON)
    phone.wait_for_url("**/photos", timeout=PATIENT)
    phone.goto(f"{site.address}/your-data/legal")
    expect(phone.get_by_text("Nothing was given so far.")).to_be_visible(timeout=PATIENT)
    assert_fine(phone, "your-data-phone")
    for name in ("transparency", "canary"):
        page.goto(f"{site.address}/{name}")
        assert_fine(page, name)


def site_letter_about(site: Site) -> str:
    """The letter that nobody sent by hand. A sweep each minute finds what a job missed."""
    until = time.monotonic() + 240
    while time.monotonic() < until:
        for letter in site.letters_to(PERSON):
            if re.search("23-MJ-1182", letter):
                return letter
        time.sleep(1)
    raise AssertionError("no letter came")
