"""Photos are shown to everyone, told with other words, put in order, and taken back."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys import publishing
from tests.journeys.people import PATIENT
from tests.journeys.pictures import tells_of_its_maker
from tests.journeys.publishing import expect_live, publish_dialog, shown_photos
from tests.journeys.site import Site
from tests.journeys.uploading import open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

SERIAL = b"LW-00314159"
# Where pictures of each state go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")


def keep(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_three_photos_are_shown_to_everyone_and_one_is_taken_back(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    watch.expect(404)  # there is no profile yet
    open_vault(page, site, "alma.shows")
    publishing.upload_photos(page, tmp_path, 3)

    publishing.pick_all(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    dialog = publish_dialog(page)
    publishing.name_page(dialog, "alma", "Alma Reyes")
    dialog.get_by_label("Made by").fill("Alma Reyes")
    expect(dialog.get_by_role("switch", name="Invisible mark")).to_be_checked()
    keep(page, "dialog")
    assert_accessible(page)
    dialog.get_by_role("button", name="Show to everyone").click()

    expect(page.locator(".tile .mark.everyone")).to_have_count(3, timeout=PATIENT)
    page.get_by_role("link", name="Public page", exact=True).click()
    expect_live(page, 3)
    keep(page, "live")
    assert_accessible(page)
    for width in (320, 390, 1440):
        assert_fits(page, width=width)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert_nothing_private(page)
    assert publishing.look_as_stranger(site, "/u/alma").status_code == 200

    find_a_copy(page, tmp_path)
    change_a_caption(page, site)
    take_one_back(page, site)


def assert_nothing_private(page: Page) -> None:
    """Neither the place nor the camera nor its serial number went along."""
    for publication in publishing.listed(page):
        for name in ("320.webp", "1280.jpg", "1280.webp"):
            picture = publishing.public_picture(page, str(publication["id"]), name)
            assert SERIAL not in picture
            assert not (name.endswith("jpg") and tells_of_its_maker(picture))
            with Image.open(BytesIO(picture)) as image:
                assert max(image.size) == int(name.split(".")[0])


def find_a_copy(page: Page, folder: Path) -> None:
    """Cut out of what everyone can see, and saved anew; and a picture of nobody's."""
    shown = publishing.public_picture(page, str(publishing.listed(page)[0]["id"]), "1280.jpg")
    with Image.open(BytesIO(shown)) as image:
        width, height = image.size
        image.crop((0, height // 5, width * 4 // 5, height)).save(folder / "found.jpg", quality=80)
    Image.effect_noise((900, 600), 90).convert("RGB").save(folder / "other.jpg")

    ask_after(page, folder / "found.jpg", "This is your photo")
    keep(page, "traced")
    assert_accessible(page)
    ask_after(page, folder / "other.jpg", "This leads to nothing that you published")


def ask_after(page: Page, copy: Path, answer: str) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a copy").click()
    chooser.value.set_files(copy)
    # Each takes seconds of a processor, which others may have.
    told = page.locator("pv-trace-card .traced")
    expect(told).to_contain_text(answer, timeout=publishing.PIPELINE_PATIENT)


def change_a_caption(page: Page, site: Site) -> None:
    shown_photos(page).first.get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="As everyone sees it")
    sheet.get_by_label("Caption").fill("The hills behind the house")
    expect(sheet.locator("img.public")).to_be_visible(timeout=PATIENT)
    keep(page, "publication")
    assert_accessible(page)
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_be_hidden(timeout=PATIENT)

    name = "The hills behind the house. Everyone can see it"
    expect(shown_photos(page).get_by_role("button", name=name)).to_be_visible(timeout=PATIENT)
    assert "The hills behind the house" in publishing.look_as_stranger(site, "/u/alma").text


def take_one_back(page: Page, site: Site) -> None:
    (told,) = [each for each in publishing.listed(page) if each["caption"]]
    address = f"/u/alma/{told['public_id']}"
    assert publishing.look_as_stranger(site, address).status_code == 200

    shown_photos(page).get_by_role("button", name="The hills behind").click()
    page.get_by_role("dialog", name="As everyone sees it").get_by_role(
        "button", name="Take back"
    ).click()
    question = page.get_by_role("dialog", name="Take 1 photo back?")
    assert_accessible(page)
    keep(page, "withdraw")
    question.get_by_role("button", name="Take back").click()

    expect_live(page, 2)
    assert publishing.look_as_stranger(site, address).status_code == 404
    assert "The hills behind the house" not in publishing.look_as_stranger(site, "/u/alma").text


@pytest.mark.by_hand
def test_photos_are_put_in_order_and_everything_is_taken_back(
    phone: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    watch.expect(404)  # there is no profile yet
    open_vault(phone, site, "odile.orders")
    publishing.upload_photos(phone, tmp_path, 2)
    publish_from_the_viewer(phone)
    phone.goto(f"{site.address}/profile")
    expect_live(phone, 2)
    keep(phone, "phone")
    assert_accessible(phone)

    put_the_last_first(phone)
    put_under_a_heading(phone)
    assert "Evenings" in publishing.look_as_stranger(site, "/u/odile").text
    end_it_all(phone, site)


def publish_from_the_viewer(page: Page) -> None:
    """One after the other: only the first needs a page to stand on."""
    page.get_by_role("option").first.click()
    for number in (1, 2):
        page.get_by_role("button", name="More", exact=True).click()
        page.locator("#viewer-more").get_by_role("button", name="Publish").click()
        dialog = publish_dialog(page)
        expect(dialog.get_by_label("Caption, if you like")).to_be_visible(timeout=PATIENT)
        if number == 1:
            publishing.name_page(dialog, "odile", "Odile")
            keep(page, "phone-dialog")
            assert_accessible(page)
        dialog.get_by_label("Caption, if you like").fill(f"Evening {number}")
        dialog.get_by_role("button", name="Show to everyone").click()
        expect(dialog).to_be_hidden(timeout=PATIENT)
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Back").click()


def captions(page: Page) -> list[str]:
    names = shown_photos(page).get_by_role("button").evaluate_all(
        "(all) => all.map((each) => each.ariaLabel.split('.')[0])"
    )
    return [str(name) for name in names]


def put_the_last_first(page: Page) -> None:
    """By the keyboard alone."""
    before = captions(page)
    shown_photos(page).last.get_by_role("button").press("Alt+ArrowLeft")
    after = list(reversed(before))
    first = shown_photos(page).first.get_by_role("button", name=after[0])
    expect(first).to_be_visible(timeout=PATIENT)
    page.reload()
    expect(first).to_be_visible(timeout=PATIENT)
    assert captions(page) == after


def put_under_a_heading(page: Page) -> None:
    page.get_by_role("button", name="New heading").click()
    sheet = page.get_by_role("dialog", name="New heading")
    sheet.get_by_label("Heading", exact=True).fill("Evenings")
    sheet.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Evenings")).to_be_visible(timeout=PATIENT)

    page.get_by_role("checkbox", name="Pick Evening 1").check()
    page.get_by_label("Put under a heading").select_option(label="Evenings")
    under = page.get_by_role("region", name="Evenings").get_by_role("button", name="Evening 1")
    expect(under).to_be_visible(timeout=PATIENT)
    assert_accessible(page)


def end_it_all(page: Page, site: Site) -> None:
    """From the list of everything that is shared."""
    page.goto(f"{site.address}/sharing")
    page.get_by_role("button", name="Take everything back from everyone").click()
    question = page.get_by_role("dialog", name="Take everything back?")
    question.get_by_role("button", name="Take back").click()
    nothing = page.get_by_text("Only you can open what is in your vault")
    expect(nothing).to_be_visible(timeout=PATIENT)
    assert "Evening 1" not in publishing.look_as_stranger(site, "/u/odile").text
    page.goto(f"{site.address}/photos")
    expect(page.get_by_role("option")).to_have_count(2, timeout=PATIENT)
    expect(page.locator(".tile .mark.everyone")).to_have_count(0)
