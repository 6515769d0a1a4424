"""Everything I share: each way in is seen, and ends by hand, one by one or all together."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.exposing import (
    PASSWORD,
    Circle,
    make_circle,
    open_collect_link,
    open_link,
    put_to_sleep,
    share_with_all,
)
from tests.journeys.grouping import altered
from tests.journeys.people import PATIENT, confirm_step_up, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.client import ProblemError
from tests.reference_client.groups import open_group
from tests.reference_client.shared_albums import (
    SharedAlbum,
    open_shared_album,
    rotate_album,
)
from tests.reference_client.shared_photos import download, photos_in

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

NOTHING = "Only you can open what is in your vault"
STILL_DUE = "still to be replaced"
# Where pictures of each state go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def circle(site: Site) -> Circle:
    return make_circle(site, "iris.sharing", "jon.sharing", "kim.sharing")


def open_exposures(page: Page, site: Site, circle: Circle) -> None:
    sign_in(page, site, circle.owner.email, PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/people")
    page.get_by_role("link", name="Everything I share").click()
    expect(page.get_by_role("heading", name="Everything I share")).to_be_attached(timeout=PATIENT)


def rows(page: Page) -> Locator:
    return page.locator("pv-exposures .rows > li")


def end(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="End it").click()


def reaches(circle: Circle, album: SharedAlbum) -> dict[str, bool]:
    """Whether friend and member still open the album, with their own keys."""
    group = {circle.group.id: open_group(circle.member_device, circle.group.id)}
    found = {}
    for name, device in (("friend", circle.friend_device), ("member", circle.member_device)):
        try:
            seen = open_shared_album(device, album.id, group)
        except ProblemError as problem:
            if problem.status != 404:
                raise
            found[name] = False
        else:
            (photo,) = photos_in(device, seen)
            found[name] = len(download(device, seen, photo, "thumbnail")) > 0
    return found


def look(page: Page, name: str) -> None:
    if SHOTS is None:
        return
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_each_way_in_is_seen_and_ends_one_by_one(
    page: Page, site: Site, circle: Circle, watch: Watch
) -> None:
    album = share_with_all(circle, "Summer house", 3)
    link_id = open_link(circle, album)
    open_collect_link(circle, "Photos of the party")
    assert reaches(circle, album) == {"friend": True, "member": True}
    put_to_sleep(site, link_id)

    open_exposures(page, site, circle)

    expect(rows(page)).to_have_count(4, timeout=PATIENT)
    expect(page.get_by_text("3 ways in to 1 album · 1 link that brings photos")).to_be_visible()
    card = page.get_by_role("region", name="Summer house")
    expect(card.get_by_text("1 photo", exact=True)).to_be_visible()
    friend = rows(page).filter(has_text=circle.friend.email)
    expect(friend).to_contain_text("Can look, add photos and save originals")
    expect(friend).to_contain_text(re.compile(r"last used on \d+ \w+ \d{4}"))
    choir = rows(page).filter(has_text="Choir")
    expect(choir).to_contain_text("1 other person in it · Can look, not save originals")
    by_link = rows(page).filter(has_text="Anyone with the link")
    expect(by_link).to_contain_text("not used yet · opened 0 of 10 times")
    expect(by_link).to_contain_text("Asleep")
    collect = rows(page).filter(has_text="Photos of the party")
    expect(collect).to_contain_text("Brings photos to you and shows none")
    assert_accessible(page)
    look(page, "everything")
    assert_fits(page, width=320)
    # The mail about a sleeping link leads here to wake it.
    page.get_by_role("button", name="Wake Anyone with the link").click()
    expect(by_link).not_to_contain_text("Asleep", timeout=PATIENT)

    end(page, f"End {circle.friend.email} in Summer house")

    expect(rows(page)).to_have_count(3, timeout=PATIENT)
    assert reaches(circle, album) == {"friend": False, "member": True}
    expect(page.get_by_text("The key of 1 album is still to be replaced")).to_be_visible()
    end(page, "End Anyone with the link in Summer house")
    expect(rows(page)).to_have_count(2, timeout=PATIENT)
    end(page, "End Photos of the party")
    expect(rows(page)).to_have_count(1, timeout=PATIENT)
    expect(page.get_by_text("brings photos")).to_have_count(0)
    look(page, "one-left")
    end(page, "End Choir in Summer house")
    expect(page.get_by_text(NOTHING)).to_be_visible(timeout=PATIENT)
    assert reaches(circle, album) == {"friend": False, "member": False}
    assert_accessible(page)
    look(page, "nothing")
    # Each end was signed: whoever reads the history finds nobody in it but the owner.
    state = open_shared_album(circle.owner_device, album.id).chronicle.state
    assert set(state.members) == {circle.owner_device.id}
    assert not state.groups
    assert not state.links
    rotate_album(circle.owner_device, open_shared_album(circle.owner_device, album.id))
    page.reload()
    expect(page.get_by_text(NOTHING)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text(STILL_DUE)).to_have_count(0)


@pytest.mark.by_hand
def test_everything_ends_at_once_after_a_proof_and_is_signed_afterwards(
    page: Page, site: Site, circle: Circle, watch: Watch
) -> None:
    first, second = (share_with_all(circle, name, seed) for name, seed in (("Lake", 4), ("Hut", 5)))
    open_collect_link(circle, "Party")
    open_exposures(page, site, circle)
    expect(rows(page)).to_have_count(5, timeout=PATIENT)
    site.let_proofs_lapse()
    watch.expect(403, 403)

    page.get_by_role("button", name="End everything").click()
    assert_accessible(page)
    page.get_by_role("dialog").get_by_role("button", name="End everything").click()
    # Whoever turns back at the password has ended nothing.
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(rows(page)).to_have_count(5)
    page.get_by_role("button", name="End everything").click()
    page.get_by_role("dialog").get_by_role("button", name="End everything").click()
    confirm_step_up(page, PASSWORD)

    expect(page.get_by_text(NOTHING)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text("The keys of 2 albums are still to be replaced")).to_be_visible()
    for album in (first, second):
        assert reaches(circle, album) == {"friend": False, "member": False}
    look(page, "all-ended")
    # The page signs it by itself; one that was closed over it does so when it is opened next.
    for album in (first, second):
        expect_signed(page, circle, album)


@pytest.mark.by_hand
def test_an_album_whose_history_cannot_be_believed_is_stopped_without_a_signature(
    page: Page, site: Site, circle: Circle, watch: Watch
) -> None:
    album = share_with_all(circle, "Attic", 6)
    page.route(
        re.compile(rf"/shared/albums/{album.id}/history"),
        altered(lambda body: body.update(items=body["items"][:-1])),
    )
    open_exposures(page, site, circle)
    expect(rows(page)).to_have_count(2, timeout=PATIENT)

    end(page, f"End {circle.friend.email} in Attic")

    expect(page.get_by_role("alert")).to_contain_text("missing", timeout=PATIENT)
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Stop sharing Attic").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text(NOTHING)).to_be_visible(timeout=PATIENT)
    assert reaches(circle, album) == {"friend": False, "member": False}


def expect_signed(page: Page, circle: Circle, album: SharedAlbum) -> None:
    """Wait until the album's history names nobody but its owner."""
    script = """async ([path, before]) => {
        const got = await fetch(path);
        return (await got.json()).head.seq > before;
    }"""
    path = f"/api/v1/shared/albums/{album.id}"
    before = album.chronicle.state.head[0]
    page.wait_for_function(script, arg=[path, before], timeout=PATIENT)
    state = open_shared_album(circle.owner_device, album.id).chronicle.state
    assert set(state.members) == {circle.owner_device.id}
    assert not state.groups
