"""A closed tab goes on publishing at the next unlock, and shows nothing that was withdrawn."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import publishing
from tests.journeys.people import PATIENT, sign_in
from tests.journeys.publishing import expect_live, publish_dialog
from tests.journeys.site import Site
from tests.journeys.uploading import open_vault
from tests.journeys.watch import Watch, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]
SHOTS = os.environ.get("SHOTS")


def keep(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def hold_after(page: Page, handed: int) -> list[Route]:
    """Let so many be handed over; the next stands still, as on a bad line."""
    seen: list[Route] = []

    def decide(route: Route) -> None:
        if route.request.method != "PUT":
            return route.continue_()
        seen.append(route)
        if len(seen) <= handed:
            route.continue_()
        return None

    page.route("**/api/v1/publications/*", decide)
    return seen


def show_three(page: Page, name: str) -> None:
    publishing.pick_all(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    dialog = publish_dialog(page)
    publishing.name_page(dialog, name, name.title())
    dialog.get_by_role("button", name="Show to everyone").click()


def test_a_closed_tab_goes_on_at_the_next_unlock(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    watch.expect(404)  # there is no profile yet
    open_vault(page, site, "ines.closes")
    publishing.upload_photos(page, tmp_path, 3)
    held = hold_after(page, 1)
    show_three(page, "ines")
    tray = page.get_by_role("region", name="On their way to everyone")
    expect(tray).to_contain_text("1 of 3 photos", timeout=publishing.PIPELINE_PATIENT)
    keep(page, "tray-publishing")
    assert_accessible(page)
    page.wait_for_timeout(500)
    assert len(held) == 2
    window = page.context
    page.close(run_before_unload=False)

    # The queue asks whether the one that was under way had come: it may not have.
    watch.expect(404)
    again = watch.follow(window.new_page())
    again.goto(f"{site.address}/profile")
    expect_live(again, 3)
    keep(again, "went-on")
    assert len({str(each["image"]) for each in publishing.listed(again)}) == 3
    expect(again.locator(".fingerprint .mono")).to_be_visible(timeout=PATIENT)


def test_what_waits_is_withdrawn_when_its_owner_says_so_or_signs_out(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    watch.expect(404)  # there is no profile yet
    email = open_vault(page, site, "wanda.withdraws")
    publishing.upload_photos(page, tmp_path, 3)
    hold_after(page, 0)
    show_three(page, "wanda")
    part = page.get_by_role("region", name="On their way to everyone")
    expect(part).to_contain_text("0 of 3 photos", timeout=PATIENT)
    page.wait_for_timeout(1_000)
    keep(page, "tray-withdraw")
    part.get_by_role("button", name="Show none of the rest").click()
    expect(part).to_contain_text("0 of 1 photo", timeout=PATIENT)

    page.goto(f"{site.address}/settings/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in*")
    page.unroute_all()
    sign_in(page, site, email)
    expect(page.get_by_role("option")).to_have_count(3, timeout=PATIENT)
    page.wait_for_timeout(2_000)
    expect(part).to_have_count(0)
    assert publishing.listed(page) == []
