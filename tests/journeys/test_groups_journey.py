"""Three people and their groups: who is in, who goes, and what a lying server cannot hide."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.grouping import (
    Body,
    accept,
    add,
    altered,
    choose,
    come_to_know,
    expect_group,
    group_key,
    invite_to_group,
    make_group,
    open_group,
    open_people,
    opening_of,
    read,
    remove,
    rename,
    row_of,
    settings_of,
)
from tests.journeys.people import (
    PATIENT,
    enter_code,
    expect_open,
    fill_sign_up,
    prove_phrase,
    sign_up,
)
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.crypto.errors import CryptoError

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ONE_GROUP = re.compile(r"/api/v1/groups/[0-9a-f-]{36}$")
ITS_HISTORY = re.compile(r"/api/v1/groups/[0-9a-f-]{36}/history")
NOT_HERE = "This group is not here for you"
CANNOT_BE_BELIEVED = "A group that cannot be believed"


@dataclass(frozen=True, slots=True)
class Somebody:
    """Where they are, and who they are."""

    page: Page
    email: str


@pytest.fixture
def ada(page: Page, site: Site) -> Somebody:
    """At a desk."""
    return newcomer(page, site, "ada.lund")


@pytest.fixture
def bea(browser: Browser, watch: Watch, site: Site) -> Iterator[Somebody]:
    """With a phone."""
    for page in phone_of(browser, watch):
        yield newcomer(page, site, "bea.moss")


@pytest.fixture
def cyr(browser: Browser, watch: Watch, site: Site) -> Iterator[Somebody]:
    """With another."""
    for page in phone_of(browser, watch):
        yield newcomer(page, site, "cyr.holt")


def phone_of(browser: Browser, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield watch.follow(context.new_page())
    context.close()


def newcomer(page: Page, site: Site, name: str) -> Somebody:
    """Journeys share one site, so each has its own three."""
    email = f"{name}.{uuid4().hex[:6]}@example.org"
    sign_up(page, site, email)
    return Somebody(page, email)


def sees_gone(page: Page) -> None:
    expect(page.get_by_role("heading", name=NOT_HERE)).to_be_visible(timeout=PATIENT)


def test_whoever_is_removed_is_out_at_once_and_their_key_opens_nothing_new(
    ada: Somebody, bea: Somebody, cyr: Somebody, site: Site, watch: Watch
) -> None:
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    come_to_know(ada.page, cyr.page, site, ada.email, cyr.email)
    path = path_of(make_group(ada.page, "Family", "Sundays, and the summer house"))
    assert_accessible(ada.page)
    add(ada.page, bea.email, cyr.email)
    assert_accessible(ada.page)
    open_group(bea.page, site, "Family")
    expect(bea.page.get_by_text("3 people · You are a member")).to_be_visible()
    expect(row_of(bea.page, "Somebody you do not know yet")).to_be_visible()
    expect(bea.page.get_by_role("button", name="Add people")).to_have_count(0)
    assert_accessible(bea.page)
    choose(ada.page, bea.email, "Make manager")
    expect(row_of(ada.page, bea.email)).to_contain_text("Manager", timeout=PATIENT)
    open_group(cyr.page, site, "Family")
    _, before = read(cyr.page, path)

    remove(ada.page, cyr.email)

    expect(row_of(ada.page, cyr.email)).to_have_count(0, timeout=PATIENT)
    watch.expect(404, 404, 404)
    assert read(cyr.page, path)[0] == 404
    sees_gone(cyr.page)
    assert_accessible(cyr.page)
    _, after = read(ada.page, path)
    _, history = read(ada.page, f"{path}/history")
    old, new = group_key(site, cyr.email, before), group_key(site, ada.email, after)
    assert settings_of(before, old) == settings_of(after, new)
    with pytest.raises(CryptoError):
        settings_of(after, old)
    opening_of(after, history["items"][-1], new)
    with pytest.raises(CryptoError):
        opening_of(after, history["items"][-1], old)
    # Who stays reads on under the new key, and sees their new role.
    bea.page.reload()
    expect(bea.page.get_by_text("2 people · You manage it")).to_be_visible(timeout=PATIENT)
    assert_fits(bea.page, width=320)
    assert_accessible(bea.page)
    open_people(bea.page, site)
    assert_fits(bea.page, width=320)
    assert_accessible(bea.page)


def test_a_group_lives_on_when_people_join_by_mail_leave_and_hand_it_over(
    ada: Somebody, bea: Somebody, browser: Browser, site: Site, watch: Watch
) -> None:
    """Joining and new keys need nobody to press anything: the page that opens does it."""
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    path = path_of(make_group(ada.page, "Choir"))
    add(ada.page, bea.email)
    dan = f"dan.{uuid4().hex[:6]}@example.org"
    invite_to_group(ada.page, dan, "Manager")
    assert_accessible(ada.page)
    for page in phone_of(browser, watch):
        prove_phrase(page, fill_sign_up(page, site, dan))
        enter_code(page, site.code_for(dan, number=2))
        expect_open(page)
        accept(page, site, ada.email)
        expect(page.get_by_role("link", name="Choir")).to_have_count(0)
    ada.page.reload()
    expect(row_of(ada.page, dan)).to_contain_text("Manager", timeout=PATIENT)
    expect(ada.page.get_by_text("Joins once they say yes")).to_have_count(0)
    open_group(bea.page, site, "Choir")
    expect(bea.page.get_by_text("3 people")).to_be_visible()
    bea.page.get_by_role("button", name="Leave the group").click()
    bea.page.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    expect(bea.page.get_by_role("button", name="New group")).to_be_visible(timeout=PATIENT)
    expect(bea.page.get_by_role("link", name="Choir")).to_have_count(0)
    _, left = read(ada.page, path)
    assert (left["generation"], left["rotation_due_at"] is None) == (1, False)

    ada.page.reload()

    expect(row_of(ada.page, dan)).to_be_visible(timeout=PATIENT)
    _, rotated = read(ada.page, path)
    assert (rotated["generation"], rotated["rotation_due_at"]) == (2, None)
    choose(ada.page, dan, "Hand the group over")
    ada.page.get_by_role("dialog").get_by_role("button", name="Hand over").click()
    expect(ada.page.get_by_text("2 people · You manage it")).to_be_visible(timeout=PATIENT)
    expect(row_of(ada.page, dan)).to_contain_text("Owns the group")
    expect(ada.page.get_by_role("button", name="Delete the group")).to_have_count(0)
    open_people(ada.page, site)
    make_group(ada.page, "Short-lived")
    ada.page.get_by_role("button", name="Delete the group").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete the group").click()
    expect(ada.page.get_by_role("link", name="Choir")).to_be_visible(timeout=PATIENT)
    expect(ada.page.get_by_role("link", name="Short-lived")).to_have_count(0)


def test_of_two_who_change_a_group_at_once_the_second_goes_on_from_the_first(
    ada: Somebody, bea: Somebody, cyr: Somebody, site: Site, watch: Watch
) -> None:
    """Each request of bea's waits until somebody else was quicker."""
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    come_to_know(ada.page, cyr.page, site, ada.email, cyr.email)
    come_to_know(bea.page, cyr.page, site, bea.email, cyr.email)
    open_people(ada.page, site)
    make_group(ada.page, "Allotment")
    add(ada.page, bea.email, cyr.email, role="Manager")
    open_group(bea.page, site, "Allotment")
    renaming = hold_first(bea.page, re.compile(r"/settings$"))
    with bea.page.expect_request(re.compile(r"/settings$")):
        rename(bea.page, "Allotment seven")
    choose(ada.page, cyr.email, "Make member")
    expect(row_of(ada.page, cyr.email)).to_contain_text("Member", timeout=PATIENT)
    choose(ada.page, cyr.email, "Make manager")
    expect(row_of(ada.page, cyr.email)).to_contain_text("Manager", timeout=PATIENT)
    watch.expect(409)

    renaming[0].continue_()

    expect_group(bea.page, "Allotment seven")
    expect(row_of(bea.page, cyr.email)).to_contain_text("Manager")
    open_group(cyr.page, site, "Allotment seven")
    removing = hold_first(bea.page, re.compile(r"/remove$"))
    with bea.page.expect_request(re.compile(r"/remove$")):
        remove(bea.page, cyr.email)
    remove(cyr.page, bea.email)
    expect(row_of(cyr.page, bea.email)).to_have_count(0, timeout=PATIENT)
    watch.expect(404, 404, 404)
    removing[0].continue_()
    sees_gone(bea.page)
    ada.page.reload()
    expect(row_of(ada.page, cyr.email)).to_contain_text("Manager", timeout=PATIENT)
    expect(row_of(ada.page, bea.email)).to_have_count(0)


