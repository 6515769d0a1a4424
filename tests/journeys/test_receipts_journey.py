"""Receipts: checked on the reader's own device, saved, taken; and nothing of one is ever sent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.api.people import PASSWORD, Person, new_person, store
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.crypto.receipt import check_receipt
from tests.vectors import receipts

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

# Where pictures of each state go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")
HOLDS = "This receipt holds"
OWE = """
from uuid import UUID
from django.utils import timezone
from datetime import timedelta
from pocketvault.kernel.ids import uuid7
from rights.actions.receipts import owe_receipt
from rights.actions.issuing import keep_log
from rights.models import ReceiptKind
now, promise = timezone.now(), uuid7()
facts = {{
    "images": [str(uuid7()) for _ in range({count})], "deleted_at": now.isoformat(),
    "active_removed_at": now.isoformat(),
    "unreadable_by": (now + timedelta(22)).date().isoformat(),
}}
ends = now + timedelta(22)
for kind, due in ((ReceiptKind.DELETED_ACTIVE, ends), (ReceiptKind.DELETED_FINAL, None)):
    owe_receipt(
        kind, account_id=UUID("{account}"), about=uuid7(), facts=facts, promise_id=promise,
        due_at=due,
    )
keep_log()
"""


@pytest.fixture
def owner(site: Site) -> Person:
    """Somebody with two photos, and two receipts for others that are gone."""
    person = new_person(site.live, "rosa.receipts")
    for seed in (1, 2):
        store(person.library, seed)
    code = OWE.format(account=person.device.account_id, count=12)
    site.live.manage("shell", "-c", code)
    return person


def file_of(owner: Person, kind: str = "deleted.active") -> str:
    client = owner.device.client
    [listed] = [r for r in client.call("GET", "/receipts")["items"] if r["kind"] == kind]
    return json.dumps(client.call("GET", f"/receipts/{listed['id']}")["file"])


def choose(page: Page, name: str, content: str) -> None:
    file = {"name": name, "mimeType": "application/json", "buffer": content.encode()}
    page.locator("#receipt").set_input_files([file])


def shot(page: Page, name: str) -> None:
    if not SHOTS:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")


def test_a_receipt_is_checked_on_the_device_and_never_leaves_it(
    page: Page, site: Site, owner: Person, watch: Watch
) -> None:
    text, sent = file_of(owner), list[Request]()
    secrets = [json.loads(text)["opening"], json.loads(text)["signature"]]
    secrets += [json.loads(text)["receipt"][name] for name in ("id", "about")]
    page.on("request", lambda request: sent.insert(0, request))
    page.goto(f"{site.address}/verify")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shot(page, "verify-empty")
    assert_accessible(page)

    choose(page, "receipt.json", text)

    expect(page.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("12 photos were deleted.")).to_be_visible()
    expect(page.get_by_role("heading", name="Photos deleted from our servers")).to_be_focused()
    assert_accessible(page)
    shot(page, "verify-holds")
    assert {request.method for request in sent} == {"GET"}
    for request in sent:
        told = f"{request.url} {request.all_headers()} {request.post_data}"
        assert not any(secret in told for secret in secrets)
    addresses = {request.url.removeprefix(site.address) for request in sent}
    assert {each for each in addresses if not each.startswith("/static/")} <= {
        "/verify", "/log/key", "/service-worker.js",
    }


def test_without_a_connection_good_and_bad_receipts_are_told_apart(
    page: Page, site: Site, owner: Person, watch: Watch
) -> None:
    text = file_of(owner)
    page.goto(f"{site.address}/verify")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with page.expect_response("**/log/key"):
        page.reload()
    watch.is_line_cut = True
    page.context.set_offline(True)

    choose(page, "receipt.json", text)
    expect(page.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)

    file = json.loads(text)
    bad = {
        "Something in it was changed": json.dumps(
            file | {"receipt": {**file["receipt"], "due_on": "2039-01-01"}}
        ),
        "what opens it does not fit": json.dumps(file | {"opening": "A" * 43}),
        "does not lead to the public log": json.dumps(
            file | {"proof": file["proof"].replace("index ", "index 1")}
        ),
        "This is not a receipt": "\x89PNG not at all",
        "a receipt with parts missing": '{"format": 1}',
        "another key": json.dumps(file | {"key": "x"}),
    }
    for sentence, content in bad.items():
        choose(page, "bad.json", content)
        expect(page.locator(".verdict.bad")).to_contain_text(sentence)
    shot(page, "verify-bad")
    assert_accessible(page)


@pytest.mark.by_hand
def test_a_receipt_can_be_pasted_or_dropped(page: Page, site: Site, owner: Person) -> None:
    text = file_of(owner, "deleted.final")
    page.goto(f"{site.address}/verify")
    page.get_by_text("Or paste its text").click()
    page.get_by_label("The text of a receipt").fill(text)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("heading", name="Unreadable in every backup")).to_be_visible()

    page.reload()
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("ControlOrMeta+v")
    expect(page.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)

    page.reload()
    transfer = page.evaluate_handle(
        "(text) => { const held = new DataTransfer();"
        " held.items.add(new File([text], 'dropped.json')); return held; }", text
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    expect(page.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("dropped.json")).to_be_visible()


@pytest.mark.by_hand
def test_a_receipt_under_a_key_that_claims_to_be_this_logs_does_not_hold(
    page: Page, site: Site, owner: Person
) -> None:
    page.goto(f"{site.address}/verify")
    with page.expect_response("**/log/key"):
        page.reload()
    name = json.loads(file_of(owner))["receipt"]["log"]
    forged = receipts.file_at(1, 4, said=receipts.receipt(log="vault.example.org/log"))
    choose(page, "elsewhere.json", json.dumps(forged))
    expect(page.get_by_text("Every part of this receipt fits")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("It was given by another service")).to_be_visible()
    shot(page, "verify-elsewhere")

    known = page.evaluate("() => localStorage.getItem('pv-log-key')")
    assert known.startswith(f"{name}+")


@pytest.mark.by_hand
def test_on_a_phone_everything_fits(phone: Page, site: Site, owner: Person) -> None:
    phone.goto(f"{site.address}/verify")
    choose(phone, "receipt.json", file_of(owner))
    expect(phone.get_by_text(HOLDS)).to_be_visible(timeout=PATIENT)
    shot(phone, "verify-phone")
    sign_in(phone, site, owner.email, PASSWORD)
    expect_open(phone)
    phone.goto(f"{site.address}/your-data/receipts")
    expect(phone.get_by_text("Checked by this device")).to_have_count(2, timeout=PATIENT)
    shot(phone, "receipts-phone")
    assert_accessible(phone)
    assert_fits(phone, width=320)


def test_receipts_are_checked_saved_and_taken(
    page: Page, site: Site, owner: Person, tmp_path: Path
) -> None:
    sign_in(page, site, owner.email, PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/your-data/receipts")
    expect(page.get_by_text("Checked by this device")).to_have_count(2, timeout=PATIENT)
    shot(page, "receipts")
    assert_accessible(page)

    with page.expect_download() as coming:
        page.get_by_role("button", name="Save this receipt").first.click()
    saved = tmp_path / "receipt.json"
    coming.value.save_as(saved)
    name = coming.value.suggested_filename
    assert re.fullmatch(r"receipt-deleted-\w+-[\d-]{10}-[0-9a-f]{12}\.json", name)
    proven = check_receipt(saved.read_text(encoding="utf-8"))

    page.get_by_role("button", name="I have it").click()

    expect(page.get_by_text("What it said is shredded here.")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("Checked by this device")).to_have_count(1)
    listed = owner.device.client.call("GET", f"/receipts/{proven.receipt['id']}")
    assert (listed["standing"], listed["file"]) == ("taken", None)


@pytest.mark.by_hand
def test_a_receipt_for_all_stored_photos(
    page: Page, site: Site, owner: Person, tmp_path: Path
) -> None:
    sign_in(page, site, owner.email, PASSWORD)
    expect_open(page)
    expect(page.get_by_role("option")).to_have_count(2, timeout=PATIENT)
    page.goto(f"{site.address}/your-data/receipts")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Receipt for all photos").click()

    coming.value.save_as(tmp_path / "stored.json")

    proven = check_receipt((tmp_path / "stored.json").read_text(encoding="utf-8"))
    assert proven.receipt["kind"] == "stored"
    assert len(proven.receipt["facts"]["images"]) == 2


def test_a_receipt_that_the_service_altered_is_not_believed(
    page: Page, site: Site, owner: Person
) -> None:
    def alter(route: object, request: Request) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        document = answer.json()
        document["file"]["receipt"]["facts"]["images"].pop()
        route.fulfill(response=answer, json=document)  # type: ignore[attr-defined]

    page.route(re.compile(r"/receipts/[0-9a-f-]{36}$"), alter)
    sign_in(page, site, owner.email, PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/your-data/receipts")

    expect(page.get_by_role("alert")).to_have_count(2, timeout=PATIENT)
    expect(page.get_by_role("alert").first).to_contain_text("Something in it was changed")
    expect(page.get_by_text("Checked by this device")).to_have_count(0)
    shot(page, "receipts-altered")
