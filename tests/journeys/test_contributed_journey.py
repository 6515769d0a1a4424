"""What others put into an album of one's own: its owner sees it there, and it is never theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.people import PASSWORD as OWNERS_PASSWORD
from tests.journeys.grouping import Body, altered, read
from tests.journeys.linking import keep, owner, picture
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.test_album_talk_journey import heard, likers, open_talk, said, say
from tests.journeys.test_exposures_journey import look
from tests.journeys.test_shared_with_me_journey import (
    ITS_HISTORY,
    ITS_ITEMS,
    ONE_ALBUM,
    expect_drawn,
    expect_preview,
    look_again,
    question,
    tell,
)
from tests.journeys.uploading import expect_stored, expect_tiles, tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.albums import create_album
from tests.reference_client.crypto.item import item_context, open_item, seal_item
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    open_shared_album,
    share_album,
)
from tests.reference_client.shared_photos import add_photos, photos_in, remove_photos
from tests.reference_client.wire import to_bytes, to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

NOT_HERE = "photo that was put into this album is not here"
OWN_ACTS = ("Delete", "Archive", "Share", "Favourite", "Album", "Correct")


def test_an_owner_sees_what_others_put_in_and_talks_about_it(
    page: Page, site: Site, watch: Watch
) -> None:
    sharer, friend, album, theirs = shared_by_two(page, site, "ove", "fia", own=2)
    say(friend, album, theirs[1], "Found the harp.")
    open_own(page, site, album)

    expect_drawn(page, 4)
    expect(page.get_by_text("4 photos, 2 of them from others")).to_be_visible()
    expect(marked(page)).to_have_count(2)
    expect(page.locator(".list-head .note")).to_have_count(0)
    expect(page.get_by_role("button", name="Share", exact=True)).to_be_visible()
    assert_accessible(page)
    look(page, "contributed")
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})

    # The one that was put in last stands first of them.
    marked(page).first.click()
    expect_preview(page)
    viewer = page.locator("pv-viewer")
    for own_act in OWN_ACTS:
        expect(viewer.get_by_role("button", name=own_act, exact=True)).to_have_count(0)
    page.keyboard.press("Delete")
    page.keyboard.press("i")
    panel = page.locator("pv-shared-photo")
    expect(panel).to_contain_text("A photo of fia", timeout=PATIENT)
    expect(said(panel)).to_have_count(1, timeout=PATIENT)
    expect(said(panel).first).to_contain_text("Found the harp.")
    panel.get_by_label("Write a comment").fill("At last!")
    page.keyboard.press("Control+Enter")
    expect(said(panel)).to_have_count(2, timeout=PATIENT)
    like = panel.get_by_role("button", name="Like", exact=True)
    like.click()
    expect(like).to_have_attribute("aria-pressed", "true", timeout=PATIENT)
    assert heard(friend, album, theirs[1])[1] == (sharer.id, "At last!")
    assert likers(friend, album, theirs[1]) == {friend.id, sharer.id}
    assert_accessible(page)
    look(page, "contributed-photo")
    page.set_viewport_size({"width": 1440, "height": 900})
    with page.expect_download() as coming:
        page.get_by_role("button", name="Save", exact=True).first.click()
    assert Path(coming.value.path()).read_bytes() == picture(12)
    # It has an address of its own, and comes back at it.
    expect(page).to_have_url(re.compile(rf"/albums/{album.id}\?photo={theirs[1].id}"))
    page.reload()
    expect_preview(page)


def test_an_owner_keeps_a_copy_of_what_others_put_in_and_takes_it_out(
    page: Page, site: Site, watch: Watch
) -> None:
    _, friend, album, theirs = shared_by_two(page, site, "ole", "fea", own=2)
    page.goto(f"{site.address}/albums/{album.id}?photo={theirs[1].id}")
    expect_preview(page)

    page.get_by_role("button", name="Keep a copy").first.click()
    expect(question(page)).to_contain_text("whoever it is from deletes theirs")
    question(page).get_by_role("button", name="Keep a copy").click()
    expect_stored(page, 1)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(theirs[0].id))
    expect_preview(page)
    page.get_by_role("button", name="Take out", exact=True).first.click()
    expect(question(page)).to_contain_text("It stays with whoever it belongs to.")
    assert_accessible(page)
    question(page).get_by_role("button", name="Take out").click()
    expect(page.get_by_text("1 photo left the album.")).to_be_visible(timeout=PATIENT)
    page.keyboard.press("Escape")
    expect(page.locator("pv-viewer")).to_have_count(0)
    expect_tiles(page, 3)
    expect(page.get_by_text("3 photos, 1 of them from others")).to_be_visible()
    assert theirs[0].id not in in_album(friend, album)
    assert friend.library.download(friend.library.get(theirs[0].id)) == picture(11)
    # The copy is the owner's own: in their timeline, where nothing else of the friend's is.
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 3)
    expect(marked(page)).to_have_count(0)


def test_what_is_done_with_ones_own_never_meets_what_others_put_in(
    page: Page, site: Site, watch: Watch
) -> None:
    _, friend, album, theirs = shared_by_two(page, site, "pia", "jon", own=2)
    open_own(page, site, album)
    expect_drawn(page, 4)
    bar = page.locator("#pickbar")

    tiles(page).first.focus()
    page.keyboard.press("Control+a")

    expect(bar).to_contain_text("4 selected, 2 of them yours")
    assert_accessible(page)
    look(page, "contributed-picked")
    page.set_viewport_size({"width": 1440, "height": 900})
    tiles(page).first.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_text("2 photos will be deleted now")).to_be_visible(timeout=PATIENT)
    expect_tiles(page, 2)
    page.get_by_role("button", name="Undo").click()
    expect_tiles(page, 4)
    page.keyboard.press("Escape")
    for tile in (marked(page).first, marked(page).last):
        tile.click(modifiers=["Control"])
    expect(bar).to_contain_text("2 selected, from others")
    for own_act in OWN_ACTS:
        expect(bar.get_by_role("button", name=own_act, exact=True)).to_have_count(0)
    expect(bar.get_by_role("button", name="Keep a copy")).to_be_visible()
    page.keyboard.press("Escape")
    # Out of the album comes all that is picked, one's own and others'.
    tiles(page).first.focus()
    page.keyboard.press("Control+a")
    bar.get_by_role("button", name="Take out", exact=True).click()
    expect(question(page)).to_contain_text("Take 4 photos out of this album?")
    expect(question(page)).to_contain_text("2 of them are yours and stay in your vault.")
    assert_accessible(page)
    question(page).get_by_role("button", name="Take out").click()
    expect(page.get_by_text("Nothing in this album yet.")).to_be_visible(timeout=PATIENT)
    assert in_album(friend, album) == set()
    page.goto(f"{site.address}/photos")
    expect_tiles(page, 2)
    page.goto(f"{site.address}/search")
    expect(marked(page)).to_have_count(0)
    assert {friend.library.get(each.id).id for each in theirs} == {each.id for each in theirs}


def test_an_album_of_others_photos_only_is_not_empty_and_follows_what_they_do(
    page: Page, site: Site, watch: Watch
) -> None:
    _, friend, album, theirs = shared_by_two(page, site, "una", "kai", own=0)
    page.goto(f"{site.address}/albums")
    card = page.get_by_role("link", name="Attic")
    expect(card).to_contain_text("2 photos", timeout=PATIENT)
    card.click()
    expect_drawn(page, 2)
    expect(page.get_by_text("2 photos, all of them from others")).to_be_visible()
    tiles(page).first.click()
    photo = page.locator("pv-viewer .photo")
    expect_preview(page)

    # What its contributor takes out goes while it is looked at.
    seen = open_shared_album(friend, album.id)
    last = [each for each in photos_in(friend, seen) if each.id == theirs[1].id]
    remove_photos(friend, seen, last)
    look_again(page)

    expect(page).to_have_url(re.compile(theirs[0].id), timeout=PATIENT)
    expect(photo).to_be_visible(timeout=PATIENT)
    page.keyboard.press("Escape")
    expect_tiles(page, 1)
    expect(page.get_by_text("1 photo, from somebody else")).to_be_visible()
    # And so does what they delete; that it is gone is signed by nobody yet.
    friend.library.purge(theirs[0])
    look_again(page)
    expect_tiles(page, 0)
    expect(page.get_by_text(f"1 {NOT_HERE}")).to_be_visible(timeout=PATIENT)
    # Something is said about the whole album here as well.
    sheet = open_talk(page)
    sheet.get_by_label("Write a comment").fill("Bring them back?")
    sheet.get_by_role("button", name="Send").click()
    expect(said(sheet)).to_have_count(1, timeout=PATIENT)


def test_a_server_that_lies_about_what_others_put_in_is_noticed(page: Page, site: Site) -> None:
    sharer, friend, album, theirs = shared_by_two(page, site, "ida", "bo", own=1)
    _, before = read(page, f"/shared/albums/{album.id}")
    more = keep(friend, 13)
    add_photos(friend, open_shared_album(friend, album.id), [more])
    open_own(page, site, album)
    expect_drawn(page, 4)
    note = page.locator(".list-head .note")

    def row(body: Body, photo: Photo) -> Body:
        found: Body = next(each for each in body["items"] if each["image_id"] == photo.id)
        return found

    def drops_one(body: Body) -> None:
        body["items"].remove(row(body, theirs[0]))

    def puts_another_in_its_place(body: Body) -> None:
        one, other = row(body, theirs[0]), row(body, theirs[1])
        one.update({**other, "commitment": one["commitment"]})

    def says_it_is_ones_own(body: Body) -> None:
        row(body, theirs[0]).update(owner_id=sharer.id)

    for lie, words in (
        (drops_one, f"1 {NOT_HERE}"),
        (puts_another_in_its_place, "that nobody who may has put in"),
        (says_it_is_ones_own, "that nobody who may has put in"),
    ):
        tell(page, ITS_ITEMS, lie)
        expect(note).to_contain_text(words, timeout=PATIENT)
        expect_tiles(page, 3)
        expect(page.get_by_text("3 photos, 2 of them from others")).to_be_visible()
    assert_accessible(page)
    look(page, "contributed-missing")
    page.set_viewport_size({"width": 1440, "height": 900})
    # What cannot be believed stays closed; one's own is not touched by it.
    tell(page, ONE_ALBUM, lambda body: body.update(head=before["head"]))
    expect(note).to_contain_text("an older state than this device has seen", timeout=PATIENT)
    expect_drawn(page, 1)
    expect(marked(page)).to_have_count(0)
    assert_accessible(page)
    look(page, "contributed-closed")
    page.set_viewport_size({"width": 1440, "height": 900})
    for pattern in (ONE_ALBUM, ITS_ITEMS, ITS_HISTORY):
        page.unroute(pattern)
    page.get_by_role("button", name="Look again").click()
    expect_drawn(page, 4)
    expect(note).to_have_count(0)
    # Where one's own is its owner knows: what they put into their recycle bin is not missed.
    sharer.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 3})
    [own] = in_album(sharer, album) - in_album_of(friend, album)
    sharer.library.put_in_bin(sharer.library.get(own))
    with page.expect_response(ITS_ITEMS):
        look_again(page)
    expect_drawn(page, 3)
    page.wait_for_timeout(500)
    expect(note).to_have_count(0)


def test_a_photo_that_takes_the_id_of_ones_own_does_not_take_its_place(
    page: Page, site: Site
) -> None:
    sharer, friend, album, _ = shared_by_two(page, site, "eva", "max", own=0)
    mine = keep(sharer, 1)
    add_photos(sharer, open_shared_album(sharer, album.id), [mine])
    # The service and a contributor together: signed as the owner's photo, sealed as that.
    forged = keep(friend, 14)
    add_photos(friend, open_shared_album(friend, album.id), [forged], tells={"image": mine.id})
    chronicle = open_shared_album(friend, album.id).chronicle
    generation = chronicle.state.generation

    def gives_it_that_id(body: Body) -> None:
        found = next(each for each in body["items"] if each["image_id"] == forged.id)
        before, after = (
            item_context(album.id, sharer.id, image_id, generation)
            for image_id in (forged.id, mine.id)
        )
        opening = open_item(to_bytes(found["fields"]), chronicle.key, before)
        sealed = seal_item(opening, chronicle.key, after)
        found.update(image_id=mine.id, fields=to_text(sealed))
        body["items"] = [e for e in body["items"] if e is found or e["image_id"] != mine.id]

    page.route(ITS_ITEMS, altered(gives_it_that_id))
    open_own(page, site, album)

    expect_drawn(page, 3)
    expect(marked(page)).to_have_count(2)
    tiles(page).and_(page.locator('[aria-label^="DSC_0001"]')).click()
    expect(page.get_by_role("button", name="Archive", exact=True).first).to_be_visible()


def shared_by_two(
    page: Page, site: Site, name: str, other: str, *, own: int
) -> tuple[Sharer, Sharer, SharedAlbum, list[Photo]]:
    """An owner before the browser, and a contributor who put two photos into their album."""
    person, sharer = owner(site, f"{name}-contributed")
    guest, friend = owner(site, f"{other}-contributed")
    befriend(sharer, friend, guest.email)
    album = share_album(sharer, create_album(sharer.library, AlbumSettings(name="Attic")))
    if own > 0:
        add_photos(sharer, album, [keep(sharer, seed) for seed in range(own)])
    album = give_to_account(
        sharer, open_shared_album(sharer, album.id), friend.id, "contributor"
    )
    theirs = [keep(friend, seed) for seed in (11, 12)]
    for photo in theirs:
        add_photos(friend, open_shared_album(friend, album.id), [photo])
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)
    return sharer, friend, album, theirs


def open_own(page: Page, site: Site, album: SharedAlbum) -> None:
    """The owner's page of the album."""
    page.goto(f"{site.address}/albums/{album.id}")
    expect(page.get_by_role("heading", name="Attic", level=1)).to_be_visible(timeout=PATIENT)


def marked(page: Page) -> Locator:
    """The tiles of photos that are somebody else's."""
    return page.locator('.tile[aria-label*="Shared with you by"]')


def in_album(who: Sharer, album: SharedAlbum) -> set[str]:
    """The ids of what somebody finds in the album."""
    return {each.id for each in photos_in(who, open_shared_album(who, album.id))}


def in_album_of(who: Sharer, album: SharedAlbum) -> set[str]:
    """The ids of what somebody put into the album."""
    found = photos_in(who, open_shared_album(who, album.id))
    return {each.id for each in found if each.fields["owner"] == who.id}
