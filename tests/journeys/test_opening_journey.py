"""What a vault asks for while it opens: each thing once, and first of all what is in sight."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.giving import acquaint, giver_of, open_shared
from tests.journeys.people import PASSWORD, PATIENT, expect_open, lock_button, sign_up, unlock
from tests.journeys.site import Site
from tests.journeys.test_library_journey import (
    expect_picture,
    some_photos,
    tiles,
    upload,
    viewer,
    wait_until,
)
from tests.journeys.test_steady_journey import Held
from tests.journeys.watch import Watch
from tests.reference_client.albums import create_album
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.shared_albums import share_album

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

MANIFEST = Path(__file__).resolve().parents[2] / "static" / "dist" / "manifest.json"
THUMBNAILS = re.compile(r"/api/v1/images/[^/]+/versions/\d+/thumbnail$")
PICTURES = re.compile(r"/api/v1/images/[^/]+/versions/\d+/(thumbnail|preview)$")
# The vault's own code, by whatever name it was built.
CODE = re.compile(r"/static/(pages/vault|chunks/)[^/]*\.js$")
ALBUMS = re.compile(r"/static/chunks/albums-page-[^/]*\.js$")
VIEWER = re.compile(r"/static/chunks/parts-[^/]*\.js$")
# Asked for by what runs before that code.
ASKED_AT_OPENING = (
    "/api/v1/auth/session",
    "/api/v1/keys/bundle",
    "/api/v1/auth/session/resume-key",
)
# Long enough for whatever is not kept back by anything to be asked for.
A_WHILE_MS = 4_000
PICTURED = "[...document.querySelectorAll('.timeline img')].every((img) => img.naturalWidth > 0)"


def rest_of_the_vault() -> set[str]:
    """The addresses of everything that the vault fetches later by itself. The list of leaked
    passwords comes when somebody types one.
    """
    manifest = json.loads(MANIFEST.read_text())
    entry = manifest["entries"]["pages/vault.js"]
    lazy = [name for name in entry["lazy"] if not name.startswith("chunks/guesses-")]
    return {f"/static/{manifest['files'][name]['path']}" for name in lazy}


def worker_address(name: str) -> str:
    manifest = json.loads(MANIFEST.read_text())
    return f"/static/{manifest['files'][f'workers/{name}.js']['path']}"


class Asked:
    """How often a page and its workers asked for each path."""

    def __init__(self, page: Page) -> None:
        self.paths: Counter[str] = Counter()
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.paths[urlsplit(request.url).path] += 1


def vault_with_photos(page: Page, site: Site, email: str, folder: Path) -> None:
    sign_up(page, site, email)
    upload(page, some_photos(folder))
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)


def pictured_photos(asked: Asked) -> set[str]:
    """The photos of which a picture was asked for."""
    return {path.split("/versions/")[0] for path in asked.paths if PICTURES.search(path)}


def wait_for_the_rest(page: Page, asked: Asked) -> None:
    for _ in range(PATIENT // 100):
        if rest_of_the_vault() <= asked.paths.keys():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"Never came: {rest_of_the_vault() - asked.paths.keys()}")


def test_a_timeline_asks_once_who_opens_it_and_what_the_service_is(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "once@example.org", tmp_path)
    asked = Asked(page)
    page.reload()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    wait_for_the_rest(page, asked)
    page.wait_for_load_state("networkidle")

    for path in (*ASKED_AT_OPENING, "/api/v1/me", "/api/v1/server", "/api/v1/shared/albums"):
        assert asked.paths[path] == 1, (path, asked.paths)

    # What was told to an open vault is not told to the next one.
    lock_button(page).click()
    asked.paths.clear()
    unlock(page)
    expect_open(page)
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    page.wait_for_load_state("networkidle")
    assert asked.paths["/api/v1/me"] == 1


@pytest.mark.by_hand
def test_what_was_changed_here_is_seen_at_once(page: Page, site: Site) -> None:
    sign_up(page, site, "changed@example.org")
    page.get_by_role("link", name="Recycle bin").click()
    page.get_by_role("button", name="Turn on the recycle bin").click()
    expect(page.get_by_text("The recycle bin is on.")).to_be_visible()

    page.get_by_role("link", name="Albums").locator("visible=true").first.click()
    page.get_by_role("link", name="Recycle bin").click()
    expect(page.get_by_text("The recycle bin is empty.")).to_be_visible()
    page.get_by_role("link", name="Settings").locator("visible=true").first.click()
    page.get_by_role("link", name="Preferences").click()
    expect(page.get_by_label("Keep deleted photos for")).to_have_value("7")


def test_nothing_else_is_fetched_before_the_pictures_in_sight_are_there(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "sight@example.org", tmp_path)
    pictures = Held(page, THUMBNAILS)
    asked = Asked(page)
    page.reload()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    page.wait_for_timeout(A_WHILE_MS)

    assert any(THUMBNAILS.search(path) for path in asked.paths)
    assert not rest_of_the_vault() & asked.paths.keys()
    assert worker_address("upload") not in asked.paths

    pictures.let_go()
    wait_until(page, PICTURED)
    # Of a blob the page would have to ask the browser's own process for an address, each time.
    expect(page.locator('.tile img[src^="data:image/"]')).to_have_count(4)
    wait_for_the_rest(page, asked)


def reloaded_at(page: Page, number: int, held: str | re.Pattern[str]) -> Held:
    """The page of that photo, whose requests to ``held`` nobody has heard of yet."""
    tiles(page).nth(number - 1).click()
    expect_picture(page)
    requests = Held(page, held)
    page.reload()
    return requests


def test_a_photo_at_its_address_comes_before_those_under_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "address@example.org", tmp_path)
    pictures = reloaded_at(page, 2, PICTURES)
    expect(viewer(page)).to_be_visible(timeout=PATIENT)
    page.wait_for_timeout(A_WHILE_MS)
    expect(page.locator(".tile")).to_have_count(0)

    pictures.let_go()
    expect_picture(page)
    expect(page.locator(".tile")).to_have_count(4, timeout=PATIENT)
    page.keyboard.press("Escape")
    expect(tiles(page).nth(1)).to_be_focused()
    wait_until(page, PICTURED)


def test_the_photo_of_the_address_is_shown_however_late_the_library_knows_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "latecomer@example.org", tmp_path)
    library = reloaded_at(page, 3, f"**{worker_address('library')}")
    address = page.url
    page.wait_for_timeout(A_WHILE_MS)
    library.let_go()
    expect(viewer(page)).to_contain_text("Photo 3 of 4", timeout=PATIENT)
    expect_picture(page)
    assert page.url == address


def test_who_leaves_a_photo_at_its_address_at_once_is_among_the_others(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "leaver@example.org", tmp_path)
    pictures = reloaded_at(page, 3, PICTURES)
    expect(viewer(page)).to_contain_text("Photo 3 of 4", timeout=PATIENT)
    page.keyboard.press("Escape")
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    expect(tiles(page).nth(2)).to_be_focused()
    pictures.let_go()
    wait_until(page, PICTURED)


def test_an_address_of_no_photo_says_so_and_shows_no_other(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "nobodys@example.org", tmp_path)
    page.goto(f"{site.address}/photos/01900000-0000-7000-8000-000000000000")
    words = viewer(page).get_by_text("This photo is not in your vault any more.")
    expect(words).to_be_visible(timeout=PATIENT)
    expect(viewer(page).locator("img")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)


def test_somebody_who_does_not_wait_gets_what_they_ask_for(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "hurry@example.org", tmp_path)
    pictures = Held(page, THUMBNAILS)
    page.reload()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)

    page.get_by_role("link", name="Settings").locator("visible=true").first.click()

    expect(page.locator(".settings .card").first).to_be_visible(timeout=PATIENT)
    pictures.let_go()


def test_keys_pressed_before_the_viewer_is_there_are_the_viewers_but_for_what_is_written(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "typist@example.org", tmp_path)
    viewers = Held(page, VIEWER)
    page.reload()
    tiles(page).first.click()
    page.keyboard.press("i")
    viewers.let_go()
    expect(page.get_by_role("complementary", name="Details")).to_be_visible(timeout=PATIENT)

    page.goto(f"{site.address}/photos")
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    viewers = Held(page, VIEWER)
    page.reload()
    tiles(page).first.click()
    lock_button(page).click()
    page.get_by_label("Password", exact=True).press_sequentially(PASSWORD)
    page.keyboard.press("Enter")
    expect_open(page)
    viewers.let_go()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    expect(page.locator("pv-viewer")).to_have_count(0)


def test_who_opens_it_is_asked_before_the_code_has_come_and_not_again(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "ahead@example.org", tmp_path)
    code = Held(page, CODE)
    # Nor does one of them wait for another.
    session = Held(page, "**/api/v1/auth/session")
    asked = Asked(page)
    page.reload(wait_until="commit")
    for _ in range(PATIENT // 100):
        if set(ASKED_AT_OPENING) <= asked.paths.keys():
            break
        page.wait_for_timeout(100)
    assert {path: asked.paths[path] for path in ASKED_AT_OPENING} == dict.fromkeys(
        ASKED_AT_OPENING, 1
    )
    assert worker_address("library") not in asked.paths

    session.let_go()
    code.let_go()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    assert {path: asked.paths[path] for path in ASKED_AT_OPENING} == dict.fromkeys(
        ASKED_AT_OPENING, 1
    )

    # An answer from before the lock opens nothing afterwards.
    lock_button(page).click()
    asked.paths.clear()
    unlock(page)
    expect_open(page)
    assert asked.paths["/api/v1/keys/bundle"] == 1

    # The half of a key that was thrown away is not asked for.
    # Not until the network is idle: what a worker had asked for when it was ended has no end there.
    with page.expect_response(lambda answer: answer.request.method == "DELETE", timeout=PATIENT):
        lock_button(page).click()
    expect(page.get_by_role("heading", name="Your vault is locked")).to_be_visible()
    asked.paths.clear()
    page.reload()
    expect(page.get_by_role("heading", name="Your vault is locked")).to_be_visible(timeout=PATIENT)
    assert asked.paths["/api/v1/auth/session"] == 1
    assert asked.paths[ASKED_AT_OPENING[2]] == 0


def test_the_code_of_a_page_comes_while_the_vault_is_being_opened(page: Page, site: Site) -> None:
    sign_up(page, site, "pages@example.org")
    page.goto(f"{site.address}/albums")
    expect(page.get_by_role("heading", name="Albums")).to_be_visible(timeout=PATIENT)
    key = Held(page, "**/api/v1/auth/session/resume-key")
    with page.expect_request(ALBUMS, timeout=PATIENT):
        page.reload(wait_until="commit")
    expect(page.locator("#shell")).to_be_hidden()
    key.let_go()
    expect(page.get_by_role("heading", name="Albums")).to_be_visible(timeout=PATIENT)


def test_who_is_signed_out_is_asked_about_once(page: Page, site: Site, watch: Watch) -> None:
    sign_up(page, site, "signed-out-once@example.org")
    page.goto(f"{site.address}/settings/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in", timeout=PATIENT)
    asked = Asked(page)
    watch.expect(401)
    page.goto(f"{site.address}/photos")
    page.wait_for_url("**/sign-in*", timeout=PATIENT)
    assert asked.paths["/api/v1/auth/session"] >= 1
    assert asked.paths["/api/v1/keys/bundle"] == 0
    assert asked.paths["/api/v1/auth/session/resume-key"] == 0


def test_on_a_phone_a_photo_has_the_line_to_itself_until_it_stands(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "alone@example.org", tmp_path)
    page.set_viewport_size(PHONE)
    pictures = reloaded_at(page, 2, PICTURES)
    asked = Asked(page)
    expect(viewer(page)).to_contain_text("Photo 2 of 4", timeout=PATIENT)
    page.wait_for_timeout(A_WHILE_MS)
    assert len(pictured_photos(asked)) == 1

    pictures.let_go()
    expect_picture(page)
    wait_until(page, PICTURED)
    expect(viewer(page).locator(".strip")).to_have_count(0)
    page.set_viewport_size(DESKTOP)
    expect(viewer(page).locator(".strip button")).to_have_count(4)


@pytest.mark.by_hand
def test_workers_start_while_the_vault_still_asks_for_its_key(
    page: Page, site: Site, tmp_path: Path
) -> None:
    vault_with_photos(page, site, "workers@example.org", tmp_path)
    key = Held(page, "**/api/v1/auth/session/resume-key")
    with page.expect_worker(
        lambda worker: worker.url.endswith(worker_address("library")), timeout=PATIENT
    ):
        page.reload(wait_until="commit")
    expect(page.locator("#shell")).to_be_hidden()
    key.let_go()
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)
    # They were taken over, and none was started beside them.
    names = Counter(urlsplit(worker.url).path for worker in page.workers)
    assert names[worker_address("library")] == 1
    processors = page.evaluate("navigator.hardwareConcurrency")
    assert names[worker_address("media")] == (2 if processors > 2 else 1)


@pytest.mark.by_hand
def test_a_locked_page_makes_its_form_when_it_is_seen(page: Page, site: Site) -> None:
    sign_up(page, site, "unseen@example.org")
    page.reload()
    expect_open(page)
    assert page.locator("pv-locked *").count() == 0

    lock_button(page).click()
    expect(page.get_by_role("heading", name="Your vault is locked")).to_be_visible()
    unlock(page)
    expect_open(page)


@pytest.mark.by_hand
def test_each_album_that_is_shared_costs_no_reading_of_lists_and_books(
    page: Page, site: Site
) -> None:
    email = "books@example.org"
    sign_up(page, site, email)
    giver = giver_of(site, "bert.books", "Album 1", photos=1)
    account_id = acquaint(giver, page, site, email)

    def opened_with(number: int) -> Counter[str]:
        giver.share(account_id)
        open_shared(page, site, f"Album {number}")
        page.get_by_role("switch", name="Show in my timeline").check()
        expect(page.get_by_text("Its photos stand among yours now.")).to_be_visible(timeout=PATIENT)
        for _ in range(2):  # whoever is met for the first time is written into the book
            page.goto(f"{site.address}/photos")
            expect(tiles(page)).to_have_count(number, timeout=PATIENT)
            page.wait_for_load_state("networkidle")
        asked = Asked(page)
        page.reload()
        expect(tiles(page)).to_have_count(number, timeout=PATIENT)
        wait_for_the_rest(page, asked)
        page.wait_for_load_state("networkidle")
        return Counter(asked.paths)

    one = opened_with(1)
    for number in (2, 3):
        plain = create_album(giver.sharer.library, AlbumSettings(name=f"Album {number}"))
        giver.album = share_album(giver.sharer, plain)
        giver.add(giver.take(number))
        three = opened_with(number)

    for path in ("/api/v1/shared/albums", "/api/v1/contacts/known-keys"):
        assert three[path] == one[path], (path, one[path], three[path])
    assert one["/api/v1/shared/albums"] == 1
