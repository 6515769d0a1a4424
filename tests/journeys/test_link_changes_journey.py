"""What an owner changes later reaches whoever has a link, and whoever looks at the album: another
version of a photo, a date put right, a place that is told and told no more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.linking import open_album
from tests.journeys.people import PATIENT
from tests.journeys.pictures import PLACE
from tests.journeys.sharing import (
    NAME,
    SHARE_PATIENT,
    Person,
    come_to_know,
    expect_prepared,
    make_album,
    newcomer,
    open_share_dialog,
    open_vault,
    opened,
    store_photos,
)
from tests.journeys.site import Site
from tests.journeys.test_library_journey import tile
from tests.journeys.test_mending_journey import damage
from tests.journeys.test_renewing_journey import is_replaced, look_again, look_into, share
from tests.journeys.uploading import UPLOAD_PATIENT, choose
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.links import make_link, visit, visited_photos
from tests.reference_client.shared_albums import open_shared_album

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

WHEN, WHERE = "When each photo was taken", "Where each photo was taken"
TAKEN, CORRECTED = (re.compile(f"{day} November 2026|November {day}, 2026") for day in (15, 20))
NO_PLACE = "Place not shared"
WORKERS_PATIENCE = [410, 409, 500, 503] * 10


def test_a_guest_sees_the_date_put_right_and_the_photo_put_back(
    page: Page, phone: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    ada = newcomer(site, "ada.linked")
    [photo] = store_photos(ada, tmp_path, whole=0, cleaned=1)
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(ada.sharer.library.download(photo))
    album_id = make_album(ada, [photo])
    open_vault(page, site, ada, 1)
    dialog = open_share_dialog(page, site, album_id)
    dialog.get_by_label(WHEN).check()
    address = make_a_link(dialog)
    expect_prepared(dialog, 1)
    phone.goto(address)
    open_album(phone, NAME, 1)
    shown = phone.get_by_role("option").first
    expect(shown).to_have_attribute("aria-label", TAKEN)

    # Put right in the details of the photo, and shown by the next look around.
    page.goto(f"{site.address}/photos")
    tile(page, photo.metadata.name).click()
    page.keyboard.press("i")
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Correct the date").click()
    details.get_by_label("Date and time").fill("2026-11-20T07:15:00")
    details.get_by_role("button", name="Save", exact=True).click()
    expect(details).to_contain_text("Corrected by you")
    after_a_replacement(page, page.reload)
    phone.reload()
    open_album(phone, NAME, 1)
    expect(shown).to_have_attribute("aria-label", CORRECTED)
    expect(phone.locator(".album-door .note")).to_have_count(0)

    # A disk fails, and the owner puts the photo back from a copy: that is its next version.
    watch.expected.extend(WORKERS_PATIENCE)
    damage(site, ada.email, "original", "preview", "thumbnail")
    page.goto(f"{site.address}/photos")
    expect(tile(page, photo.metadata.name)).to_contain_text("Changed on our disk", timeout=PATIENT)
    tile(page, photo.metadata.name).click()
    choose(page, [copy], button="Choose the original")
    expect(page.locator("#toasts")).to_contain_text("back in place", timeout=UPLOAD_PATIENT)
    # A look around may have found it before the page is opened anew: what counts is the album.
    page.reload()
    expect_version(page, ada, album_id, 2)
    phone.reload()
    open_album(phone, NAME, 1)
    expect(shown).to_have_attribute("aria-label", CORRECTED)
    shown.click()
    expect(phone.locator("pv-guest-viewer .photo")).to_be_visible(timeout=PATIENT)
    [seen] = visited_photos(visit(site.address, address))
    assert (seen.id, seen.fields["version"]) == (photo.id, 2)
    assert seen.fields["taken_at"] == "2026-11-20T07:15:00"
    assert "place" not in seen.fields
    assert_accessible(phone)


def test_a_place_that_is_told_is_seen_and_once_it_is_told_no_more_it_is_gone(
    page: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.where", "bea.where"))
    come_to_know(ada, bea)
    album_id = make_album(ada, store_photos(ada, tmp_path, whole=1, cleaned=1))
    open_vault(page, site, ada, 2)
    dialog = share(page, site, album_id, bea, 2)
    link = make_link(ada.sharer, open_shared_album(ada.sharer, album_id))
    address = link.address(site.address)
    look_into(phone, site, bea, 2)
    phone.keyboard.press("i")
    panel = phone.locator("pv-shared-photo")
    expect(panel).to_contain_text(NO_PLACE, timeout=PATIENT)
    assert places_behind(site, address) == [None, None]

    after_a_replacement(page, dialog.get_by_label(WHERE).check)

    expect(dialog.get_by_text("2 photos say so")).to_be_visible(timeout=SHARE_PATIENT)
    look_again(phone)
    expect(panel).to_contain_text(PLACE, timeout=PATIENT)
    assert_accessible(phone)
    assert_fits(phone, width=320)
    assert places_behind(site, address) == [{"lat": 57_037_100, "lon": 9_898_900}] * 2
    # Also on a device that never saw it otherwise.
    phone.reload()
    expect(panel).to_contain_text(PLACE, timeout=PATIENT)

    after_a_replacement(page, dialog.get_by_label(WHERE).uncheck)

    expect(dialog.get_by_text("photos say so")).to_have_count(0, timeout=SHARE_PATIENT)
    look_again(phone)
    expect(panel).to_contain_text(NO_PLACE, timeout=PATIENT)
    expect(panel).not_to_contain_text(PLACE)
    assert places_behind(site, address) == [None, None]
    phone.reload()
    expect(panel).to_contain_text(NO_PLACE, timeout=PATIENT)
    expect(panel).not_to_contain_text(PLACE)


def make_a_link(dialog: Locator) -> str:
    """Without a password. Answers its address."""
    dialog.get_by_role("button", name="Make a link").click(timeout=PATIENT)
    dialog.get_by_role("button", name="Make the link").click()
    field = dialog.get_by_label("Address of the link")
    expect(field).to_be_visible(timeout=PATIENT)
    return field.input_value()


def expect_version(page: Page, owner: Person, album_id: str, number: int) -> None:
    """The one photo of an album is shared in this version before long."""
    until = time.monotonic() + SHARE_PATIENT / 1000
    while [each.fields["version"] for each in opened(owner, album_id)[1]] != [number]:
        assert time.monotonic() < until, "The new version was not shared."
        page.wait_for_timeout(500)


def after_a_replacement(page: Page, act: Callable[[], object]) -> None:
    """Do something that lets this device show photos otherwise in the album."""
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        act()


def places_behind(site: Site, address: str) -> list[dict[str, int] | None]:
    """What whoever has the link is told of where its photos were taken."""
    photos = visited_photos(visit(site.address, address))
    return [each.fields.get("place") for each in photos]
