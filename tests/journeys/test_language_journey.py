"""Every sentence can be said in another language: one is made up, and nothing may stay English."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from playwright.sync_api import Browser, Page, expect

from deploy.messages.catalogues import compile_browser, compile_server, update
from tests.journeys.conftest import DESKTOP
from tests.journeys.people import PASSWORD, PATIENT, lose_cookies
from tests.journeys.site import Site
from tests.journeys.test_library_journey import some_photos
from tests.journeys.watch import Watch
from tests.live import running_service

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "en_XA"
"""English of a country that does not exist, so that Intl still writes dates and numbers."""
OPEN, CLOSE = "⟦", "⟧"
PLAIN_PAGES = ["", "sign-in", "sign-up", "confirm", "recover", "reset", "unsubscribe", "offline"]
LISTS = ["photos", "albums", "favourites", "archive", "bin", "search", "duplicates", "profile"]
SECTIONS = ["account", "security", "recovery", "preferences", "storage"]

# What is left of the texts of a page without what the made-up language says and what nobody
# translates: names, addresses, the 24 words, keys of a keyboard, dates and sizes that Intl wrote.
_UNTRANSLATED = """
() => {
  const names = /PocketVault|pocketvault-recovery\\.txt|[\\w.-]+@[\\w.-]+|hill-\\d\\.jpg/g;
  const measured = /Chrome on Linux|[\\d.,]+ (bytes?|kB|MB|GB)|(Sun|Oct|Novem)(day|ober|ber)?/g;
  const named = "ol.words, .avatar, textarea, .mono, #language option";
  const untouched = `script, style, noscript, time, kbd, ${named}`;
  const leftOf = (text) => {
    let left = text;
    for (let before = ""; before !== left; ) {
      before = left;
      left = left.replace(/⟦[^⟦⟧]*⟧/gu, "");
    }
    return /\\p{L}/u.test(left.replace(names, "").replace(measured, "")) ? text.trim() : "";
  };
  const found = [leftOf(document.title)];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest(untouched) === null) found.push(leftOf(node.data));
  }
  for (const element of document.querySelectorAll("body *")) {
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      if (element.matches(".avatar")) continue;
      found.push(leftOf(element.getAttribute(name) ?? ""));
    }
  }
  return [...new Set(found)].filter((text) => text !== "");
}
"""


def made_up_language(folder: Path) -> Path:
    """Catalogues in which each sentence is itself between two brackets."""
    for domain, compiled in {"django": compile_server, "djangojs": compile_browser}.items():
        file = folder / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"
        update(file, (ROOT / "locale" / f"{domain}.pot").read_bytes(), language="en")
        catalogue = read_po(BytesIO(file.read_bytes()), locale="en")
        for message in catalogue:
            if message.id:
                forms = [message.id] if isinstance(message.id, str) else message.id
                said = tuple(f"{OPEN}{form}{CLOSE}" for form in forms)
                message.string = said[0] if isinstance(message.id, str) else said
        output = BytesIO()
        write_po(output, catalogue, width=0)
        file.write_bytes(output.getvalue())
        compiled(file, language="en")
    return folder


@pytest.fixture(scope="module")
def foreign_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A PocketVault that has one more language."""
    folder = tmp_path_factory.mktemp("foreign")
    language = made_up_language(tmp_path_factory.mktemp("locale"))
    with running_service(folder, LOCALE_DIRS=str(language)) as live:
        yield Site(address=live.url, folder=folder, live=live)


@pytest.fixture
def foreigner(browser: Browser, watch: Watch) -> Iterator[Page]:
    """Somebody whose browser asks for that language."""
    context = browser.new_context(viewport=DESKTOP, locale="en-XA")
    yield watch.follow(context.new_page())
    context.close()


def expect_nothing_english(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    left = page.evaluate(_UNTRANSLATED)
    assert left == [], f"{page.url} says in English: {left}"


@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_nothing_on_a_public_page_is_fixed_in_english(
    foreigner: Page, foreign_site: Site, name: str
) -> None:
    foreigner.goto(f"{foreign_site.address}/{name}")
    expect(foreigner.get_by_role("heading", level=1)).to_contain_text(OPEN)
    assert foreigner.locator("html").get_attribute("lang") == "en-XA"

    expect_nothing_english(foreigner)


def test_whoever_asks_for_another_language_gets_english(page: Page, foreign_site: Site) -> None:
    page.goto(f"{foreign_site.address}/sign-in")

    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.locator("#catalogue").count() == 0


def test_nothing_in_the_vault_is_fixed_in_english(
    foreigner: Page, foreign_site: Site, watch: Watch, tmp_path: Path
) -> None:
    make_a_vault(foreigner, foreign_site, "foreign@example.org")
    watch.expect(404)  # there is no profile
    for address in LISTS:
        foreigner.goto(f"{foreign_site.address}/{address}")
        expect(foreigner.locator("#outlet > *")).to_be_visible(timeout=PATIENT)
        expect_nothing_english(foreigner)
    for section in SECTIONS:
        foreigner.goto(f"{foreign_site.address}/settings/{section}")
        expect(foreigner.locator(".settings .card").first).to_be_visible(timeout=PATIENT)
        expect_nothing_english(foreigner)

    foreigner.goto(f"{foreign_site.address}/photos")
    upload_one(foreigner, tmp_path)
    expect_nothing_english(foreigner)
    foreigner.locator("button.vault").locator("visible=true").click()
    expect(foreigner.locator("#locked-main h1")).to_be_visible()
    expect_nothing_english(foreigner)
    foreigner.locator("pv-password-field input").fill("not the password at all")
    foreigner.locator("#locked-main .btn.main").click()
    expect(foreigner.locator(".wrong")).to_contain_text(OPEN, timeout=PATIENT)

    lose_cookies(foreigner)
    foreigner.goto(f"{foreign_site.address}/sign-in")
    watch.expect(401)
    foreigner.locator("#email").fill("foreign@example.org")
    foreigner.locator("pv-password-field input").fill("not the password at all")
    foreigner.locator("form .btn.main").click()
    expect(foreigner.locator(".wrong")).to_contain_text(OPEN, timeout=PATIENT)
    expect_nothing_english(foreigner)


def make_a_vault(page: Page, site: Site, email: str) -> None:
    """The ceremony, found by its parts: its words are not known here."""
    page.goto(f"{site.address}/sign-up")
    page.locator("#email").fill(email)
    page.locator("pv-password-field input").fill("short")
    page.locator("form .btn.main").click()
    expect_nothing_english(page)
    page.locator("pv-password-field input").fill(PASSWORD)
    page.locator("form .btn.main").click()
    words = page.locator("ol.words li")
    expect(words).to_have_count(24, timeout=PATIENT)
    expect_nothing_english(page)
    page.locator("textarea").fill(" ".join(words.all_inner_texts()))
    page.locator("pv-prove-phrase .btn.main").click()
    expect(page.locator("#code")).to_be_visible(timeout=PATIENT)
    expect_nothing_english(page)
    letter = site.wait_for_letter(email)
    assert f"{OPEN}Welcome to PocketVault.{CLOSE}" in letter
    page.locator("#code").fill(site.code_for(email))
    page.locator("pv-code-form .btn.main").click()
    page.wait_for_url("**/photos", timeout=PATIENT)


def upload_one(page: Page, folder: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#outlet .btn.main").click()
    chooser.value.set_files(some_photos(folder)[:1])
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    expect_nothing_english(page)
    dialog.locator("footer .btn.main").click()
    expect(page.locator('.timeline [role="option"]')).to_have_count(1, timeout=120_000)
