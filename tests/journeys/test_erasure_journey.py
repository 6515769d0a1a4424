"""What becomes of a deletion, watched live; and the end of an account, with time to think first."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PATIENT, confirm_step_up, expect_open, sign_in
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import open_vault, tile, upload
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
UNDO_AND_MORE = 40_000


def take_pictures(page: Page, name: str) -> None:
    """For whoever wants to look: ``SHOTS`` names a folder."""
    if not (folder := os.environ.get("SHOTS")):
        return
    for size, word in ((WIDE, "wide"), (NARROW, "narrow")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(300)
            path = Path(folder) / f"{name}-{word}-{scheme}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def day_in(days: int) -> str:
    moment = datetime.now(UTC) + timedelta(days=days)
    return f"{moment.day} {moment:%B %Y}"


def test_a_deletion_is_watched_until_it_is_gone(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "erasure-watch")
    upload(page, [write_photo(tmp_path, "hill.jpg", seed=3, taken="2026:11:15 11:42:07")])
    page.goto(f"{site.address}/your-data/deleted")
    expect(page.get_by_role("heading", name="Nothing deleted in the last")).to_be_visible()
    assert_accessible(page)

    page.goto(f"{site.address}/photos")
    tile(page, "hill.jpg").click()
    page.keyboard.press("Delete")
    toast = page.locator(".toast", has_text="will be deleted now")
    take_pictures(page, "toast")
    toast.get_by_role("link", name="What happens then").click()
    page.wait_for_url("**/your-data/deleted")

    track = page.locator(".card.deletion .track li")
    expect(track.first).to_contain_text("Gone at", timeout=UNDO_AND_MORE)
    expect(track.nth(1)).to_contain_text(f"Unreadable by {day_in(22)}")
    expect(track.nth(2)).to_contain_text("Pending")
    expect(page.get_by_role("link", name="Receipt: gone from our servers")).to_be_visible(
        timeout=UNDO_AND_MORE
    )
    assert_accessible(page)
    assert_fits(page, width=320)
    take_pictures(page, "deleted")


def close_section(page: Page, site: Site, email: str, choice: str) -> None:
    page.goto(f"{site.address}/your-data/close")
    page.get_by_text(choice, exact=True).click()
    button = page.get_by_role("button", name="Erase everything now").or_(
        page.get_by_role("button", name="Close the account")
    )
    expect(button).to_be_disabled()
    page.get_by_label(f"Type {email} to confirm").fill(email)
    expect(button).to_be_enabled()
    assert_accessible(page)
    button.click()


def test_an_account_is_closed_kept_and_closed_for_good(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    open_vault(page, site, "erasure-close")
    email = "erasure-close@example.org"
    upload(page, [write_photo(tmp_path, "hill.jpg", seed=4, taken="2026:11:15 11:42:07")])
    page.goto(f"{site.address}/your-data/close")
    expect(page.get_by_role("heading", name="What happens")).to_be_visible()
    assert_fits(page, width=320)
    take_pictures(page, "close")

    close_section(page, site, email, "7 days to think")
    page.wait_for_url("**/closing#*")
    expect(page.get_by_role("heading", name=f"Erased on {day_in(7)}")).to_be_visible()
    assert_accessible(page)
    take_pictures(page, "closing-waits")
    sign_in(page, site, email)
    expect_open(page)
    page.goto(f"{site.address}/your-data/close")
    expect(page.get_by_role("heading", name="This account is erased on")).to_be_visible()
    take_pictures(page, "close-waits")
    page.get_by_role("button", name="Keep the account").click()
    expect(page.locator(".toast", has_text="The account stays")).to_be_visible()

    site.let_proofs_lapse()
    watch.expect(403)
    close_section(page, site, email, "Right away")
    confirm_step_up(page)
    page.wait_for_url("**/closing#*")
    expect(page.get_by_role("heading", name="Erased", exact=True)).to_be_visible(
        timeout=UNDO_AND_MORE * 2
    )
    with page.expect_download(timeout=UNDO_AND_MORE * 2) as saving:
        page.get_by_role("button", name="Receipt: gone from our servers").click(
            timeout=UNDO_AND_MORE * 2
        )
    receipt = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
    assert receipt["receipt"]["kind"] == "account.erased"
    assert_accessible(page)
    assert_fits(page, width=320)
    take_pictures(page, "closing-erased")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0
    assert page.evaluate("localStorage.length") == 0

    watch.expect(401)
    sign_in(page, site, email)
    expect(page.get_by_text("That password does not open this vault")).to_be_visible(
        timeout=PATIENT
    )


def test_what_is_kept_can_be_read_by_everybody(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/what-we-keep")

    expect(page.get_by_text("Ciphertext store")).to_be_visible()
    expect(page.get_by_text("Epoch keys")).to_be_visible()
    assert_accessible(page)
    assert_fits(page, width=320)
    take_pictures(page, "what-we-keep")


@pytest.mark.browser_alone
def test_a_link_that_leads_nowhere_says_so(page: Page, site: Site, watch: Watch) -> None:
    page.goto(f"{site.address}/closing")
    expect(page.get_by_role("heading", name="This link is not whole")).to_be_visible()
    watch.expect(404)
    page.goto("about:blank")
    page.goto(f"{site.address}/closing#0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17.{'A' * 43}")
    expect(page.get_by_role("heading", name="There is nothing here any more")).to_be_visible()
