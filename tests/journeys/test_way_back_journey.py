"""After a reset by mail the vault stays shut; and every second proof at sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.journeys.people import (
    PASSWORD,
    PATIENT,
    add_passkey,
    expect_locked,
    expect_open,
    lock_button,
    lose_cookies,
    plug_in_authenticator,
    reset_by_mail,
    sign_in,
    sign_up,
    totp_now,
    turn_on_totp,
    unlock,
)
from tests.journeys.site import Site
from tests.journeys.test_library_journey import some_photos, tiles, upload
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ANOTHER_PASSWORD = "four green lamps beside water"
MAILED_LINK = 3
"""The number of its letter: the code, the notice about the passkey, the link."""
_ASK = """
async ({ method, path, body }) => {
  const token = /__Host-csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json" };
  const sent = body && JSON.stringify(body);
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: sent });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}
"""


def ask(page: Page, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """What a page of this session gets from the API, whatever its buttons offer."""
    return page.evaluate(_ASK, {"method": method, "path": path, "body": body})


def a_vault_with_a_photo_and_a_passkey(page: Page, site: Site, email: str, folder: Path) -> str:
    """Answers the id of the photo."""
    sign_up(page, site, email)
    upload(page, some_photos(folder)[:1])
    tiles(page).first.click()
    page.wait_for_url("**/photos/*")
    image_id = page.url.rsplit("/", 1)[1]
    plug_in_authenticator(page)
    add_passkey(page, site)
    lose_cookies(page)
    return image_id


def expect_shut(page: Page) -> None:
    expect_locked(page)
    expect(page.get_by_text("That gave you the account, not the photos")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)


RESUME_KEY = "**/api/v1/auth/session/resume-key"


def choose_password(page: Page) -> None:
    """What an opened vault asks for before it shows anything."""
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_focused(timeout=PATIENT)
    assert_accessible(page)
    page.get_by_label("New password").fill("too short")
    page.get_by_role("button", name="Save and open my vault").click()
    expect(page.get_by_role("alert")).to_contain_text("more characters, please")
    page.get_by_label("New password").fill(ANOTHER_PASSWORD)
    page.get_by_role("button", name="Save and open my vault").click()
    expect_open(page)


def test_a_passkey_opens_a_shut_vault_and_leads_to_a_new_password(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = "shut@example.org"
    image_id = a_vault_with_a_photo_and_a_passkey(page, site, email, tmp_path)
    reset_by_mail(page, site, email, "a password nobody keeps", number=MAILED_LINK)
    assert_accessible(page)
    page.get_by_role("link", name="Use a passkey").click()
    expect_shut(page)
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect_refusals(page, watch)
    waiting = ask(page, "DELETE", f"/images/{image_id}")
    assert waiting["status"] == 202, waiting
    assert waiting["body"]["purge_at"]
    assert "asked to delete 1 of your" in site.wait_for_letter(email, number=MAILED_LINK + 2)

    page.get_by_role("button", name="Use a passkey").click()
    choose_password(page)

    assert ask(page, "POST", f"/images/{image_id}/restore")["status"] == 200
    page.reload()
    expect(tiles(page)).to_have_count(1, timeout=PATIENT)
    assert ask(page, "POST", "/auth/totp", {})["status"] == 200
    lock_button(page).click()
    unlock(page, ANOTHER_PASSWORD)
    expect_open(page)


def expect_refusals(page: Page, watch: Watch) -> None:
    """Nothing that a stranger with the mailbox would want, though the new password is right."""
    asked = [
        ("PUT", "/keys/password", new_password()),
        ("PUT", "/keys/recovery", new_recovery()),
        ("POST", "/auth/passkeys/options", {}),
        ("POST", "/auth/totp", {}),
    ]
    for method, path, body in asked:
        watch.expect(403)
        answer = ask(page, method, path, body)
        assert (answer["status"], answer["body"]["code"]) == (403, "vault_shut"), (path, answer)


def test_the_password_from_before_opens_what_a_reset_had_shut(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = "former@example.org"
    sign_up(page, site, email)
    upload(page, some_photos(tmp_path)[:1])
    reset_by_mail(page, site, email, "a password nobody keeps", number=MAILED_LINK - 1)
    assert_accessible(page)
    page.get_by_role("link", name="Use the password from before").click()
    expect_shut(page)
    page.get_by_role("button", name="Use the password from before").click()
    field = page.get_by_label("Password from before the reset")
    expect(field).to_be_focused()
    assert_accessible(page)
    assert_fits(page, width=320)
    field.fill("a password nobody keeps")
    watch.expect(403)
    page.get_by_role("button", name="Open my vault").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "not the password you had before", timeout=PATIENT
    )

    field.fill(PASSWORD)
    page.get_by_role("button", name="Open my vault").click()
    remembered: list[Route] = []

    def hold_what_remembers(route: Route) -> None:
        if route.request.method == "PUT":
            remembered.append(route)
        else:
            route.continue_()

    page.route(RESUME_KEY, hold_what_remembers)
    choose_password(page)

    expect(tiles(page)).to_have_count(1, timeout=PATIENT)
    with page.expect_response(is_let_go, timeout=PATIENT):
        lock_button(page).click()
    # Locked before this browser was told how to open it again: it is not told any more.
    expect(page.get_by_label("Password", exact=True)).to_be_visible(timeout=PATIENT)
    with page.expect_response(is_let_go, timeout=PATIENT):
        remembered[0].continue_()
    page.unroute(RESUME_KEY)
    page.reload()
    unlock(page, ANOTHER_PASSWORD)
    expect_open(page)


def is_let_go(answer: Response) -> bool:
    return answer.request.method == "DELETE" and answer.url.endswith("/auth/session/resume-key")


def test_signing_in_with_the_passkey_after_a_reset_asks_for_a_new_password_first(
    page: Page, site: Site, tmp_path: Path
) -> None:
    email = "shut-too@example.org"
    a_vault_with_a_photo_and_a_passkey(page, site, email, tmp_path)
    reset_by_mail(page, site, email, "a password nobody keeps", number=MAILED_LINK)
    lose_cookies(page)

    page.goto(f"{site.address}/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    choose_password(page)

    page.wait_for_url("**/photos")
    expect(tiles(page)).to_have_count(1, timeout=PATIENT)


def test_a_passkey_that_cannot_open_the_vault_leaves_it_shut(page: Page, site: Site) -> None:
    email = "still-shut@example.org"
    sign_up(page, site, email)
    plug_in_authenticator(page, has_prf=False)
    card = add_passkey(page, site)
    expect(card.get_by_text("Signs in only")).to_be_visible()
    reset_by_mail(page, site, email, ANOTHER_PASSWORD, number=MAILED_LINK)
    page.goto(f"{site.address}/photos")
    expect_shut(page)

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("signs you in but cannot open the vault")).to_be_visible()
    expect_shut(page)
    lose_cookies(page)
    page.goto(f"{site.address}/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    expect_shut(page)


def test_each_second_proof_opens_the_vault_and_each_works_once(
    page: Page, site: Site, watch: Watch
) -> None:
    email = "three-proofs@example.org"
    sign_up(page, site, email)
    plug_in_authenticator(page)
    add_passkey(page, site)
    secret, codes = turn_on_totp(page, site)

    begin_sign_in(page, site, email)
    watch.expect(400)
    enter(page, "Code from the app", "000000")
    expect(page.get_by_text("That code is not right.")).to_be_visible(timeout=PATIENT)
    digits = totp_now(secret, ahead=1)
    enter(page, "Code from the app", digits)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    begin_sign_in(page, site, email)
    page.get_by_role("button", name="Use a recovery code").click()
    enter(page, "Recovery code", codes[0])
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    begin_sign_in(page, site, email)
    page.get_by_role("button", name="Use a recovery code").click()
    watch.expect(400)
    enter(page, "Recovery code", codes[0])
    expect(page.get_by_text("That code is not right.")).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)


def begin_sign_in(page: Page, site: Site, email: str) -> None:
    lose_cookies(page)
    sign_in(page, site, email, PASSWORD)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible(timeout=PATIENT)
    assert_accessible(page)


def enter(page: Page, label: str, code: str) -> None:
    page.get_by_label(label).fill(code)
    page.get_by_role("button", name="Open my vault").click()


def new_password() -> dict[str, Any]:
    kdf = {"scheme": 1, "salt": "A" * 22, "memory_kib": 65536, "iterations": 3, "parallelism": 1}
    return {"auth_key": "A" * 43, "kdf": kdf, "wrapped_account_key": "A" * 82, "generation": 2}


def new_recovery() -> dict[str, Any]:
    return {"recovery_auth_key": "A" * 43, "wrapped_account_key": "A" * 82, "generation": 2}
