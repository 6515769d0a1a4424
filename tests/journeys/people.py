"""What a person does with their account, step by step, as they see it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from playwright.sync_api import Locator, Page, expect

from tests.journeys.site import Site

PASSWORD = "orange kettle under seven maps"
PATIENT = 30_000


def fill_sign_up(page: Page, site: Site, email: str, password: str = PASSWORD) -> str:
    """The first step of the ceremony, to the words. Answers the 24 of them."""
    page.goto(f"{site.address}/sign-up")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Make my keys").click()
    words = page.locator("ol.words li")
    expect(words).to_have_count(24, timeout=PATIENT)
    return " ".join(words.all_inner_texts())


def prove_phrase(page: Page, phrase: str) -> None:
    """The second step: show that the words were kept."""
    page.get_by_label("Paste the 24 words").fill(phrase)
    page.get_by_role("button", name="I kept it").click()


def enter_code(page: Page, code: str) -> None:
    """The third step: the digits from the letter."""
    page.get_by_label("Code from the mail").fill(code)
    page.get_by_role("button", name="Open my vault").click()


def sign_up(page: Page, site: Site, email: str, password: str = PASSWORD) -> str:
    """The whole ceremony, to an open vault. Answers the phrase."""
    assert not site.letters_to(email), f"{email} is somebody of another story at this site"
    phrase = fill_sign_up(page, site, email, password)
    prove_phrase(page, phrase)
    enter_code(page, site.code_for(email))
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    return phrase


def sign_in(page: Page, site: Site, email: str, password: str = PASSWORD) -> None:
    """Fill the form and send it. What comes then is for the caller to see."""
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Open my vault").click()


def unlock(page: Page, password: str = PASSWORD) -> None:
    """On the locked screen."""
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Unlock").click()


def lock_button(page: Page) -> Locator:
    """The ring, wherever this width shows it."""
    return page.get_by_role("button", name="Lock now").locator("visible=true")


def lose_cookies(page: Page) -> None:
    """Become somebody who was never here. An open vault would ask on meanwhile, and complain."""
    page.goto("about:blank")
    page.context.clear_cookies()


def expect_open(page: Page) -> None:
    """The vault says that it is open."""
    expect(lock_button(page)).to_be_visible(timeout=PATIENT)


def expect_locked(page: Page) -> None:
    """The vault says that it is locked, and shows nothing else."""
    expect(page.get_by_role("heading", name="Your vault is locked")).to_be_visible(timeout=PATIENT)
    expect(page.locator("#outlet")).to_be_empty()


def totp_now(secret: str, *, ahead: int = 0) -> str:
    """The digits an authenticator app shows now or ``ahead`` steps later (RFC 6238)."""
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.digest(key, (int(time.time()) // 30 + ahead).to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def plug_in_authenticator(page: Page, *, has_prf: bool = True) -> None:
    """A device that makes and answers passkeys, present and willing as long as the page lives."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    traits = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "hasPrf": has_prf,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": traits})


def add_passkey(page: Page, site: Site) -> Locator:
    """In the settings. Answers the card that lists it."""
    page.goto(f"{site.address}/settings/security")
    page.get_by_role("button", name="Add a passkey").click()
    card = page.locator("pv-passkeys")
    card.get_by_label("Password", exact=True).fill(PASSWORD)
    card.get_by_role("button", name="Continue").click()
    expect(card.locator(".rows li").first).to_be_visible(timeout=PATIENT)
    return card


def confirm_step_up(page: Page, password: str = PASSWORD) -> None:
    """Show once more that it is you, in the dialog that asks for it."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(password)
    dialog.get_by_role("button", name="Confirm").click()


def turn_on_totp(page: Page, site: Site, *, is_asked: bool = False) -> tuple[str, list[str]]:
    """Set up an authenticator app in the settings. Answers its secret and the recovery codes.

    With ``is_asked`` the last proof has lapsed, and the vault asks for another first.
    """
    page.goto(f"{site.address}/settings/security")
    page.get_by_role("button", name="Set up an app").click()
    if is_asked:
        confirm_step_up(page)
    card = page.locator("pv-totp")
    secret = card.locator(".mono").inner_text(timeout=PATIENT)
    card.get_by_label("Code the app shows now").fill(totp_now(secret))
    card.get_by_role("button", name="Turn on").click()
    codes = card.locator(".codes li")
    expect(codes).to_have_count(10)
    return secret, codes.all_inner_texts()


def reset_by_mail(page: Page, site: Site, email: str, password: str, *, number: int) -> None:
    """Ask for a link, follow letter ``number``, and choose a password."""
    page.goto(f"{site.address}/reset")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    page.goto(site.link_for(email, number=number))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="The account is yours again")).to_be_visible(
        timeout=PATIENT
    )
