"""A photo that changed on our disk is put back, previews are made again, an album is laid anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.line import line_to
from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import expect_picture, save_from_viewer, tile, viewer
from tests.journeys.uploading import (
    KEEP,
    UPLOAD_PATIENT,
    answer,
    choose,
    expect_stored,
    expect_tiles,
    open_vault,
    port_of,
    through,
    tiles,
    tray,
)
from tests.journeys.watch import Watch, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

# Turns one bit of every stored blob of an account, as a failing disk would, and looks again.
DAMAGE = """
from pathlib import Path
from images.actions.verifying import verify_image
from images.models import ImagePart
from pocketvault.kernel.blobs import store
parts = ImagePart.objects.filter(image__owner__email={email!r}, name__in={names!r})
for part in parts:
    [path] = [each for each in Path({folder!r}).rglob(part.blob_key.rsplit("/", 1)[-1])]
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    verify_image(part.image_id)
"""


def damage(site: Site, email: str, *names: str) -> None:
    """Our disk fails under these parts of all photos of somebody."""
    script = DAMAGE.format(email=email, names=names, folder=str(site.folder))
    site.live.manage("shell", "-c", script)


def reopen(page: Page, site: Site) -> None:
    """The same library with what the server says of it now."""
    page.goto(f"{site.address}/photos")
    expect(tiles(page).first).to_be_visible(timeout=PATIENT)


def test_a_damaged_photo_is_put_back_from_the_original(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = open_vault(page, site, "mender")
    photo = write_photo(tmp_path, "lost.jpg", seed=201, taken="2026:11:13 10:00:00")
    another = write_photo(tmp_path, "another.jpg", seed=202, taken="2026:11:13 10:01:00")
    choose(page, [photo])
    answer(page, KEEP)
    expect_stored(page, 1)
    damage(site, email, "original", "preview", "thumbnail")
    reopen(page, site)

    expect(tile(page, "lost.jpg")).to_contain_text("Changed on our disk", timeout=PATIENT)
    watch.expected.extend([410, 409, 500, 503] * 10)
    tile(page, "lost.jpg").click()
    expect(viewer(page)).to_contain_text("choose it and we put it back in place")
    assert_accessible(page)
    choose(page, [another], button="Choose the original")
    expect(page.locator("#toasts")).to_contain_text("This is another file", timeout=PATIENT)
    choose(page, [photo], button="Choose the original")
    expect(page.locator("#toasts")).to_contain_text("back in place", timeout=UPLOAD_PATIENT)

    expect_picture(page)
    assert save_from_viewer(page) == photo.read_bytes()
    page.keyboard.press("Escape")
    expect_tiles(page, 1)


def test_a_copy_saved_from_here_is_as_good_as_the_original(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = open_vault(page, site, "saver")
    photo = write_photo(tmp_path, "lost.jpg", seed=203, taken="2026:11:13 10:00:00")
    choose(page, [photo])
    answer(page)
    expect_stored(page, 1)
    tile(page, "lost.jpg").click()
    expect_picture(page)
    saved = tmp_path / "saved.jpg"
    saved.write_bytes(save_from_viewer(page))
    damage(site, email, "original", "preview", "thumbnail")
    reopen(page, site)
    watch.expected.extend([410, 409, 500, 503] * 10)

    tile(page, "lost.jpg").click()
    choose(page, [saved], button="Choose the original")
    expect(page.locator("#toasts")).to_contain_text("back in place", timeout=UPLOAD_PATIENT)

    expect_picture(page)
    page.keyboard.press("i")
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("13 November 2026 at 10:00")
    expect(details).to_contain_text("lost.jpg")


def test_a_lost_preview_is_made_again_from_a_button(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = open_vault(page, site, "redraw")
    choose(page, [write_photo(tmp_path, "lost.jpg", seed=204, taken="2026:11:13 10:00:00")])
    answer(page)
    expect_stored(page, 1)
    damage(site, email, "preview", "thumbnail")
    reopen(page, site)
    watch.expected.extend([410, 409, 500, 503] * 10)

    tile(page, "lost.jpg").click()
    viewer(page).get_by_role("button", name="Make its preview again").click()

    expect(page.locator("#toasts")).to_contain_text("made again", timeout=UPLOAD_PATIENT)
    expect_picture(page)


def test_a_photo_on_its_way_stands_where_it_will_be(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    with line_to(port_of(site)) as line:
        open_vault(page, through(site, line), "coming")
        choose(page, [write_photo(tmp_path, "coming.jpg", seed=205, taken="2026:11:13 10:00:00")])
        watch.is_line_cut = True
        line.slow_down(30_000)
        line.cut_after(20_000)
        answer(page)
        coming = page.get_by_role("option", name=re.compile("coming.jpg.*It is being uploaded"))
        expect(coming).to_be_visible(timeout=UPLOAD_PATIENT)
        expect(coming).to_have_attribute("aria-disabled", "true")
        expect(tray(page)).to_contain_text("Waiting for the network", timeout=UPLOAD_PATIENT)
        before = coming.bounding_box()
        bar = page.get_by_role("region", name="Selected photos")
        coming.click(modifiers=["Control"], force=True)
        expect(page.locator('[role="option"][aria-selected="true"]')).to_have_count(0)
        expect(bar).to_be_hidden()
        coming.click(force=True)
        expect(viewer(page)).to_have_count(0)
        assert_accessible(page)
        line.mend()
        expect_stored(page, 1)
        expect_tiles(page, 1)
        assert tile(page, "coming.jpg").bounding_box() == before


def names_of(page: Page) -> list[str]:
    labels = [each.get_attribute("aria-label") or "" for each in tiles(page).all()]
    return [label.split(",")[0] for label in labels]


def expect_order(page: Page, *names: str) -> None:
    """The album stands like this, also for a reader that goes through its photos."""
    for number, name in enumerate(names, start=1):
        expect(page.locator(f'[role="option"][aria-posinset="{number}"]')).to_have_attribute(
            "aria-label", re.compile(f"^{name},"), timeout=PATIENT
        )
    assert names_of(page) == list(names)


def album_of(page: Page, count: int) -> Locator:
    """All photos in a new album in an order of their own. Answers the bar of the selection."""
    bar = page.get_by_role("region", name="Selected photos")
    tiles(page).first.focus()
    page.keyboard.press("Control+a")
    bar.get_by_role("button", name="Album").click()
    page.get_by_label("Name of a new album").fill("Walk")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text(f"{count} photos are in “Walk” now.")).to_be_visible(timeout=PATIENT)
    page.get_by_role("link", name="Albums").locator("visible=true").first.click()
    page.get_by_role("link", name="Walk").click()
    page.get_by_role("button", name="Name and order").click()
    page.get_by_text("My own order").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    return bar


def drag_before(page: Page, name: str, other: str) -> None:
    """By hand: whoever drags lets go once the line shows where the photo will stand."""
    tile(page, name).hover()
    page.mouse.down()
    tile(page, other).hover(position={"x": 40, "y": 60})
    tile(page, other).hover(position={"x": 10, "y": 60})
    expect(tile(page, other).locator(".drop-mark:not(.is-after)")).to_be_visible()
    page.mouse.up()


def test_an_album_is_laid_by_dragging_or_by_buttons(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "curator")
    choose(
        page,
        [
            write_photo(tmp_path, f"{name}.jpg", seed=210 + at, taken=f"2026:11:1{at} 10:00:00")
            for at, name in enumerate("abcd")
        ],
    )
    answer(page)
    expect_stored(page, 4)
    expect_tiles(page, 4)
    page.get_by_role("button", name="Close the uploads").click()
    bar = album_of(page, 4)
    expect_order(page, "d.jpg", "c.jpg", "b.jpg", "a.jpg")
    # The drag begins once nothing is coming in any more.
    expect(page.locator(".timeline .tile img.soon")).to_have_count(0, timeout=PATIENT)

    drag_before(page, "a.jpg", "d.jpg")
    expect_order(page, "a.jpg", "d.jpg", "c.jpg", "b.jpg")

    tile(page, "b.jpg").focus()
    page.keyboard.press("Space")
    bar.get_by_role("button", name="Move earlier").press("Enter")
    expect_order(page, "a.jpg", "d.jpg", "b.jpg", "c.jpg")
    bar.get_by_role("button", name="Move to the start").press("Enter")
    expect_order(page, "b.jpg", "a.jpg", "d.jpg", "c.jpg")
    assert_accessible(page)


# Changes a bit of the stored original, lets a month pass over it, and reads the store again.
MONTH = """
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from images.actions.scrubbing import scrub_store
from images.models import ImagePart
part = ImagePart.objects.get(image__owner__email={email!r}, name="original", version=1)
[path] = Path({folder!r}).rglob(part.blob_key.rsplit("/", 1)[-1])
path.chmod(0o600)
content = bytearray(path.read_bytes())
content[7] ^= 1
path.write_bytes(content)
ImagePart.objects.update(read_at=timezone.now() - timedelta(days=31))
scrub_store()
"""


def test_your_data_says_what_the_monthly_reading_found_and_mends_it(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = open_vault(page, site, "reader")
    photo = write_photo(tmp_path, "harbour.jpg", seed=205, taken="2026:11:13 10:00:00")
    choose(page, [photo])
    answer(page, KEEP)
    expect_stored(page, 1)
    page.goto(f"{site.address}/your-data/health")
    expect(page.get_by_role("heading", name="Your photos are sound")).to_be_visible(timeout=PATIENT)
    site.live.manage("shell", "-c", MONTH.format(email=email, folder=str(site.folder)))

    page.reload()
    section = page.locator("pv-data-health")
    expect(section).to_contain_text("1 photo changed on our disk", timeout=PATIENT)
    expect(section).to_contain_text("harbour.jpg")
    expect(section).to_contain_text(re.compile(r"\d+ files? had changed"))
    assert_accessible(page)
    watch.expected.extend([410] * 5)
    choose(page, [photo], button="Choose the original")
    expect(page.locator("#toasts")).to_contain_text("back in place", timeout=UPLOAD_PATIENT)
    expect(section).to_contain_text("Your photos are sound", timeout=PATIENT)