def test_a_server_that_lies_about_a_group_is_noticed(
    ada: Somebody, bea: Somebody, site: Site
) -> None:
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    path = path_of(make_group(ada.page, "Book club"))
    page = ada.page
    _, alone = read(page, path)
    _, beginning = read(page, f"{path}/history")
    add(page, bea.email)
    _, honest = read(page, path)

    def lists_a_stranger(body: Body) -> None:
        body["members"].append({**body["members"][1], "account_id": str(uuid4())})

    def swaps_keys(body: Body) -> None:
        body["members"][1]["identity_public_key"] = body["members"][0]["identity_public_key"]

    alert = page.get_by_role("alert")
    tell(page, lists_a_stranger)
    expect(alert).to_contain_text("lists somebody here whom no member let in", timeout=PATIENT)
    expect(page.get_by_text("2 people · You own it")).to_be_visible()
    assert_accessible(page)
    rename(page, "Reading club")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(
        "Nothing is changed until both say the same", timeout=PATIENT
    )
    tell(page, lambda body: body["members"].pop())
    expect(alert).to_contain_text(f"no longer lists {bea.email}", timeout=PATIENT)
    tell(page, lambda body: body["members"][1].update(role="manager"))
    expect(alert).to_contain_text(f"another role to {bea.email}", timeout=PATIENT)
    tell(page, swaps_keys)
    expect(alert).to_contain_text("other keys than the ones you know", timeout=PATIENT)
    expect(row_of(page, bea.email)).to_contain_text("Other keys than the ones you know")
    assert_accessible(page)
    tell(page, lambda body: body.update(settings=alone["settings"], head=alone["head"]))
    expect(alert).to_contain_text("an older state than this device has seen", timeout=PATIENT)
    assert_accessible(page)
    # Whoever has not seen the newest entry misses it by what comes with it.
    page.unroute(ONE_GROUP)
    open_group(bea.page, site, "Book club")
    open_group(page, site, "Book club")
    rename(page, "Reading club")
    expect_group(page, "Reading club")
    bea.page.route(ITS_HISTORY, altered(lambda body: body.update(items=body["items"][:-1])))
    bea.page.reload()
    expect(bea.page.get_by_role("heading", name=CANNOT_BE_BELIEVED)).to_be_visible(timeout=PATIENT)
    expect(bea.page.get_by_role("alert")).to_contain_text("is missing")
    assert_accessible(bea.page)
    assert_fits(bea.page, width=320)
    # And nothing of it stays once the server is honest again.
    bea.page.unroute(ITS_HISTORY)
    bea.page.reload()
    expect_group(bea.page, "Reading club")
    assert (len(beginning["items"]), len(honest["members"])) == (1, 2)


