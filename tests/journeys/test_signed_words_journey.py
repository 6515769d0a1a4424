"""A stranger's browser looks who signed a page, and says so when that is not what it shows."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.site import Site
from tests.journeys.strangers import fill_profile, public_address
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# What the service does for it is tried on both settings by tests/rights and tests/sharing.
pytestmark = pytest.mark.browser_alone

SHOTS = os.environ.get("SHOTS")
GROUPS = re.compile(r"([0-9a-f]{4} ){7}[0-9a-f]{4}")
MODELS = "from sharing.models import Profile, PublicAlbum, Publication;"


@pytest.fixture(scope="module")
def profile(site: Site) -> str:
    """The address of a profile with photos under a heading and without one."""
    fill_profile(site, "signe", 6)
    return f"{public_address(site)}/u/signe"


def keep(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def change(site: Site, code: str) -> None:
    """As somebody does who can write to the database."""
    site.live.manage("shell", "-c", MODELS + code)


def of_signe(model: str, filters: str, **values: str) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in values.items())
    return f"assert {model}.objects.filter({filters}).update({given})"


def test_what_was_signed_is_said_to_be(page: Page, profile: str) -> None:
    page.goto(profile)
    signed = page.locator("#signed")
    expect(signed).to_contain_text("Signed by Marit Aas's key")
    expect(signed.locator(".mono")).to_have_text(GROUPS)
    signed.get_by_text("What this means").click()
    expect(signed).to_contain_text("could show another key")
    expect(signed).to_contain_text("what is said of each photo and where it stands")
    expect(signed).not_to_contain_text("not signed yet")
    expect(page.locator("#doubt .note")).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0  # nobody's visits are kept
    assert_accessible(page)
    keep(page, "signed-desktop-light")
    page.emulate_media(color_scheme="dark")
    keep(page, "signed-desktop-dark")
    for width in (320, 390):
        assert_fits(page, width=width)

    page.goto(f"{profile}{(page.locator('a.shot').first.get_attribute('href') or '')[8:]}")
    expect(page.locator("#signed")).to_contain_text("Signed by Marit Aas's key")
    assert_accessible(page)
    keep(page, "signed-photo-desktop-dark")


def test_on_a_phone_the_line_fits(phone: Page, profile: str) -> None:
    phone.goto(profile)
    expect(phone.locator("#signed")).to_contain_text("Signed by Marit Aas's key")
    keep(phone, "signed-phone-light")
    phone.emulate_media(color_scheme="dark")
    phone.locator("#signed").get_by_text("What this means").click()
    keep(phone, "signed-phone-dark")


# Others at this site have photos of the same name.
HERS = "owner__email='signe@example.org'"
PHOTO_0 = f"Publication.objects.filter({HERS}, caption='Photo 0')"
ALTERED = {
    "bio": (
        of_signe("Profile", "name='signe'", bio="Send money."),
        of_signe(
            "Profile", "name='signe'",
            bio="Animals, stones and evenings. Aarhus. All pictures mine: ask before you use one.",
        ),
        "What this page says is not what Marit Aas signed.",
    ),
    "heading": (
        of_signe("PublicAlbum", "profile__name='signe'", title="Bones"),
        of_signe("PublicAlbum", "profile__name='signe'", title="Stones"),
        "What this page says is not what Marit Aas signed.",
    ),
    "caption": (
        of_signe("Publication", f"{HERS}, caption='Photo 1'", caption="Not hers"),
        of_signe("Publication", f"{HERS}, caption='Not hers'", caption="Photo 1"),
        "What is said of 1 photo here is not what Marit Aas signed.",
    ),
    "place": (
        of_signe("Publication", f"{HERS}, caption='Photo 0'", position="99"),
        of_signe("Publication", f"{HERS}, caption='Photo 0'", position="0"),
        "Photos do not stand here where Marit Aas put them.",
    ),
    "heading-of-a-photo": (
        f"{PHOTO_0}.update(album=PublicAlbum.objects.get(profile__name='signe'))",
        f"{PHOTO_0}.update(album=None)",
        "Photos do not stand here where Marit Aas put them.",
    ),
    "cover": (
        f"Profile.objects.filter(name='signe').update(cover={PHOTO_0}.get())",
        of_signe("Profile", "name='signe'").replace(".update()", ".update(cover=None)"),
        "What this page says is not what Marit Aas signed.",
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_is_told_at_the_top(
    page: Page, site: Site, profile: str, what: str
) -> None:
    alter, restore, sentence = ALTERED[what]
    change(site, alter)
    try:
        page.goto(profile)
        expect(page.locator("#doubt")).to_contain_text(sentence)
        expect(page.locator("#signed")).not_to_contain_text("Signed by")
        assert_accessible(page)
        keep(page, f"altered-{what}")
    finally:
        change(site, restore)
    page.reload()
    expect(page.locator("#signed")).to_contain_text("Signed by Marit Aas's key")


def test_a_key_in_the_place_of_another_is_noticed_by_its_signatures(
    page: Page, profile: str
) -> None:
    """Whoever shows another key shows another fingerprint, and signs nothing with the first."""
    page.route("**/statement*", lambda route: route.fulfill(
        json={**route.fetch().json(), "identity_key": "A" * 43}
    ))  # fmt: skip
    page.goto(profile)
    expect(page.locator("#doubt")).to_contain_text("is not what Marit Aas signed")


def test_a_browser_without_the_algorithm_says_so(
    browser: Browser, watch: Watch, profile: str
) -> None:
    context: BrowserContext = browser.new_context(viewport=DESKTOP)
    context.add_init_script(
        "const real = crypto.subtle.importKey.bind(crypto.subtle);"
        "SubtleCrypto.prototype.importKey = (format, key, algorithm, ...rest) =>"
        " algorithm.name === 'Ed25519'"
        " ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))"
        " : real(format, key, algorithm, ...rest);"
    )
    page = watch.follow(context.new_page())
    page.goto(profile)
    expect(page.locator("#signed")).to_contain_text("This browser cannot check signatures.")
    expect(page.locator("#signed .mono")).to_have_text(GROUPS)
    context.close()


def test_without_an_answer_nothing_is_claimed(page: Page, watch: Watch, profile: str) -> None:
    watch.expect(503, 503)
    page.route("**/statement*", lambda route: route.fulfill(status=503, body=""))
    page.goto(profile)
    expect(page.locator("#signed")).to_contain_text("could not be checked just now")


def test_without_script_nothing_is_claimed_and_the_statement_can_be_read(
    browser: Browser, profile: str
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(profile)
    expect(page.get_by_role("heading", name="Marit Aas")).to_be_visible()
    expect(page.locator("#signed")).to_be_hidden()
    answer = context.request.get(f"{profile}/statement")
    assert answer.json()["statement"].startswith('{"albums"')
    context.close()
