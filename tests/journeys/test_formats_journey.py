"""Formats that no browser shows by itself: kept, and still seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.uploading import answer, choose, expect_stored, expect_tiles, open_vault, tray
from tests.vectors import pictures

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

JXL = Path(pictures.__file__).with_name("scene.jxl")
SIZE = (640, 480)
RED, GREEN, BLUE, GREY = (0xE0, 0, 0), (0, 0xC0, 0), (0, 0, 0xD0), (0x80, 0x80, 0x80)
# What a canvas, a WebP and a colour profile may cost.
TOLERANCE = 30
ORIENTATION, TURNED_RIGHT = 274, 6

QUARTERS = """image => {
  const {naturalWidth: width, naturalHeight: height} = image;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  const at = (x, y) => [...context.getImageData(width * x, height * y, 1, 1).data].slice(0, 3);
  return {size: [width, height], colours: [at(.25, .25), at(.75, .25), at(.25, .75), at(.75, .75)]};
}"""


def write_scenes(folder: Path) -> None:
    """The scene in every way; the last one is no picture at all."""
    scene = pictures.scene(SIZE)
    profile = {pictures.PROFILE: pictures.swapped_profile()}
    files = {
        "lzw.tiff": pictures.tiff(scene, "tiff_lzw"),
        "jpeg.tif": pictures.tiff(scene, "jpeg"),
        "print.tif": pictures.tiff(scene.convert("CMYK"), "tiff_adobe_deflate"),
        "turned.tif": pictures.tiff(scene, "packbits", {ORIENTATION: TURNED_RIGHT}),
        "profile.tif": pictures.tiff(scene, "tiff_lzw", profile),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    shutil.copy(JXL, folder / "modern.jxl")
    whole = JXL.read_bytes()
    (folder / "broken.jxl").write_bytes(whole[:200])


def looks_like(page: Page, name: str) -> dict[str, list]:
    """Size and quarters of a photo in the viewer, from its real pixels."""
    page.get_by_role("option", name=name).click()
    photo = page.locator("pv-viewer .photo")
    expect(photo).to_be_visible(timeout=PATIENT)
    for _ in range(200):
        if photo.evaluate("image => image.complete && image.naturalWidth") == 640:
            break
        if photo.evaluate("image => image.complete && image.naturalHeight") == 640:
            break
        page.wait_for_timeout(50)
    seen = photo.evaluate(QUARTERS)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Photo", exact=True)).to_have_count(0)
    return seen


def assert_colours(seen: dict[str, list], *expected: tuple[int, int, int]) -> None:
    """Quarter by quarter: upper left, upper right, lower left, lower right."""
    for found, wanted in zip(seen["colours"], expected, strict=True):
        assert all(abs(a - b) <= TOLERANCE for a, b in zip(found, wanted, strict=True)), seen


def test_tiff_and_jpeg_xl_are_seen_in_their_colours(
    page: Page, site: Site, tmp_path: Path
) -> None:
    write_scenes(tmp_path)
    open_vault(page, site, "formats")
    files = sorted(tmp_path.iterdir())
    choose(page, files)
    answer(page)
    expect_stored(page, len(files))
    expect_tiles(page, len(files))

    for name in ("lzw.tiff", "jpeg.tif", "print.tif", "modern.jxl"):
        seen = looks_like(page, name)
        assert seen["size"] == list(SIZE), name
        assert_colours(seen, RED, GREEN, BLUE, GREY)
    turned = looks_like(page, "turned.tif")
    assert turned["size"] == [480, 640]
    assert_colours(turned, BLUE, RED, GREY, GREEN)
    swapped = looks_like(page, "profile.tif")
    assert_colours(swapped, BLUE, GREEN, RED, GREY)

    # The broken one is kept with a stand-in, and the page is well.
    expect(tray(page)).to_contain_text("1 without a preview; the original is safe")
    expect(page.get_by_role("option", name="broken.jxl").locator("img")).to_have_count(0)
