"""Proof P18, and what P1 says of exports: who leaves takes everything along, and others read it.

A person in a real browser brings photographs, puts some of them right, and takes a copy. The
tools of others judge it: ``bagit.py`` whether it is whole, exiftool what its sidecars say.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.journeys.conftest import DESKTOP, launch
from tests.journeys.people import PATIENT, confirm_step_up
from tests.journeys.pictures import draw_photo, write_photo
from tests.journeys.site import Site, running_site
from tests.journeys.uploading import KEEP, answer, choose, expect_stored, open_vault
from tests.journeys.watch import Watch, assert_accessible, assert_fits
from tests.proofs.taking import (
    EXIFTOOL,
    NO_PICKERS,
    PICKER,
    RECEIPTS,
    RECEIPTS_OWED,
    copy_tree,
    validate,
    with_exiftool,
)
from tests.reference_client.crypto.receipt import check_receipt

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]

TITLE = "Evening & <light>"
CREATOR = "Ada Ashworth"
XMP = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
}
NO_TRAINING = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"
STATEMENT = f"{CREATOR}. All rights reserved"
# What exiftool is asked of a sidecar, and of a copy.
TOLD = (
    "XMP:Title",
    "XMP:Rights",
    "XMP-plus:DataMining",
    "XMP:DateTimeOriginal",
    "XMP:GPSLatitude",
    "XMP:GPSLongitude",
)
WRITTEN = ("DateTimeOriginal", "GPSLatitude", "Artist", "Copyright", "SerialNumber")
EXPORT_PATIENT = 120_000
# Where pictures of each state go, for whoever wants to look at them.
SHOTS = os.environ.get("SHOTS")


@pytest.fixture(scope="module", autouse=True)
def epoch_key() -> None:
    """The site has its own; the suite's database is not touched here."""


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Each proof has people of its own."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert not watching.complaints, "\n".join(watching.complaints)


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True)
    yield watch.follow(context.new_page())
    context.close()


