"""Large pictures of a profile rest; somebody with an account goes by their vault and sees them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.people import sign_up
from tests.journeys.site import Site
from tests.journeys.strangers import fill_profile, opened_by_a_person, public_address
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings elsewhere.
pytestmark = [pytest.mark.browser_alone, pytest.mark.by_hand]

SHOTS = os.environ.get("SHOTS")


def keep(page: Page, name: str) -> None:
    """In both schemes, on a desktop and on a phone."""
    if not SHOTS:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(viewport)
            page.wait_for_timeout(400)
            page.screenshot(path=f"{SHOTS}/{name}-{size}-{scheme}.png")
    page.set_viewport_size(DESKTOP)


@pytest.fixture
def window(browser: Browser, watch: Watch, tmp_path: Path) -> Iterator[Page]:
    """A desktop window of a browser that somebody started by hand."""
    with opened_by_a_person(browser.browser_type, tmp_path / "person") as opened:
        context = opened.new_context(viewport=DESKTOP)
        yield watch.follow(context.new_page())
        context.close()


def test_somebody_with_an_account_sees_what_rests_for_others(
    window: Page, site: Site, watch: Watch
) -> None:
    fill_profile(site, "solveig", 6)
    site.live.manage(
        "shell", "-c",
        "from datetime import timedelta; from django.utils import timezone;"
        " from sharing.models import Profile;"
        " Profile.objects.filter(name='solveig').update("
        "guarded_until=timezone.now() + timedelta(hours=1))",
    )  # fmt: skip
    profile = f"{public_address(site)}/u/solveig"

    window.goto(profile)
    expect(window.get_by_text("its large pictures rest for some minutes")).to_be_visible()
    keep(window, "profile-rests")
    window.locator("a.shot").first.click()
    viewer = window.locator("dialog.viewing")
    expect(viewer.get_by_role("link", name="I have a PocketVault account")).to_be_visible()
    assert_accessible(window)
    keep(window, "viewer-rests")

    viewer.get_by_role("link", name="I have a PocketVault account").click()
    watch.expect(401)
    expect(window.get_by_role("heading", name="Look at solveig with your account")).to_be_visible()
    assert_accessible(window)
    assert_fits(window, width=320)
    keep(window, "visit")
    window.get_by_role("button", name="Go on to the photos").click()
    expect(window.get_by_role("link", name="Sign in")).to_be_visible()

    sign_up(window, site, "onlooker@example.org")
    window.goto(f"{site.address}/visit/solveig")
    window.get_by_role("button", name="Go on to the photos").click()
    expect(window.get_by_text("You look with your account")).to_be_visible()
    assert window.url == profile
    assert {each["name"] for each in window.context.cookies(profile)} >= {"__Host-person"}
    keep(window, "profile-with-account")
    window.locator("a.shot").first.click()
    expect(viewer.locator(".sharp.is-there")).to_have_count(1)
