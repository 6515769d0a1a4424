"""Somebody without an account opens an album by link, and brings photos by another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.line import Line
from tests.journeys.linking import digest, open_album, owner, picture, shared_album
from tests.journeys.people import PATIENT
from tests.journeys.pictures import tells_of_its_maker, write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import UPLOAD_PATIENT
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.collecting import drops_of, make_collect_link, take_in
from tests.reference_client.links import Link, change_link, make_link, revoke_link
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import SharedAlbum, open_shared_album
from tests.reference_client.wire import to_bytes, to_text

pytestmark = pytest.mark.browser

PASSWORD = "otter lamp seven"
COUNT = 6


@pytest.fixture(scope="module")
def sharer(site: Site) -> Sharer:
    """Whose album it is."""
    return owner(site, "marit-links")[1]


@pytest.fixture(scope="module")
def album(sharer: Sharer) -> SharedAlbum:
    """A summer."""
    return shared_album(sharer, "Lake summer", COUNT, "Two weeks by the water, mostly in it.")


def current(sharer: Sharer, album: SharedAlbum) -> SharedAlbum:
    return open_shared_album(sharer, album.id)


def new_link(
    sharer: Sharer, album: SharedAlbum, password: str | None = None, **limits: object
) -> Link:
    return make_link(sharer, current(sharer, album), password, **limits)


def test_a_guest_sees_the_album_and_saves_an_original(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum, tmp_path: Path
) -> None:
    link = new_link(sharer, album, can_download=True)
    page.goto(link.address(site.address))
    open_album(page, "Lake summer", COUNT)
    assert page.context.cookies() == []
    assert_accessible(page)

    page.get_by_role("option").first.click()
    viewer = page.get_by_role("dialog", name="Photo")
    expect(viewer.get_by_text(f"Photo 1 of {COUNT}")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_text(f"Photo 2 of {COUNT}")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as saving:
        viewer.get_by_role("button", name="Download").click()
    saving.value.save_as(tmp_path / "saved.jpg")
    assert digest((tmp_path / "saved.jpg").read_bytes()) == digest(picture(1))
    assert saving.value.suggested_filename == "Photo 2.jpg"

    page.go_back()
    expect(viewer).to_have_count(0)
    expect(page.get_by_role("option").nth(1)).to_be_focused()
    assert_fits(page, width=320)


def test_without_leave_to_download_nothing_offers_it(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum
) -> None:
    page.goto(new_link(sharer, album).address(site.address))
    open_album(page, "Lake summer", COUNT)

    expect(page.get_by_role("button", name="Download")).to_have_count(0)
    page.get_by_role("option").first.click()
    expect(page.get_by_role("dialog", name="Photo")).to_be_visible()
    expect(page.get_by_role("button", name="Download")).to_have_count(0)


def test_a_link_with_a_password_opens_by_it_alone(
    phone: Page, site: Site, sharer: Sharer, album: SharedAlbum, watch: Watch
) -> None:
    phone.goto(new_link(sharer, album, PASSWORD).address(site.address))
    expect(phone.get_by_role("heading", name="This album asks for a password")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(phone)
    field = phone.get_by_label("Password of the link")
    watch.expect(403)
    field.fill("otter lamp eight")
    phone.get_by_role("button", name="Open").click()
    expect(phone.get_by_role("alert")).to_contain_text("9 tries are left", timeout=PATIENT)
    assert_accessible(phone)

    field.fill(PASSWORD)
    phone.get_by_role("button", name="Open").click()

    open_album(phone, "Lake summer", COUNT)
    assert_accessible(phone)


def test_a_link_that_is_taken_back_closes_what_is_open(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum, watch: Watch
) -> None:
    link = new_link(sharer, album)
    page.goto(link.address(site.address))
    open_album(page, "Lake summer", COUNT)
    page.get_by_role("option").first.click()
    expect(page.get_by_role("dialog", name="Photo")).to_be_visible()

    watch.expect(*[410] * 20)
    revoke_link(sharer, current(sharer, album), link.id)
    # Looks again by itself, and whenever the page comes back into view.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_role("heading", name="This link has ended")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("dialog", name="Photo")).to_have_count(0)
    expect(page.locator("img")).to_have_count(0)
    assert_accessible(page)
    watch.expected.clear()


def test_a_link_that_is_used_up_opens_once_its_owner_allows_more(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum, watch: Watch
) -> None:
    link = new_link(sharer, album, view_limit=1)
    page.goto(link.address(site.address))
    open_album(page, "Lake summer", COUNT)

    watch.expect(410)
    page.reload()
    expect(page.get_by_role("heading", name="This link has ended")).to_be_visible(timeout=PATIENT)

    change_link(sharer, album, link.id, view_limit=2, can_download=False)
    page.reload()
    open_album(page, "Lake summer", COUNT)


@pytest.mark.parametrize("door", ["l", "c"])
def test_another_owner_behind_an_address_is_noticed_before_anything_opens(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum, door: str
) -> None:
    link = new_link(sharer, album) if door == "l" else make_collect_link(sharer, "The picnic")
    address, _, fragment = link.address(site.address, door).partition("#")
    others = to_text(to_bytes(fragment)[:32] + bytes(32))

    page.goto(f"{address}#{others}")

    expect(page.get_by_text("not those of the person who made it")).to_be_visible(timeout=PATIENT)
    expect(page.locator("img, input")).to_have_count(0)


def test_a_damaged_address_says_so_and_asks_nobody(
    page: Page, site: Site, sharer: Sharer, album: SharedAlbum, watch: Watch
) -> None:
    address = new_link(sharer, album).address(site.address)

    page.goto(address[:-10])
    expect(page.get_by_role("heading", name="Part of this link is missing")).to_be_visible()
    assert_accessible(page)

    watch.expect(404)
    page.goto("about:blank")
    page.goto(address.replace(address.split("/l/")[1][:36], "01990000-0000-7000-8000-000000000000"))
    expect(page.get_by_role("heading", name="There is no such link")).to_be_visible(timeout=PATIENT)


def choose_files(page: Page, files: list[Path]) -> None:
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def write_pictures(folder: Path, count: int) -> list[Path]:
    """Photos with a place, a time and a camera in them."""
    return [
        write_photo(folder, f"IMG_{seed}.jpg", seed=seed, taken="2026:07:04 18:30:00")
        for seed in range(70, 70 + count)
    ]


def test_a_guest_brings_photos_over_a_line_that_breaks_and_the_owner_takes_them_in(
    page: Page, site: Site, sharer: Sharer, line: Line, watch: Watch, tmp_path: Path
) -> None:
    watch.is_line_cut = True
    link = make_collect_link(sharer, "The picnic", PASSWORD)
    page.goto(link.address(line.address, "c"))
    page.get_by_label("Password of the link").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="The picnic", level=1)).to_be_visible(timeout=PATIENT)
    assert page.context.cookies() == []
    assert_accessible(page)
    files = write_pictures(tmp_path, 3)

    line.cut_after(60_000)
    page.get_by_label("Your name, if you like").fill("Aunt Ida")
    choose_files(page, files)
    mine = page.get_by_role("region", name="handed over")
    expect(mine.get_by_text("It goes on by itself").first).to_be_visible(timeout=UPLOAD_PATIENT)
    # All of them are encrypted by now, so that another page can go on without the files.
    expect(mine.get_by_text("Encrypting here")).to_have_count(0, timeout=UPLOAD_PATIENT)
    expect(mine.get_by_text("Waits its turn")).to_have_count(0, timeout=UPLOAD_PATIENT)
    assert line.is_cut
    page.goto("about:blank")
    line.mend()

    page.goto(link.address(line.address, "c"))
    page.get_by_label("Password of the link").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    done = page.get_by_role("heading", name="3 photos are handed over. Thank you.")
    expect(done).to_be_visible(timeout=UPLOAD_PATIENT)
    assert_accessible(page)
    assert_fits(page, width=320)

    drops = drops_of(sharer)
    assert {drop.brought_by for drop in drops} == {"Aunt Ida"}
    taken = [take_in(sharer, drop) for drop in drops]
    assert {photo.metadata.name for photo in taken} == {file.name for file in files}
    assert all(photo.metadata.place is not None for photo in taken)
    assert not any(tells_of_its_maker(sharer.library.download(photo)) for photo in taken)


def test_a_guest_who_keeps_date_and_place_to_themselves_sends_neither(
    phone: Page, site: Site, sharer: Sharer, tmp_path: Path
) -> None:
    link = make_collect_link(sharer, "Quietly", photo_limit=1)
    phone.goto(link.address(site.address, "c"))
    expect(phone.get_by_text("Room for 1 photo")).to_be_visible(timeout=PATIENT)

    phone.get_by_role("switch", name="Send date and place along").uncheck()
    choose_files(phone, write_pictures(tmp_path, 2))

    # One fits, and the page says what became of the other.
    expect(phone.get_by_text("1 photo does not fit through this link")).to_be_visible()
    expect(
        phone.get_by_role("heading", name="1 photo is handed over. Thank you.")
    ).to_be_visible(timeout=UPLOAD_PATIENT)
    expect(phone.get_by_text("No more fits through this link")).to_be_visible(timeout=PATIENT)
    assert_accessible(phone)
    (drop,) = drops_of(sharer)
    photo = take_in(sharer, drop)
    assert drop.brought_by is None
    assert photo.metadata.place is None
    assert photo.metadata.captured_at is None
