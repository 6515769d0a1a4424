"""A stranger reports a photo; it goes from every address; its owner complains; it comes back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.people import PATIENT, sign_up, turn_on_totp
from tests.journeys.publishing import look_as_stranger
from tests.journeys.site import Site
from tests.journeys.strangers import public_address
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings by tests/rights and tests/sharing.
pytestmark = [pytest.mark.browser_alone, pytest.mark.by_hand]

NAME, OWNER = "reported-heron", "reported-owner@example.org"
# Where pictures go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")
Window = Callable[[], Page]


@pytest.fixture
def window(browser: Browser, watch: Watch) -> Iterator[Window]:
    """A new browser of somebody's."""
    contexts = []

    def opened() -> Page:
        contexts.append(browser.new_context(viewport=DESKTOP))
        return watch.follow(contexts[-1].new_page())

    yield opened
    for context in contexts:
        context.close()


def keep(page: Page, name: str) -> None:
    """On a phone and a desktop, in both schemes, with what assistive technology finds."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert_accessible(page)
        for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
            if SHOTS:
                page.set_viewport_size(size)
                path = Path(SHOTS) / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
    assert_fits(page, width=320)
    page.set_viewport_size(DESKTOP)


def photo_of(site: Site) -> str:
    """A photo that the owner shows to everyone; its public id."""
    told = site.live.manage(
        "shell", "-v", "0", "-c",
        "from accounts.models import Account;"
        "from tests.sharing.visitors.live import open_profile, publish;"
        f"owner = Account.objects.get(email='{OWNER}');"
        f"open_profile(owner, '{NAME}'); print(publish(owner, 1, long_edge=320).public_id)",
    )  # fmt: skip
    return str(told).split()[-1]


def reviewer(page: Page, site: Site, number: int) -> Page:
    """Somebody who signs up, and is then let into the desk."""
    email = f"reviewer-{number}@example.org"
    sign_up(page, site, email)
    turn_on_totp(page, site)
    site.live.manage("grant_desk", email, "--role", "reviewer")
    return page


def open_case(page: Page, site: Site, number: str) -> None:
    page.goto(f"{site.address}/desk/reports/")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", name=f"Report {number}")).to_be_visible()


def statuses(site: Site, photo: str) -> set[int]:
    """Of every address at which a stranger could find it without a grant."""
    below = (photo, f"{photo}/statement", f"report?photo={photo}")
    return {look_as_stranger(site, f"/u/{NAME}/{each}").status_code for each in below}


def report(page: Page, site: Site, photo: str) -> str:
    """By address alone, once without what the law asks for; its number."""
    page.goto(f"{public_address(site)}/report")
    page.get_by_label("Its address").fill(f"{public_address(site)}/u/{NAME}/{photo}")
    page.get_by_label("It is intimate, and shown without consent").check()
    expect(page.get_by_text("We decide within 48 hours")).to_be_visible()
    page.get_by_label("Your e-mail address").fill("stranger@example.org")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("This is missing.").first).to_be_visible()
    keep(page, "report")
    page.get_by_label("Your full name").locator("visible=true").fill("Carol Carver")
    page.get_by_label("I believe in good faith that the person shown").check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    return page.locator("strong.num").inner_text()


@pytest.mark.browser
def test_a_reported_photo_goes_and_comes_back(site: Site, window: Window, watch: Watch) -> None:
    owner = window()
    sign_up(owner, site, OWNER)
    photo = photo_of(site)
    assert statuses(site, photo) == {200}
    watch.expect(400)
    number = report(window(), site, photo)

    first = reviewer(window(), site, 1)
    open_case(first, site, number)
    keep(first, "case")
    first.get_by_label("Facts and reason").fill("She is in it, and did not agree.")
    first.get_by_label("Ground, if it is withheld").select_option("intimate")
    first.get_by_role("button", name="Withhold").click()
    expect(first.get_by_role("heading", name="Change the decision")).to_be_visible()
    assert statuses(site, photo) == {404}
    assert photo not in look_as_stranger(site, f"/u/{NAME}").text

    owner.goto(f"{site.address}/your-data/reports")
    expect(owner.get_by_role("heading", name=f"Report {number}")).to_be_visible(timeout=PATIENT)
    expect(owner.get_by_text("She is in it, and did not agree.")).to_be_visible()
    keep(owner, "your-reports")
    owner.get_by_role("button", name="Complain").click()
    owner.get_by_label("Why this decision is wrong").fill("It is myself.")
    owner.get_by_role("button", name="Send", exact=True).click()
    expect(owner.get_by_text("Being looked at again")).to_be_visible()

    first.reload()
    expect(first.get_by_text("You made this decision")).to_be_visible()
    second = reviewer(window(), site, 2)
    open_case(second, site, number)
    keep(second, "complaint")
    second.get_by_label("Reason.").fill("It is herself.")
    second.get_by_role("button", name="The complaint is right").click()
    expect(second.get_by_text("Reinstated").first).to_be_visible()
    assert statuses(site, photo) == {200}

    owner.reload()
    expect(owner.get_by_text("Shown again")).to_be_visible(timeout=PATIENT)
    second.goto(f"{site.address}/desk/reports/rules/")
    keep(second, "rules")
    second.goto(f"{site.address}/desk/incidents/")
    keep(second, "incidents")
    second.goto(f"{site.address}/reports-log")
    keep(second, "log")
