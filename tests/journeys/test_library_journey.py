"""A library from its first photo on: kept, seen, put right, sorted, saved and deleted."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.people import PATIENT, expect_locked, expect_open, lock_button, sign_up, unlock
from tests.journeys.pictures import CAMERA, PLACE, tells_of_its_maker, write_photo
from tests.journeys.site import Site
from tests.journeys.watch import assert_accessible, assert_fits

pytestmark = pytest.mark.browser

UPLOAD_PATIENT = 120_000
KEEP = "Keep the file as it is"
LISTS = ["photos", "albums", "favourites", "archive", "bin", "search#q=hill", "duplicates"]


def some_photos(folder: Path) -> list[Path]:
    """Three of one Sunday, one of the month before."""
    taken = [
        "2026:11:15 11:42:07",
        "2026:11:15 11:43:10",
        "2026:11:15 12:01:00",
        "2026:10:03 08:00:00",
    ]
    return [
        write_photo(folder, f"hill-{number}.jpg", seed=number, taken=moment)
        for number, moment in enumerate(taken, start=1)
    ]


def upload(page: Page, photos: list[Path], *, choice: str | None = None) -> None:
    """The first upload of an empty vault, to the end."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload photos").click()
    chooser.value.set_files(photos)
    question = page.get_by_role("dialog", name="Before your first photos")
    expect(question).to_be_visible()
    assert_accessible(page)
    if choice is not None:
        question.get_by_text(choice).click()
    question.get_by_role("button", name="Upload").click()
    done = f"{len(photos)} photo{'s are' if len(photos) > 1 else ' is'} in your vault"
    expect(page.get_by_role("heading", name=done)).to_be_visible(timeout=UPLOAD_PATIENT)
    expect(tiles(page)).to_have_count(len(photos), timeout=PATIENT)


def tiles(page: Page) -> Locator:
    return page.locator('.timeline [role="option"]:not(.pending)')


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("option", name=name)


def viewer(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Photo", exact=True)


def expect_picture(page: Page) -> None:
    """The photograph is on the stage, drawn from real pixels."""
    wait_until(page, "(document.querySelector('pv-viewer .photo')?.naturalWidth ?? 0) > 640")


def wait_until(page: Page, truth: str) -> None:
    """Ask from outside: the page's own policy lets nobody evaluate text in it."""
    until = time.monotonic() + PATIENT / 1000
    while not page.evaluate(truth):
        assert time.monotonic() < until, f"This never came true: {truth}"
        page.wait_for_timeout(50)


def save_from_viewer(page: Page) -> bytes:
    """What the button saves."""
    with page.expect_download() as saving:
        viewer(page).get_by_role("button", name="Save").locator("visible=true").first.click()
    return Path(saving.value.path()).read_bytes()


def open_vault(page: Page, site: Site, name: str) -> None:
    sign_up(page, site, f"{name}@example.org")
    expect(page.get_by_role("heading", name="Your vault is empty")).to_be_visible(timeout=PATIENT)


def test_photos_are_cleaned_kept_seen_and_put_right(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "keeper")
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})
    upload(page, some_photos(tmp_path))
    expect(page.get_by_text("Taken out of the files")).to_contain_text("the place from 4")
    assert_accessible(page)
    expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
    expect(page.get_by_role("heading", name="October 2026")).to_be_visible()

    tile(page, "hill-1.jpg").click()
    expect_picture(page)
    expect(page).to_have_url(re.compile(r"/photos/[0-9a-f-]{36}$"))
    page.keyboard.press("i")
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text(PLACE)
    expect(details).to_contain_text(CAMERA)
    expect(details).to_contain_text("Only you can open this")
    assert_accessible(page)
    saved = save_from_viewer(page)
    assert saved[:2] == b"\xff\xd8"
    assert not tells_of_its_maker(saved)

    correct_title_and_date(page, details)
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    expect(page.get_by_role("option", name=re.compile("^Evening on the hill"))).to_be_focused()
    expect(page.get_by_role("heading", name="March 2025")).to_be_visible()

    page.reload()
    expect_open(page)
    expect(page.get_by_role("option", name=re.compile("^Evening on the hill"))).to_be_visible(
        timeout=PATIENT
    )


def correct_title_and_date(page: Page, details: Locator) -> None:
    details.get_by_role("button", name="Correct title and description").click()
    details.get_by_label("Title").fill("Evening on the hill")
    details.get_by_role("button", name="Save", exact=True).click()
    expect(details.get_by_text("Evening on the hill")).to_be_visible()
    details.get_by_role("button", name="Correct the date").click()
    details.get_by_label("Date and time").fill("2025-03-04T18:30:00")
    assert_accessible(page)
    details.get_by_role("button", name="Save", exact=True).click()
    expect(details).to_contain_text("4 March 2025 at 18:30")
    expect(details).to_contain_text("Corrected by you")
    details.get_by_role("button", name="Show corrections").click()
    expect(details.get_by_text("You corrected the title")).to_be_visible(timeout=PATIENT)
    details.get_by_role("button", name="Correct the date").click()
    expect(details.get_by_role("button", name="Take my correction back")).to_be_visible()
    details.get_by_role("button", name="Cancel").click()


