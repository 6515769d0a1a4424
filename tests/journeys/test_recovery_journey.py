"""The recovery key: kept as a file, on paper, as a picture; asked for again; and used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import (
    PATIENT,
    enter_code,
    expect_locked,
    expect_open,
    fill_sign_up,
    lock_button,
    lose_cookies,
    sign_up,
)
from tests.journeys.site import Site
from tests.journeys.watch import assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

ANOTHER_PASSWORD = "four green lamps beside water"


def day(after: int) -> str:
    """A day from today as the pages write it: 3 December 2026."""
    when = datetime.now(UTC) + timedelta(days=after)
    return f"{when.day} {when:%B %Y}"


def test_the_saved_file_proves_the_words_and_later_opens_the_vault(
    page: Page, site: Site, tmp_path: Path
) -> None:
    email = "filed@example.org"
    phrase = fill_sign_up(page, site, email)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save as a file").click()
    assert saving.value.suggested_filename == "pocketvault-recovery.txt"
    kept = tmp_path / "pocketvault-recovery.txt"
    saving.value.save_as(kept)
    assert phrase.split() == kept.read_text().split("-----")[1].split()
    expect(page.get_by_role("button", name="I kept it")).to_be_disabled()
    page.get_by_label("Choose the saved file").set_input_files(kept)
    page.get_by_role("button", name="I kept it").click()
    enter_code(page, site.code_for(email))
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    page.wait_for_load_state("networkidle")

    lose_cookies(page)
    page.goto(f"{site.address}/sign-in")
    page.get_by_role("link", name="Use recovery key").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Choose the saved file").set_input_files(kept)
    page.get_by_role("button", name="Open my vault").click()
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_focused(timeout=PATIENT)
    page.get_by_label("New password").fill(ANOTHER_PASSWORD)
    page.get_by_role("button", name="Save and open my vault").click()
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    lock_button(page).click()
    expect_locked(page)
    page.get_by_role("button", name="Use recovery key").click()
    page.get_by_label("Choose the saved file").set_input_files(kept)
    page.get_by_role("button", name="Unlock").click()
    expect_open(page)


@pytest.mark.by_hand
def test_paper_shows_the_words_their_picture_and_whose_they_are(page: Page, site: Site) -> None:
    email = "papered@example.org"
    phrase = fill_sign_up(page, site, email)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied. Paste the words")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == phrase

    page.emulate_media(media="print")

    expect(page.get_by_text(f"PocketVault recovery key for {email}")).to_be_visible()
    expect(page.locator("ol.words li").last).to_be_visible()
    expect(page.get_by_role("img", name="Your recovery key as a QR code")).to_be_visible()
    for gone in ("Save as a file", "Print", "I kept it"):
        expect(page.get_by_role("button", name=gone)).to_be_hidden()


def test_the_words_are_asked_for_after_7_30_and_90_days(page: Page, site: Site) -> None:
    email = "drilled@example.org"
    phrase = sign_up(page, site, email)
    reminder = page.locator("pv-recovery-reminder").get_by_role("status")
    page.goto(f"{site.address}/settings/recovery")
    expect(page.get_by_text(f"We ask again on {day(7)}.")).to_be_visible(timeout=PATIENT)
    expect(reminder).to_have_count(0)

    for wait in (30, 90, 90):
        site.let_the_words_be_asked_for(email)
        page.goto(f"{site.address}/photos")
        expect(reminder).to_contain_text("Do you still have your recovery key?", timeout=PATIENT)
        reminder.get_by_role("link", name="Check now").click()
        page.get_by_label("Paste the 24 words").fill(phrase)
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.get_by_text(f"We ask again on {day(wait)}.")).to_be_visible(timeout=PATIENT)
        expect(reminder).to_have_count(0)


@pytest.mark.by_hand
def test_the_question_can_wait_until_tomorrow(page: Page, site: Site) -> None:
    email = "later@example.org"
    sign_up(page, site, email)
    site.let_the_words_be_asked_for(email)
    page.reload()
    reminder = page.locator("pv-recovery-reminder").get_by_role("status")
    expect(reminder).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    assert_fits(page, width=320)
    assert_accessible(page)

    reminder.get_by_role("button", name="Tomorrow").click()

    expect(reminder).to_have_count(0)
    page.reload()
    expect_open(page)
    page.wait_for_load_state("networkidle")
    expect(reminder).to_have_count(0)


@pytest.mark.by_hand
def test_words_that_were_never_shown_to_be_kept_are_asked_for_at_once(
    page: Page, site: Site
) -> None:
    """Whoever confirms by the link has the words in another tab."""
    email = "unproved@example.org"
    phrase = fill_sign_up(page, site, email)
    page.get_by_label("Paste the 24 words").fill(phrase)
    page.get_by_role("button", name="I kept it").click()
    later = page.context.new_page()
    later.goto(site.link_for(email, number=1))
    later.get_by_role("button", name="Confirm").click()
    expect_locked(later)
    later.get_by_role("button", name="Use recovery key").click()
    later.get_by_label("Paste the 24 words").fill(phrase)
    later.get_by_role("button", name="Unlock").click()
    expect_open(later)

    reminder = later.locator("pv-recovery-reminder").get_by_role("status")
    expect(reminder).to_contain_text("You have not shown yet", timeout=PATIENT)


def test_the_vault_says_its_state_everywhere_and_locks_when_told_to(
    phone: Page, site: Site
) -> None:
    sign_up(phone, site, "pocketed@example.org")
    for address in ("photos", "albums", "favourites", "bin", "search", "settings/preferences"):
        phone.goto(f"{site.address}/{address}")
        expect_open(phone)
        expect(lock_button(phone)).to_contain_text("15 min")
    phone.get_by_label("Lock by itself").select_option("5")
    expect(lock_button(phone)).to_contain_text("5 min", timeout=PATIENT)
    phone.get_by_label("Lock by itself").select_option("0")
    expect(lock_button(phone)).to_contain_text("Unlocked", timeout=PATIENT)

    lock_button(phone).click()

    expect_locked(phone)
