"""Help with a picture elsewhere: without an account, and from a photo's own page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.keeping import keep_picture
from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.test_takedown_journey import LOOK
from tests.journeys.uploading import answer, choose, expect_stored, open_vault, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.rights.local_site import Site as Elsewhere
from tests.rights.local_site import local_site
from tests.sharing.publicity import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]
SHOTS = os.environ.get("SHOTS")
STATEMENTS = {
    "urls": "http://shown.example.org/copy.jpg",
    "not_consensual": "I never agreed to it.",
    "name": "Zoë Zander",
    "signature": "Zoë Zander",
}


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with local_site() as each:
        each.shows("/copy.jpg", jpeg(8, (640, 480)), "image/jpeg")
        yield each


def assert_fine(page: Page, name: str) -> None:
    """In both schemes, and on the narrowest phone."""
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if SHOTS is not None:
            path = Path(SHOTS) / f"{name}-{size['width']}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
        assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=None)


def fill_in(page: Page, email: str) -> None:
    for name, text in STATEMENTS.items():
        page.locator(f"#{name}").fill(text)
    page.get_by_label("An e-mail address for the answer").fill(email)


def test_somebody_without_an_account_has_a_picture_removed(
    page: Page, site: Site, watch: Watch, elsewhere: Elsewhere
) -> None:
    guest = "zoe-shown@example.org"
    page.goto(f"{site.address}/takedown")
    page.get_by_role("link", name="An intimate picture").click()
    expect(page.get_by_text("Do not send the picture to anybody")).to_be_visible()
    fill_in(page, guest)
    page.get_by_label("Your good faith belief").check()
    page.get_by_role("button", name="Sign and go on").click()
    expect(page.get_by_role("heading", name="One code, then we begin")).to_be_visible()
    assert elsewhere.asked == []
    page.get_by_label("Code from the mail").fill(site.code_for(guest))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="We begin now")).to_be_visible()
    assert "PV-" in page.get_by_role("article").inner_text()

    assert "stopncii.org" in site.wait_for_letter(guest, number=2)
    assert "/Zo" in site.wait_for_letter("abuse@shown.example.org")
    for _ in range(2):
        script = LOOK.replace("elsewhere.example.org", "shown.example.org")
        site.live.manage("shell", "-c", script.format(port=elsewhere.port, gathers=False))
        elsewhere.pages.clear()
    assert "it is gone" in site.wait_for_letter(guest, number=3)

    follow_the_case(page, site, watch, guest)


def follow_the_case(page: Page, site: Site, watch: Watch, guest: str) -> None:
    """From the mail to its page, in every size; then a new link, and the end."""
    page.goto(case_link(site, guest, number=3))
    expect(page.get_by_text("Removed. We looked, and it is gone")).to_be_visible()
    expect(page.get_by_text("The notice went out")).to_be_visible()
    assert "copy.jpg" not in page.get_by_role("article").inner_text()
    for size in ({"width": 1440, "height": 900}, {"width": 390, "height": 844}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_fine(page, "help-case")
    old = page.url
    page.get_by_role("button", name="Send me a new link").click()
    expect(page.get_by_role("heading", name="A new link is on its way")).to_be_visible()
    assert_fine(page, "help-case-renewed")
    newer = case_link(site, guest, number=4)
    watch.expect(404)
    page.goto(old)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    page.goto(newer)
    page.get_by_label("I want no more help with this copy").check()
    page.get_by_role("button", name="Close this case").click()
    expect(page.get_by_text("You closed it")).to_be_visible()
    expect(page.get_by_role("button", name="Close this case")).to_have_count(0)
    assert_fine(page, "help-case-closed")


def case_link(site: Site, guest: str, *, number: int) -> str:
    """Where a letter leads."""
    [path] = re.findall(r"/takedown-case/\S+", site.wait_for_letter(guest, number=number))
    return f"{site.address}{path}"


@pytest.mark.parametrize("screen", ["page", "phone"])
def test_the_form_looks_right_and_says_what_is_missing(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.goto(f"{site.address}/takedown")
    assert_fine(page, "help-choose")
    page.get_by_role("link", name="An intimate picture").click()
    assert_fine(page, "help-form")
    fill_in(page, f"zoe-{screen}-shown@example.org")
    page.get_by_label("Your signature").fill("Somebody Else")
    page.get_by_label("Your good faith belief").check()
    watch.expect(400)
    page.get_by_role("button", name="Sign and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Something is missing")
    expect(page.get_by_label("Your signature")).to_have_attribute("aria-invalid", "true")
    assert_fine(page, "help-lacks")
    watch.expect(410)
    page.goto(f"{site.address}/takedown/confirm?number=T-2026-ABCDEF")
    page.get_by_label("Code from the mail").fill("12345678")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("This code has ended")
    assert_fine(page, "help-code")


def test_it_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False, ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{site.address}/takedown?lane=tida")
    fill_in(page, "zoe-plain@example.org")
    page.get_by_label("Your good faith belief").check()
    page.get_by_role("button", name="Sign and go on").click()
    expect(page.get_by_role("heading", name="One code, then we begin")).to_be_visible()
    context.close()


def test_a_photo_leads_to_its_copies_elsewhere(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    open_vault(page, site, "found-it")
    (tmp_path / "bridge.jpg").write_bytes(jpeg(8, (640, 480)))
    choose(page, [tmp_path / "bridge.jpg"])
    answer(page)
    expect_stored(page, 1)
    tiles(page).first.click()
    page.get_by_role("button", name="Details").first.click()
    panel = page.get_by_role("complementary", name="Details")
    expect(panel.get_by_role("heading", name="Found this elsewhere?")).to_be_visible(
        timeout=PATIENT
    )
    panel.get_by_role("link", name="Have it removed").click()

    chosen = page.locator(".chosen-photo")
    expect(chosen.get_by_text("This photo: bridge.jpg")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    keep_picture(page, "takedown-photo-chosen")
    sent: list[Request] = []
    # The browser's own wrapper takes no built-in method.
    page.on("request", lambda each: sent.append(each))  # noqa: PLW0108
    page.get_by_label("Addresses, one on each line").fill("http://found.example.org/bridge.jpg")
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_role("heading", name="found.example.org")).to_be_visible(timeout=PATIENT)

    [report] = [each.post_data_json for each in sent if "image_ids" in (each.post_data or "")]
    assert len(report["image_ids"]) == 1
    assert len(report["hashes"]) == 1
    assert_fits(page, width=320)