def look(page: Page, name: str) -> None:
    if SHOTS is None:
        return
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def name_the_creator(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/settings/preferences")
    page.get_by_label("Made by").fill(CREATOR)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_enabled(timeout=PATIENT)


def bring(page: Page, site: Site, photos: list[Path]) -> None:
    """Upload them as they are."""
    page.goto(f"{site.address}/photos")
    choose(page, photos)
    answer(page, KEEP)
    expect_stored(page, len(photos))


def open_section(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/your-data/take-with-you")
    expect(page.get_by_role("heading", name="A copy of everything")).to_be_visible(timeout=PATIENT)


def take_into_folder(page: Page, site: Site) -> None:
    open_section(page, site)
    page.evaluate(PICKER)
    page.get_by_role("button", name="Choose a folder and begin").click()


class Line:
    """Lets so many photos through, and holds the others until it is told to go on."""

    def __init__(self, page: Page, *, lets: int) -> None:
        self.page, self.left = page, lets
        self.held: list[Route] = []
        page.route("**/versions/*/original", self._come)

    def _come(self, route: Route) -> None:
        self.left -= 1
        if self.left >= 0:
            route.continue_()
        else:
            self.held.append(route)

    def go_on(self) -> None:
        self.left = 1000
        for route in self.held:
            route.continue_()

    def forget(self) -> None:
        """Whoever asked is gone."""
        self.page.unroute_all(behavior="ignoreErrors")


def expect_complete(page: Page) -> None:
    done = page.get_by_role("heading", name="Your copy is complete")
    expect(done).to_be_visible(timeout=EXPORT_PATIENT)


def photographs(folder: Path) -> list[Path]:
    """A JPEG of a camera, a PNG, a WebP and a GIF, with names that are hard to carry."""
    folder.mkdir()
    camera = write_photo(folder, "Am See 🏞️.jpg", seed=1, taken="2026:06:15 11:42:07")
    png = folder / "aux.png"
    draw_photo(2).save(png)
    webp = folder / ("é" * 100 + ".webp")
    draw_photo(3).save(webp, quality=80)
    gif = folder / "50% off.gif"
    draw_photo(4).convert("P", palette=Image.Palette.ADAPTIVE).save(gif)
    return [camera, png, webp, gif]


def put_right(page: Page, site: Site) -> None:
    """A title on the camera's photo."""
    page.goto(f"{site.address}/photos")
    page.get_by_role("option", name="Am See").click()
    page.keyboard.press("i")
    details = page.get_by_role("complementary", name="Details")
    details.get_by_role("button", name="Correct title and description").click()
    details.get_by_label("Title").fill(TITLE)
    details.get_by_role("button", name="Save", exact=True).click()
    expect(details).to_contain_text(TITLE, timeout=PATIENT)


def text_in(packet: ET.Element, path: str) -> str:
    found = packet.find(f".//{path}", XMP)
    return "" if found is None or found.text is None else found.text


def test_everything_goes_along_byte_for_byte_in_forms_that_others_read(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(403)  # the first try, before the password is asked for
    email = open_vault(page, site, "leaver")
    name_the_creator(page, site)
    photos = photographs(tmp_path / "brought")
    bring(page, site, photos)
    put_right(page, site)
    site.let_proofs_lapse()

    open_section(page, site)
    assert_accessible(page)
    assert_fits(page, width=320)
    page.set_viewport_size({"width": 1440, "height": 900})
    look(page, "take-form")
    page.get_by_label("Copies that open everywhere").check()
    look(page, "take-form-copies")
    page.evaluate(PICKER)
    page.get_by_role("button", name="Choose a folder and begin").click()
    confirm_step_up(page)
    expect_complete(page)
    assert_accessible(page)
    look(page, "take-done")

    bag = copy_tree(page, tmp_path / "taken")
    judged = validate(bag)
    assert judged.returncode == 0, judged.stderr
    assert "is valid" in judged.stderr
    originals = {each.read_bytes() for each in (bag / "data/photos").rglob("*") if each.is_file()}
    assert {photo.read_bytes() for photo in photos} <= originals
    assert "copy of what is in your vault was begun" in site.wait_for_letter(email, number=2)
    check_sidecars(bag, photos[0])
    check_copies(bag)
    check_account(bag, email)


def check_sidecars(bag: Path, camera: Path) -> None:
    (photo,) = (bag / "data/photos").rglob("Am See*.jpg")
    assert photo.read_bytes() == camera.read_bytes()
    told = json.loads(Path(f"{photo}.json").read_text(encoding="utf-8"))
    assert told["title"] == camera.name
    assert told["photoTakenTime"]["timestamp"] == "1781523727"
    assert round(told["geoData"]["latitude"], 3) == 57.037
    assert told["pocketvault"]["title"] == TITLE
    rights = told["pocketvault"]["rights"]
    assert (rights["creator"], rights["statement"]) == (CREATOR, STATEMENT)
    assert rights["training"] == "prohibited"
    packet = ET.parse(f"{photo}.xmp").getroot()
    assert text_in(packet, "dc:title/rdf:Alt/rdf:li") == TITLE
    assert text_in(packet, "plus:DataMining") == NO_TRAINING
    assert text_in(packet, "dc:rights/rdf:Alt/rdf:li").startswith(CREATOR)
    long = next((bag / "data/photos").rglob("éé*.json"))
    whole = json.loads(long.read_text(encoding="utf-8"))["pocketvault"]
    assert unicodedata.normalize("NFC", whole["originalName"]) == "é" * 100 + ".webp"
    assert (long.parent / whole["file"]).exists()


def check_copies(bag: Path) -> None:
    """Whatever came, what stands among the copies opens everywhere, and says what was put right."""
    copies = [each for each in (bag / "data/copies").rglob("*") if each.is_file()]
    assert sorted(each.suffix for each in copies) == [".jpg", ".jpg", ".jpg", ".png"]
    for each in copies:
        with Image.open(each) as picture:
            picture.load()
            assert picture.format in {"JPEG", "PNG"}
            assert picture.size == (1280, 960)


def check_account(bag: Path, email: str) -> None:
    account = json.loads((bag / "data/account/account.json").read_text(encoding="utf-8"))
    assert account["email"] == email
    events = json.loads((bag / "data/account/events.json").read_text(encoding="utf-8"))
    assert "export:begun" in {event["tag"] for event in events["items"]}
    viewer = (bag / "data/README.html").read_text(encoding="utf-8")
    assert "<script" not in viewer
    assert re.search(r'href="viewer/0001-1\.html"', viewer)


def test_receipts_go_along_and_hold_without_us(page: Page, site: Site, tmp_path: Path) -> None:
    email = open_vault(page, site, "holder")
    bring(page, site, [write_photo(tmp_path, "a.jpg", seed=9, taken="2026:06:15 11:42:07")])
    site.live.manage("shell", "-c", RECEIPTS.format(email=email))
    take_into_folder(page, site)
    expect_complete(page)
    key = page.request.get(f"{site.address}/log/key").text().strip()

    bag = copy_tree(page, tmp_path / "taken")
    assert validate(bag).returncode == 0
    listed = json.loads((bag / "data/receipts/receipts.json").read_text(encoding="utf-8"))
    files = {
        path.name: check_receipt(path.read_text(encoding="utf-8"), key)
        for path in (bag / "data/receipts").glob("receipt-*.json")
    }
    assert set(files) == {f"receipt-deleted-final-{each['id']}.json" for each in listed["items"]}
    assert len(files) == RECEIPTS_OWED
    assert {proven.receipt["id"] for proven in files.values()} == {
        each["id"] for each in listed["items"]
    }


def test_exiftool_reads_sidecars_and_copies(page: Page, site: Site, tmp_path: Path) -> None:
    if EXIFTOOL is None:
        pytest.skip("exiftool is not on this machine: sidecars were read as XML and JSON alone.")
    open_vault(page, site, "exif")
    name_the_creator(page, site)
    bring(page, site, photographs(tmp_path / "brought"))
    put_right(page, site)
    open_section(page, site)
    page.get_by_label("Copies that open everywhere").check()
    page.evaluate(PICKER)
    page.get_by_role("button", name="Choose a folder and begin").click()
    expect_complete(page)

    bag = copy_tree(page, tmp_path / "taken")
    (sidecar,) = (bag / "data/photos").rglob("Am See*.xmp")
    (copy,) = (bag / "data/copies").rglob("Am See*.jpg")
    for told in (sidecar, copy):
        title, rights, mining, date, *place = with_exiftool(told, *TOLD)
        assert title == TITLE
        assert rights.startswith(CREATOR)
        # Later versions of it know the word and print "Prohibited for AI/ML training".
        assert "PROHIBITED" in mining.upper()
        assert date.startswith("2026:06:15 11:42:07")
        assert place == ["57 deg 2' 13.56\" N", "9 deg 53' 56.04\" E"]
    written = with_exiftool(copy, *(f"EXIF:{name}" for name in WRITTEN))
    assert written == ["2026:06:15 11:42:07", "57 deg 2' 13.56\"", CREATOR, STATEMENT, "-"]
    (png,) = (bag / "data/copies").rglob("*.png")
    assert with_exiftool(png, "XMP:Rights", "EXIF:Artist", "Warning") == [STATEMENT, CREATOR, "-"]


def test_without_its_last_byte_a_copy_is_not_whole(
    page: Page, site: Site, tmp_path: Path
) -> None:
    """What the proof above rests on: a validator that would say yes to anything proves nothing."""
    open_vault(page, site, "doubter")
    bring(page, site, [write_photo(tmp_path, "a.jpg", seed=9, taken="2026:06:15 11:42:07")])
    take_into_folder(page, site)
    expect_complete(page)
    bag = copy_tree(page, tmp_path / "taken")
    (photo,) = (bag / "data/photos").rglob("a.jpg")
    assert validate(bag).returncode == 0

    photo.write_bytes(photo.read_bytes()[:-1])

    assert validate(bag).returncode != 0


def test_one_file_holds_the_same_for_browsers_that_know_no_folders(
    page: Page, site: Site, tmp_path: Path
) -> None:
    """Names that are hard to carry, in an archive that every system unpacks."""
    open_vault(page, site, "zipper")
    names = ["a.jpg", "A.JPG", "nul.jpg", "👨‍👩‍👧‍👦 picnic.jpg", "x" * 251 + ".jpg", "dots...jpg"]
    folder = tmp_path / "brought"
    photos = []
    for number, name in enumerate(names):
        within = folder / str(number)
        within.mkdir(parents=True)
        # Of two alike the earlier keeps its name.
        taken = f"2026:06:15 11:42:{number:02}"
        photos.append(write_photo(within, name, seed=20 + number, taken=taken))
    bring(page, site, photos)
    open_section(page, site)
    page.evaluate(NO_PICKERS)
    page.get_by_text("One ZIP file").click()
    with page.expect_download(timeout=EXPORT_PATIENT) as saving:
        page.get_by_role("button", name="Begin").click()
    expect_complete(page)

    with zipfile.ZipFile(saving.value.path()) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "taken")
    judged = validate(tmp_path / "taken")
    assert judged.returncode == 0, judged.stderr
    folder = tmp_path / "taken/data/photos"
    stand = {each.name: each.read_bytes() for each in folder.rglob("*.[jJ][pP][gG]")}
    assert set(stand) == {"a.jpg", "A~2.JPG", "_nul.jpg", names[3], names[4], names[5]}
    (cut,) = folder.rglob("xx*.json")
    assert len(cut.name) == 255
    assert json.loads(cut.read_text(encoding="utf-8"))["title"] == names[4]
    assert sorted(stand.values()) == sorted(photo.read_bytes() for photo in photos)


def test_a_copy_goes_on_where_a_closed_page_left_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "interrupted")
    photos = [
        write_photo(tmp_path, f"{number}.jpg", seed=40 + number, taken="2026:06:15 11:42:07")
        for number in range(12)
    ]
    bring(page, site, photos)
    line = Line(page, lets=5)
    take_into_folder(page, site)
    expect(page.get_by_text(re.compile("^5 of 12 photos"))).to_be_visible(timeout=PATIENT)
    look(page, "take-running")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    line.forget()

    stopped = page.get_by_role("heading", name=re.compile("A copy stopped at"))
    expect(stopped).to_be_visible(timeout=PATIENT)
    look(page, "take-stopped")
    page.get_by_role("button", name="Go on with it").click()
    expect_complete(page)

    bag = copy_tree(page, tmp_path / "taken")
    judged = validate(bag)
    assert judged.returncode == 0, judged.stderr
    taken = {each.read_bytes() for each in (bag / "data/photos").rglob("*.jpg")}
    assert taken == {photo.read_bytes() for photo in photos}


@pytest.mark.by_hand
def test_a_copy_waits_without_a_network_and_goes_on(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "offline")
    photos = [
        write_photo(tmp_path, f"{number}.jpg", seed=60 + number, taken="2026:06:15 11:42:07")
        for number in range(6)
    ]
    bring(page, site, photos)
    line = Line(page, lets=2)
    take_into_folder(page, site)
    expect(page.get_by_text(re.compile("^2 of 6 photos"))).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible(timeout=PATIENT)
    look(page, "take-paused")
    assert_accessible(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Go on").click()
    waiting = page.get_by_role("heading", name="Waiting for the network")
    expect(waiting).to_be_visible(timeout=PATIENT)
    look(page, "take-offline")
    page.context.set_offline(False)
    line.go_on()
    expect_complete(page)
    assert validate(copy_tree(page, tmp_path / "taken")).returncode == 0
