"""A new privacy policy: told by mail and above the photos, read line by line, put away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import DESKTOP
from tests.journeys.keeping import keep_picture
from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.uploading import open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.live import running_service, wait_until_it_answers
from tests.rights.policies import SHIPPED, with_shipped, write_version

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]
SHORTER = "Three cookies, all needed"
CHANGED = "Two cookies, all needed"


@pytest.fixture
def coming(tmp_path: Path) -> Iterator[Site]:
    """A service of its own, whose folder of versions somebody can write to."""
    folder = with_shipped(tmp_path / "policies")
    with running_service(tmp_path / "site", POLICY_DIR=str(folder)) as live:
        yield Site(address=live.url, folder=tmp_path / "site", live=live)


def release_second(site: Site, folder: Path) -> date:
    """A release that brings version 2; the first day on which it is in force."""
    from_file = (SHIPPED / "1.toml").read_text(encoding="utf-8").partition("text = '''\n")[2]
    text = from_file.rpartition("'''")[0].removeprefix("\n").replace(SHORTER, CHANGED)
    write_version(folder, 2, text, in_force_on=datetime.now(UTC).date() + timedelta(days=2))
    names = list(site.live.commands)
    site.live.kill(*names)
    for name in names:
        site.live.start(name)
    wait_until_it_answers(site.live)
    site.live.manage(
        "shell", "-c", "from rights.actions.policies import publish_policies as p; p()"
    )
    return datetime.now(UTC).date() + timedelta(days=30)


def test_everybody_is_told_before_a_new_version_is_in_force(
    page: Page, coming: Site, tmp_path: Path
) -> None:
    email = open_vault(page, coming, "reader")
    expect(page.locator("pv-news .reminder-bar")).to_have_count(0)
    day = release_second(coming, tmp_path / "policies")
    letter = coming.wait_for_letter(email, number=2)
    assert f"From {day.day} {day:%B %Y} on, version 2" in letter
    assert f"{coming.address}/privacy/2" in letter

    page.reload()
    bar = page.locator("pv-news .reminder-bar")
    expect(bar).to_contain_text("The privacy policy changes on", timeout=PATIENT)
    expect(page.locator("pv-recovery-reminder .reminder-bar")).not_to_be_visible()
    assert_accessible(page)
    keep_picture(page, "policy-bar")
    with page.context.expect_page() as opened:
        bar.get_by_role("link", name="What changes").click()
    told = opened.value
    expect(told.locator("ins")).to_contain_text(CHANGED)
    expect(told.locator("del")).to_contain_text(SHORTER)
    expect(told.get_by_text("not in force yet")).to_be_visible()
    keep_picture(told, "policy-coming")
    told.close()

    bar.get_by_role("button", name="I have seen it").click()
    expect(bar).to_have_count(0)
    page.reload()
    expect(page.locator("#outlet > *").first).to_be_visible(timeout=PATIENT)
    page.wait_for_load_state("networkidle")
    expect(bar).to_have_count(0)
    page.goto(f"{coming.address}/privacy")
    expect(page.get_by_role("link", name="Version 2 is in force from")).to_be_visible()
    keep_picture(page, "policy-before")


def test_the_policy_is_readable_by_everybody_without_a_script(
    browser: Browser, watch: Watch, site: Site
) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/privacy")
    expect(page.get_by_role("heading", name="Whose photos they are")).to_be_visible()
    expect(page.get_by_text("in force", exact=True)).to_be_visible()
    context.close()
    scripted = watch.follow(browser.new_page(viewport=DESKTOP))
    scripted.goto(f"{site.address}/privacy")
    assert_accessible(scripted)
    keep_picture(scripted, "policy")
    assert_fits(scripted, width=320)
    scripted.close()
