"""A service that comes back from its backup: people are told, and their devices ask its log.

One service is backed up, goes on, and is restored. A browser says it above the photos; an app
takes over what the restore forgot, as far as the public log bears it out and no further.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.api.people import store
from tests.hostile.proxy import Answer, Asked, Lie, LyingServer, lying_server
from tests.journeys.people import PASSWORD, PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.uploading import expect_tiles, open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.live import running_service, wait_until_it_answers
from tests.reference_client import account
from tests.reference_client.client import Client
from tests.reference_client.images import Library
from tests.reference_client.receipts import ReceiptBook
from tests.reference_client.restorations import UnprovenRestorationError
from tests.reference_client.sync import Replica, catch_up, learn_restoration
from tests.vectors.receipts import OTHER, proof_at

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]
# Where pictures go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")
SERVER = "/api/v1/server"
WIDTHS = {"390": {"width": 390, "height": 844}, "1280": {"width": 1280, "height": 800}}
ONLY_SINCE, SINCE_THEN = "Only since", "Since then"
SAME, NOT_THERE = "Its public log says the same.", "Its public log does not say so, or not yet."
# The log is written every minute.
PROOF_SECONDS = 120.0


LIES = (
    "a word and nothing else", "an entry of another log", "another entry under this proof",
    "another backup than the log has",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A restored service, a page that was open before, and what an app knew."""

    site: Site
    page: Page
    doubter: Page
    watch: Watch
    liar: LyingServer
    token: str
    library: Library
    replica: Replica
    log_key: str
    corrected: str
    added: str

    def app(self) -> tuple[ReceiptBook, Library, Replica]:
        """The app as it was before, talking to whatever the service is now."""
        device = deepcopy(self.replica)
        client = Client(self.liar.url, self.token)
        library = Library(client=client, keys=self.library.keys)
        return ReceiptBook(client, self.log_key), library, device


@pytest.fixture(scope="module")
def restored(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restored]:
    """Backed up, changed, restored, and asked for its proof."""
    folder, watch = tmp_path_factory.mktemp("restored"), Watch()
    with running_service(folder) as live, lying_server(live.url) as liar:
        site = Site(address=live.url, folder=folder, live=live)
        page = watch.follow(browser.new_page(viewport=WIDTHS["1280"]))
        email = open_vault(page, site, "returning")
        phone = account.sign_in(live.url, email, PASSWORD)
        library, replica = Library.of(phone), Replica()
        kept = store(library, 1)
        catch_up(library, replica)
        expect_shown(page, 1)
        # A browser that will be lied to, of somebody who is just as much at home there.
        doubter = watch.follow(browser.new_context(viewport=WIDTHS["1280"]).new_page())
        sign_in(doubter, site, email)
        expect_shown(doubter, 1)
        log_key = ReceiptBook(phone.client).pinned()
        time.sleep(1.1)  # a backup may be of any moment of its second
        backup = live.manage("backup").partition(":")[0]
        time.sleep(1.1)
        corrected, added = library.correct(kept, title=ONLY_SINCE), store(library, 2)
        catch_up(library, replica)
        assert replica.photos[kept.id].revision == corrected.revision == kept.revision + 1
        for each in (page, doubter):
            expect_shown(each, 2, named=ONLY_SINCE)
            each.goto(f"{live.url}/drills")  # of no app, which would ask meanwhile
        watch.is_line_cut = True
        bring_back(site, backup)
        for each in (page, doubter):
            each.reload()  # hears whatever the page complained of meanwhile
        watch.is_line_cut = False
        yield Restored(
            site=site, page=page, doubter=doubter, watch=watch, liar=liar,
            token=str(phone.client.token), library=library, replica=replica, log_key=log_key,
            corrected=kept.id, added=added.id,
        )  # fmt: skip
        for each in (page, doubter):
            each.context.close()
    assert not watch.complaints, "\n".join(watch.complaints)


def bring_back(site: Site, backup: str) -> None:
    """End it, restore the backup of this name, start it, and wait for its log."""
    time.sleep(1.1)  # moments of the log are whole seconds
    names = list(site.live.commands)
    site.live.kill(*names)
    site.live.manage("restore", "--replace", str(site.folder / "backups" / backup))
    for name in names:
        site.live.start(name)
    wait_until_it_answers(site.live)
    until = time.monotonic() + PROOF_SECONDS
    while Client(site.address).call("GET", "/server")["restoration"]["proof"] is None:
        assert time.monotonic() < until, site.live.log()
        time.sleep(0.5)


