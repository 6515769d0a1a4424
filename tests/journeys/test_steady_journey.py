"""What comes late pushes nothing, nothing untrue is said, and the ring is always in sight."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.journeys.people import PATIENT, expect_locked, sign_up
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import expect_picture, tile, viewer
from tests.journeys.uploading import answer, choose, expect_stored, expect_tiles, open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]


class Held:
    """Requests of a page to one address, which the server has not heard of yet."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self._page, self._address = page, address
        self._routes: list[Route] = []
        page.context.route(address, self._keep)

    def _keep(self, route: Route) -> None:
        self._routes.append(route)

    def let_go(self) -> None:
        """Now it hears of them all, and of every later one at once."""
        self._let_go()
        self._page.context.unroute(self._address)
        # Some are brought here while it is asked to bring no more. It may let go of them itself.
        with suppress(Error):
            self._let_go()

    def _let_go(self) -> None:
        while self._routes:
            self._routes.pop(0).continue_()


def opacity(element: Locator) -> float:
    return float(element.evaluate("element => getComputedStyle(element).opacity"))


@pytest.mark.parametrize("screen", ["page", "phone"])
def test_what_the_server_says_late_moves_nothing(
    screen: str, request: pytest.FixtureRequest, site: Site
) -> None:
    window: Page = request.getfixturevalue(screen)
    email = f"steady-{screen}@example.org"
    sign_up(window, site, email)
    site.let_the_words_be_asked_for(email)
    me = Held(window, "**/api/v1/me")
    reminder = window.locator("pv-recovery-reminder").get_by_role("status")

    window.goto(f"{site.address}/photos")
    first = window.get_by_role("heading", name="Your vault is empty")
    expect(first).to_be_visible(timeout=PATIENT)
    before = first.bounding_box()
    expect(reminder).to_be_hidden()
    me.let_go()
    expect(reminder).to_be_visible(timeout=PATIENT)
    assert first.bounding_box() == before
    assert_accessible(window)

    me = Held(window, "**/api/v1/me")
    window.goto(f"{site.address}/settings/recovery")
    section = window.locator("pv-settings-recovery")
    expect(section).to_be_attached(timeout=PATIENT)
    expect(section.get_by_role("heading")).to_have_count(0)
    me.let_go()
    expect(section.get_by_label("Paste the 24 words")).to_be_visible(timeout=PATIENT)
    expect(section.locator(".note")).to_be_visible()


def is_clear(page: Page, last: Locator, question: Locator) -> bool:
    """Whether the end of the page, as far as it is there by now, stands above the question."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    [end, edge] = [last.bounding_box(), question.bounding_box()]
    assert end is not None
    assert edge is not None
    return end["y"] + end["height"] <= edge["y"]


def test_the_end_of_a_page_can_be_scrolled_clear_of_the_question(
    phone: Page, site: Site, watch: Watch
) -> None:
    email = "clear@example.org"
    sign_up(phone, site, email)
    site.let_the_words_be_asked_for(email)
    phone.goto(f"{site.address}/settings/recovery")
    reminder = phone.locator("pv-recovery-reminder").get_by_role("status")
    expect(reminder).to_be_visible(timeout=PATIENT)
    last = phone.get_by_role("button", name="Make 24 new words")

    until = time.monotonic() + PATIENT / 1000
    while not is_clear(phone, last, reminder):
        assert time.monotonic() < until, "The question covers the end of the page."
        phone.wait_for_timeout(200)
    assert_fits(phone, width=320)
    watch.is_line_cut = True
    phone.context.set_offline(True)
    expect(phone.get_by_text("You are offline.")).to_be_visible()
    expect(reminder).to_be_hidden()


def test_a_vault_whose_first_photos_come_is_not_called_empty(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "arriving")
    check = Held(page, "**/api/v1/images/check")
    choose(page, [write_photo(tmp_path, "first.jpg", seed=301, taken="2026:11:13 10:00:00")])
    answer(page)

    expect(page.get_by_role("heading", name="Your first photos are on their way")).to_be_visible(
        timeout=PATIENT
    )
    expect(page.get_by_role("heading", name="Your vault is empty")).to_be_hidden()
    assert_accessible(page)
    check.let_go()
    expect_stored(page, 1)
    expect_tiles(page, 1)


@pytest.mark.parametrize("screen", ["page", "phone"])
def test_the_ring_stays_in_sight_over_a_photo_and_locks(
    screen: str, request: pytest.FixtureRequest, site: Site, tmp_path: Path
) -> None:
    window: Page = request.getfixturevalue(screen)
    open_vault(window, site, f"looking-{screen}")
    photo = write_photo(tmp_path, "ringed.jpg", seed=302, taken="2026:11:13 10:00:00")
    choose(window, [photo])
    answer(window)
    expect_stored(window, 1)
    window.reload()
    tile(window, "ringed.jpg").click()
    expect_picture(window)
    ring = viewer(window).get_by_role("button", name="Lock now")
    expect(ring).to_be_visible()
    expect(ring).to_have_accessible_name(re.compile("Unlocked.*Locks in 15 min.*Lock now"))
    assert_accessible(window)
    assert_fits(window, width=320)

    expect(viewer(window).locator(".stage")).to_have_class("stage is-idle", timeout=PATIENT)
    window.wait_for_timeout(400)
    assert opacity(viewer(window).locator(".back")) == 0
    assert opacity(viewer(window).locator(".bar")) == 1
    assert opacity(viewer(window).locator("pv-vault-ring")) == 1
    ring.click()

    expect_locked(window)
