"""The installed app: what it is called and looks like, and what it shows without a connection."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.people import PATIENT, expect_open, lock_button, sign_in, sign_up
from tests.journeys.site import Site
from tests.journeys.test_library_journey import (
    expect_picture,
    some_photos,
    tiles,
    upload,
    wait_until,
)
from tests.journeys.watch import Watch, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

MANIFEST = Path(__file__).resolve().parents[2] / "static" / "dist" / "manifest.json"
HASHED = re.compile(r"/static/[\w./-]+-[0-9A-Z]{8}\.(css|js|svg|png|woff2|webmanifest)")
_KEPT = """
async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    kept[name] = (await cache.keys()).map((request) => new URL(request.url).pathname);
  }
  return kept;
}
"""
_REGISTERED = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"


def kept_by(page: Page) -> dict[str, list[str]]:
    """Everything in every cache of the origin: cache -> paths."""
    return page.evaluate(_KEPT)


def wait_for_worker(page: Page) -> None:
    """Until the service worker answers for this page."""
    wait_until(page, "navigator.serviceWorker.controller?.state === 'activated'")


def test_the_app_can_be_installed(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/sign-in")
    session = page.context.new_cdp_session(page)

    app = session.send("Page.getAppManifest")

    assert app["errors"] == []
    assert json.loads(app["data"])["name"] == "PocketVault"
    served = requests.get(app["url"], timeout=10)
    assert served.headers["Content-Type"] == "application/manifest+json"
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A window of these tests is a private one, which is all that stands in the way.
    assert [each["errorId"] for each in errors] == ["in-incognito"]
    for icon in json.loads(app["data"])["icons"]:
        drawn = requests.get(site.address + icon["src"], timeout=10)
        assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/png")
        assert "immutable" in drawn.headers["Cache-Control"]


def test_the_service_worker_is_the_one_that_was_built_and_is_asked_for_anew(site: Site) -> None:
    answer = requests.get(f"{site.address}/service-worker.js", timeout=10)

    built = json.loads(MANIFEST.read_text())["files"]["workers/offline/service-worker.js"]
    assert hashlib.sha256(answer.content).hexdigest() == built["sha256"]
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("theme", "system", "colour"),
    [("system", "light", "#f9fafb"), ("system", "dark", "#0f1315"), ("light", "dark", "#f9fafb")],
)
def test_the_frame_of_the_app_has_the_colour_of_the_page(
    page: Page, site: Site, theme: str, system: Any, colour: str
) -> None:
    page.emulate_media(color_scheme=system)
    page.goto(f"{site.address}/sign-in")
    page.evaluate("(theme) => localStorage.setItem('pv-theme', theme)", theme)
    page.reload()

    shown = page.evaluate(
        "[...document.querySelectorAll('meta[name=theme-color]')]"
        ".filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content)"
    )

    assert shown == [colour]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_frame_of_the_app_is_black_beside_the_viewer(
    phone: Page, site: Site, tmp_path: Path, scheme: Any
) -> None:
    shown = (
        "[...document.querySelectorAll('meta[name=theme-color]')]"
        ".filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content).join()"
    )
    phone.emulate_media(color_scheme=scheme)
    sign_up(phone, site, f"frame-{scheme}@example.org")
    upload(phone, some_photos(tmp_path))
    expect(tiles(phone)).to_have_count(4, timeout=PATIENT)
    before = phone.evaluate(shown)
    assert before == {"light": "#f9fafb", "dark": "#0f1315"}[scheme]

    tiles(phone).first.click()
    expect(phone.locator("pv-viewer")).to_be_visible(timeout=PATIENT)
    assert phone.evaluate(shown) == "#000000"
    assert (
        phone.locator("pv-viewer .stage").evaluate("each => getComputedStyle(each).backgroundColor")
        == "oklch(0 0 0)"
    )

    phone.go_back()
    expect(phone.locator("pv-viewer")).to_have_count(0)
    assert phone.evaluate(shown) == before


def test_without_a_connection_our_own_page_says_so_and_goes_on_by_itself(
    page: Page, site: Site, watch: Watch
) -> None:
    sign_up(page, site, "cellar@example.org")
    wait_for_worker(page)
    watch.is_line_cut = True
    page.context.set_offline(True)

    page.goto(f"{site.address}/albums")

    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page).to_have_title("Offline · PocketVault")
    family = page.evaluate("getComputedStyle(document.body).fontFamily")
    assert family.startswith('"Figtree Variable"')
    assert page.evaluate("document.fonts.check('16px \"Figtree Variable\"')")
    assert_accessible(page)
    assert_fits(page, width=320)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()

    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="Albums", level=1)).to_be_visible(timeout=PATIENT)
    expect(page).to_have_url(f"{site.address}/albums")

    # The browser says "online" once, perhaps before the page could listen; and a service that was
    # down comes back without it.
    page.context.set_offline(True)
    page.goto(f"{site.address}/albums")
    page.evaluate("addEventListener('online', (e) => e.stopImmediatePropagation(), true)")
    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="Albums", level=1)).to_be_visible(timeout=PATIENT)


def test_the_caches_hold_hashed_files_and_two_pages_whatever_was_done(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    page.goto(f"{site.address}/sign-in")
    page.evaluate(
        "caches.open('pocketvault-offline-0123456789abcdef')"
        ".then((old) => old.put('/old', new Response('old')))"
    )
    email = "collector@example.org"
    sign_up(page, site, email)
    wait_for_worker(page)
    page.reload()
    upload(page, some_photos(tmp_path))
    tiles(page).first.click()
    expect_picture(page)
    page.keyboard.press("Escape")
    for address in ("albums", "favourites", "search#q=hill", "settings/security", "offline"):
        page.goto(f"{site.address}/{address}")
    page.goto(f"{site.address}/photos")
    expect(tiles(page)).to_have_count(4, timeout=PATIENT)

    [(name, paths)] = kept_by(page).items()

    assert name != "pocketvault-offline-0123456789abcdef"
    assert sorted(path for path in paths if not HASHED.fullmatch(path)) == [
        "/offline", "/other-code",
    ]  # fmt: skip
    assert {Path(path).suffix for path in paths} >= {".css", ".js", ".woff2"}

    lock_button(page).click()
    assert kept_by(page) == {name: paths}
    sign_out(page, site, email)
    assert kept_by(page) == {}
    assert page.evaluate(_REGISTERED) == 0


def sign_out(page: Page, site: Site, email: str) -> None:
    sign_in(page, site, email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)
    page.goto(f"{site.address}/settings/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
