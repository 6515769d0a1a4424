"""What is said about a whole album: by its owner and by those it is shared with."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.people import PASSWORD as OWNERS_PASSWORD
from tests.api.people import Person
from tests.journeys.giving import (
    acquaint,
    comments_on,
    giver_of,
    open_shared,
    write_comment,
)
from tests.journeys.grouping import altered, read
from tests.journeys.linking import keep, owner, shared_album
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.test_exposures_journey import look
from tests.journeys.test_shared_with_me_journey import newcomer
from tests.journeys.uploading import expect_tiles, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.albums import create_album
from tests.reference_client.crypto.remark import open_remark, remark_context, seal_remark
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    open_shared_album,
    rotate_album,
    share_album,
)
from tests.reference_client.shared_photos import add_photos
from tests.reference_client.wire import new_id, to_bytes, to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]


def test_who_is_in_an_album_talks_about_all_of_it(
    page: Page, site: Site, watch: Watch
) -> None:  # fmt: skip
    email = newcomer(page, site, "tess.talk")
    giver = giver_of(site, "theo.give", "Regatta", photos=1)
    account_id = acquaint(giver, page, site, email)
    giver.share(account_id)
    write_comment(giver, None, "Who sails next year?")
    write_comment(giver, giver.photos[0], "Only about this one.")
    open_shared(page, site, "Regatta")
    expect_tiles(page, 1)

    sheet = open_talk(page)

    # What is about one photo stands with that photo.
    expect(said(sheet)).to_have_count(1, timeout=PATIENT)
    expect(said(sheet).first).to_contain_text(giver.email)
    expect(said(sheet).first).to_contain_text("Who sails next year?")
    expect(said(sheet).first.get_by_role("button")).to_have_count(0)
    sheet.get_by_label("Write a comment").fill("I do. <i>And Ida.</i>")
    page.keyboard.press("Control+Enter")
    expect(said(sheet)).to_have_count(2, timeout=PATIENT)
    expect(said(sheet).nth(1)).to_contain_text("I do. <i>And Ida.</i>")
    assert_accessible(page)
    look(page, "album-talk")
    assert comments_on(giver, None)[1] == (account_id, "I do. <i>And Ida.</i>")
    _, kept = read(page, f"{giver.album.path}/comments")
    assert "Ida" not in json.dumps(kept)

    # Both are there under the key that replaced theirs, and one is taken back by who wrote it.
    giver.album = rotate_album(giver.sharer, giver.look())
    page.reload()
    sheet = open_talk(page)
    expect(said(sheet)).to_have_count(2, timeout=PATIENT)
    said(sheet).nth(1).get_by_role("button").click()
    page.get_by_role("dialog", name="Delete this comment?").get_by_role(
        "button", name="Delete"
    ).click()
    expect(said(sheet)).to_have_count(1, timeout=PATIENT)
    assert [text for _, text in comments_on(giver, None)] == ["Who sails next year?"]

    # A server that moves what was said about a photo to the whole album is not believed.
    page.route(
        re.compile(r"/comments(\?|$)"),
        altered(lambda body: [row.update(image_id=None) for row in body["items"]]),
    )
    page.reload()
    sheet = open_talk(page)
    expect(sheet).to_contain_text("1 more cannot be checked on this device", timeout=PATIENT)
    expect(said(sheet)).to_have_count(1)


def test_an_owner_reads_what_is_said_and_may_take_it_away(page: Page, site: Site) -> None:
    (person, sharer), (_, friend) = two_friends(site, "olga-talk", "finn-talk")
    album = give_to_account(sharer, shared_album(sharer, "Attic", 1), friend.id, "viewer")
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/albums/{album.id}")
    expect_tiles(page, 1)

    sheet = open_talk(page)
    expect(sheet).to_contain_text("Nobody wrote anything yet.", timeout=PATIENT)
    assert_accessible(page)
    sheet.get_by_label("Write a comment").fill("All of it is yours to take.")
    sheet.get_by_role("button", name="Send").click()
    expect(said(sheet)).to_have_count(1, timeout=PATIENT)
    expect(sheet.get_by_label("Write a comment")).to_be_focused(timeout=PATIENT)

    theirs = open_shared_album(friend, album.id)
    comment_id, generation = new_id(), theirs.chronicle.state.generation
    context = remark_context("comment", album.id, friend.id, comment_id, generation)
    sealed = seal_remark(
        None, "Rubbish, all of it.", context, friend.identity_seed, theirs.chronicle.key
    )
    body = {"image_id": None, "generation": generation, "sealed": to_text(sealed)}
    friend.client.call("PUT", f"{theirs.path}/comments/{comment_id}", body)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(said(sheet)).to_have_count(2, timeout=PATIENT)
    assert_fits(page, width=320)
    said(sheet).nth(1).get_by_role("button", name="Delete the comment of").click()
    page.get_by_role("dialog", name="Delete this comment?").get_by_role(
        "button", name="Delete"
    ).click()
    expect(said(sheet)).to_have_count(1, timeout=PATIENT)
    left = friend.client.call("GET", f"{theirs.path}/comments")["items"]
    assert [each["author_id"] for each in left] == [sharer.id]


def test_an_owner_reads_what_is_said_about_a_photo_of_theirs(
    page: Page, site: Site, watch: Watch
) -> None:  # fmt: skip
    (person, sharer), (guest, friend) = two_friends(site, "orla-talk", "fred-talk")
    photo = keep(sharer, 1)
    album = give_to_account(sharer, album_of(sharer, "Loft", photo), friend.id, "viewer")
    say(friend, album, photo, "Is that the harp?")
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)

    panel = open_panel(page, f"{site.address}/albums/{album.id}")

    expect(said(panel)).to_have_count(1, timeout=PATIENT)
    expect(said(panel).first).to_contain_text(guest.email)
    expect(said(panel).first).to_contain_text("Is that the harp?")
    expect(panel).to_contain_text("Whoever you let into “Loft” can open it")
    expect(panel.locator(".like-line")).to_contain_text(guest.email)
    panel.get_by_label("Write a comment").fill("It was. <b>Sold.</b>")
    page.keyboard.press("Control+Enter")
    expect(said(panel)).to_have_count(2, timeout=PATIENT)
    like = panel.get_by_role("button", name="Like", exact=True)
    expect(like).to_have_attribute("aria-pressed", "false")
    like.click()
    expect(panel.locator(".like-line")).to_contain_text("You", timeout=PATIENT)
    expect(like).to_have_attribute("aria-pressed", "true")
    assert heard(friend, album, photo)[1] == (sharer.id, "It was. <b>Sold.</b>")
    assert likers(friend, album, photo) == {friend.id, sharer.id}
    assert_accessible(page)
    assert_fits(page, width=320)

    # Under a new key it is all there, and what comes meanwhile; either may be taken away.
    theirs = rotate_album(sharer, open_shared_album(sharer, album.id))
    say(friend, theirs, photo, "To whom?")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(said(panel)).to_have_count(3, timeout=PATIENT)
    for name in ("Delete your comment", "Delete the comment of"):
        count = said(panel).count()
        said(panel).get_by_role("button", name=name).first.click()
        page.get_by_role("dialog", name="Delete this comment?").get_by_role(
            "button", name="Delete"
        ).click()
        expect(said(panel)).to_have_count(count - 1, timeout=PATIENT)
    assert [text for _, text in heard(friend, album, photo)] == ["To whom?"]
    like.click()
    expect(like).to_have_attribute("aria-pressed", "false", timeout=PATIENT)
    assert likers(friend, album, photo) == {friend.id}


def test_a_photo_in_two_albums_shows_the_talk_of_the_one_it_is_opened_in(
    page: Page, site: Site, watch: Watch
) -> None:  # fmt: skip
    (person, sharer), (_, friend) = two_friends(site, "ona-talk", "fay-talk")
    photo = keep(sharer, 2)
    first, other = (album_of(sharer, name, photo) for name in ("Loft", "Cellar"))
    say(friend, give_to_account(sharer, first, friend.id, "viewer"), photo, "Is that the harp?")
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)

    panel = open_panel(page, f"{site.address}/albums/{first.id}")

    expect(said(panel)).to_have_count(1, timeout=PATIENT)
    expect(panel.get_by_role("link", name="Cellar")).to_be_visible()
    # Words that a server puts into somebody's mouth are not shown as theirs.
    page.route(
        re.compile(r"/comments\?"),
        altered(lambda body: [row.update(author_id=sharer.id) for row in body["items"]]),
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(panel).to_contain_text("1 more cannot be checked on this device", timeout=PATIENT)
    expect(said(panel)).to_have_count(0)
    page.unroute_all()

    page.goto(f"{site.address}/albums/{other.id}")
    expect_tiles(page, 1)
    tiles(page).first.click(timeout=PATIENT)
    expect(panel).to_contain_text("Nobody wrote anything yet.", timeout=PATIENT)
    expect(panel).to_contain_text("Nobody liked it yet")

    # On the timeline it is in no album; it says in which it is shared.
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 1)
    tiles(page).first.click(timeout=PATIENT)
    expect(panel).to_contain_text("You share this photo", timeout=PATIENT)
    expect(panel.get_by_role("link", name="Loft")).to_be_visible()
    expect(panel.locator("pv-photo-talk")).to_have_count(0)


def two_friends(
    site: Site, one: str, other: str
) -> tuple[tuple[Person, Sharer], tuple[Person, Sharer]]:
    """Two who know each other."""
    first, second = owner(site, one), owner(site, other)
    befriend(first[1], second[1], second[0].email)
    return first, second


def open_panel(page: Page, address: str) -> Locator:
    """The details beside the one photo of a page."""
    page.goto(address)
    expect_tiles(page, 1)
    tiles(page).first.click(timeout=PATIENT)
    page.keyboard.press("i")
    return page.locator("pv-photo-info")


def album_of(sharer: Sharer, name: str, photo: Photo) -> SharedAlbum:
    """A shared album with this photo in it."""
    album = share_album(sharer, create_album(sharer.library, AlbumSettings(name=name)))
    add_photos(sharer, album, [photo])
    return open_shared_album(sharer, album.id)


def say(who: Sharer, album: SharedAlbum, photo: Photo, text: str) -> None:
    """Comment on a photo, and like it."""
    album = open_shared_album(who, album.id)
    generation = album.chronicle.state.generation
    for kind, of, words in (("comment", new_id(), text), ("like", photo.id, "")):
        context = remark_context(kind, album.id, who.id, of, generation)
        sealed = seal_remark(photo.id, words, context, who.identity_seed, album.chronicle.key)
        body = {"generation": generation, "sealed": to_text(sealed)}
        if kind == "comment":
            who.client.call("PUT", f"{album.path}/comments/{of}", {"image_id": photo.id, **body})
        else:
            who.client.call("PUT", f"{album.path}/items/{of}/like", body)


def heard(who: Sharer, album: SharedAlbum, photo: Photo) -> list[tuple[str, str]]:
    """Who wrote what about a photo, each proved by its author's key."""
    who.states.pop(album.id)
    album = open_shared_album(who, album.id)
    page = who.client.call("GET", f"{album.path}/comments", query={"image_id": photo.id})
    said = []
    for row in page["items"]:
        author, generation = row["author_id"], row["generation"]
        context = remark_context("comment", album.id, author, row["id"], generation)
        identity, _ = who.keys_of[author]
        _, text = open_remark(
            to_bytes(row["sealed"]), context, identity, album.chronicle.keys[generation]
        )
        said.append((author, text))
    return said


def likers(who: Sharer, album: SharedAlbum, photo: Photo) -> set[str]:
    """The accounts that the service says like a photo."""
    page = who.client.call("GET", f"{album.path}/items", query={"image_id": photo.id})
    return {like["author_id"] for item in page["items"] for like in item["likes"]}


def open_talk(page: Page) -> Locator:
    """The conversation of the album on the page."""
    page.get_by_role("button", name="Conversation").click(timeout=PATIENT)
    return page.get_by_role("dialog", name="Conversation")


def said(sheet: Locator) -> Locator:
    """What was said about the whole album."""
    return sheet.locator(".comments > li")
