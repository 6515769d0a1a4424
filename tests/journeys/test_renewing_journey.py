"""What an owner changes later is shown where a photo is shared: another version of it, and what
goes along with it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.journeys.giving import acquaint, expect_album, giver_of, open_shared
from tests.journeys.grouping import Body, altered
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.pictures import CAMERA, write_photo
from tests.journeys.sharing import (
    NAME,
    SHARE_PATIENT,
    Person,
    choose,
    come_to_know,
    expect_prepared,
    make_album,
    newcomer,
    open_share_dialog,
    open_vault,
    opened,
    originals,
    pick,
    store_photos,
)
from tests.journeys.site import Site
from tests.journeys.uploading import expect_tiles, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.clean import without_metadata
from tests.reference_client.client import Json
from tests.reference_client.documents import StoredAs
from tests.reference_client.images import Photo
from tests.reference_client.shared_albums import change_settings
from tests.reference_client.shared_photos import choose_telling
from tests.reference_client.thumbnails import make_thumbnails
from tests.reference_client.wire import to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ITS_ITEMS = re.compile(r"/api/v1/shared/albums/[0-9a-f-]{36}/items\?")
WHEN, WHERE = "When each photo was taken", "Where each photo was taken"
DAY = re.compile("15 November 2026|November 15, 2026")
PANEL = "pv-shared-photo"
WORDS = "The light on the water."
# The colour in the middle of a picture.
COLOUR = """(image) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.drawImage(image, image.naturalWidth / 2, image.naturalHeight / 8, 1, 1, 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].join();
}"""


def test_another_version_takes_the_place_of_the_former_and_what_was_said_stays(
    page: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.anew", "bea.anew"))
    come_to_know(ada, bea)
    cleaned, whole = reversed(store_photos(ada, tmp_path, whole=1, cleaned=1))
    album_id = make_album(ada, [cleaned, whole])
    open_vault(page, site, ada, 2)
    share(page, site, album_id, bea, 2)
    look_into(phone, site, bea, 2)
    panel = say_something(phone)
    before = {each.id: each.fields for each in opened(bea, album_id)[1]}
    photo = next(each for each in (cleaned, whole) if each.id in phone.url)
    former = phone.locator("pv-viewer .photo").evaluate(COLOUR)
    count = len(opened(bea, album_id)[0].chronicle.state.items)

    # Both come from another device of hers; this one shows the album's people what it finds.
    files = {each.id: write_again(ada, each, tmp_path) for each in (cleaned, whole)}
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()

    after = {each.id: each.fields for each in opened(bea, album_id)[1]}
    assert {pk: fields["version"] for pk, fields in after.items()} == dict.fromkeys(before, 2)
    assert {pk: each["source"] for pk, each in after.items()} == {
        cleaned.id: "content",
        whole.id: "clean",
    }
    assert originals(bea, album_id) == files
    assert len(opened(bea, album_id)[0].chronicle.state.items) == count
    look_again(phone)
    viewer = phone.locator("pv-viewer .photo")
    expect_another(phone, viewer, former)
    assert photo.id in phone.url
    expect(panel).to_contain_text(WORDS)
    expect(like_button(panel)).to_have_attribute("aria-pressed", "true")
    expect(phone.locator(".received .note")).to_have_count(0)
    # As on a device that never saw the former one.
    phone.reload()
    expect_another(phone, viewer, former)
    expect(panel).to_contain_text(WORDS, timeout=PATIENT)
    expect(like_button(panel)).to_have_attribute("aria-pressed", "true", timeout=PATIENT)


def test_what_goes_along_is_decided_later_and_taken_back(
    page: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.later", "bea.later"))
    come_to_know(ada, bea)
    photos = store_photos(ada, tmp_path, whole=1, cleaned=2)
    album_id = make_album(ada, photos)
    open_vault(page, site, ada, 3)
    dialog = share(page, site, album_id, bea, 3)
    look_into(phone, site, bea, 3)
    phone.keyboard.press("i")
    panel = phone.locator(PANEL)
    expect(panel).to_be_visible(timeout=PATIENT)
    expect(phone.locator("pv-viewer")).not_to_contain_text(DAY)
    when, where = dialog.get_by_label(WHEN), dialog.get_by_label(WHERE)
    expect(when).not_to_be_checked()
    expect(dialog.get_by_text("You can change this at any time.")).to_be_visible()

    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        when.check()

    expect(dialog.get_by_text("Others will see when each of your photos")).to_be_visible()
    expect(dialog.get_by_text("3 photos say so")).to_be_visible(timeout=SHARE_PATIENT)
    assert_accessible(page)
    assert_fits(page, width=320)
    assert told(bea, album_id, "taken_at") == ["2026-11-15T11:42:07"] * 3
    assert told(bea, album_id, "place") == []
    look_again(phone)
    expect(phone.locator("pv-viewer .where")).to_contain_text("November", timeout=PATIENT)
    # It stands as it was left, when the dialog is opened again.
    page.reload()
    dialog = open_share_dialog(page, site, album_id)
    when, where = dialog.get_by_label(WHEN), dialog.get_by_label(WHERE)
    expect(when).to_be_checked()
    expect(where).not_to_be_checked()
    # A correction made later is told, and what it takes away is told no more.
    ada.sharer.library.correct(photos[0], capturedAt="2026-11-16T08:00:00")
    ada.sharer.library.correct(photos[1], capturedAt=None)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()
    days = ["2026-11-15T11:42:07", "2026-11-16T08:00:00"]
    assert told(bea, album_id, "taken_at") == days

    dialog = open_share_dialog(page, site, album_id)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        dialog.get_by_label(WHEN).uncheck()

    expect(dialog.get_by_text("Whoever saw it before may remember it.")).to_be_visible()
    expect(dialog.get_by_text("photos say so")).to_have_count(0, timeout=SHARE_PATIENT)
    assert told(bea, album_id, "taken_at") == []
    look_again(phone)
    expect(phone.locator("pv-viewer .where")).to_contain_text("Added", timeout=PATIENT)


def test_what_a_closed_tab_left_half_done_goes_on_on_another_device(
    page: Page, phone: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.closes", "bea.closes"))
    come_to_know(ada, bea)
    album_id = make_album(ada, store_photos(ada, tmp_path, whole=0, cleaned=2))
    open_vault(page, site, ada, 2)
    dialog = share(page, site, album_id, bea, 2)
    # What her photos are to tell is said, and the page is gone before the first of them does.
    watch.is_line_cut = True
    page.route("**/items/replace", lambda route: route.abort())
    with (
        page.expect_request("**/items/replace", timeout=SHARE_PATIENT),
        page.expect_response(is_chosen, timeout=SHARE_PATIENT),
    ):
        dialog.get_by_label(WHEN).check()
    page.context.set_offline(offline=True)
    page.close()
    watch.is_line_cut = False
    assert told(bea, album_id, "taken_at") == []

    with phone.expect_response(is_replaced, timeout=SHARE_PATIENT):
        open_vault(phone, site, ada, 2)

    assert told(bea, album_id, "taken_at") == ["2026-11-15T11:42:07"] * 2
    assert told(bea, album_id, "place") == []
    # What comes in later tells the same, and the box stands as it was put on the other device.
    dialog = open_share_dialog(phone, site, album_id)
    expect(dialog.get_by_label(WHEN)).to_be_checked()
    expect(dialog.get_by_label(WHERE)).not_to_be_checked()


def test_whoever_manages_an_album_does_not_choose_what_photos_of_others_tell(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.chooses", "bea.manages"))
    come_to_know(ada, bea)
    first, second = store_photos(ada, tmp_path, whole=0, cleaned=2)
    album_id = make_album(ada, [first])
    open_vault(page, site, ada, 2)
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, bea.email, "Can manage")
    dialog.get_by_role("button", name="Share with 1").click()
    expect_prepared(dialog, 1)

    # She writes what albums of before went by, and chooses all there is of her own.
    album = opened(bea, album_id)[0]
    change_settings(bea.sharer, album, album.settings, tells=["taken_at", "place"])
    choose_telling(bea.sharer, opened(bea, album_id)[0], ["taken_at", "place"])
    page.goto(f"{site.address}/photos")
    pick(page, "p1.jpg")
    page.get_by_role("button", name="Album", exact=True).locator("visible=true").click()
    page.get_by_role("dialog").get_by_role("button", name=NAME).click()
    expect(page.get_by_text(f"1 photo is in “{NAME}” now.")).to_be_visible(timeout=PATIENT)
    newer = write_again(ada, first, tmp_path)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()

    photos = {each.id: each.fields for each in opened(bea, album_id)[1]}
    assert {pk: fields["version"] for pk, fields in photos.items()} == {first.id: 2, second.id: 1}
    assert originals(bea, album_id)[first.id] == newer
    assert told(bea, album_id, "taken_at") == told(bea, album_id, "place") == []
    dialog = open_share_dialog(page, site, album_id)
    expect_prepared(dialog, 2)
    for label in (WHEN, WHERE):
        expect(dialog.get_by_label(label)).not_to_be_checked()


def test_a_server_that_keeps_showing_the_former_photo_is_noticed(
    page: Page, phone: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.keeps", "bea.keeps"))
    come_to_know(ada, bea)
    one, two = store_photos(ada, tmp_path, whole=0, cleaned=2)
    album_id = make_album(ada, [one, two])
    open_vault(page, site, ada, 2)
    share(page, site, album_id, bea, 2)
    look_into(phone, site, bea, 2)
    phone.keyboard.press("Escape")
    items = bea.sharer.client.call("GET", f"/shared/albums/{album_id}/items")["items"]
    former = next(each for each in items if each["image_id"] == one.id)

    write_again(ada, one, tmp_path)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()

    def keeps_the_former(body: Body) -> None:
        body["items"] = [
            former if each["image_id"] == one.id else each for each in body["items"]
        ]

    phone.route(ITS_ITEMS, altered(keeps_the_former))
    look_again(phone)
    status = phone.locator(".received .note")
    missing = "1 photo that was put into this album is not here"
    expect(status.first).to_contain_text(missing, timeout=PATIENT)
    expect_tiles(phone, 1)
    phone.reload()
    expect(status.first).to_contain_text(missing, timeout=PATIENT)
    phone.unroute(ITS_ITEMS)
    phone.reload()
    expect_tiles(phone, 2)
    expect(status).to_have_count(0)


def test_who_put_a_photo_into_anothers_album_shows_its_new_version_there(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada = newcomer(site, "ada.adds")
    giver = giver_of(site, "otto.anew", "Rowing club", photos=1)
    sign_in(page, site, ada.email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    giver.share(acquaint(giver, page, site, ada.email), "contributor")
    [photo] = store_photos(ada, tmp_path, whole=0, cleaned=1)
    page.reload()
    open_shared(page, site, "Rowing club")
    page.get_by_role("button", name="Add photos").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label(WHEN)).not_to_be_checked()
    # Her choice, and no longer that of whose album it is.
    with page.expect_response(is_chosen, timeout=PATIENT):
        dialog.get_by_label(WHERE).check()
    expect(dialog.get_by_text("The place goes along, as you chose")).to_be_visible()
    assert_accessible(page)
    assert_fits(page, width=320)
    dialog.locator(".pick-grid").get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name="Add 1 photo").click()
    expect_tiles(page, 2)
    assert told(ada, giver.album.id, "place") == [{"lat": 57_037_100, "lon": 9_898_900}]
    assert told(ada, giver.album.id, "taken_at") == []

    write_again(ada, photo, tmp_path)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()

    expect_album(page, "Rowing club")
    versions = {each.id: each.fields["version"] for each in opened(ada, giver.album.id)[1]}
    assert versions == {giver.photos[0].id: 1, photo.id: 2}
    authors = giver.look().chronicle.state.items.values()
    assert sorted(authors) == sorted([giver.sharer.id, ada.sharer.id])

    page.get_by_role("button", name="Add photos").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label(WHERE)).to_be_checked()
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        dialog.get_by_label(WHERE).uncheck()

    expect(dialog.get_by_text("Whoever saw it before may remember it.")).to_be_visible()
    assert told(ada, giver.album.id, "place") == []


def share(page: Page, site: Site, album_id: str, person: Person, count: int) -> Locator:
    """Let somebody look at an album, all of it ready for them."""
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, person.email)
    dialog.get_by_role("button", name="Share with 1").click()
    expect_prepared(dialog, count)
    return dialog


def look_into(page: Page, site: Site, person: Person, count: int) -> None:
    """Whoever it is shared with, before its newest photo."""
    sign_in(page, site, person.email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    open_shared(page, site, NAME)
    expect_tiles(page, count)
    tiles(page).first.click()
    shown = "() => document.querySelector('pv-viewer .photo')?.naturalWidth > 320"
    page.wait_for_function(shown, timeout=PATIENT)


def say_something(page: Page) -> Locator:
    """Like the photo in view, and write about it; the panel beside it."""
    page.keyboard.press("i")
    panel = page.locator(PANEL)
    panel.get_by_label("Write a comment").fill(WORDS)
    panel.get_by_role("button", name="Send").click()
    expect(panel.locator(".comments > li")).to_have_count(1, timeout=PATIENT)
    like_button(panel).click()
    expect(like_button(panel)).to_have_attribute("aria-pressed", "true", timeout=PATIENT)
    return panel


def like_button(panel: Locator) -> Locator:
    return panel.get_by_role("button", name="Like", exact=True)


def write_again(owner: Person, photo: Photo, folder: Path) -> bytes:
    """Another picture under the same id, as another device of its owner stores it. Answers what
    others get of it."""
    seed = 500 + int(photo.metadata.name[1:-4])
    taken = "2026:11:15 11:42:07"
    jpeg = write_photo(folder, f"again{seed}.jpg", seed=seed, taken=taken).read_bytes()
    cleaned = without_metadata(jpeg)
    is_whole = photo.metadata.stored_as == StoredAs.WHOLE
    stored = jpeg if is_whole else cleaned
    thumbnails = make_thumbnails(stored)
    metadata = replace(
        photo.metadata, size=len(stored), thumbhash=to_text(thumbnails.thumbhash), camera=CAMERA
    )
    newer = owner.sharer.library.replace(photo, stored, metadata)
    owner.sharer.library.remake_thumbnails(newer, thumbnails)
    return cleaned


def told(person: Person, album_id: str, what: str) -> list[Json]:
    """What an album says of its photos, to somebody in it."""
    return sorted(
        each.fields[what] for each in opened(person, album_id)[1] if what in each.fields
    )


def is_replaced(response: Response) -> bool:
    return response.url.endswith("/items/replace") and response.ok


def is_chosen(response: Response) -> bool:
    return response.url.endswith("/telling") and response.ok


def expect_another(page: Page, photo: Locator, former: str) -> None:
    """Another picture than was there before."""
    expect(photo).to_be_visible(timeout=PATIENT)
    page.wait_for_function(
        f"(former) => {{ const image = document.querySelector('pv-viewer .photo');"
        f" return image?.naturalWidth > 320 && ({COLOUR})(image) !== former; }}",
        arg=former,
        timeout=PATIENT,
    )


def look_again(page: Page) -> None:
    """As when somebody comes back to the page."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
