"""Somebody without an account asks, and gets a letter; whoever has one reads it on their pages."""

from __future__ import annotations

import os
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import sign_up, totp_now, turn_on_totp
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings by tests/rights and tests/sharing.
pytestmark = pytest.mark.browser_alone

# Where pictures go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")
# The narrowest phone is looked at on a desktop's way through as well.
ON_A_PHONE = pytest.param("phone", marks=pytest.mark.by_hand)


def assert_fine(page: Page, name: str) -> None:
    """In both schemes, and on the narrowest phone."""
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if SHOTS is not None:
            path = Path(SHOTS) / f"{name}-{size['width']}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
        assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size(size)


def newest_letter(site: Site, address: str) -> EmailMessage:
    """Whole, with what is attached."""
    found = []
    for file in (site.folder / "mail").glob("*.log"):
        for part in file.read_bytes().split(b"-" * 79):
            letter = message_from_bytes(part.strip(), policy=policy.default)
            if letter["To"] == address:
                found.append((file.stat().st_mtime_ns, letter))
    return max(found, key=lambda each: each[0])[1]


def ask_as_guest(page: Page, site: Site, address: str) -> str:
    """The whole way, to the number of the request."""
    page.goto(f"{site.address}/request")
    page.get_by_label("What do you ask for?").select_option("gdpr.erasure")
    page.get_by_label("What is it about?").fill("I am in the photo at /u/paul/abc.")
    page.get_by_label("Your name, as the letter should say it").fill("Zoë Ångström")
    page.get_by_label("E-mail address for the answer").fill(address)
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("heading", name="One code, then it reaches us")).to_be_visible()
    number = page.get_by_label("Number of the request").input_value()
    page.get_by_label("Code from the mail").fill(site.code_for(address))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="It has reached us")).to_be_visible()
    return number


def come_to_the_desk(page: Page, site: Site, address: str) -> None:
    sign_up(page, site, address)
    secret, _ = turn_on_totp(page, site)
    site.live.manage("grant_desk", address, "--role", "dpo")
    site.let_proofs_lapse()
    page.goto(f"{site.address}/desk/requests/")
    page.get_by_label("Six digits").fill(totp_now(secret, ahead=1))
    page.get_by_role("button", name="Open the desk").click()


def test_a_guest_asks_and_the_desk_answers_with_a_letter(
    page: Page, site: Site, watch: Watch
) -> None:
    guest = "zoe-letter@example.org"
    number = ask_as_guest(page, site, guest)
    watch.expect(403)
    come_to_the_desk(page, site, "dpo-letter@example.org")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_text("I am in the photo at /u/paul/abc.")).to_be_visible()
    page.get_by_label("What the letter says; the person reads this").fill("We took it down.")
    page.get_by_role("button", name="Show the letter first").click()
    expect(page.get_by_role("heading", name="This letter would be sent")).to_be_visible()
    page.get_by_label("Why, for the record; the person does not read this").fill("withdrawn")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text(re.compile("^Answered on"))).to_be_visible()

    assert "We took it down." in site.wait_for_letter(guest, number=3)
    letter = newest_letter(site, guest)
    parts = {part.get_content_type(): part for part in letter.walk()}
    assert "We took it down." in parts["text/plain"].get_content()
    assert "Zoë Ångström" in parts["text/html"].get_content()
    assert parts["application/pdf"].get_content().startswith(b"%PDF-")


@pytest.mark.parametrize("screen", ["page", ON_A_PHONE])
def test_the_form_looks_right_without_an_account(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.goto(f"{site.address}/request")
    assert_fine(page, "request-form")
    watch.expect(410)
    page.goto(f"{site.address}/request/confirm?number=R-2026-ABCDEF")
    page.get_by_label("Code from the mail").fill("12345678")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("This code has ended")
    assert_fine(page, "request-code")


@pytest.mark.parametrize("screen", ["page", ON_A_PHONE])
def test_the_desk_looks_right(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    number = ask_as_guest(page, site, f"zoe-{screen}@example.org")
    watch.expect(403)
    come_to_the_desk(page, site, f"dpo-{screen}@example.org")
    expect(page.get_by_role("heading", name="Requests", level=1)).to_be_visible()
    assert_fine(page, "requests-board")
    page.get_by_role("link", name=number).click()
    page.get_by_label("What the letter says; the person reads this").fill("We took it down.")
    page.get_by_role("button", name="Show the letter first").click()
    expect(page.get_by_role("heading", name="This letter would be sent")).to_be_visible()
    assert_fine(page, "requests-case")
    page.goto(f"{site.address}/desk/requests/rules/")
    assert_fine(page, "requests-rules")


@pytest.mark.parametrize("screen", ["page", ON_A_PHONE])
def test_somebody_asks_on_their_own_pages(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    assert watch
    sign_up(page, site, f"asks-{screen}@example.org")
    page.goto(f"{site.address}/your-data/requests")
    page.get_by_label("What do you ask for?").select_option("gdpr.restriction")
    page.get_by_label("What is it about?").fill("Please wait.")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text(re.compile("We answer by")).first).to_be_visible()
    expect(page.get_by_text("It reached us")).to_be_visible()
    assert_fine(page, "your-requests")
