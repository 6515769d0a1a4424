"""A folder of 30,000 photos: the page stays a page, whatever it has been given."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.uploading import UPLOAD_PATIENT, answer, choose, open_vault, tray

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

FILES = 30_000
# A list of names costs tens of megabytes; the files themselves would cost far more.
MOST_HEAP = 250_000_000
MOST_ROWS = 40
# How long frames took to come while the queue works: told for whoever measures, not judged.
WATCH_FRAMES = """
new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    if (gaps.length < 300) requestAnimationFrame(step);
    else {
      gaps.sort((a, b) => a - b);
      resolve([gaps[150], gaps[285], gaps[299]]);
    }
  };
  requestAnimationFrame(step);
})
"""


def large_folder(folder: Path) -> Path:
    """Tiny photos, no two the same: a comment tells them apart."""
    body = BytesIO()
    Image.new("RGB", (8, 8), (90, 120, 150)).save(body, "JPEG")
    start, rest = body.getvalue()[:2], body.getvalue()[2:]
    for hundred in range(FILES // 100):
        place = folder / "many" / f"{hundred:03}"
        place.mkdir(parents=True)
        for at in range(100):
            comment = f"{hundred:03}-{at:02}".encode()
            length = (len(comment) + 2).to_bytes(2)
            (place / f"{at:02}.jpg").write_bytes(start + b"\xff\xfe" + length + comment + rest)
    return folder / "many"


def test_a_folder_of_30000_photos_leaves_the_page_at_ease(
    page: Page, site: Site, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    open_vault(page, site, "archive-of-a-life")
    choose(page, [large_folder(tmp_path)], button="Upload a folder")
    answer(page)
    expect(tray(page)).to_contain_text("of 30,000 photos", timeout=UPLOAD_PATIENT)
    expect(page.locator('[role="option"]').first).to_be_visible(timeout=UPLOAD_PATIENT)

    frames = page.evaluate(WATCH_FRAMES)
    heap = page.evaluate("performance.memory.usedJSHeapSize")
    record_property("frame gaps, ms: median, 95 %, longest", frames)
    record_property("heap of the page, bytes", heap)
    print(f"frames {frames}, heap {heap / 1e6:.0f} MB")
    assert heap < MOST_HEAP
    assert tray(page).locator(".rows li").count() < MOST_ROWS
    page.get_by_role("link", name="Albums").locator("visible=true").first.click()
    expect(page.get_by_role("heading", name="Albums")).to_be_visible()
    page.get_by_role("link", name="Photos").locator("visible=true").first.click()

    tray(page).get_by_role("button", name="Pause uploading").click()
    tray(page).get_by_role("button", name="Cancel the rest").click()
    heading = tray(page).get_by_role("heading")
    expect(heading).to_contain_text("in your vault", timeout=UPLOAD_PATIENT)
    stored = int(heading.inner_text().split()[0].replace(",", ""))
    assert stored > 0
    page.reload()
    # Three at once are on their way: one that was being put away just then is in, and says so.
    first = page.locator('[role="option"]').first
    expect(first).to_be_visible(timeout=UPLOAD_PATIENT)
    page.wait_for_timeout(3000)
    allowed = "|".join(str(stored + more) for more in range(4))
    expect(first).to_have_attribute("aria-setsize", re.compile(f"^({allowed})$"), timeout=PATIENT)
