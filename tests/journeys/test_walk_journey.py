"""Ways through a library: keys, drops, Takeout folders, corrections of many, and the viewer."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.line import Line
from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import expect_picture, tile, viewer, wait_until
from tests.journeys.uploading import (
    UPLOAD_PATIENT,
    answer,
    choose,
    expect_stored,
    expect_tiles,
    open_vault,
    through,
    tiles,
    tray,
)
from tests.journeys.watch import assert_accessible

# Its service is tried on both settings by the tests of the apps, and of the API.
pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

# Hands a file over as a drop on the page, or as a paste into it, would.
HAND_OVER = """
([kind, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: "image/jpeg" }));
  const event = kind === "drop"
    ? new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data })
    : new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data });
  document.body.dispatchEvent(event);
}
"""


def hand_over(page: Page, kind: str, name: str, photo: Path) -> None:
    page.evaluate(HAND_OVER, [kind, name, b64encode(photo.read_bytes()).decode()])


def test_photos_come_by_drop_and_by_paste(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "dropper")
    dropped = write_photo(tmp_path, "dropped.jpg", seed=301, taken="2026:11:10 10:00:00")
    pasted = write_photo(tmp_path, "image.jpg", seed=302, taken="2026:11:10 11:00:00")

    hand_over(page, "drop", "dropped.jpg", dropped)
    answer(page)
    expect_stored(page, 1)
    hand_over(page, "paste", "image.jpg", pasted)
    expect_stored(page, 2)

    expect(tile(page, "dropped.jpg")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("option", name=re.compile("^Pasted 2026"))).to_be_visible()


def months(folder: Path, count: int) -> list[Path]:
    """One photo of each month, newest first."""
    return [
        write_photo(
            folder,
            f"m{at}.jpg",
            seed=320 + at,
            taken=f"{2025 - at // 12}:{12 - at % 12:02}:05 09:00:00",
        )
        for at in range(count)
    ]


def test_time_is_travelled_and_days_are_picked_by_keys(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "traveller")
    page.set_viewport_size({"width": 1440, "height": 560})
    choose(page, months(tmp_path, 40))
    answer(page)
    expect_stored(page, 40)
    expect(tiles(page).first).to_have_attribute("aria-setsize", "40", timeout=PATIENT)
    expect(page.locator(".tile.pending")).to_have_count(0, timeout=PATIENT)
    tray(page).get_by_role("button", name="Close the uploads").click()

    slider = page.get_by_role("slider", name="Move through time")
    slider.focus()
    newest = slider.get_attribute("aria-valuetext")
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2022"))
    assert newest is not None
    assert "2025" in newest
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("2025"))

    bar = page.get_by_role("region", name="Selected photos")
    page.get_by_role("button", name="Select day").first.focus()
    page.keyboard.press("Enter")
    expect(bar).to_contain_text("selected")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.get_by_role("button", name="Select day").first).to_be_focused()

    tiles(page).nth(2).focus()
    page.keyboard.press("Enter")
    expect_picture(page)
    expect(viewer(page)).to_contain_text("Photo 3 of 40")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_contain_text("Photo 4 of 40")
    page.keyboard.press("Space")
    expect(page.locator("#announcer")).to_contain_text("Photo 5 of 40", timeout=PATIENT)
    page.keyboard.press("Space")
    expect(viewer(page).get_by_role("button", name="Slideshow")).to_have_attribute(
        "aria-pressed", "false"
    )
    expect_picture(page)
    page.mouse.move(720, 280)
    page.mouse.wheel(0, -600)
    wait_until(page, "Number(document.querySelector('pv-viewer .photo').style.scale) > 1.5")
    page.keyboard.press("Escape")
    expect(viewer(page)).to_have_count(0)
    focused = page.locator('[role="option"]:focus')
    expect(focused).to_have_attribute("aria-posinset", re.compile("^[56]$"))


def test_an_upload_is_paused_taken_up_and_called_off(
    page: Page, site: Site, line: Line, tmp_path: Path
) -> None:
    open_vault(page, through(site, line), "waverer")
    line.slow_down(60_000)
    choose(page, months(tmp_path, 12))
    answer(page)
    tray(page).get_by_role("button", name="Pause uploading").click()
    expect(tray(page)).to_contain_text("Paused")
    assert_accessible(page)
    tray(page).get_by_role("button", name="Go on", exact=True).click()
    expect(tiles(page).first).to_be_visible(timeout=UPLOAD_PATIENT)
    tray(page).get_by_role("button", name="Pause uploading").click()
    tray(page).get_by_role("button", name="Cancel the rest").click()
    line.mend()

    expect(tray(page).get_by_role("heading")).to_contain_text(
        "in your vault", timeout=UPLOAD_PATIENT
    )
    # What was being put away may still arrive, and then counts.
    page.wait_for_timeout(3_000)
    until = time.monotonic() + PATIENT / 1000
    while (said := stored_by(page)) != tiles(page).count() and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert said == tiles(page).count() > 0


def stored_by(page: Page) -> int:
    """How many photos the tray says are in the vault."""
    return int(tray(page).get_by_role("heading").inner_text().split()[0])


def takeout(folder: Path) -> Path:
    """A folder as Google hands it over, with the odd names it makes."""
    album = folder / "Takeout" / "Google Photos" / "Lake"
    album.mkdir(parents=True)
    long = "a-very-long-name-that-google-cuts-somewhere-in-the-middle"
    sidecars = {
        "plain.jpg": "plain.jpg.json",
        "double(1).jpg": "double.jpg(1).json",
        "new.jpg": "new.jpg.supplemental-metadata.json",
        f"{long}.jpg": f"{(long + '.jpg')[:46]}.json",
    }
    for at, (photo, sidecar) in enumerate(sidecars.items()):
        write_photo(album, photo, seed=370 + at, taken="2026:11:10 10:00:00")
        facts = {
            "title": photo,
            "description": f"Told by Takeout {at}",
            "photoTakenTime": {"timestamp": str(1_500_000_000 + at * 86_400 * 40)},
            "geoData": {"latitude": 48.2, "longitude": 16.37},
            "favorited": at == 0,
        }
        (album / sidecar).write_text(json.dumps(facts))
    (album / "metadata.json").write_text(json.dumps({"title": "Lake"}))
    return folder / "Takeout"


def test_a_takeout_folder_brings_its_corrections(page: Page, site: Site, tmp_path: Path) -> None:
    open_vault(page, site, "mover")
    choose(page, [takeout(tmp_path)], button="Upload a folder")
    answer(page)
    expect_stored(page, 4)

    expect(page.get_by_role("heading", name=re.compile("2017$")).first).to_be_visible()
    for at, name in enumerate(("plain.jpg", "double(1).jpg", "new.jpg", "a-very-long-name")):
        tile(page, name).click()
        if at == 0:
            page.keyboard.press("i")
        details = page.get_by_role("complementary", name="Details")
        expect(details).to_contain_text(f"Told by Takeout {at}")
        expect(details).to_contain_text("2017")
        expect(details).to_contain_text("48.2000° N, 16.3700° E")
        page.keyboard.press("Escape")
    page.goto(f"{site.address}/favourites")
    expect_tiles(page, 1)


def put_two_right(page: Page) -> None:
    """Their clock, their place and their title, in one go."""
    tiles(page).first.focus()
    page.keyboard.press("Control+a")
    page.get_by_role("region", name="Selected photos").get_by_role("button", name="Correct").click()
    dialog = page.get_by_role("dialog", name="Correct 2 photos")
    dialog.get_by_role("button", name="Shift").click()
    dialog.get_by_label("Hours").fill("3")
    dialog.get_by_label("Place").fill("48.2, 16.37")
    dialog.get_by_label("Title").fill("At the lake")
    assert_accessible(page)
    dialog.get_by_role("button", name="Correct 2 photos").click()
    expect(page.get_by_role("option", name=re.compile("^At the lake"))).to_have_count(
        2, timeout=PATIENT
    )


def test_the_clock_of_many_is_put_right_and_taken_back(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "clockmaker")
    choose(page, months(tmp_path, 2))
    answer(page)
    expect_stored(page, 2)
    expect_tiles(page, 2)
    tray(page).get_by_role("button", name="Close the uploads").click()
    expect(page.locator(".tile.pending")).to_have_count(0, timeout=PATIENT)
    before = [each.get_attribute("aria-label") or "" for each in tiles(page).all()]
    put_two_right(page)
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("2 photos are as they were before.")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("option", name=re.compile("^At the lake"))).to_have_count(0)
    for number, label in enumerate(before):
        expect(tiles(page).nth(number)).to_have_attribute("aria-label", label)
    put_two_right(page)

    tiles(page).first.click()
    page.keyboard.press("i")
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_contain_text("5 December 2025 at 12:00")
    expect(details).to_contain_text("48.2000° N, 16.3700° E")
    details.get_by_role("button", name="Correct the date").click()
    details.get_by_role("button", name="Take my correction back").click()
    expect(details).to_contain_text("5 December 2025 at 09:00", timeout=PATIENT)
    details.get_by_role("button", name="Show corrections").click()
    expect(details).to_contain_text("before: Fri, 5 December 2025 at 12:00", timeout=PATIENT)
    details.get_by_role("button", name="Undo this correction").click()
    expect(details).to_contain_text("5 December 2025 at 12:00", timeout=PATIENT)
    assert_accessible(page)
