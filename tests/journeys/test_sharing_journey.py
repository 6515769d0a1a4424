"""An owner shares in a real browser; the recipients' devices are the reference client."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Request, Route, expect

from pocketvault.kernel.fields import to_base64url
from tests.journeys.people import PATIENT
from tests.journeys.sharing import (
    GROUP,
    Person,
    choose,
    come_to_know,
    expect_prepared,
    make_album,
    make_group,
    newcomer,
    open_share_dialog,
    open_vault,
    opened,
    originals,
    pick,
    ready_dialog,
    store_photos,
)
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.clean import without_metadata
from tests.reference_client.client import ProblemError

pytestmark = pytest.mark.browser

# How long a look around may take before it asks for an album.
LOOK_MS = 2_000
SECRETS = (b"Lanternworks", b"LW-00314159", b"Exif", b"2026:11:15")


def test_an_album_is_shared_with_a_person_and_a_group_and_ended_again(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea, cyr = (newcomer(site, name) for name in ("ada.share", "bea.share", "cyr.share"))
    come_to_know(ada, bea)
    come_to_know(ada, cyr)
    make_group(ada, cyr)
    *photos, apart = store_photos(ada, tmp_path, whole=2, cleaned=2)
    album_id = make_album(ada, photos)
    open_vault(page, site, ada, 4)
    dialog = open_share_dialog(page, site, album_id)
    expect(dialog.get_by_text("3 of them hold a place")).to_be_visible()
    assert_accessible(page)
    choose(dialog, bea.email)
    choose(dialog, GROUP, "Can add")
    assert_accessible(page)

    dialog.get_by_role("button", name="Share with 2").click()

    expect_prepared(dialog, 3)
    assert_accessible(page)
    assert_fits(page, width=320)
    files = {photo.id: (tmp_path / photo.metadata.name).read_bytes() for photo in photos}
    for person in (bea, cyr):
        got = originals(person, album_id)
        assert got == {pk: without_metadata(jpeg) for pk, jpeg in files.items()}
        assert not [secret for jpeg in got.values() for secret in SECRETS if secret in jpeg]
    album, shared = opened(bea, album_id)
    assert sorted(each.fields["source"] for each in shared) == ["clean", "clean", "content"]
    assert not [each.fields for each in shared if {"taken_at", "place", "title"} & set(each.fields)]
    assert refused(bea, f"/images/{photos[0].id}") == 404
    assert apart.id not in {each.id for each in shared}
    before = album.chronicle.state.generation

    dialog.get_by_role("button", name=f"End access of {bea.email}").click()
    with page.expect_response(re.compile(r"/items/rewrap$"), timeout=PATIENT):
        page.get_by_role("button", name="End access", exact=True).click()

    expect(dialog.get_by_role("button", name=f"End access of {bea.email}")).to_have_count(
        0, timeout=PATIENT
    )
    assert refused(bea, f"/shared/albums/{album_id}") == 404
    album, shared = opened(cyr, album_id)
    assert album.chronicle.state.generation == before + 1
    assert {each.generation for each in shared} == {before + 1}
    assert bea.sharer.id not in album.chronicle.state.members


@pytest.mark.browser_alone
def test_an_album_in_order_is_not_read_again_every_minute(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.minute", "bea.minute"))
    come_to_know(ada, bea)
    album_id = make_album(ada, store_photos(ada, tmp_path, whole=0, cleaned=2))
    page.clock.install()
    open_vault(page, site, ada, 2)
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, bea.email)
    dialog.get_by_role("button", name="Share with 1").click()
    expect_prepared(dialog, 2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    # Once it has seen what it did itself, it asks for the list and for nothing in it.
    for _ in range(8):
        asked.clear()
        pass_a_minute(page)
        page.wait_for_timeout(LOOK_MS)
        if not [url for url in asked if album_id in url]:
            break
    else:
        pytest.fail("The album was read again every minute.")

    bea.sharer.client.call("DELETE", f"/contacts/{ada.sharer.id}")

    with page.expect_request(re.compile(rf"{album_id}/rotate$"), timeout=PATIENT):
        pass_a_minute(page)


def pass_a_minute(page: Page) -> None:
    """Until the page has looked around again."""
    with page.expect_response(re.compile(r"/api/v1/shared/albums$"), timeout=PATIENT):
        page.clock.fast_forward("01:01")


@pytest.mark.browser_alone
def test_a_tab_that_was_closed_in_the_middle_goes_on_when_it_is_opened_again(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.closed", "bea.closed"))
    come_to_know(ada, bea)
    photos = store_photos(ada, tmp_path, whole=4)
    album_id = make_album(ada, photos)
    open_vault(page, site, ada, 4)
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, bea.email)
    held: list[Route] = []

    def hold_the_third(route: Route) -> None:
        held.append(route)
        if len(held) != 3:
            route.continue_()

    page.context.route(re.compile(r"/versions/1/clean$"), hold_the_third)
    dialog.get_by_role("button", name="Share with 1").click()
    expect(dialog.get_by_text("2 of 4 photos are ready")).to_be_visible(timeout=PATIENT)
    page.context.unroute(re.compile(r"/versions/1/clean$"))
    _, there = opened(bea, album_id)
    assert len(there) < 4

    page.reload()

    dialog = open_share_dialog(page, site, album_id)
    expect_prepared(dialog, 4)
    expect(dialog.get_by_text(bea.email)).to_be_visible()
    assert set(originals(bea, album_id)) == {photo.id for photo in photos}


@pytest.mark.browser_alone
def test_swapped_keys_of_a_recipient_stop_and_ask(
    page: Page, site: Site, tmp_path: Path, watch: Watch
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.swap", "bea.swap"))
    come_to_know(ada, bea)
    photos = store_photos(ada, tmp_path, whole=0, cleaned=1)
    album_id = make_album(ada, photos)
    open_vault(page, site, ada, 1)
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, bea.email)
    # From here on the service gives another's key, and could read along.
    page.context.route(re.compile(r"/api/v1/contacts$"), swap_identity)
    held: list[Route] = []

    def hold_what_is_put_in(route: Route) -> None:
        if is_putting_in(route.request):
            held.append(route)
        else:
            route.continue_()

    page.context.route(re.compile(r"/items$"), hold_what_is_put_in)

    with page.expect_request(is_putting_in, timeout=PATIENT):
        dialog.get_by_role("button", name="Share with 1").click()

    expect(dialog.get_by_role("alert")).to_contain_text("keys", timeout=PATIENT)
    # The photo is got ready whoever comes; that it is ready is not the end of the warning.
    with page.expect_response(re.compile(rf"/shared/albums/{album_id}$"), timeout=PATIENT):
        page.context.unroute(re.compile(r"/items$"))
        held[0].continue_()
    expect_prepared(dialog, 1)
    expect(dialog.get_by_role("alert")).to_contain_text("keys")
    shared = ada.sharer.client.call("GET", f"/shared/albums/{album_id}")
    assert shared["grants"] == []
    dialog.get_by_label("Add a person or a group").fill(bea.email)
    expect(dialog.get_by_text("Keys changed")).to_be_visible(timeout=PATIENT)
    expect(dialog.get_by_role("button", name=f"Add {bea.email}")).to_have_count(0)
    dialog.get_by_role("button", name=f"Compare and decide about {bea.email}").click()
    expect(page.get_by_role("dialog", name="Safety number")).to_be_visible(timeout=PATIENT)


def is_putting_in(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith("/items")


def refused(person: Person, path: str) -> int:
    """With what the server answers somebody."""
    with pytest.raises(ProblemError) as caught:
        person.sharer.client.call("GET", path)
    return caught.value.status


def swap_identity(route: Route) -> None:
    response = route.fetch()
    body = json.loads(response.text())
    for contact in body["items"]:
        own = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        contact["identity_public_key"] = to_base64url(own)
    route.fulfill(response=response, json=body)


@pytest.mark.browser_alone
def test_a_selection_becomes_an_album_of_its_own_that_tells_what_its_owner_chose(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea = (newcomer(site, name) for name in ("ada.direct", "bea.direct"))
    come_to_know(ada, bea)
    first, second = store_photos(ada, tmp_path, whole=1, cleaned=1)
    open_vault(page, site, ada, 2)
    pick(page, "p0.jpg")
    page.get_by_role("button", name="Share", exact=True).locator("visible=true").click()
    dialog = ready_dialog(page)
    dialog.get_by_label("When each photo was taken").check()
    choose(dialog, bea.email)
    dialog.get_by_role("button", name="Share with 1").click()
    expect_prepared(dialog, 1)
    expect(dialog.get_by_text("1 photo says so")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    (listed,) = bea.sharer.client.call("GET", "/shared/albums")["items"]
    (photo,) = opened(bea, listed["id"])[1]
    assert (photo.id, photo.fields["taken_at"]) == (first.id, "2026-11-15T11:42:07")
    assert "place" not in photo.fields
    # What comes into it later is shared as well, by the same door as into any album.
    page.goto(f"{site.address}/albums")
    expect(page.get_by_text("Shared with 1 person")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/photos")
    pick(page, "p1.jpg")
    page.get_by_role("button", name="Album", exact=True).locator("visible=true").click()
    page.get_by_role("dialog").get_by_role("button", name="1 photo").click()
    expect(page.get_by_text("1 photo is in “1 photo” now.")).to_be_visible(timeout=PATIENT)
    assert {each.id for each in opened(bea, listed["id"])[1]} == {first.id, second.id}


@pytest.mark.browser_alone
def test_what_the_service_ended_by_itself_is_signed_and_the_key_replaced(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ada, bea, cyr = (newcomer(site, name) for name in ("ada.ended", "bea.ended", "cyr.ended"))
    come_to_know(ada, bea)
    come_to_know(ada, cyr)
    album_id = make_album(ada, store_photos(ada, tmp_path, whole=0, cleaned=1))
    open_vault(page, site, ada, 1)
    dialog = open_share_dialog(page, site, album_id)
    choose(dialog, bea.email)
    choose(dialog, cyr.email)
    dialog.get_by_role("button", name="Share with 2").click()
    expect_prepared(dialog, 1)
    before = opened(cyr, album_id)[0].chronicle.state
    assert bea.sharer.id in before.members

    bea.sharer.client.call("DELETE", f"/contacts/{ada.sharer.id}")
    with page.expect_response(re.compile(r"/items/rewrap$"), timeout=PATIENT):
        page.reload()

    album, shared = opened(cyr, album_id)
    assert bea.sharer.id not in album.chronicle.state.members
    assert album.chronicle.state.generation == before.generation + 1
    assert [each.generation for each in shared] == [before.generation + 1]
    assert refused(bea, f"/shared/albums/{album_id}") == 404