def test_a_file_kept_whole_comes_back_byte_for_byte(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "exact")
    photo, *_ = some_photos(tmp_path)
    upload(page, [photo], choice=KEEP)

    tile(page, "hill-1.jpg").click()
    expect_picture(page)
    page.keyboard.press("+")
    page.keyboard.press("+")
    wait_until(page, "Number(document.querySelector('pv-viewer .photo').style.scale) > 2")
    page.keyboard.press("0")
    assert save_from_viewer(page) == photo.read_bytes()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert_accessible(page)


def test_photos_are_picked_sorted_and_archived(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "tidy")
    upload(page, some_photos(tmp_path))
    page.get_by_role("button", name="Close the uploads").click()

    tile(page, "hill-3.jpg").click(modifiers=["Control"])
    tile(page, "hill-1.jpg").click(modifiers=["Shift"])
    bar = page.get_by_role("region", name="Selected photos")
    expect(bar).to_contain_text("3 selected")
    assert_accessible(page)
    bar.get_by_role("button", name="Album").click()
    page.get_by_label("Name of a new album").fill("Hills")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("3 photos are in “Hills” now.")).to_be_visible(timeout=PATIENT)
    expect(bar).to_be_hidden()

    tile(page, "hill-4.jpg").click(modifiers=["Control"])
    bar.get_by_role("button", name="Archive").click()
    expect(tiles(page)).to_have_count(3)
    tile(page, "hill-2.jpg").focus()
    page.keyboard.press("Enter")
    expect_picture(page)
    page.keyboard.press("f")
    expect(viewer(page).get_by_role("button", name="Favourite").first).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Escape")

    look_through_lists(page, site)


def look_through_lists(page: Page, site: Site) -> None:
    """Every list, as it stands on a desk and on a narrow phone. What is looked for stays here."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    counts = {"photos": 3, "favourites": 1, "archive": 1, "search#q=hill": 4}
    for name in LISTS:
        page.goto(f"{site.address}/{name}")
        expect_open(page)
        if name in counts:
            expect(tiles(page)).to_have_count(counts[name], timeout=PATIENT)
            expect(tiles(page).first).to_be_in_viewport()
        else:
            expect(page.locator(".empty, .albums").first).to_be_in_viewport()
        assert_accessible(page)
        assert_fits(page, width=320)
        assert_accessible(page)
        page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site.address}/albums")
    page.get_by_role("link", name="Hills").click()
    expect(tiles(page)).to_have_count(3, timeout=PATIENT)
    assert_accessible(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Albums")).to_be_visible()
    assert f"{site.address}/search" in asked
    assert not [each for each in asked if "hill" in each]


def test_a_photo_is_deleted_with_ten_seconds_to_think_again(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "deleter")
    upload(page, some_photos(tmp_path)[:2])
    page.get_by_role("button", name="Close the uploads").click()

    tile(page, "hill-1.jpg").click(modifiers=["Control"])
    delete = page.get_by_role("region", name="Selected photos").get_by_role("button", name="Delete")
    delete.click()
    expect(tiles(page)).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text(
        "will be deleted now and unreadable in every backup by"
    )
    assert_accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(tiles(page)).to_have_count(2)

    tile(page, "hill-1.jpg").click(modifiers=["Control"])
    delete.click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0, timeout=20_000)
    page.reload()
    expect_open(page)
    expect(tiles(page)).to_have_count(1, timeout=PATIENT)
    expect(tile(page, "hill-2.jpg")).to_be_visible()


def test_locking_takes_every_picture_off_the_page(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "locker")
    upload(page, some_photos(tmp_path)[:1])
    tile(page, "hill-1.jpg").click()
    expect_picture(page)
    page.keyboard.press("Escape")

    lock_button(page).click()
    expect_locked(page)
    assert page.locator("img[src^='blob:'], img[src^='data:']").count() == 0
    assert "hill-1" not in page.content()
    unlock(page)
    expect_open(page)
    expect(tile(page, "hill-1.jpg")).to_be_visible(timeout=PATIENT)


def expect_within_reach(acts: Locator) -> None:
    """Each is large enough for a thumb, and none is cut off at the window's edge."""
    for act in acts.all():
        box = act.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]


def test_a_phone_has_everything_within_reach(phone: Page, site: Site, tmp_path: Path) -> None:
    open_vault(phone, site, "pocket")
    upload(phone, some_photos(tmp_path))
    assert_accessible(phone)
    tile(phone, "hill-2.jpg").click()
    expect_picture(phone)
    assert_accessible(phone)
    acts = phone.get_by_label("What to do with this photo").get_by_role("button")
    assert [act.inner_text() for act in acts.all()] == [
        "Share",
        "Album",
        "Favourite",
        "Save",
        "More",
        "Delete",
    ]
    expect_within_reach(acts)
    acts.get_by_text("More").click()
    menu = phone.locator("#viewer-more")
    assert menu.get_by_role("button").all_inner_texts() == ["Archive", "Publish", "Receipt"]
    assert_accessible(phone)
    expect_within_reach(menu.get_by_role("button"))
    phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect_picture(phone)
    phone.get_by_role("button", name="Details").click()
    assert_accessible(phone)
    assert_fits(phone, width=320)
