"""What people do with groups, step by step, and what the keys they hold open."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.journeys.people import PASSWORD, PATIENT
from tests.journeys.site import Site
from tests.journeys.watch import assert_accessible
from tests.reference_client import account
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import Terms, read_delivery
from tests.reference_client.crypto.record import open_record
from tests.reference_client.wire import to_bytes

Body = dict[str, Any]


def open_people(page: Page, site: Site) -> None:
    """To the page of people, read to its end."""
    page.goto(f"{site.address}/people")
    expect(page.get_by_role("button", name="New group")).to_be_visible(timeout=PATIENT)


def come_to_know(page: Page, other: Page, site: Site, mine: str, theirs: str) -> None:
    """Two with an account become contacts. Both stand on People afterwards."""
    open_people(page, site)
    page.get_by_role("button", name="Invite someone").click()
    page.get_by_label("E-mail address").fill(theirs)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENT)
    accept(other, site, mine)
    open_people(page, site)
    expect(row_of(page, theirs)).to_contain_text("Safety number", timeout=PATIENT)


def accept(page: Page, site: Site, email: str) -> None:
    """Say yes to whoever asks."""
    open_people(page, site)
    page.get_by_role("button", name=f"Accept {email}").click()
    expect(row_of(page, email)).to_contain_text("Safety number", timeout=PATIENT)


def make_group(page: Page, name: str, words: str = "") -> str:
    """From People. Answers its address."""
    page.get_by_role("button", name="New group").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("A few words").fill(words)
    assert_accessible(page)
    page.get_by_role("button", name="Make the group").click()
    expect_group(page, name)
    return page.url


def expect_group(page: Page, name: str) -> None:
    """The page of a group, read to its end."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENT)


def open_group(page: Page, site: Site, name: str) -> None:
    """From People."""
    open_people(page, site)
    page.get_by_role("link", name=name).click()
    expect_group(page, name)


def add(page: Page, *emails: str, role: str = "Member") -> None:
    """People who are known already."""
    page.get_by_role("button", name="Add people").click()
    for email in emails:
        page.get_by_role("checkbox", name=email).check()
    page.get_by_label("Their role").select_option(role)
    assert_accessible(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENT)
    for email in emails:
        expect(row_of(page, email)).to_contain_text(role, timeout=PATIENT)


def invite_to_group(page: Page, email: str, role: str) -> None:
    """Somebody who is not known yet."""
    page.get_by_role("button", name="Add people").click()
    page.get_by_role("button", name="Invite by e-mail").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Their role").select_option(role)
    assert_accessible(page)
    page.get_by_role("button", name="Send the invitation").click()
    expect(row_of(page, email)).to_contain_text("Joins once they say yes", timeout=PATIENT)


def rename(page: Page, name: str) -> None:
    """Ask for it. What comes then is for the caller to see."""
    page.get_by_role("button", name="Name and words").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Save").click()


def choose(page: Page, email: str, choice: str) -> None:
    """From the menu of somebody in the group."""
    page.get_by_role("button", name=f"What you can do with {email}").click()
    assert_accessible(page)
    page.get_by_role("button", name=choice, exact=True).click()


def remove(page: Page, email: str) -> None:
    """Ask for it. What comes then is for the caller to see."""
    choose(page, email, "Remove from the group")
    page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()


def row_of(page: Page, text: str) -> Locator:
    """The line about somebody."""
    return page.locator(".rows > li").filter(has_text=text)


def read(page: Page, path: str) -> tuple[int, Any]:
    """What the server answers this browser: status and body."""
    script = "path => fetch(path).then(async (got) => [got.status, await got.json()])"
    status, body = page.evaluate(script, f"/api/v1{path}")
    return status, body


def altered(change: Callable[[Body], object]) -> Callable[[Route], None]:
    """A server that lies in what it answers."""

    def lie(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        try:
            response = route.fetch()
            body = json.loads(response.text())
        except Error:
            return  # the journey is over, and its page gone
        change(body)
        route.fulfill(response=response, json=body)

    return lie


def group_key(site: Site, email: str, group: Mapping[str, Any]) -> bytes:
    """The newest key in what the server gave somebody, opened with their own seed."""
    device = account.sign_in(site.address, email, PASSWORD)
    wrapped = account.bundle_of(device)["wrapped_exchange_seed"]
    seed = device.keys.unwrap(
        wrapped, device.keys.context("exchange-seed", device.account_id)
    )
    delivery = group["deliveries"][-1]
    terms = Terms(
        kind="group",
        owner=group["owner_id"],
        subject=group["id"],
        generation=delivery["generation"],
        granter=delivery["granter_id"],
        recipient=device.account_id,
    )
    return read_delivery(to_bytes(delivery["sealed"]), terms, seed).claimed_key


def settings_of(group: Mapping[str, Any], key: bytes) -> object:
    """What the group says of itself. Raises ``CryptoError`` with another key."""
    settings = group["settings"]
    context = Context(
        purpose="group", owner=group["owner_id"], record=group["id"], part="-",
        version=settings["number"],
    )  # fmt: skip
    return open_record(to_bytes(settings["sealed"]), key, context)


def opening_of(group: Mapping[str, Any], entry: Mapping[str, Any], key: bytes) -> object:
    """What an entry of its history says. Raises ``CryptoError`` with another key."""
    context = Context(
        purpose="history", owner=group["owner_id"], record=group["id"],
        part=str(entry["generation"]), version=entry["seq"],
    )  # fmt: skip
    return open_record(to_bytes(entry["opening"]), key, context)
