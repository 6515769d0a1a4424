"""An album of somebody else: seen, kept, talked about, added to and left; and what a lying server
cannot hide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.giving import (
    acquaint,
    comments_on,
    expect_album,
    giver_of,
    open_shared,
    write_comment,
)
from tests.journeys.grouping import Body, altered, read
from tests.journeys.people import PATIENT, sign_up
from tests.journeys.pictures import tells_of_its_maker, write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import KEEP, answer, choose, expect_stored, expect_tiles, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.groups import create_group, set_member
from tests.reference_client.shared_albums import (
    give_to_group,
    open_shared_album,
    revoke,
    rotate_album,
)
from tests.reference_client.shared_photos import download, photos_in, remove_photos

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ONE_ALBUM = re.compile(r"/api/v1/shared/albums/[0-9a-f-]{36}$")
ITS_ITEMS = re.compile(r"/api/v1/shared/albums/[0-9a-f-]{36}/items\?")
ITS_HISTORY = re.compile(r"/api/v1/shared/albums/[0-9a-f-]{36}/history")
NOT_SHARED = "This album is not shared with you any more"
CANNOT_BE_BELIEVED = "An album that cannot be believed"
PANEL = "pv-shared-photo"


def test_an_album_is_seen_looked_into_and_downloaded(page: Page, site: Site) -> None:
    email = newcomer(page, site, "nora.see")
    giver = giver_of(site, "otto.give", "Harbour days", photos=6, description="Nine boats")
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)

    page.goto(f"{site.address}/albums")

    card = page.get_by_role("link", name="Harbour days")
    expect(card).to_contain_text("6 photos", timeout=PATIENT)
    expect(card).to_contain_text(giver.email)
    expect(card.locator("img")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    card.click()
    expect_album(page, "Harbour days")
    expect(page.get_by_text(f"{giver.email} shares this with you")).to_be_visible()
    expect(page.get_by_role("button", name="Add photos")).to_have_count(0)
    expect_drawn(page, 6)
    assert_accessible(page)
    tiles(page).first.click()
    expect_preview(page)
    page.keyboard.press("+")
    expect(page.locator("pv-viewer .frame.is-zoomed")).to_have_count(1)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Save", exact=True).click()
    assert Path(coming.value.path()).read_bytes() == giver.prints[-1].clean
    # A photo of the album has an address, and comes back at it.
    page.reload()
    expect_preview(page)
    page.keyboard.press("Escape")
    expect(page.locator("pv-viewer")).to_have_count(0)
    page.get_by_role("button", name="People and what happened").click()
    expect(question(page)).to_contain_text("added 6 photos", timeout=PATIENT)
    assert_accessible(page)
    page.get_by_role("button", name="Done").click()
    assert_fits(page, width=320)
    # Who may only look finds nothing to save with, and the service gives no original.
    giver.share(account_id, can_download=False)
    look_again(page)
    expect(page.get_by_text("Saving is off")).to_be_visible(timeout=PATIENT)
    tiles(page).first.click()
    expect(page.locator("pv-viewer .photo")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Keep a copy")).to_have_count(0)


def test_what_is_said_about_a_photo_is_for_those_in_the_album(
    page: Page, site: Site, watch: Watch
) -> None:
    email = newcomer(page, site, "pia.say")
    giver = giver_of(site, "rolf.give", "Garden", photos=2)
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)
    newest = giver.photos[-1]
    write_comment(giver, newest, "The pear tree, at last.")
    open_shared(page, site, "Garden")
    expect_drawn(page, 2)
    tiles(page).first.click()
    page.keyboard.press("i")
    panel = page.locator(PANEL)
    expect(comments(panel)).to_have_count(1, timeout=PATIENT)
    expect(comments(panel).first).to_contain_text(giver.email)
    expect(comments(panel).first).to_contain_text("The pear tree, at last.")
    expect(comments(panel).first.get_by_role("button")).to_have_count(0)
    words = "Worth the wait. <b>Pears</b> soon?"

    panel.get_by_label("Write a comment").fill(words)
    page.keyboard.press("Control+Enter")

    expect(comments(panel)).to_have_count(2, timeout=PATIENT)
    expect(comments(panel).nth(1)).to_contain_text(words)
    assert comments_on(giver, newest)[1] == (account_id, words)
    _, kept = read(page, f"{giver.album.path}/comments")
    assert "Worth" not in json.dumps(kept)
    like = panel.get_by_role("button", name="Like", exact=True)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true", timeout=PATIENT)
    expect(panel.locator(".like-line")).to_contain_text("You", timeout=PATIENT)
    assert_accessible(page)
    # Both are there after the key was replaced, under the key they were sealed with.
    giver.album = rotate_album(giver.sharer, giver.look())
    page.reload()
    expect(comments(panel)).to_have_count(2, timeout=PATIENT)
    expect(like).to_have_attribute("aria-pressed", "true", timeout=PATIENT)
    # The heart in the bar is the same heart.
    page.keyboard.press("f")
    expect(like).to_have_attribute("aria-pressed", "false", timeout=PATIENT)
    expect(panel.locator(".like-line")).to_contain_text("Nobody liked it yet", timeout=PATIENT)
    comments(panel).nth(1).get_by_role("button").click()
    question(page).get_by_role("button", name="Delete").last.click()
    expect(comments(panel)).to_have_count(1, timeout=PATIENT)
    assert [text for _, text in comments_on(giver, newest)] == ["The pear tree, at last."]
    # What another says in their name is not shown as theirs.
    page.route(
        re.compile(r"/comments\?"),
        altered(lambda body: [row.update(author_id=account_id) for row in body["items"]]),
    )
    page.reload()
    expect(panel).to_contain_text("1 more cannot be checked on this device", timeout=PATIENT)
    expect(comments(panel)).to_have_count(0)


def test_a_copy_that_is_kept_outlives_the_album(page: Page, site: Site, watch: Watch) -> None:
    email = newcomer(page, site, "kim.keep")
    giver = giver_of(site, "lena.give", "Last summer", photos=1)
    giver.add(giver.take(2), title="The long jetty", taken_at="2019-07-04T16:30:00")
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)
    open_shared(page, site, "Last summer")
    expect_drawn(page, 2)
    page.get_by_role("option", name=re.compile("The long jetty")).click()

    page.get_by_role("button", name="Keep a copy").click()

    expect(question(page)).to_contain_text("Your copy stays when")
    assert_accessible(page)
    question(page).get_by_role("button", name="Keep a copy").click()
    expect_stored(page, 1)
    page.keyboard.press("Escape")
    photo_id = giver.photos[-1].id
    giver.sharer.library.purge(giver.photos[-1])
    giver.album = revoke(giver.sharer, giver.look(), account_id)
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 1)
    page.get_by_role("option", name=re.compile("The long jetty")).click()
    expect(page).not_to_have_url(re.compile(photo_id))
    # With what was told of it, and nothing besides.
    page.keyboard.press("i")
    about = page.get_by_role("complementary", name="Details")
    expect(about).to_contain_text("The long jetty", timeout=PATIENT)
    expect(about).to_contain_text("As whoever shared it told it")
    expect(about).to_contain_text(re.compile("4 July 2019|July 4, 2019"))
    expect(about).to_contain_text("No place")
    page.keyboard.press("i")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Save", exact=True).click()
    assert Path(coming.value.path()).read_bytes() == giver.prints[-1].clean


def test_whoever_may_adds_photos_takes_them_out_and_leaves(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    email = newcomer(page, site, "cleo.add")
    giver = giver_of(site, "dirk.give", "Both of us", photos=1)
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id, "contributor")
    page.goto(f"{site.address}/photos")
    choose(page, [write_photo(tmp_path, "a.jpg", seed=71, taken="2026:05:01 10:00:00")])
    # It keeps what its camera wrote: only a clean copy of it goes to others.
    answer(page, KEEP)
    expect_stored(page, 1)
    open_shared(page, site, "Both of us")
    expect_drawn(page, 1)

    page.get_by_role("button", name="Add photos").click()

    dialog = question(page)
    dialog.locator(".pick-grid").get_by_role("checkbox").first.check()
    assert_accessible(page)
    dialog.get_by_role("button", name="Add 1 photo").click()
    expect_drawn(page, 2)
    album = giver.look()
    found = photos_in(giver.sharer, album)
    [theirs] = [each for each in found if each.fields["owner"] == account_id]
    original = download(giver.sharer, album, theirs, "original")
    assert original.startswith(b"\xff\xd8")
    assert theirs.fields["source"] == "clean"
    assert not tells_of_its_maker(original)
    assert {"place", "taken_at", "title"}.isdisjoint(theirs.fields)
    tiles(page).first.click()
    page.keyboard.press("i")
    expect(page.locator(PANEL)).to_contain_text("Your photo, in an album of")
    page.get_by_role("button", name="Take out").click()
    question(page).get_by_role("button", name="Take out").click()
    expect(page.get_by_text("1 photo left the album.")).to_be_visible(timeout=PATIENT)
    assert [each.fields["owner"] for each in photos_in(giver.sharer, giver.look())] == [
        giver.sharer.id
    ]
    page.keyboard.press("Escape")
    expect_tiles(page, 1)
    page.get_by_role("button", name="Leave").click()
    assert_accessible(page)
    question(page).get_by_role("button", name="Leave").click()
    expect(page.get_by_role("button", name="Make the first album")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("link", name="Both of us")).to_have_count(0)
    watch.expect(404, 404)
    assert read(page, album.path)[0] == 404
    assert account_id not in giver.look().chronicle.state.members


def test_an_access_that_ends_closes_the_page_and_forgets_what_it_showed(
    page: Page, site: Site, watch: Watch
) -> None:
    email = newcomer(page, site, "enno.end")
    giver = giver_of(site, "fay.give", "For a while", photos=3)
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)
    open_shared(page, site, "For a while")
    expect_drawn(page, 3)
    tiles(page).first.click()
    photo = page.locator("pv-viewer .photo")
    expect_preview(page)
    shown = photo.get_attribute("src")
    assert page.evaluate(CAN_BE_DRAWN, shown)
    watch.expect(*[404] * 6)

    giver.album = revoke(giver.sharer, giver.look(), account_id)
    look_again(page)

    expect(page.get_by_role("heading", name=NOT_SHARED)).to_be_visible(timeout=PATIENT)
    expect(page.locator("pv-viewer")).to_have_count(0)
    expect(page.locator(".tile")).to_have_count(0)
    watch.is_line_cut = True
    assert not page.evaluate(CAN_BE_DRAWN, shown)
    watch.is_line_cut = False
    assert_accessible(page)
    assert_fits(page, width=320)
    page.get_by_role("link", name="Back to your albums").click()
    expect(page.get_by_role("button", name="Make the first album")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("link", name="For a while")).to_have_count(0)


def test_an_album_comes_by_a_group_too(page: Page, site: Site, tmp_path: Path) -> None:
    email = newcomer(page, site, "gus.group")
    giver = giver_of(site, "hedda.give", "Choir trip", photos=2)
    account_id = acquaint(giver, page, site, email)
    group = set_member(giver.sharer, create_group(giver.sharer, "Choir"), account_id)
    giver.album = give_to_group(giver.sharer, giver.look(), group, "contributor")
    page.goto(f"{site.address}/photos")
    choose(page, [write_photo(tmp_path, "a.jpg", seed=91, taken="2026:05:01 10:00:00")])
    answer(page)
    expect_stored(page, 1)

    open_shared(page, site, "Choir trip")

    expect_drawn(page, 2)
    expect(page.get_by_role("button", name="Leave")).to_have_count(0)
    page.get_by_role("button", name="Add photos").click()
    dialog = question(page)
    dialog.locator(".pick-grid").get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name="Add 1 photo").click()
    expect_drawn(page, 3)
    album = open_shared_album(giver.sharer, giver.album.id, {group.id: group})
    owners = [each.fields["owner"] for each in photos_in(giver.sharer, album)]
    assert sorted(owners) == sorted([giver.sharer.id, giver.sharer.id, account_id])
    tiles(page).first.click()
    page.keyboard.press("i")
    panel = page.locator(PANEL)
    panel.get_by_label("Write a comment").fill("By the group.")
    panel.get_by_role("button", name="Send").click()
    expect(comments(panel)).to_have_count(1, timeout=PATIENT)


def test_a_server_that_lies_about_an_album_is_noticed(page: Page, site: Site) -> None:
    email = newcomer(page, site, "ines.lie")
    giver = giver_of(site, "jorn.give", "Every Sunday", photos=3)
    giver.share(acquaint(giver, page, site, email))
    open_shared(page, site, "Every Sunday")
    expect_drawn(page, 3)
    _, before = read(page, giver.album.path)
    giver.add(giver.take(44))
    page.reload()
    expect_drawn(page, 4)

    def drops_one(body: Body) -> None:
        body["items"].pop(1)

    def slips_one_in(body: Body) -> None:
        body["items"].append({**body["items"][0], "image_id": str(uuid4())})

    def other_keys(body: Body) -> None:
        for person in body["people"]:
            if person["account_id"] == giver.sharer.id:
                other = next(each for each in body["people"] if each is not person)
                person["identity_public_key"] = other["identity_public_key"]

    status = page.locator(".received .note")
    tell(page, ITS_ITEMS, drops_one)
    expect_tiles(page, 3)
    missing = "1 photo that was put into this album is not here"
    expect(status).to_contain_text(missing, timeout=PATIENT)
    assert_accessible(page)
    tell(page, ITS_ITEMS, slips_one_in)
    expect_tiles(page, 4)
    expect(status).to_contain_text("that nobody who may has put in", timeout=PATIENT)
    tell(page, ONE_ALBUM, other_keys)
    expect(page.get_by_role("alert")).to_contain_text(
        f"other keys for {giver.email}", timeout=PATIENT
    )
    tell(page, ONE_ALBUM, lambda body: body.update(head=before["head"]))
    expect(page.get_by_role("heading", name=CANNOT_BE_BELIEVED)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("alert")).to_contain_text("an older state than this device has seen")
    expect(page.locator(".tile")).to_have_count(0)
    assert_accessible(page)
    assert_fits(page, width=320)
    # One photo in the place of another: whoever added it named its bytes by their key alone.
    page.unroute(ONE_ALBUM)
    giver.add(giver.take(45))
    tell(page, ITS_HISTORY, lambda body: body.update(items=body["items"][:-1]))
    expect(page.get_by_role("alert")).to_contain_text("is missing", timeout=PATIENT)
    # And nothing of it stays once the server is honest again.
    page.unroute(ITS_HISTORY)
    page.get_by_role("button", name="Look again").click()
    expect_drawn(page, 5)
    expect(status).to_have_count(0)


def test_a_change_is_read_no_further_than_it_goes(page: Page, site: Site) -> None:
    email = newcomer(page, site, "gwen.less")
    giver = giver_of(site, "hans.give", "Every Monday", photos=3)
    giver.share(acquaint(giver, page, site, email))
    open_shared(page, site, "Every Monday")
    expect_drawn(page, 3)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    album = giver.look()
    [*_, one] = photos_in(giver.sharer, album)
    remove_photos(giver.sharer, album, [one])
    look_again(page)

    # The history says what went: nothing is listed again.
    expect_drawn(page, 2)
    assert [url for url in asked if ITS_ITEMS.search(url)] == []
    giver.add(giver.take(46))
    look_again(page)
    expect_drawn(page, 3)
    expect(page.locator(".received .note")).to_have_count(0)
    # What left without an entry, as into a recycle bin, is found by the count.
    giver.sharer.library.put_in_bin(giver.photos[0])
    look_again(page)
    expect_drawn(page, 2)
    missing = "1 photo that was put into this album is not here"
    expect(page.locator(".received .note")).to_contain_text(missing, timeout=PATIENT)


CAN_BE_DRAWN = """(url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = url;
})"""


def newcomer(page: Page, site: Site, name: str) -> str:
    """Whoever is in the browser."""
    email = f"{name}.{uuid4().hex[:6]}@example.org"
    sign_up(page, site, email)
    return email


def expect_drawn(page: Page, count: int) -> None:
    """So many photos, each with its picture."""
    expect_tiles(page, count)
    expect(page.locator(".tile img:not(.soon)")).to_have_count(count, timeout=PATIENT)


def comments(panel: Locator) -> Locator:
    """What was written about a photo."""
    return panel.locator(".comments > li")


def question(page: Page) -> Locator:
    """The dialog over whatever is shown."""
    return page.locator("dialog[open]")


def expect_preview(page: Page) -> None:
    """More on the stage than the small picture of the grid."""
    drawn = "() => document.querySelector('pv-viewer .photo')?.naturalWidth > 320"
    page.wait_for_function(drawn, timeout=PATIENT)


def look_again(page: Page) -> None:
    """As when somebody comes back to the page."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def tell(page: Page, what: re.Pattern[str], lie: Callable[[Body], object]) -> None:
    """Read the album again from a server that lies about it."""
    for pattern in (ONE_ALBUM, ITS_ITEMS, ITS_HISTORY):
        page.unroute(pattern)
    page.route(what, altered(lie))
    page.reload()