def shown_as(page: Page, title: str) -> Locator:
    return page.get_by_role("option", name=re.compile(title))


def expect_shown(page: Page, count: int, *, named: str | None = None) -> None:
    """Open the photos as the service has them now."""
    expect_open(page)
    page.reload()
    expect_tiles(page, count)
    if named is not None:
        expect(shown_as(page, named)).to_be_visible(timeout=PATIENT)


def test_a_browser_says_it_above_the_photos_until_somebody_read_it(restored: Restored) -> None:
    page = restored.page
    page.goto(f"{restored.site.address}/photos")
    expect_open(page)
    bar = page.locator("pv-news .reminder-bar")
    expect(bar).to_contain_text("This service says that it was restored on", timeout=PATIENT)
    expect(bar).to_contain_text("from a backup of")
    expect(bar).to_contain_text(SAME)
    expect(bar).to_contain_text("So this device shows 1 photo or album as it was then.")
    expect(bar).to_contain_text("1 photo or album that it knew is not there any more.")
    expect_tiles(page, 1)
    expect(shown_as(page, ONLY_SINCE)).to_have_count(0)
    for width, size in WIDTHS.items():
        page.set_viewport_size(size)
        expect(bar).to_be_in_viewport(ratio=1)
        assert_fits(page, width=size["width"])
        assert_accessible(page)
        if SHOTS is not None:
            page.screenshot(path=f"{SHOTS}/restored-bar-{width}.png")
    page.set_viewport_size(WIDTHS["1280"])
    with page.context.expect_page() as opened:
        bar.get_by_role("link", name="What everybody is told").click()
    expect(opened.value.locator("#restores")).to_be_visible()
    opened.value.close()

    bar.get_by_role("button", name="I have read it").click()
    expect(bar).to_have_count(0)
    page.goto(f"{restored.site.address}/your-data/health")
    restores = page.locator("[data-restores]")
    expect(restores).to_contain_text(SAME, timeout=PATIENT)
    expect(restores).to_contain_text("So this device shows 1 photo")
    expect(bar).to_have_count(0)


