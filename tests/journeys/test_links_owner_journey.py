"""An owner makes links and asks for photos in the browser; guests have an address, no account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.api.people import PASSWORD as OWNERS_PASSWORD
from tests.journeys.conftest import PHONE
from tests.journeys.linking import digest, open_album, owner, picture, shared_album
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.uploading import UPLOAD_PATIENT, expect_tiles
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.reference_client.client import ProblemError
from tests.reference_client.collecting import bring, enter
from tests.reference_client.documents import Metadata, StoredAs
from tests.reference_client.images import Library
from tests.reference_client.links import make_link, visit, visited_part, visited_photos
from tests.reference_client.thumbnails import make_thumbnails
from tests.reference_client.wire import to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

PASSWORD = "otter lamp seven"


@pytest.fixture
def guests(browser: Browser, watch: Watch) -> Iterator[Page]:
    """The phone of somebody without an account."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield watch.follow(context.new_page())
    context.close()


def test_an_owner_makes_a_link_limits_it_and_ends_it(
    page: Page, guests: Page, site: Site, watch: Watch
) -> None:
    person, sharer = owner(site, "linda-links")
    album = shared_album(sharer, "Harbour", 3)
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/albums/{album.id}")
    expect_tiles(page, 3)

    page.get_by_role("button", name="Share").locator("visible=true").first.click()
    dialog = page.get_by_role("dialog", name="Share “Harbour”")
    dialog.get_by_role("button", name="Make a link").click(timeout=PATIENT)
    dialog.get_by_label("Password, if you like").fill("summer21")
    dialog.get_by_role("button", name="Make the link").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Everybody tries this password first")
    dialog.get_by_label("Password, if you like").fill(PASSWORD)
    dialog.get_by_label("Opens").select_option("5")
    dialog.get_by_role("switch", name="Let them download the originals").check()
    assert_accessible(page)
    dialog.get_by_role("button", name="Make the link").click()
    field = dialog.get_by_label("Address of the link")
    expect(field).to_be_visible(timeout=PATIENT)
    expect(dialog.get_by_text("opened 0 of 5 times")).to_be_visible()
    dialog.get_by_role("button", name="Show as a QR code").click()
    expect(dialog.get_by_role("img", name="The link as a QR code")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == field.input_value()

    # The reference client believes what the browser signed and wrapped.
    assert visit(site.address, address, PASSWORD).settings.name == "Harbour"
    guests.goto(address)
    guests.get_by_label("Password of the link").fill(PASSWORD)
    guests.get_by_role("button", name="Open").click()
    open_album(guests, "Harbour", 3)

    # Also in the browser where its owner is signed in, whoever opens a link is nobody.
    own_tab = watch.follow(page.context.new_page())
    asked = _requests_of(own_tab)
    own_tab.goto(address)
    own_tab.get_by_label("Password of the link").fill(PASSWORD)
    own_tab.get_by_role("button", name="Open").click()
    open_album(own_tab, "Harbour", 3)
    assert len(asked) > 3
    assert not [request.url for request in asked if "cookie" in request.all_headers()]
    own_tab.close()

    dialog.get_by_role("button", name="End", exact=True).click()
    expect(field).to_have_count(0, timeout=PATIENT)
    watch.expect(*[410] * 20)
    guests.reload()
    expect(guests.get_by_role("heading", name="This link has ended")).to_be_visible(
        timeout=PATIENT
    )
    watch.expected.clear()


def test_an_owner_changes_what_a_link_allows(
    page: Page, guests: Page, site: Site, watch: Watch
) -> None:
    person, sharer = owner(site, "lois-limits")
    album = shared_album(sharer, "Orchard", 2)
    address = make_link(sharer, album, view_limit=1).address(site.address)
    assert not visit(site.address, address).document["can_download"]
    watch.expect(410, 410)
    guests.goto(address)
    expect(guests.get_by_role("heading", name="This link has ended")).to_be_visible(
        timeout=PATIENT
    )
    watch.expected.clear()

    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/albums/{album.id}")
    expect_tiles(page, 2)
    page.get_by_role("button", name="Share").locator("visible=true").first.click()
    dialog = page.get_by_role("dialog", name="Share “Orchard”")
    expect(dialog.get_by_text("used up · ends on")).to_be_visible(timeout=PATIENT)
    dialog.get_by_role("button", name="Change", exact=True).click()
    ends = dialog.get_by_label("Ends")
    expect(ends).to_be_focused(timeout=PATIENT)
    expect(dialog.get_by_label("Can still be opened")).to_have_value("kept")
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})
    ends.select_option("90")
    dialog.get_by_label("Can still be opened").select_option("5")
    dialog.get_by_role("switch", name="Let them download the originals").check()
    dialog.get_by_role("button", name="Change the link").click()
    expect(dialog.get_by_text("opened 1 of 6 times")).to_be_visible(timeout=PATIENT)
    expect(dialog.get_by_text("can be downloaded")).to_be_visible()
    expect(dialog.get_by_role("button", name="Change", exact=True)).to_be_focused()

    # What is under way reads by the new limits at once; what was not asked to change stays.
    opened = visit(site.address, address)
    assert opened.document["can_download"]
    ends_in = datetime.fromisoformat(opened.document["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < ends_in <= timedelta(days=90)
    [photo, _] = visited_photos(opened)
    assert visited_part(opened, photo, "original")
    guests.reload()
    open_album(guests, "Orchard", 2)
    dialog.get_by_role("button", name="Change", exact=True).click()
    dialog.get_by_label("Can still be opened").select_option("Any number of times")
    dialog.get_by_role("switch", name="Let them download the originals").uncheck()
    dialog.get_by_role("button", name="Change the link").click()
    expect(dialog.get_by_text("opened 3 times")).to_be_visible(timeout=PATIENT)
    expect(dialog.get_by_text("only to look at")).to_be_visible()
    with pytest.raises(ProblemError, match="404"):
        visited_part(opened, photo, "original")
    [link] = sharer.client.call("GET", f"{album.path}/links")["items"]
    assert (link["expires_at"], link["view_limit"]) == (opened.document["expires_at"], None)


def test_an_owner_asks_for_photos_and_takes_in_what_is_brought(
    page: Page, guests: Page, site: Site
) -> None:
    person, _ = owner(site, "ask-links")
    sign_in(page, site, person.email, OWNERS_PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/people")
    page.get_by_role("button", name="New request").click(timeout=PATIENT)
    page.get_by_label("What for").fill("The picnic")
    assert_accessible(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Address of the link").input_value(timeout=PATIENT)
    expect(page.get_by_text("Copy the link and send it to whoever")).to_be_visible()
    # What the words speak of is not below them. A click is refused where something lies upon it.
    page.get_by_role("button", name="Copy", exact=True).click(trial=True, timeout=5_000)
    assert_accessible(page)

    for seed in (21, 22):
        _bring(site, address, seed, called="Aunt Ida")
    _bring(site, address, 23, called=None)
    page.reload()
    expect(page.get_by_text("2 photos from Aunt Ida")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Take in what Aunt Ida brought").click()
    expect(page.get_by_text("2 photos are in your vault.")).to_be_visible(timeout=UPLOAD_PATIENT)

    page.get_by_role("button", name="Throw away what Somebody brought").click()
    page.get_by_role("dialog").get_by_role("button", name="Throw away").click()
    expect(page.get_by_text("1 photo is gone.")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("heading", name="Photos for you")).to_have_count(0)
    expect(page.get_by_text("2 of 500 photos came")).to_be_visible()

    page.goto(f"{site.address}/photos")
    expect_tiles(page, 2)
    expect(page.locator(".tile img[src]:not(.soon)")).to_have_count(2, timeout=PATIENT)
    library = Library.of(person.device)
    images = library.client.call("GET", "/images")["items"]
    photos = [library.opened(image) for image in images]
    # Nobody vouches that a guest cleaned it: shared, it goes as a clean copy of the owner's own.
    assert {photo.metadata.stored_as for photo in photos} == {StoredAs.WHOLE}
    stored = {digest(library.download(photo)) for photo in photos}
    assert stored == {digest(picture(21)), digest(picture(22))}


def _requests_of(page: Page) -> list[Request]:
    """What a page asks of the API from now on."""
    asked: list[Request] = []
    page.on("request", lambda each: asked.append(each) if "/api/v1/" in each.url else None)
    return asked


def _bring(site: Site, address: str, seed: int, *, called: str | None) -> None:
    content = picture(seed)
    small = make_thumbnails(content)
    metadata = Metadata(
        name=f"IMG_{seed}.jpg", kind="jpeg", media_type="image/jpeg", size=len(content),
        width=small.width, height=small.height, thumbhash=to_text(small.thumbhash),
    )  # fmt: skip
    bring(enter(site.address, address), content, metadata, small, called=called)
