"""The browser's code before the server, and what a person sees of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as PatienceEndedError

from tests.hostile.cast import PASSWORD, Cast
from tests.hostile.lies import Feed
from tests.hostile.observing import Seen
from tests.hostile.proxy import LyingServer
from tests.journeys.people import PATIENT

# Wherever a page says that something is wrong.
WARNINGS = (
    "[role=alert], #toasts p, .tile .why, .note.warn, .wrong, .wrong-words, "
    ".received [role=status].note"
)
STEADY_SECONDS, PAUSE_SECONDS = 0.7, 0.1
SIZE = {"width": 1440, "height": 900}


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a device, and the address of its server."""

    page: Page
    url: str
    cast: Cast

    def open(self, path: str) -> bool:
        """Go there and open the vault if it is locked. Answers whether it opened."""
        self.page.goto(f"{self.url}{path}")
        lock = self.page.get_by_role("button", name="Lock now").locator("visible=true")
        locked = self.page.get_by_role("heading", name="Your vault is locked")
        expect(lock.or_(locked).first).to_be_visible(timeout=PATIENT)
        if lock.count():
            return True
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Unlock").click()
        expect(lock.or_(self.warnings).first).to_be_visible(timeout=PATIENT)
        return lock.count() > 0

    @property
    def warnings(self) -> Locator:
        """All that is said to be wrong."""
        return self.page.locator(WARNINGS).locator("visible=true")

    def until_steady(self, shown: Callable[[], object]) -> Seen:
        """What is shown once it stays the same for a while, and all that was said meanwhile."""
        said: set[str] = set()
        coming = self.page.locator(".tile img.soon")
        last, since = shown(), time.monotonic()
        state = (last, 0, 0)
        until = since + PATIENT / 1000
        while time.monotonic() - since < STEADY_SECONDS and time.monotonic() < until:
            said |= {self._plain(each) for each in self.warnings.all_inner_texts()}
            last = shown()
            # What a picture says that does not open comes after the names.
            if (now := (last, len(said), coming.count())) != state:
                state, since = now, time.monotonic()
            self.page.wait_for_timeout(PAUSE_SECONDS * 1000)
        return Seen(shown=last, said=tuple(sorted(said - {""})))

    def _plain(self, words: str) -> str:
        """Its first sentence, without names that are others in each run."""
        for person in (self.cast.ada, self.cast.bob):
            words = words.replace(person.email, f"{person.email.split('-')[0]}@example.org")
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        return re.split(r"(?<=[.?!]) ", lines[0])[0] if lines else ""


Deed = Callable[[Window], Seen]
TOLD_OF = "/api/v1/sync"


def _after_the_feed(window: Window, path: str) -> bool:
    with window.page.expect_response(
        lambda answer: TOLD_OF in answer.url and answer.status == 200, timeout=PATIENT
    ) as coming:
        if not window.open(path):
            return False
        coming.value.finished()
    return True


def library(window: Window) -> Seen:
    """Everything in the vault, by its names."""
    try:
        is_open = _after_the_feed(window, "/photos")
    except PatienceEndedError:
        is_open = False
    if not is_open:
        return window.until_steady(lambda: None)
    tiles = window.page.locator('.timeline [role="option"]')
    expect(tiles.first).to_be_visible(timeout=PATIENT)
    return window.until_steady(
        lambda: sorted(name or "" for name in tiles.evaluate_all(NAMES))
    )


NAMES = "(all) => all.map((each) => each.getAttribute('aria-label'))"


def albums(window: Window) -> Seen:
    """One's own albums."""
    _after_the_feed(window, "/albums")
    cards = window.page.locator('a.album[href^="/albums/"] strong')
    expect(cards.first).to_be_visible(timeout=PATIENT)
    return window.until_steady(lambda: sorted(cards.all_inner_texts()))


PICTURE = """async (tile) => {
    const image = tile.querySelector("img");
    if (!image?.src || image.className === "soon") return "stand-in";
    const canvas = new OffscreenCanvas(8, 8);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0, 8, 8);
    return Array.from(drawing.getImageData(0, 0, 8, 8).data, (value) => value >> 5).join();
}"""


def thumbnail(window: Window) -> Seen:
    """The small picture of a photo, or its own blurred one where the picture does not open."""
    assert _after_the_feed(window, "/photos")
    tile = window.page.get_by_role("option", name=re.compile("^Morning by the lake"))
    expect(tile).to_be_visible(timeout=PATIENT)
    seen = window.until_steady(lambda: tile.evaluate(PICTURE))
    return Seen(shown=seen.shown, said=seen.said, stands_in=seen.shown == "stand-in")


