"""What a device does by itself for albums that are shared, and what it leaves alone: photos in a
recycle bin, photos it knows too little of, and albums that it cannot believe.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.giving import Giver, acquaint, giver_of, open_shared
from tests.journeys.grouping import Body, altered
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.sharing import (
    SHARE_PATIENT,
    Person,
    come_to_know,
    make_album,
    newcomer,
    open_vault,
    opened,
    store_photos,
)
from tests.journeys.site import Site
from tests.journeys.test_renewing_journey import is_replaced, look_again, share, told, write_again
from tests.journeys.test_sharing_journey import LOOK_MS, pass_a_minute
from tests.journeys.uploading import expect_tiles
from tests.journeys.watch import Watch
from tests.reference_client.images import Photo
from tests.reference_client.shared_photos import replace_photos

# Its service is tried on both settings by the tests of the apps, and of the API.
pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

TAKEN = "2026-11-15T11:42:07"
CORRECTED = "2026-11-20T07:15:00"
ITS_HISTORY = re.compile(r"/api/v1/shared/albums/[0-9a-f-]{36}/history")
FEED = re.compile(r"/api/v1/sync(\?|$)")


def test_what_a_contributor_put_in_is_renewed_within_a_minute_and_a_lie_is_read_once(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada = newcomer(site, "ada.minutes")
    giver = giver_of(site, "otto.minutes", "Rowing club", photos=1)
    page.clock.install()
    sign_in(page, site, ada.email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    giver.share(acquaint(giver, page, site, ada.email), "contributor")
    [photo] = store_photos(ada, tmp_path, whole=0, cleaned=1)
    put_in(page, site, ada, giver)
    # Away from the album's own page, which reads it whenever it is looked at.
    page.goto(f"{site.address}/photos")
    expect_open(page)
    expect_tiles(page, 1)
    asked = requests_about(page, giver.album.id)
    until_nothing_is_asked(page, asked)

    # What another device of theirs stored is seen by the next look around.
    write_again(ada, photo, tmp_path)
    look_again(page)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        pass_a_minute(page)
    assert versions(ada, giver) == {giver.photos[0].id: 1, photo.id: 2}
    until_nothing_is_asked(page, asked)

    # Of a history that lacks its end nothing can be learned twice.
    page.route(ITS_HISTORY, altered(lacks_its_end))
    newer = ada.sharer.library.get(photo.id)
    write_again(ada, newer, tmp_path)
    giver.add(giver.take(41))
    look_again(page)
    with page.expect_response(ITS_HISTORY, timeout=PATIENT):
        pass_a_minute(page)
    until_nothing_is_asked(page, asked)
    assert versions(ada, giver)[photo.id] == 2
    # Once the album moves on it is read again, and what waited is done.
    page.unroute(ITS_HISTORY)
    giver.add(giver.take(42))
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        pass_a_minute(page)
    assert versions(ada, giver)[photo.id] == 3


def test_a_photo_in_its_owners_bin_is_not_signed_as_gone_and_a_purged_one_is(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.binned", "bea.binned"))
    come_to_know(ada, bea)
    ada.sharer.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 3})
    first, second = store_photos(ada, tmp_path, whole=0, cleaned=2)
    album_id = make_album(ada, [first, second])
    open_vault(page, site, ada, 2)
    share(page, site, album_id, bea, 2)
    before = signed(bea, album_id)
    ada.sharer.library.put_in_bin(first)
    # Renewing comes after losses are signed, so that they are by now if they ever are.
    newer = write_again_and_get(ada, second, tmp_path)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        page.reload()

    assert {each.id for each in opened(bea, album_id)[1]} == {second.id}
    assert len(signed(bea, album_id)) == len(before) == 2
    assert len(signed(bea, album_id) & before) == 1
    ada.sharer.library.restore(first)
    assert {each.id for each in opened(bea, album_id)[1]} == {first.id, second.id}

    ada.sharer.library.purge(ada.sharer.library.get(first.id))
    with page.expect_response(re.compile(r"/items/remove$"), timeout=SHARE_PATIENT):
        page.reload()
    assert len(signed(bea, album_id)) == 1
    assert [each.id for each in opened(bea, album_id)[1]] == [newer.id]


def test_a_device_whose_library_is_not_up_to_date_replaces_nothing(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.behind", "bea.behind"))
    come_to_know(ada, bea)
    [photo] = store_photos(ada, tmp_path, whole=0, cleaned=1)
    album_id = make_album(ada, [photo])
    page.clock.install()
    open_vault(page, site, ada, 1)
    dialog = share(page, site, album_id, bea, 1)
    with page.expect_response(is_replaced, timeout=SHARE_PATIENT):
        dialog.get_by_label("When each photo was taken").check()
    assert told(bea, album_id, "taken_at") == [TAKEN]
    watch.expected.extend([503] * 40)
    page.route(FEED, lambda route: route.fulfill(status=503))

    # Another device of hers puts the date right and tells it; this one hears of the album only.
    ada.sharer.library.correct(photo, capturedAt=CORRECTED)
    [shown] = opened(ada, album_id)[1]
    album = opened(ada, album_id)[0]
    replace_photos(ada.sharer, album, [(shown, photo)], tells={"taken_at": CORRECTED})
    asked = requests_about(page, album_id)
    with page.expect_response(re.compile(rf"{album_id}/items(\?|$)"), timeout=PATIENT):
        pass_a_minute(page)
    page.wait_for_timeout(LOOK_MS)

    assert not [each for each in asked if each.endswith("/items/replace")]
    assert told(bea, album_id, "taken_at") == [CORRECTED]
    page.unroute(FEED)
    look_again(page)
    until_nothing_is_asked(page, asked)
    assert told(bea, album_id, "taken_at") == [CORRECTED]


def lacks_its_end(body: Body) -> None:
    """As if the newest entry had never been written."""
    body["items"] = body["items"][:-1]


def put_in(page: Page, site: Site, person: Person, giver: Giver) -> None:
    """The one photo of somebody goes into an album of somebody else."""
    page.reload()
    open_shared(page, site, "Rowing club")
    page.get_by_role("button", name="Add photos").click()
    dialog = page.locator("dialog[open]")
    dialog.locator(".pick-grid").get_by_role("checkbox").first.check()
    dialog.get_by_role("button", name="Add 1 photo").click()
    expect_tiles(page, 2)
    assert len(versions(person, giver)) == 2


def requests_about(page: Page, album_id: str) -> list[str]:
    """What the page asks of one album from here on, by method and address."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if album_id in request.url:
            asked.append(f"{request.method} {request.url}")

    page.on("request", note)
    return asked


def until_nothing_is_asked(page: Page, asked: list[str]) -> None:
    """Look around until a whole look asks nothing of the album: what it did itself it sees once
    more."""
    for _ in range(6):
        asked.clear()
        pass_a_minute(page)
        page.wait_for_timeout(LOOK_MS)
        if not asked:
            return
    pytest.fail(f"The album was asked for every minute: {asked}")


def versions(person: Person, giver: Giver) -> dict[str, int]:
    """Which version of each photo the album shows."""
    return {each.id: each.fields["version"] for each in opened(person, giver.album.id)[1]}


def signed(person: Person, album_id: str) -> set[str]:
    """The commitments that are in the album by its history."""
    return set(opened(person, album_id)[0].chronicle.state.items)


def write_again_and_get(owner: Person, photo: Photo, folder: Path) -> Photo:
    """Another picture under the same id; what stands there then."""
    write_again(owner, photo, folder)
    return owner.sharer.library.get(photo.id)
