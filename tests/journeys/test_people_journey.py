"""Two people come to know each other, make sure of it, and notice when somebody stands between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Locator, Page, Route, expect

from pocketvault.kernel.fields import to_base64url
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

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]


@pytest.fixture
def theirs(browser: Browser, watch: Watch) -> Iterator[Page]:
    """The phone of somebody else."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield watch.follow(context.new_page())
    context.close()


def open_people(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/people")
    expect(page.get_by_role("heading", name="People", level=1)).to_be_attached(timeout=PATIENT)


def invite(page: Page, email: str) -> None:
    page.get_by_role("button", name="Invite someone").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the invitation").click()


def row_of(page: Page, email: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=email)


def safety_words(page: Page, email: str) -> list[str]:
    """Open the number, read the words, and leave it open."""
    page.get_by_role("button", name=f"Safety number with {email}").click()
    words = page.locator(".number-words li")
    expect(words).to_have_count(12, timeout=PATIENT)
    return words.all_inner_texts()


def become_contacts(page: Page, theirs: Page, site: Site, names: tuple[str, str]) -> None:
    mine, other = names
    sign_up(page, site, mine)
    sign_up(theirs, site, other)
    open_people(page, site)
    invite(page, other)
    expect(row_of(page, other)).to_contain_text("The invitation ends on")
    open_people(theirs, site)
    theirs.get_by_role("button", name=f"Accept {mine}").click()
    expect(row_of(theirs, mine)).to_contain_text("Safety number not checked yet")


def sign_up_invited(page: Page, site: Site, email: str) -> None:
    """Like `sign_up`, for somebody who has a letter already: the invitation."""
    prove_phrase(page, fill_sign_up(page, site, email))
    enter_code(page, site.code_for(email, number=2))
    expect_open(page)


def test_two_people_come_to_know_each_other_and_compare_their_number(
    page: Page, theirs: Page, site: Site, watch: Watch
) -> None:
    sign_up(page, site, "ines@example.org")
    open_people(page, site)
    assert_accessible(page)
    watch.expect(400)
    invite(page, "not an address")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Cancel").click()
    invite(page, "tom.keller@example.org")
    sign_up_invited(theirs, site, "tom.keller@example.org")
    open_people(theirs, site)
    assert_accessible(theirs)
    theirs.get_by_role("button", name="Accept ines@example.org").click()
    expect(row_of(theirs, "ines@example.org")).to_contain_text("Safety number not checked yet")
    assert_accessible(theirs)
    assert_fits(theirs, width=320)
    open_people(page, site)

    mine = safety_words(page, "tom.keller@example.org")

    assert mine == safety_words(theirs, "ines@example.org")
    assert_accessible(page)
    assert_accessible(theirs)
    assert_fits(theirs, width=320)
    page.get_by_role("button", name="The words are the same").click()
    row = row_of(page, "tom.keller@example.org")
    expect(row).to_contain_text("Safety number checked")
    page.reload()
    expect(row).to_contain_text("Safety number checked", timeout=PATIENT)


@pytest.mark.by_hand
def test_an_invitation_can_be_withdrawn_and_declined(page: Page, theirs: Page, site: Site) -> None:
    sign_up(page, site, "olga@example.org")
    sign_up(theirs, site, "pavel@example.org")
    open_people(page, site)
    invite(page, "pavel@example.org")
    expect(row_of(page, "pavel@example.org")).to_contain_text("The invitation ends on")
    open_people(theirs, site)

    theirs.get_by_role("button", name="Decline olga@example.org").click()

    expect(theirs.get_by_text("Invite the people you want to share photos with")).to_be_visible()
    page.reload()
    row = row_of(page, "pavel@example.org")
    expect(row).to_contain_text("The invitation ends on", timeout=PATIENT)
    row.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("Invite the people you want to share photos with")).to_be_visible()


def test_keys_that_change_stop_everything_until_the_owner_decides(
    page: Page, theirs: Page, site: Site
) -> None:
    become_contacts(page, theirs, site, ("wanda@example.org", "yusuf@example.org"))
    open_people(page, site)
    before = safety_words(page, "yusuf@example.org")
    page.get_by_role("button", name="The words are the same").click()
    expect(row_of(page, "yusuf@example.org")).to_contain_text("Safety number checked")
    page.route(re.compile(r"/api/v1/contacts$"), swap_identity)

    page.reload()

    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("The keys of yusuf@example.org changed.", timeout=PATIENT)
    expect(row_of(page, "yusuf@example.org")).to_contain_text("nothing is shared with them")
    assert_accessible(page)
    assert safety_words(page, "yusuf@example.org") != before
    page.get_by_role("button", name="Not now").click()
    page.unroute(re.compile(r"/api/v1/contacts$"))
    page.reload()
    expect(row_of(page, "yusuf@example.org")).to_contain_text(
        "Safety number checked", timeout=PATIENT
    )


@pytest.mark.by_hand
def test_an_older_book_of_known_keys_is_noticed(page: Page, theirs: Page, site: Site) -> None:
    become_contacts(page, theirs, site, ("zoe-keys@example.org", "abel-keys@example.org"))
    open_people(page, site)
    expect(row_of(page, "abel-keys@example.org")).to_be_visible(timeout=PATIENT)
    page.route(
        re.compile(r"/api/v1/contacts/known-keys$"),
        lambda route: route.fulfill(json={"number": 0, "sealed": None}),
    )

    page.reload()

    expect(page.get_by_role("alert")).to_contain_text("an older list", timeout=PATIENT)
    expect(row_of(page, "abel-keys@example.org")).to_have_count(0)


def swap_identity(route: Route) -> None:
    """A server that gives out a key of its own in somebody's name."""
    response = route.fetch()
    body = json.loads(response.text())
    for contact in body["items"]:
        own = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        contact["identity_public_key"] = to_base64url(own)
    route.fulfill(response=response, json=body)