def original(window: Window) -> Seen:
    """A photo saved from the viewer: its length, if it comes."""
    assert _after_the_feed(window, "/photos")
    page = window.page
    page.get_by_role("option", name=re.compile("^noise")).click()
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_visible(timeout=PATIENT)
    saved: list[Download] = []

    def note(download: Download) -> None:
        saved.append(download)

    page.on("download", note)
    save.click()
    toasts = page.locator("#toasts p")
    until = time.monotonic() + PATIENT / 1000
    while not saved and toasts.count() == 0 and time.monotonic() < until:
        page.wait_for_timeout(PAUSE_SECONDS * 1000)
    return window.until_steady(lambda: [each.path().stat().st_size for each in saved])


def contacts(window: Window) -> Seen:
    """Whom one knows, and by which number."""
    window.open("/people")
    row = window.page.get_by_role("button", name=re.compile("^Safety number with"))
    expect(row.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    seen = window.until_steady(row.count)
    if seen.said:
        return seen
    row.first.click()
    words = window.page.locator(".number-words li")
    expect(words).to_have_count(12, timeout=PATIENT)
    return window.until_steady(lambda: " ".join(words.all_inner_texts()))


def group(window: Window) -> Seen:
    """A group, and who is in it."""
    window.open(f"/people/groups/{window.cast.family.id}")
    rows = window.page.locator(".rows > li")
    expect(rows.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    return window.until_steady(rows.count)


def harbour(window: Window) -> Seen:
    """An album that is shared with one."""
    return _shared(window, f"/shared/{window.cast.harbour.id}")


def ended(window: Window) -> Seen:
    """An album that was."""
    return _shared(window, f"/shared/{window.cast.ended['browser'].id}")


def _shared(window: Window, path: str) -> Seen:
    window.open(path)
    heads = window.page.locator(".received h1")
    tiles = window.page.locator('.received [role="option"]')
    expect(tiles.or_(window.warnings).or_(window.page.locator(".received .empty h1")).first
           ).to_be_visible(timeout=PATIENT)  # fmt: skip
    return window.until_steady(lambda: (heads.all_inner_texts(), tiles.count()))


def shared_albums(window: Window) -> Seen:
    """Every album that is shared with one."""
    window.open("/albums")
    cards = window.page.locator(".with-me a.album")
    expect(cards.first).to_be_visible(timeout=PATIENT)
    return window.until_steady(lambda: sorted(cards.locator("strong").all_inner_texts()))


def public_photos(window: Window) -> Seen:
    """What everyone can see, as its owner's page tells it."""
    window.open("/profile")
    photos = window.page.locator("pv-public-photos .shown button.open")
    expect(photos.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    return window.until_steady(lambda: photos.evaluate_all(NAMES))


def receipts(window: Window) -> Seen:
    """What the service has signed."""
    window.open("/your-data/receipts")
    words = window.page.locator("pv-data-receipts .receipt .sub")
    checked = window.page.get_by_text("Checked by this device")
    expect(checked.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    return window.until_steady(lambda: " ".join(words.all_inner_texts()))


def unlock(window: Window) -> Seen:
    """Lock the vault and open it with the password."""
    _lock(window)
    window.page.get_by_label("Password", exact=True).fill(PASSWORD)
    return _opened(window, "Unlock")


def by_words(window: Window) -> Seen:
    """Lock the vault and open it with the words."""
    _lock(window)
    window.page.get_by_role("button", name="Use recovery key").click()
    window.page.get_by_label("Paste the 24 words").fill(window.cast.ada.phrase)
    return _opened(window, "Unlock")


def _lock(window: Window) -> None:
    if window.open("/photos"):
        lock = window.page.get_by_role("button", name="Lock now").locator("visible=true")
        lock.click()
    heading = window.page.get_by_role("heading", name="Your vault is locked")
    expect(heading).to_be_visible(timeout=PATIENT)


def _opened(window: Window, button: str) -> Seen:
    window.page.get_by_role("button", name=button).click()
    inside = window.page.get_by_role("button", name="Lock now").locator("visible=true")
    inside = inside.or_(window.page.get_by_label("New password"))
    expect(inside.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    return window.until_steady(lambda: inside.count() > 0)


def sign_in(window: Window) -> Seen:
    """Come in for the first time."""
    window.page.goto(f"{window.url}/sign-in")
    window.page.get_by_label("E-mail address").fill(window.cast.ada.email)
    window.page.get_by_label("Password", exact=True).fill(PASSWORD)
    return _opened(window, "Open my vault")


def sign_in_by_words(window: Window) -> Seen:
    """Come in with the words."""
    window.page.goto(f"{window.url}/recover")
    window.page.get_by_label("E-mail address").fill(window.cast.ada.email)
    window.page.get_by_label("Paste the 24 words").fill(window.cast.ada.phrase)
    return _opened(window, "Open my vault")


def by_link(window: Window) -> Seen:
    """Visit an album. A visitor keeps nothing, so one who was here is as new as any."""
    window.page.goto("about:blank")
    window.page.goto(window.cast.link.replace(window.cast.link.split("/l/")[0], window.url))
    tiles = window.page.get_by_role("option")
    expect(tiles.or_(window.warnings).first).to_be_visible(timeout=PATIENT)
    return window.until_steady(tiles.count)


DEEDS: Mapping[str, Deed] = {
    "swapped-thumbnails": thumbnail,
    "truncated-stream": original,
    "reordered-segments": original,
    "oversized-length": original,
    "rolled-back-album": albums,
    "substituted-key": contacts,
    "changed-key": contacts,
    "forged-album": shared_albums,
    "forged-member": group,
    "weak-kdf": unlock,
    "changed-salt": unlock,
    "wrong-scheme": unlock,
    "recovery-key": by_words,
    "link-key": by_link,
    "stale-share": ended,
    "unknown-suite": harbour,
    "unsigned-grant": harbour,
    "other-signature": harbour,
    "publication-statement": public_photos,
    "swapped-places": public_photos,
    "other-cover": public_photos,
    "receipt": receipts,
}
AT_THE_DOOR: Mapping[str, Deed] = {
    "weak-kdf": sign_in,
    "changed-salt": sign_in,
    "wrong-scheme": sign_in,
    "recovery-key": sign_in_by_words,
    "link-key": by_link,
}
# After these a device has things in its index that only a feed from the beginning puts right.
LASTING = frozenset(("dropped-image", "oversized-length", "mixed-accounts", "duplicated-ids"))
# What a door leads to, when nobody lies: into the vault.
INSIDE = Seen(shown=True)


class Devices:
    """A browser of ada's that has seen everything, and others that have seen nothing."""

    def __init__(self, browser: Browser, url: str, cast: Cast) -> None:
        self.browser, self.url, self.cast = browser, url, cast
        self.truths: dict[Deed, Seen] = {}
        self.known = Window(self._context().new_page(), url, cast)
        assert sign_in(self.known) == INSIDE
        for look in (
            library, albums, contacts, shared_albums, group, harbour, ended, public_photos,
            receipts,
        ):  # fmt: skip
            self.truths[look] = look(self.known)
        # Its session alone is handed to devices that are new: doors open only so often.
        first = Window(self._context().new_page(), url, cast)
        assert sign_in(first) == INSIDE
        self.cookies = first.page.context.cookies()
        first.page.context.close()

    def fresh(self, *, is_signed_in: bool) -> Window:
        """A browser that was never here."""
        context = self._context()
        if is_signed_in:
            context.add_cookies([{**cookie} for cookie in self.cookies])  # type: ignore[typeddict-item]
        return Window(context.new_page(), self.url, self.cast)

    def truth(self, slug: str, device: str) -> Seen:
        """What is to be seen while nobody lies."""
        if device == "fresh" and slug in AT_THE_DOOR and slug != "link-key":
            return INSIDE
        look = DEEDS.get(slug, library)
        if look not in self.truths:
            self.truths[look] = look(self.known)
        return self.truths[look]

    def look(self, slug: str, device: str) -> Seen:
        """What is to be seen by a device that is known, or by one that is not."""
        if device == "known":
            return DEEDS.get(slug, library)(self.known)
        door = AT_THE_DOOR.get(slug)
        window = self.fresh(is_signed_in=door is None)
        try:
            return (door or DEEDS.get(slug, library))(window)
        finally:
            window.page.context.close()

    def recover(self, slug: str, liar: LyingServer) -> None:
        """Give the known device everything again, as it is."""
        if slug in LASTING:
            with liar.telling(Feed({})):
                library(self.known)

    def _context(self) -> BrowserContext:
        return self.browser.new_context(viewport=SIZE)
