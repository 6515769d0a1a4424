"""From the first page to an open vault, and back in by every way there is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import (
    PASSWORD,
    PATIENT,
    add_passkey,
    enter_code,
    expect_locked,
    expect_open,
    fill_sign_up,
    lock_button,
    lose_cookies,
    plug_in_authenticator,
    prove_phrase,
    reset_by_mail,
    sign_in,
    sign_up,
    turn_on_totp,
    unlock,
)
from tests.journeys.site import Site
from tests.journeys.watch import Watch, assert_accessible, assert_fits

# Its service is tried on both settings by the tests of the apps, and of the API.
pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

PLAIN_PAGES = [
    "",
    "sign-in",
    "sign-up",
    "confirm",
    "recover",
    "reset",
    "offline",
    "other-code",
    "terms",
    "privacy",
    "verify",
    "no-training",
]
SECTIONS = ["account", "security", "recovery", "preferences", "storage"]
ANOTHER_PASSWORD = "four green lamps beside water"


@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_every_public_page_is_accessible_and_fits_a_narrow_screen(
    page: Page, site: Site, name: str
) -> None:
    page.goto(f"{site.address}/{name}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    assert_accessible(page)
    assert_fits(page, width=320)
    assert_accessible(page)


def test_a_person_makes_a_vault_and_comes_back_to_it(page: Page, site: Site, watch: Watch) -> None:
    email = "first@example.org"
    page.goto(site.address)
    page.get_by_role("link", name="Make a vault").click()
    phrase = fill_sign_up(page, site, email)
    assert_accessible(page)
    prove_phrase(page, phrase)
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_focused()
    assert_accessible(page)
    enter_code(page, site.code_for(email))
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    page.reload()
    expect_open(page)

    lock_button(page).click()
    expect_locked(page)
    assert_accessible(page)
    page.reload()
    expect_locked(page)
    unlock(page, "not the password at all")
    expect(page.get_by_text("That password does not open this vault.")).to_be_visible(
        timeout=PATIENT
    )
    assert_accessible(page)
    unlock(page)
    expect_open(page)

    page.goto(f"{site.address}/settings/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
    watch.expect(401)
    page.goto(f"{site.address}/photos")
    page.wait_for_url("**/sign-in?to=*")

    watch.expect(401)
    sign_in(page, site, email, "not the password at all")
    expect(page.get_by_text("That password does not open this vault.")).to_be_visible(
        timeout=PATIENT
    )
    sign_in(page, site, email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)


def test_the_code_and_the_words_are_checked_before_anything_is_made(
    page: Page, site: Site, watch: Watch
) -> None:
    email = "careful@example.org"
    page.goto(f"{site.address}/sign-up")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Make my keys").click()
    expect(page.get_by_role("alert")).to_have_count(2)
    # What everybody tries first is no password either, and is told once.
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill("passwordpassword")
    page.get_by_role("button", name="Make my keys").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("easy to guess"))
    expect(page.get_by_text("This is easy to guess")).to_have_count(1)
    page.get_by_label("E-mail address").fill("")
    page.get_by_role("button", name="Make my keys").click()
    expect(page.get_by_role("alert")).to_have_count(2)
    # A sentence about what was typed is no longer true of what is typed now.
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(page.get_by_role("alert")).to_have_count(1)
    phrase = fill_sign_up(page, site, email)
    prove_phrase(page, " ".join(reversed(phrase.split())))
    expect(page.get_by_role("alert")).to_be_visible()
    prove_phrase(page, phrase)
    code = site.code_for(email)
    watch.expect(400)
    enter_code(page, "00000000" if code != "00000000" else "11111111")
    expect(page.get_by_text("That code is not right.")).to_be_visible()
    assert_accessible(page)
    enter_code(page, code)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)


def test_the_24_words_lead_to_a_new_password(page: Page, site: Site, watch: Watch) -> None:
    email = "forgetful@example.org"
    phrase = sign_up(page, site, email)
    lose_cookies(page)

    page.goto(f"{site.address}/recover")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Paste the 24 words").fill(f"1. {phrase.upper()}")
    page.get_by_role("button", name="Open my vault").click()
    expect(page.get_by_label("New password")).to_be_visible(timeout=PATIENT)
    page.goto(f"{site.address}/photos")
    expect(page.get_by_text("This device was let in without your password")).to_be_visible()
    expect(page.get_by_role("button", name="Unlock")).to_have_count(0)
    assert_accessible(page)

    page.get_by_role("link", name="Use recovery key").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Paste the 24 words").fill(phrase)
    page.get_by_role("button", name="Open my vault").click()
    page.get_by_label("New password").fill(ANOTHER_PASSWORD)
    assert_accessible(page)
    page.get_by_role("button", name="Save and open my vault").click()
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    lock_button(page).click()
    expect_locked(page)
    unlock(page, PASSWORD)
    expect(page.get_by_text("That password does not open this vault.")).to_be_visible(
        timeout=PATIENT
    )
    unlock(page, ANOTHER_PASSWORD)
    expect_open(page)


def test_a_reset_by_mail_opens_the_account_but_never_the_vault(
    page: Page, site: Site, watch: Watch
) -> None:
    email = "mailed@example.org"
    phrase = sign_up(page, site, email)
    lose_cookies(page)
    reset_by_mail(page, site, email, ANOTHER_PASSWORD, number=2)
    assert_accessible(page)
    page.goto(f"{site.address}/photos")
    expect_locked(page)
    expect(page.get_by_text("That gave you the account, not the photos")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Use recovery key").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Paste the 24 words").fill(phrase)
    page.get_by_role("button", name="Open my vault").click()
    page.get_by_label("New password").fill(ANOTHER_PASSWORD)
    page.get_by_role("button", name="Save and open my vault").click()
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)


def test_a_lock_in_one_tab_locks_the_other(page: Page, site: Site, watch: Watch) -> None:
    sign_up(page, site, "two-tabs@example.org")
    other = watch.follow(page.context.new_page())
    other.goto(f"{site.address}/photos")
    expect_open(other)

    lock_button(page).click()

    expect_locked(page)
    expect_locked(other)


def test_the_vault_locks_by_itself_when_nobody_is_there(page: Page, site: Site) -> None:
    page.clock.install()
    sign_up(page, site, "away@example.org")

    page.clock.fast_forward("14:00")
    expect_open(page)
    page.clock.fast_forward("02:00")

    expect_locked(page)


def test_settings_are_accessible_on_a_desk_and_on_a_phone(
    page: Page, site: Site, watch: Watch
) -> None:
    sign_up(page, site, "settled@example.org")
    for section in SECTIONS:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(f"{site.address}/settings/{section}")
        expect(page.locator(".settings .card").first).to_be_visible(timeout=PATIENT)
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert_fits(page, width=320)
        assert_accessible(page)
    # What is on its way when the line is cut does not come, and the browser says so.
    watch.is_line_cut = True
    for width in (320, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert_a_lost_connection_moves_nothing(page)


def assert_a_lost_connection_moves_nothing(page: Page) -> None:
    """It is said over the page's edge: what somebody is about to touch stays where it is."""
    place = "document.querySelector('.settings .card').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    assert page.evaluate(place) == before
    assert_accessible(page)
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_a_changed_password_opens_the_same_vault(page: Page, site: Site) -> None:
    email = "changing@example.org"
    sign_up(page, site, email)
    page.goto(f"{site.address}/settings/security")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(ANOTHER_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible(timeout=PATIENT)
    page.reload()
    expect_open(page)

    lock_button(page).click()
    unlock(page, ANOTHER_PASSWORD)

    expect_open(page)


def test_a_passkey_opens_the_vault(page: Page, site: Site) -> None:
    sign_up(page, site, "passkey@example.org")
    plug_in_authenticator(page)
    card = add_passkey(page, site)
    expect(card.get_by_text("Opens the vault", exact=True)).to_be_visible()

    lock_button(page).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect_open(page)


def test_a_passkey_gets_another_name(page: Page, site: Site) -> None:
    sign_up(page, site, "renamed@example.org")
    plug_in_authenticator(page)
    card = add_passkey(page, site)
    pencil = card.get_by_role("button", name="Rename")
    pencil.click()
    expect(card.get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(pencil).to_be_focused()

    pencil.click()
    card.get_by_label("Name").fill("The key on my keyring")
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Rename The key on my keyring")).to_be_focused()
    page.reload()
    expect(page.locator("pv-passkeys").get_by_text("The key on my keyring")).to_be_visible(
        timeout=PATIENT
    )


def test_an_authenticator_app_is_asked_for_at_sign_in(page: Page, site: Site, watch: Watch) -> None:
    email = "factor@example.org"
    sign_up(page, site, email)
    site.let_proofs_lapse()
    watch.expect(403)
    _, [recovery_code, *_] = turn_on_totp(page, site, is_asked=True)
    assert_accessible(page)

    lose_cookies(page)
    sign_in(page, site, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)
    page.get_by_role("button", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(recovery_code)
    page.get_by_role("button", name="Open my vault").click()

    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)


@pytest.mark.by_hand
def test_the_link_in_the_mail_makes_the_vault_as_the_code_does(page: Page, site: Site) -> None:
    email = "linked@example.org"
    phrase = fill_sign_up(page, site, email)
    prove_phrase(page, phrase)
    link = site.link_for(email, number=1)
    later = page.context.new_page()
    later.goto(link)
    assert_accessible(later)
    later.get_by_role("button", name="Confirm").click()

    expect_locked(later)
    unlock(later)
    expect_open(later)


@pytest.mark.by_hand
def test_new_words_replace_the_old_ones(page: Page, site: Site, watch: Watch) -> None:
    email = "renewed@example.org"
    old = sign_up(page, site, email)
    page.goto(f"{site.address}/settings/recovery")
    page.get_by_role("button", name="Make 24 new words").click()
    expect(page.locator("ol.words li")).to_have_count(24, timeout=PATIENT)
    fresh = " ".join(page.locator("ol.words li").all_inner_texts())
    card = page.locator("pv-prove-phrase")
    card.get_by_label("Paste the 24 words").fill(fresh)
    card.get_by_role("button", name="I kept it").click()
    section = page.locator("pv-settings-recovery")
    section.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Put the new words in force").click()
    expect(page.get_by_text("The new words are in force.")).to_be_visible(timeout=PATIENT)
    lose_cookies(page)

    watch.expect(401)
    page.goto(f"{site.address}/recover")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Paste the 24 words").fill(old)
    page.get_by_role("button", name="Open my vault").click()
    expect(page.get_by_text("These words do not belong to this vault.")).to_be_visible(
        timeout=PATIENT
    )
    page.get_by_label("Paste the 24 words").fill(fresh)
    page.get_by_role("button", name="Open my vault").click()
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible(timeout=PATIENT)
