"""What guests brought is looked at before it is taken in, whoever made it and whatever it is."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.api.people import PASSWORD as OWNERS_PASSWORD
from tests.journeys.linking import digest, owner, picture
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.site import Site
from tests.journeys.uploading import UPLOAD_PATIENT
from tests.journeys.watch import assert_accessible, assert_fits
from tests.reference_client.collecting import Guest, bring, drops_of, enter, make_collect_link
from tests.reference_client.documents import Metadata
from tests.reference_client.images import Library
from tests.reference_client.links import Link
from tests.reference_client.people import Sharer
from tests.reference_client.thumbnails import Thumbnails, make_thumbnails
from tests.reference_client.wire import to_text

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

MARKUP = "<img src=x onerror=alert(1)><b>bold</b>"
PAGE_OF_A_GUEST = b"<!doctype html><script>top.location='https://example.com/'</script>"
# A blurred stand-in is a BMP or a PNG.
OPEN_PICTURE = 'img:is([src^="blob:"], [src^="data:image/webp"]):not([hidden])'


def bring_picture(guest: Guest, seed: int, *, called: str | None, small: Thumbnails | None) -> str:
    """One photo, with these small pictures beside it."""
    content = picture(seed)
    metadata = Metadata(
        name=f"IMG_{seed}.jpg", kind="jpeg", media_type="image/jpeg", size=len(content),
        width=1200, height=800, thumbhash=to_text(make_thumbnails(content).thumbhash),
    )  # fmt: skip
    return bring(guest, content, metadata, small, called=called)


def bring_well(guest: Guest, *seeds: int, called: str | None) -> list[str]:
    """Photos as our own guest page sends them."""
    return [
        bring_picture(guest, seed, called=called, small=make_thumbnails(picture(seed)))
        for seed in seeds
    ]


def open_people(page: Page, site: Site, email: str) -> None:
    sign_in(page, site, email, OWNERS_PASSWORD)
    expect_open(page)
    page.goto(f"{site.address}/people")
    expect(page.get_by_role("heading", name="Photos for you")).to_be_visible(timeout=PATIENT)


def bundle_of(page: Page, who: str) -> Locator:
    """What one guest brought."""
    return page.locator(".came .rows > li").filter(has_text=who)


def expect_pictures(bundle: Locator, count: int) -> None:
    """So many are open, and the browser could draw each of them."""
    shown = bundle.locator(OPEN_PICTURE)
    expect(shown).to_have_count(count, timeout=PATIENT)
    assert all(width > 0 for width in shown.evaluate_all("all => all.map(i => i.naturalWidth)"))


def test_an_owner_looks_at_what_came_and_decides_about_each(page: Page, site: Site) -> None:
    person, sharer = owner(site, "look-drops")
    link = make_collect_link(sharer, "The picnic")
    guest = enter(site.address, link.address(site.address, "c"))
    ids = bring_well(guest, 31, 32, 33, called="Aunt Ida")
    open_people(page, site, person.email)

    brought = bundle_of(page, "Aunt Ida")
    expect_pictures(brought, 3)
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})

    brought.get_by_role("button", name="Look at photo 2 of 3 from Aunt Ida").click()
    viewer = page.get_by_role("dialog", name="Photo", exact=True)
    expect(viewer.locator("img.photo[src]")).to_be_visible(timeout=PATIENT)
    expect(viewer.get_by_text("Photo 2 of 3")).to_be_visible()
    viewer.get_by_role("button", name="Details").click()
    details = viewer.get_by_role("complementary", name="Details")
    expect(details.get_by_text("Brought by “Aunt Ida”")).to_be_visible()
    expect(details.get_by_text("For “The picnic”.")).to_be_visible()
    expect(details.get_by_text("IMG_32.jpg")).to_be_visible()
    assert_accessible(page)

    viewer.get_by_role("button", name="Take in").locator("visible=true").click()
    expect(page.get_by_text("1 photo is in your vault.")).to_be_visible(timeout=UPLOAD_PATIENT)
    expect(viewer.get_by_text("Photo 2 of 2")).to_be_visible(timeout=PATIENT)
    viewer.get_by_role("button", name="Throw away").locator("visible=true").click()
    question = page.get_by_role("dialog", name="Throw away what Aunt Ida brought?")
    question.get_by_role("button", name="Throw away").click()
    expect(page.get_by_text("1 photo is gone.")).to_be_visible(timeout=PATIENT)
    expect(viewer.get_by_text("Photo 1 of 1")).to_be_visible(timeout=PATIENT)
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)

    expect(page.get_by_text("1 photo from Aunt Ida")).to_be_visible()
    expect_pictures(brought, 1)
    library = Library.of(person.device)
    (image,) = library.client.call("GET", "/images")["items"]
    assert image["id"] == ids[1]
    assert digest(library.download(library.opened(image))) == digest(picture(32))
    assert [drop.document["image_id"] for drop in drops_of(sharer)] == [ids[0]]


@pytest.mark.by_hand
def test_a_phone_shows_more_than_fit_and_opens_the_rest(phone: Page, site: Site) -> None:
    person, sharer = owner(site, "many-drops")
    link = make_collect_link(sharer, "The wedding")
    bring_well(enter(site.address, link.address(site.address, "c")), *range(40, 54), called=None)
    open_people(phone, site, person.email)

    brought = bundle_of(phone, "14 photos from Somebody")
    expect_pictures(brought, 11)
    assert_accessible(phone)
    brought.get_by_role("button", name="3 more").click()
    viewer = phone.get_by_role("dialog", name="Photo", exact=True)
    expect(viewer.get_by_text("Photo 12 of 14")).to_be_visible(timeout=PATIENT)
    expect(viewer.locator("img.photo[src]")).to_be_visible(timeout=PATIENT)
    assert_accessible(phone)
    phone.go_back()
    expect(viewer).to_have_count(0)
    # The page under it was not made anew.
    expect(brought.get_by_role("button", name="3 more")).to_be_focused()
    assert phone.url == f"{site.address}/people"


def test_what_a_hostile_guest_brings_is_a_plain_plate_beside_what_others_brought(
    page: Page, site: Site
) -> None:
    person, sharer = owner(site, "hostile-drops")
    link = make_collect_link(sharer, "Open to all")
    guest = enter(site.address, link.address(site.address, "c"))
    bring_hostile(guest, sharer)
    bring_well(guest, 60, called="Aunt Ida")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.on("dialog", lambda dialog: pytest.fail(f"A guest's words ran: {dialog.message}"))
    open_people(page, site, person.email)

    expect_pictures(bundle_of(page, "Aunt Ida"), 1)
    hostile = bundle_of(page, "bold")
    expect(hostile.get_by_text(f"5 photos from {MARKUP}")).to_be_visible()
    assert hostile.locator("b, script, [onerror]").count() == 0
    expect(bundle_of(page, "1 photo from Somebody")).to_be_visible()
    closed = bundle_of(page, "1 photo from Somebody")
    expect_pictures(closed, 0)
    expect(closed.get_by_text("1 cannot be opened with your keys")).to_be_visible()
    assert closed.get_by_role("button", name="Take in").count() == 0
    assert_accessible(page)

    hostile.get_by_role("button", name="Look at photo 1 of 5").click()
    viewer = page.get_by_role("dialog", name="Photo", exact=True)
    for number in range(1, 6):
        expect(viewer.get_by_text(f"Photo {number} of 5")).to_be_visible(timeout=PATIENT)
        expect(viewer.get_by_text("Not shown here")).to_be_visible(timeout=PATIENT)
        page.keyboard.press("ArrowRight")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect_pictures(hostile, 0)
    closed.get_by_role("button", name="Look at").click()
    expect(viewer.get_by_text("Cannot be opened here")).to_be_visible(timeout=PATIENT)
    assert viewer.get_by_role("button", name="Take in").count() == 0
    page.keyboard.press("Escape")

    assert page.url == f"{site.address}/people"
    known = (site.address, "blob:", "data:image/png;base64,", "data:image/webp;base64,")
    assert [url for url in asked if not url.startswith(known)] == []
    bundle_of(page, "Aunt Ida").get_by_role("button", name="Take in").click()
    expect(page.get_by_text("1 photo is in your vault.")).to_be_visible(timeout=UPLOAD_PATIENT)


def bring_hostile(guest: Guest, sharer: Sharer) -> None:
    """What somebody could make who has a link and their own program; the last does not open."""
    good = make_thumbnails(picture(61))
    for small in (
        replace(good, preview=PAGE_OF_A_GUEST, thumbnail=PAGE_OF_A_GUEST),
        replace(good, preview=drawing(), thumbnail=drawing()),
        replace(good, preview=claiming(), thumbnail=claiming()),
        replace(good, preview=without_a_picture(), thumbnail=without_a_picture()),
        replace(good, preview=bytes(13_000_000), thumbnail=bytes(1_100_000)),
    ):
        bring_picture(guest, 61, called=MARKUP, small=small)
    elsewhere = Link(
        id=sharer.id, secret=guest.link.secret, fingerprint=guest.link.fingerprint,
        keys=guest.link.keys, kdf=None,
    )  # fmt: skip
    bring_well(replace(guest, link=elsewhere), 62, called=MARKUP)


def drawing() -> bytes:
    """A picture that could hold a script."""
    script = '<script>fetch("https://example.com/")</script>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{script}</svg>'.encode()


def claiming() -> bytes:
    """A few bytes of PNG that claim gigabytes of pixels."""
    small = BytesIO()
    Image.new("L", (8, 8)).save(small, "PNG")
    whole = small.getvalue()
    return whole[:16] + (30_000).to_bytes(4) * 2 + whole[24:]


def without_a_picture() -> bytes:
    """A PNG of a right size whose picture is noise, which no decoder makes anything of."""
    whole = BytesIO()
    Image.new("RGB", (300, 200)).save(whole, "PNG")
    return whole.getvalue()[:33] + b"noise" * 40
