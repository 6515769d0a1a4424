"""What is done with somebody's data, in their own hands: choices, touches, who works for us."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pocketvault.kernel.fields import from_base64url
from tests.journeys.conftest import DESKTOP
from tests.journeys.keeping import SHOTS, keep_picture
from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import answer, choose, expect_stored, open_vault, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]
SECTIONS = ("choices", "consents", "touches", "processors", "about")
DIGESTS = "Tell you by mail how much others added to albums you share"


def go_to(page: Page, section: str) -> None:
    """Within the open vault: the keys stay in memory."""
    page.evaluate(
        "(to) => { const a = document.createElement('a'); a.href = to; document.body.append(a);"
        " a.click(); a.remove(); }",
        f"/your-data/{section}",
    )
    expect(page.locator(".settings .card h3").first).to_be_visible(timeout=PATIENT)


def test_somebody_sees_what_is_done_and_turns_off_what_need_not_be(page: Page, site: Site) -> None:
    open_vault(page, site, "chooser")
    go_to(page, "choices")
    expect(page.get_by_role("heading", name="Your browser sends no opt-out signal")).to_be_visible()
    switch = page.get_by_role("switch", name=DIGESTS)
    expect(switch).not_to_be_checked()
    expect(page.get_by_role("switch")).to_have_count(1)

    switch.check()
    expect(page.locator("#announcer")).to_contain_text("Turned on.", timeout=PATIENT)
    page.reload()
    expect(switch).to_be_checked(timeout=PATIENT)
    switch.uncheck()
    expect(page.locator("#announcer")).to_contain_text("objection", timeout=PATIENT)
    expect(page.get_by_text("Keep your encrypted photos and hand them back to you")).to_be_visible()

    for section in SECTIONS:
        go_to(page, section)
        assert_accessible(page)
        keep_picture(page, section)
        assert_fits(page, width=320)
        page.set_viewport_size(DESKTOP)
    expect(page.get_by_role("button", name="Save the whole answer")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the whole answer").click()
    said = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert said["automated_decisions"]["exist"] is False
    assert "images.Image" in {each["what"] for each in said["kept"]}


@pytest.fixture
def objecting(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """A browser whose person turned Global Privacy Control on."""
    context = browser.new_context(viewport=DESKTOP, extra_http_headers={"Sec-GPC": "1"})
    yield context
    context.close()


@pytest.mark.by_hand
def test_a_browser_that_objects_is_heard_and_told_so(
    objecting: BrowserContext, watch: Watch, site: Site
) -> None:
    page = watch.follow(objecting.new_page())
    open_vault(page, site, "objector")

    go_to(page, "choices")

    expect(page.get_by_role("heading", name="Opt-out request honoured")).to_be_visible()
    expect(page.get_by_text("This browser sends it.")).to_be_visible()
    keep_picture(page, "choices-honoured")


def test_whoever_looked_at_a_photo_is_told_beside_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "looked-at")
    choose(page, [write_photo(tmp_path, "boat.jpg", seed=71, taken="2026:11:10 10:00:00")])
    answer(page)
    expect_stored(page, 1)
    page.reload()
    expect(tiles(page)).to_have_count(1, timeout=PATIENT)
    tiles(page).first.click()
    page.get_by_role("button", name="Details").first.click()
    panel = page.get_by_role("complementary", name="Details")

    # Counts are written down once a minute; the worker may not have come round yet.
    site.live.manage(
        "shell", "-c", "from images.actions.touches import write_touches; write_touches()"
    )
    panel.get_by_role("button", name="Show who came to it").click()

    expect(panel.get_by_text("Our service itself", exact=False)).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    if SHOTS is not None:
        page.screenshot(path=f"{SHOTS}/details.png")


def test_a_consent_is_given_in_writing_and_ends_with_one_click(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "agreeing")
    photos = [
        write_photo(tmp_path, f"{name}.jpg", seed=80 + number, taken="2026:11:10 10:00:00")
        for number, name in enumerate(("boat", "pier", "gull"))
    ]
    choose(page, photos)
    answer(page)
    expect_stored(page, 3)
    go_to(page, "consents")
    page.get_by_role("button", name="Give a consent").click()
    sheet = page.get_by_role("dialog", name="Give a consent")
    expect(sheet.get_by_role("checkbox")).to_have_count(4, timeout=PATIENT)
    for box in sheet.get_by_role("checkbox").all():
        expect(box).not_to_be_checked()
    expect(sheet.get_by_label("Until when")).to_have_value("")
    assert_accessible(page)

    def refused(why: str) -> None:
        sheet.get_by_role("button", name="Sign and give").click()
        expect(sheet.get_by_role("alert")).to_contain_text(why)

    refused("Choose at least one photo")
    sheet.get_by_role("checkbox", name="boat").check()
    sheet.get_by_role("checkbox", name="gull").check()
    refused("until when")
    sheet.get_by_label("Until when").select_option("90 days")
    refused("Type your name")
    sheet.get_by_label("Your name, as you sign").fill("Alice Liddell")
    refused("Tick that you have read it")
    sheet.get_by_label("I have read it and agree.").check()
    keep_picture(page, "consent-sheet")
    sheet.get_by_role("button", name="Sign and give").click()

    card = page.locator(".card", has=page.get_by_role("heading", name="About 2 photos"))
    expect(card).to_contain_text("Alice Liddell", timeout=PATIENT)
    keep_picture(page, "consent-given")
    with page.expect_download() as saved:
        card.get_by_role("button", name="Receipt").click()
    check_by_hand(json.loads(Path(saved.value.path()).read_text(encoding="utf-8")))

    card.get_by_role("button", name="Withdraw").click()

    expect(card).to_contain_text("Withdrawn on", timeout=PATIENT)
    expect(card.get_by_role("button", name="Withdraw")).to_have_count(0)
    assert_accessible(page)


def check_by_hand(receipt: dict[str, Any]) -> None:
    """What was signed is what was shown, by the key that the receipt names, for ninety days."""
    signed = receipt["context"].encode() + b"\0" + receipt["record_text"].encode()
    key = Ed25519PublicKey.from_public_bytes(from_base64url(receipt["identity_key"]))
    key.verify(from_base64url(receipt["signature"])[1:], signed)
    record = json.loads(receipt["record_text"])
    assert len(record["images"]) == 2
    shown = hashlib.sha256(receipt["text"].encode()).digest()
    assert from_base64url(record["privacy_notice"]["sha256"]) == shown
    given, ends = (
        datetime.fromisoformat(record[name]) for name in ("event_time", "expiry_time")
    )
    assert ends - given == timedelta(days=90)


@pytest.mark.by_hand
def test_a_company_is_announced_to_everybody(page: Page, site: Site, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    said = {
        "name": "Deliver & Co", "role": "Delivers public pictures", "country": "IE",
        "data": "Public pictures", "purposes": ["publish_images"], "hosts": ["cdn.example.org"],
        "contract_from": str(today), "contract_until": str(today + timedelta(days=400)),
        "starts_on": str(today + timedelta(days=31)),
    }  # fmt: skip
    file = tmp_path / "processor.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    email = open_vault(page, site, "told")
    site.live.manage("processor", "announce", str(file))

    assert "Deliver & Co (IE)" in site.wait_for_letter(email, number=2)
    go_to(page, "processors")
    expect(page.get_by_role("heading", name="Deliver & Co")).to_be_visible()
    expect(page.get_by_text("Begins on").first).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "processor-announced")
    page.goto(f"{site.address}/processors")
    expect(page.get_by_role("heading", name="Deliver & Co")).to_be_visible()
    keep_picture(page, "processor-announced-page")


def test_the_register_is_readable_by_everybody_without_a_script(
    browser: Browser, watch: Watch, site: Site
) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/processors")
    expect(page.get_by_role("heading", name="Who works for us")).to_be_visible()
    expect(page.get_by_text("Our software asks no server")).to_be_visible()
    context.close()
    scripted = browser.new_page(viewport=DESKTOP)
    watch.follow(scripted)
    scripted.goto(f"{site.address}/processors")
    assert_accessible(scripted)
    keep_picture(scripted, "processors-page")
    assert_fits(scripted, width=320)
    scripted.close()