def test_a_group_whose_owner_is_gone_is_taken_over_by_whom_the_others_believe(
    ada: Somebody, bea: Somebody, cyr: Somebody, site: Site
) -> None:
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    come_to_know(ada.page, cyr.page, site, ada.email, cyr.email)
    make_group(ada.page, "Reunion")
    add(ada.page, bea.email, cyr.email)
    for each in (bea, cyr):
        open_group(each.page, site, "Reunion")
    ada.page.close()
    site.erase(ada.email)

    bea.page.reload()

    take = bea.page.get_by_role("button", name="Take the group over")
    expect(take).to_be_visible(timeout=PATIENT)
    expect(bea.page.get_by_role("alert")).to_contain_text("the service lets you own it now")
    expect(bea.page.get_by_text("The service no longer lists them")).to_be_visible()
    assert_accessible(bea.page)
    take.click()
    expect(bea.page.get_by_text("2 people · You own it")).to_be_visible(timeout=PATIENT)
    expect(bea.page.get_by_role("alert")).to_have_count(0)
    cyr.page.reload()
    expect(cyr.page.get_by_role("heading", name="Whose group is it?")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(cyr.page)
    cyr.page.get_by_role("button", name="I believe it").click()
    expect(cyr.page.get_by_text("2 people · You are a member")).to_be_visible(timeout=PATIENT)
    cyr.page.reload()
    expect(cyr.page.get_by_text("2 people · You are a member")).to_be_visible(timeout=PATIENT)


def test_somebody_whose_account_is_gone_can_be_removed(
    ada: Somebody, bea: Somebody, cyr: Somebody, site: Site
) -> None:
    come_to_know(ada.page, bea.page, site, ada.email, bea.email)
    come_to_know(ada.page, cyr.page, site, ada.email, cyr.email)
    make_group(ada.page, "Quartet")
    add(ada.page, bea.email, cyr.email)
    bea.page.close()
    site.erase(bea.email)
    page = ada.page
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("no member removed them", timeout=PATIENT)
    gone = row_of(page, "The service no longer lists them")

    gone.get_by_role("button").click()
    # Nothing else is done with somebody whose keys nobody has.
    expect(page.get_by_role("button", name="Make manager")).to_have_count(0)
    page.get_by_role("button", name="Remove from the group").locator("visible=true").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()

    expect(gone).to_have_count(0, timeout=PATIENT)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text("2 people · You own it")).to_be_visible(timeout=PATIENT)
    open_group(cyr.page, site, "Quartet")
    expect(cyr.page.get_by_text("2 people · You are a member")).to_be_visible(timeout=PATIENT)
    expect(cyr.page.get_by_role("alert")).to_have_count(0)


def hold_first(page: Page, pattern: re.Pattern[str]) -> list[Route]:
    """Keep the first such request on its way until somebody lets it go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(pattern, hold)
    return held


def tell(page: Page, lie: Callable[[Body], object]) -> None:
    """Read the group again from a server that lies about it."""
    page.unroute(ONE_GROUP)
    page.route(ONE_GROUP, altered(lie))
    page.reload()


def path_of(address: str) -> str:
    """Of a group, in the API."""
    return f"/groups/{address.rsplit('/', 1)[1]}"
