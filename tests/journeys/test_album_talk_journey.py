"""What is said about a whole album: by its owner and by those it is shared with."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.people import PASSWORD as OWNERS_PASSWORD
from tests.journeys.giving import (
    acquaint,
    comments_on,
    giver_of,
    open_shared,
    write_comment,
)
from tests.journeys.grouping import altered, read
from tests.journeys.linking import owner, shared_album
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.test_exposures_journey import look
from tests.journeys.test_shared_with_me_journey import newcomer
from tests.journeys.uploading import expect_tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.crypto.remark import remark_context, seal_remark
from tests.reference_client.people import befriend
from tests.reference_client.shared_albums import give_to_account, open_shared_album, rotate_album
from tests.reference_client.wire import new_id, to_text

pytestmark = pytest.mark.browser


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
    person, sharer = owner(site, "olga-talk")
    guest, friend = owner(site, "finn-talk")
    befriend(sharer, friend, guest.email)
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


def open_talk(page: Page) -> Locator:
    """The conversation of the album on the page."""
    page.get_by_role("button", name="Conversation").click(timeout=PATIENT)
    return page.get_by_role("dialog", name="Conversation")


def said(sheet: Locator) -> Locator:
    """What was said about the whole album."""
    return sheet.locator(".comments > li")