def test_a_browser_says_that_the_log_does_not(restored: Restored) -> None:
    page = restored.page

    def altered(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        said["restoration"] |= made_up(said["restoration"])
        route.fulfill(response=answer, json=said)

    # From a page of no app, which would ask again and remember the true answer meanwhile.
    page.goto(f"{restored.site.address}/drills")
    page.evaluate("localStorage.removeItem('pv-restorations')")
    page.context.route(f"**{SERVER}", altered)
    page.goto(f"{restored.site.address}/photos")
    expect(page.locator("pv-news .reminder-bar")).to_contain_text(NOT_THERE, timeout=PATIENT)
    page.context.unroute(f"**{SERVER}", altered)


@pytest.mark.parametrize("lie", LIES)
def test_a_browser_keeps_what_it_saw_where_no_log_bears_it_out(
    restored: Restored, lie: str
) -> None:
    page, address = restored.doubter, restored.site.address
    said = Client(address).call("GET", "/server")["restoration"]

    def altered(route: Route) -> None:
        answer = route.fetch()
        document = answer.json()
        document["restoration"] |= lies_about(said)[lie]
        route.fulfill(response=answer, json=document)

    page.goto(f"{address}/drills")
    page.evaluate("localStorage.removeItem('pv-restorations')")
    page.context.route(f"**{SERVER}", altered)
    # Its place in the feed is one that the restored service never gave.
    restored.watch.expect(410)
    page.goto(f"{address}/photos")
    expect(page.locator("pv-news .reminder-bar")).to_contain_text(NOT_THERE, timeout=PATIENT)
    expect(shown_as(page, ONLY_SINCE)).to_be_visible(timeout=PATIENT)
    expect(page.locator("pv-news .reminder-bar")).not_to_contain_text("So this device shows")
    page.goto(f"{address}/drills")
    page.context.unroute(f"**{SERVER}", altered)
    restored.watch.expected.clear()


def test_an_app_takes_over_what_the_log_bears_out(restored: Restored) -> None:
    book, library, replica = restored.app()
    before = replica.photos[restored.corrected]

    learn_restoration(replica, book)
    catch_up(library, replica)

    assert replica.rolled_back == set()
    assert replica.photos[restored.corrected].revision == before.revision - 1
    assert replica.lost == {restored.added}
    assert replica.unlisted == set()


class Claim(Lie):
    """Says something else of its restoration."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def answer(self, asked: Asked, answer: Answer) -> None:
        """Alter what `GET /server` says."""
        if asked.path == SERVER:
            document = answer.json
            document["restoration"] |= self.said
            answer.say(document)


def made_up(said: Mapping[str, Any], **changed: str) -> dict[str, Any]:
    """An entry and a proof without a flaw, but for the key: of a log that nobody follows."""
    facts = {"restored_at": said["restored_at"], "restored_to": said["restored_to"], **changed}
    facts = {name: f"{value[:19]}Z" for name, value in facts.items()}
    entry = {
        "format": "pocketvault.entry/1", "kind": "restored", "on": facts["restored_at"][:10],
        "facts": {**facts, "gap_accepted": False},
    }  # fmt: skip
    origin = str(said["proof"]).split("\n\n")[1].split("\n")[0]
    return {**facts, "entry": entry, "proof": proof_at(entry, 3, 9, by=OTHER, origin=origin)}


def lies_about(said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    earlier = "2026-11-20T00:00:00Z"
    altered = json.loads(json.dumps(said["entry"]))
    altered["facts"]["restored_to"] = earlier
    return {
        "a word and nothing else": {"entry": None, "proof": None},
        "an entry of another log": made_up(said),
        "another entry under this proof": {"restored_to": earlier, "entry": altered},
        "another backup than the log has": {"restored_to": earlier},
    }


@pytest.mark.parametrize("lie", LIES)
def test_an_app_goes_on_refusing_what_is_in_no_log(restored: Restored, lie: str) -> None:
    book, library, replica = restored.app()
    before = replica.photos[restored.corrected]
    said = Client(restored.site.address).call("GET", "/server")["restoration"]

    with restored.liar.telling(Claim(**lies_about(said)[lie])):
        with pytest.raises(UnprovenRestorationError):
            learn_restoration(replica, book)
        replica.cursor = ""
        catch_up(library, replica)
        assert restored.liar.told

    assert replica.rolled_back == {restored.corrected}
    assert replica.photos[restored.corrected] == before
    assert (replica.lost, replica.unlisted) == (set(), {restored.added})


def test_a_true_restoration_explains_nothing_that_was_told_before(restored: Restored) -> None:
    book, library, replica = restored.app()
    learn_restoration(replica, book)
    assert replica.restoration is not None
    for sighting in replica.seen[restored.corrected].told:
        sighting.first = min(sighting.first, replica.restoration.restored_to)

    catch_up(library, replica)

    assert replica.rolled_back == {restored.corrected}


def test_an_old_proof_rolls_nothing_back_in_a_browser(restored: Restored) -> None:
    """The last: from here on the photo is another one than the tests before want."""
    page, address = restored.doubter, restored.site.address
    page.evaluate("localStorage.removeItem('pv-restorations')")  # what it was told before
    page.goto(f"{address}/photos")
    expect(page.locator("pv-news .reminder-bar")).to_contain_text(SAME, timeout=PATIENT)
    expect(shown_as(page, ONLY_SINCE)).to_have_count(0)
    _, library, replica = restored.app()
    replica.cursor, replica.seen, replica.photos = "", {}, {}
    catch_up(library, replica)
    older = library.client.call("GET", "/sync", query={"limit": "500"})
    library.correct(replica.photos[restored.corrected], title=SINCE_THEN)
    page.reload()
    expect(shown_as(page, SINCE_THEN)).to_be_visible(timeout=PATIENT)

    page.context.route(re.compile(r"/api/v1/sync(\?|$)"), lambda route: route.fulfill(json=older))
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("an older state", timeout=PATIENT)
    expect(page.locator("#toasts")).to_contain_text("does not explain this")
    expect(shown_as(page, SINCE_THEN)).to_be_visible()
    page.goto(f"{address}/drills")
