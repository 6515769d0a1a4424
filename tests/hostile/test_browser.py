"""The browser's code in a real browser, lied to in every way of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.hostile import table
from tests.hostile.browsing import Devices
from tests.hostile.cast import Cast
from tests.hostile.catalogue import BUILT, DEVICES, Attack
from tests.hostile.lies import lie_of
from tests.hostile.observing import outcome_of
from tests.hostile.proxy import LyingServer
from tests.journeys.conftest import launch

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="module")
def devices(browser: Browser, liar: LyingServer, cast: Cast) -> Devices:
    """A browser that has looked at everything, and the way to new ones."""
    return Devices(browser, liar.url, cast)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("attack", BUILT, ids=lambda attack: attack.slug)
def test_the_browser_before_a_lying_server(
    attack: Attack, device: str, liar: LyingServer, cast: Cast, devices: Devices
) -> None:
    lie = lie_of(attack.slug, cast, "browser")
    truth = devices.truth(attack.slug, device)

    with liar.telling(lie):
        seen = devices.look(attack.slug, device)
        assert liar.told, f"Nothing was altered: {seen}"

    if device == "known":
        devices.recover(attack.slug, liar)
    outcome = outcome_of(truth, seen)
    assert outcome in attack.outcomes(device), seen
    table.note(attack, "browser", device, table.words_of(outcome, seen.said))
