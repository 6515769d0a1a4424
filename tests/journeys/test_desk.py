"""A member of staff, from an ordinary account to the desk, on every screen and in both schemes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.people import PATIENT, sign_up, totp_now, turn_on_totp
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.sharing.publicity import jpeg

# What the service does for it is tried on both settings elsewhere.
pytestmark = pytest.mark.browser_alone

# Where pictures go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")
# The narrowest phone is looked at on a desktop's way through as well.
ON_A_PHONE = pytest.param("phone", marks=pytest.mark.by_hand)
# One case of each kind, as people bring them; the addresses of their pages, and of a complaint.
SEED = """
import json
from django.core import signing
from rights.models import ReportCase
from rights.reports.actions.deciding import dismiss_report
from rights.reports.actions.noting import COMPLAINT_SALT
from tests.api.test_desk_walk import made_cases
from tests.rights.making_reports import publisher, reported, shown, worker
made = made_cases()
case = reported(shown(publisher("complains@example.org", "complains")))
dismiss_report(case.pk, reason="Nobody is in it.", actor=worker("rita-desk@example.org"))
made["complaint"] = "/report-complaint/" + signing.dumps(str(case.pk), salt=COMPLAINT_SALT)
print(json.dumps(made))
"""
DOWNLOADS = ("request-record-csv", "request-record-pdf", "legal-package", "legal-paper")
_PUSHED = """[...document.querySelectorAll(".desk-table")]
    .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel)"""
LISTS = ("Jobs", "Epoch keys", "Audit events", "Images", "Albums", "Tombstones")


def assert_fine(page: Page, name: str = "") -> None:
    """In both schemes, and on the narrowest phone."""
    size = page.viewport_size
    assert size is not None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
        if SHOTS is not None and name:
            keep_picture(page, f"{name}-{scheme}")
            page.set_viewport_size(size)
    assert_fits(page, width=320)
    # A table becomes cards there: none of them is pushed aside within its frame either.
    assert page.evaluate(_PUSHED) == []
    page.set_viewport_size(size)


def keep_picture(page: Page, name: str) -> None:
    """Wide and narrow."""
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        path = Path(str(SHOTS)) / f"{name}-{size['width']}.png"
        page.screenshot(path=path, full_page=True)


def trace_a_copy(page: Page) -> None:
    """Of a picture that was never published here."""
    page.get_by_role("link", name="Trace a copy").click()
    copy = {"name": "copy.jpg", "mimeType": "image/jpeg", "buffer": jpeg(8, (640, 480))}
    page.get_by_label("The found copy, at most 25 MB").set_input_files(copy)
    page.get_by_role("button", name="Trace it").click()
    expect(page.get_by_role("heading", name="No trace")).to_be_visible()
    assert_fine(page, "trace-none")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the evidence").click()
    with ZipFile(saved.value.path()) as evidence:
        assert evidence.namelist() == ["report.json"]


@pytest.mark.parametrize("screen", ["page", ON_A_PHONE])
def test_staff_come_to_the_desk(
    screen: str, request: pytest.FixtureRequest, site: Site, watch: Watch
) -> None:
    page: Page = request.getfixturevalue(screen)
    email, desk = f"desk-{screen}@example.org", f"{site.address}/desk/"
    sign_up(page, site, email)
    watch.expect(404)
    page.goto(desk)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    secret, _ = turn_on_totp(page, site)
    site.live.manage("grant_desk", email, "--role", "dpo")

    site.let_proofs_lapse()
    watch.expect(403, 403)
    page.goto(desk)
    expect(page.get_by_role("heading", name="Show that it is you")).to_be_visible()
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_text("That did not prove that it is you.")).to_be_visible()
    assert_fine(page)

    # The code of a moment ago was used to set the app up; a phone may be a step ahead.
    page.get_by_label("Six digits").fill(totp_now(secret, ahead=1))
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_role("heading", name="What waits")).to_be_visible()
    assert_fine(page)

    for name in LISTS:
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        assert_fine(page, f"list-{name}")
    page.get_by_role("link", name="Accounts", exact=True).click()
    page.get_by_label("A whole e-mail address or id.").fill(email)
    page.get_by_role("button", name="Find").click()
    rows = page.get_by_role("row")
    expect(rows).to_have_count(2)
    assert_fine(page)
    rows.last.get_by_role("link").click()
    expect(page.get_by_text(email)).to_be_visible()
    assert_fine(page)
    trace_a_copy(page)


def stay_at_the_desk(page: Page, site: Site, address: str) -> None:
    """As if the proof of a moment ago held for as long as this takes."""
    site.live.manage(
        "shell", "-c",
        "from datetime import timedelta; from django.utils import timezone;"
        "from accounts.models import AccountSession as S; S.objects.filter("
        f"account__email={address!r}).update(step_up_until=timezone.now() + timedelta(hours=1))",
    )  # fmt: skip


def complain(page: Page, site: Site, address: str) -> None:
    """Of a dismissal: the form, what is missing, and that it came."""
    page.goto(f"{site.address}{address}")
    expect(page.get_by_role("heading", name="Complain about a decision")).to_be_visible()
    assert_fine(page, "complaint")
    page.get_by_label("Why this decision is wrong").fill("It is me, from the side.")
    page.get_by_role("button", name="Send complaint").click()
    expect(page.get_by_role("heading", name="Your complaint has reached us")).to_be_visible()
    assert_fine(page, "complaint-sent")


def test_every_page_of_the_desk_looks_right(page: Page, site: Site, watch: Watch) -> None:
    """With something on each of them; and the pages of those whom it is about."""
    email = "sees-all@example.org"
    sign_up(page, site, email)
    page.goto(f"{site.address}/your-data")
    expect(page.get_by_role("heading", name="Your data", level=1)).to_be_visible(timeout=PATIENT)
    assert_fine(page, "your-data")
    turn_on_totp(page, site)
    site.live.manage("grant_desk", email, *(f"--role={role}" for role in Role.values))
    made = json.loads(site.live.manage("shell", "-v", "0", "-c", SEED).splitlines()[-1])
    stay_at_the_desk(page, site, email)
    complain(page, site, made.pop("complaint"))
    for name, address in {"inbox": "/desk/", "takedowns": "/desk/takedowns/",
                          "takedown-rules": "/desk/takedowns/rules/", **made}.items():
        if name not in DOWNLOADS:
            page.goto(f"{site.address}{address}")
            expect(page.get_by_role("navigation", name="Desk")).to_be_visible()
            assert_fine(page, name)
