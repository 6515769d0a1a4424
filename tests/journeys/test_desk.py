"""A member of staff, from an ordinary account to the desk, on every screen and in both schemes."""

from __future__ import annotations

from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import sign_up, totp_now, turn_on_totp
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.sharing.publicity import jpeg

# What the service does for it is tried on both settings elsewhere.
pytestmark = pytest.mark.browser_alone

LISTS = ("Jobs", "Epoch keys", "Audit events", "Images", "Albums", "Tombstones")


def assert_fine(page: Page) -> None:
    """In both schemes, and on the narrowest phone."""
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size(size)


def trace_a_copy(page: Page) -> None:
    """Of a picture that was never published here."""
    page.get_by_role("link", name="Trace a copy").click()
    copy = {"name": "copy.jpg", "mimeType": "image/jpeg", "buffer": jpeg(8, (640, 480))}
    page.get_by_label("The found copy, at most 25 MB").set_input_files(copy)
    page.get_by_role("button", name="Trace it").click()
    expect(page.get_by_role("heading", name="No trace")).to_be_visible()
    assert_fine(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the evidence").click()
    with ZipFile(saved.value.path()) as evidence:
        assert evidence.namelist() == ["report.json"]


@pytest.mark.parametrize("screen", ["page", "phone"])
def test_staff_come_to_the_desk(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    email, desk = f"desk-{screen}@example.org", f"{site.address}/desk/"
    sign_up(page, site, email)
    watch.expect(404)
    page.goto(desk)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    secret, _ = turn_on_totp(page, site)
    site.live.manage("grant_desk", email, "--role", "dpo")

    site.let_proofs_lapse()
    watch.expect(403, 403)
    page.goto(desk)
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_text("That did not prove that it is you.")).to_be_visible()
    assert_fine(page)

    # The code of a moment ago was used to set the app up; a phone may be a step ahead.
    page.get_by_label("Six digits").fill(totp_now(secret, ahead=1))
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_role("heading", name="What waits")).to_be_visible()
    assert_fine(page)

    for name in LISTS:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        assert_accessible(page)
    page.get_by_role("link", name="Accounts", exact=True).click()
    page.get_by_label("A whole e-mail address or id.").fill(email)
    page.get_by_role("button", name="Find").click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(2)
    assert_fine(page)
    rows.last.get_by_role("link").click()
    expect(page.get_by_text(email)).to_be_visible()
    assert_fine(page)
    trace_a_copy(page)
