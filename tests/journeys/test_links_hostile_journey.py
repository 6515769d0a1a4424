"""What somebody with a link sees of an album whose server lies about what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.grouping import Body, altered
from tests.journeys.linking import open_album, owner, shared_album
from tests.journeys.people import PATIENT
from tests.journeys.site import Site
from tests.journeys.watch import assert_accessible
from tests.reference_client.links import make_link
from tests.reference_client.shared_albums import open_shared_album

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ITS_ITEMS = re.compile(r"/api/v1/visits/items(\?|$)")
COUNT = 3


def lists_one_in_the_place_of_another(body: Body) -> None:
    """And says that it is the other that stands there, so that nothing seems to be missing."""
    one, other = body["items"][:2]
    one.update({**other, "commitment": one["commitment"]})


def lists_one_twice(body: Body) -> None:
    """Without a word about the one that is left out."""
    body["items"][0] = body["items"][1]


def says_it_is_anothers(body: Body) -> None:
    """As if somebody else had put it in."""
    body["items"][0]["owner_id"] = "01990000-0000-7000-8000-000000000000"


def says_each_is_the_other(body: Body) -> None:
    """By what was signed for them."""
    one, other = body["items"][:2]
    one["commitment"], other["commitment"] = other["commitment"], one["commitment"]


def leaves_one_out(body: Body) -> None:
    """As if it had never been there."""
    del body["items"][0]


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (lists_one_in_the_place_of_another, "1 photo of this album is not here."),
        (lists_one_twice, "1 photo of this album is not here."),
        (says_it_is_anothers, "1 photo of this album is not here."),
        (says_each_is_the_other, "2 photos of this album are not here."),
        (leaves_one_out, "1 photo of this album is not here."),
    ],
)
def test_a_photo_is_missed_that_a_server_leaves_out_or_lists_as_another(
    page: Page, site: Site, lie: Callable[[Body], None], words: str
) -> None:
    _, sharer = owner(site, f"lea-{lie.__name__.split('_')[-1]}")
    album = shared_album(sharer, "Lake", COUNT)
    link = make_link(sharer, open_shared_album(sharer, album.id))
    left = COUNT - int(words[0])
    page.route(ITS_ITEMS, altered(lie))

    page.goto(link.address(site.address))

    expect(page.get_by_text(words)).to_be_visible(timeout=PATIENT)
    open_album(page, "Lake", left)
    expect(page.locator(".facts-line")).to_contain_text(f"{left} photo")
    assert_accessible(page)
    page.unroute(ITS_ITEMS)
    page.reload()
    open_album(page, "Lake", COUNT)
    expect(page.locator(".album-door .note")).to_have_count(0)
