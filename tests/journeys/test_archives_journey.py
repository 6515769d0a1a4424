"""An archive that the service packed is downloaded, and opened without it and without a network."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import DESKTOP, PHONE
from tests.journeys.people import PASSWORD, PATIENT, sign_up
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_mending_journey import album_of
from tests.journeys.uploading import (
    KEEP,
    UPLOAD_PATIENT,
    answer,
    choose,
    expect_stored,
    expect_tiles,
)
from tests.journeys.watch import Watch, assert_accessible
from tests.proofs.taking import RECEIPTS, RECEIPTS_OWED, validate
from tests.reference_client.crypto.receipt import check_receipt

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone]
PHOTOS = 3
# Without a way to ask where to, the browser hands the file over as a download: a test can take it.
NO_PICKERS = "delete window.showDirectoryPicker; delete window.showSaveFilePicker;"
# A folder of the browser's own in the place of one on the disk: the picker itself is no page.
OWN_FOLDER = """
window.chosen = navigator.storage.getDirectory();
window.showDirectoryPicker = () => window.chosen;
"""
READ_FOLDER = """
async () => {
  const found = {};
  const bytesOf = async (file) => Array.from(new Uint8Array(await file.arrayBuffer()));
  const walk = async (folder, path) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") await walk(handle, `${path}${name}/`);
      else found[path + name] = await bytesOf(await handle.getFile());
    }
  };
  await walk(await window.chosen, "");
  return found;
}
"""


def section(page: Page) -> Locator:
    return page.locator("pv-data-archives")


def download_archive(page: Page, site: Site, folder: Path) -> Path:
    """Ask for one, follow it, take it."""
    page.goto(f"{site.address}/your-data/archives")
    section(page).get_by_role("button", name="Ask for an archive").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    row = section(page).locator(".archive").first
    expect(dialog.or_(row)).to_be_visible(timeout=PATIENT)
    if dialog.is_visible():
        dialog.get_by_label("Password", exact=True).fill(PASSWORD)
        dialog.get_by_role("button", name="Confirm").click()
    button = row.get_by_role("link", name="Download")
    expect(button).to_be_visible(timeout=UPLOAD_PATIENT)
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def offline_page(
    browser: Browser, watch: Watch, opener: Path, script: str, size: dict[str, int]
) -> Page:
    """The page that came in the archive, from the disk, with no network at all."""
    context = browser.new_context(viewport=size, offline=True, accept_downloads=True)
    page = watch.follow(context.new_page())
    page.add_init_script(script)
    page.goto(opener.as_uri())
    return page


def choose_archive(page: Page, archive: Path) -> None:
    page.locator("input[type=file]").set_input_files(str(archive))
    expect(page.get_by_label("Your 24 words")).to_be_visible(timeout=PATIENT)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    names = ["lake.jpg", "Ünïcode 🏔.jpg", "third.jpg"]
    return [
        write_photo(folder, name, seed=600 + at, taken=f"2026:11:1{at} 10:00:00")
        for at, name in enumerate(names)
    ]


def test_an_archive_opens_offline_to_the_very_same_photos(
    page: Page, site: Site, browser: Browser, watch: Watch, tmp_path: Path, photos: list[Path]
) -> None:
    phrase = sign_up(page, site, "archivist@example.org")
    choose(page, photos)
    answer(page, KEEP)
    expect_stored(page, PHOTOS)
    expect_tiles(page, PHOTOS)
    page.get_by_role("button", name="Close the uploads").click()
    album_of(page, PHOTOS)
    site.live.manage("shell", "-c", RECEIPTS.format(email="archivist@example.org"))
    key = page.request.get(f"{site.address}/log/key").text().strip()
    archive = download_archive(page, site, tmp_path)
    expect(section(page)).to_contain_text("until")
    assert_accessible(page)
    with zipfile.ZipFile(archive) as file:
        assert file.testzip() is None
        file.extract("open-archive.html", tmp_path)
    page.context.close()

    opener = offline_page(browser, watch, tmp_path / "open-archive.html", NO_PICKERS, DESKTOP)
    assert_accessible(opener)
    choose_archive(opener, archive)
    opener.get_by_label("Your 24 words").fill(phrase.replace(phrase.split()[0], "zoo", 1))
    opener.get_by_role("button", name="Open", exact=True).click()
    expect(opener.get_by_role("alert")).to_be_visible(timeout=PATIENT)
    opener.get_by_label("Your 24 words").fill(phrase)
    opener.get_by_role("button", name="Open", exact=True).click()
    expect(opener.get_by_role("button", name="Into one ZIP file")).to_be_visible(timeout=PATIENT)
    assert_accessible(opener)
    with opener.expect_download(timeout=UPLOAD_PATIENT) as download:
        opener.get_by_role("button", name="Into one ZIP file").click()
    plain = tmp_path / "plain.zip"
    download.value.save_as(plain)

    expect(opener.get_by_role("heading", name="3 photos are out")).to_be_visible(timeout=PATIENT)
    expect(opener.locator("[data-receipts]")).to_contain_text("3 receipts lie in data/receipts.")
    assert_accessible(opener)
    with zipfile.ZipFile(plain) as file:
        tree = {name: file.read(name) for name in file.namelist()}
        file.extractall(tmp_path / "bag")
    check_tree(tree, photos)
    check_receipts(tree, key)
    judged = validate(tmp_path / "bag")
    assert judged.returncode == 0, judged.stderr
    opener.context.close()


@pytest.mark.by_hand
def test_the_password_opens_it_into_a_folder_on_a_phone(
    page: Page, site: Site, browser: Browser, watch: Watch, tmp_path: Path, photos: list[Path]
) -> None:
    sign_up(page, site, "pocket-archivist@example.org")
    choose(page, photos)
    answer(page, KEEP)
    expect_stored(page, PHOTOS)
    archive = download_archive(page, site, tmp_path)
    page.goto(f"{site.address}/open-archive.html")
    assert_accessible(page)
    page.close()

    context = browser.new_context(viewport=PHONE)
    opener = watch.follow(context.new_page())
    opener.add_init_script(OWN_FOLDER)
    # A folder that a page can have without asking belongs to an origin, and a file has none.
    opener.goto(f"{site.address}/open-archive.html")
    context.set_offline(True)
    choose_archive(opener, archive)
    opener.get_by_role("button", name="Password").click()
    opener.get_by_label("Your password").fill("not this one at all")
    opener.get_by_role("button", name="Open", exact=True).click()
    expect(opener.get_by_role("alert")).to_contain_text("does not open", timeout=PATIENT)
    opener.get_by_label("Your password").fill(PASSWORD)
    opener.get_by_role("button", name="Open", exact=True).click()
    opener.get_by_role("button", name="Into a folder").click(timeout=PATIENT)
    expect(opener.get_by_role("heading", name="3 photos are out")).to_be_visible(
        timeout=UPLOAD_PATIENT
    )
    assert_accessible(opener)

    tree = {path: bytes(content) for path, content in opener.evaluate(READ_FOLDER).items()}
    check_tree(tree, photos)
    context.close()


def test_damage_is_named_and_what_is_sound_comes_out(
    page: Page, site: Site, browser: Browser, watch: Watch, tmp_path: Path, photos: list[Path]
) -> None:
    phrase = sign_up(page, site, "unlucky-archivist@example.org")
    choose(page, photos)
    answer(page, KEEP)
    expect_stored(page, PHOTOS)
    archive = download_archive(page, site, tmp_path)
    page.context.close()
    with zipfile.ZipFile(archive) as file:
        file.extract("open-archive.html", tmp_path)
        [victim, *_] = [each for each in file.infolist() if each.filename.endswith("original.bin")]
    content = bytearray(archive.read_bytes())
    content[victim.header_offset + 30 + len(victim.filename) + 5000] ^= 1
    archive.write_bytes(content)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(content[: len(content) // 2])

    opener = offline_page(browser, watch, tmp_path / "open-archive.html", NO_PICKERS, DESKTOP)
    opener.locator("input[type=file]").set_input_files(str(cut))
    expect(opener.get_by_role("alert")).to_contain_text("its end is missing")
    opener.locator("input[type=file]").set_input_files(str(photos[0]))
    expect(opener.get_by_role("alert")).to_contain_text("not an archive")
    choose_archive(opener, archive)
    opener.get_by_label("Your 24 words").fill(phrase)
    opener.get_by_role("button", name="Open", exact=True).click()
    with opener.expect_download(timeout=UPLOAD_PATIENT) as download:
        opener.get_by_role("button", name="Into one ZIP file").click(timeout=PATIENT)
    plain = tmp_path / "plain.zip"
    download.value.save_as(plain)

    expect(opener.get_by_role("heading", name="2 photos are out")).to_be_visible(timeout=PATIENT)
    failures = opener.locator(".opener-failures")
    expect(failures).to_contain_text("1 photo did not come out")
    expect(failures).to_contain_text("was changed or damaged")
    assert_accessible(opener)
    with zipfile.ZipFile(plain) as file:
        assert len(originals(file.namelist())) == PHOTOS - 1
    opener.context.close()


def check_receipts(tree: dict[str, bytes], key: str) -> None:
    """Each that is listed is there, and holds under the key of the log."""
    listed = json.loads(tree["data/receipts/receipts.json"])["items"]
    files = [path for path in tree if path.startswith("data/receipts/receipt-")]
    proven = {check_receipt(tree[path].decode(), key).receipt["id"] for path in files}
    assert len(files) == len(listed) == RECEIPTS_OWED
    assert proven == {each["id"] for each in listed}


def originals(paths: list[str]) -> list[str]:
    return [path for path in paths if re.fullmatch(r"data/photos/.+\.jpg", path)]


def check_tree(tree: dict[str, bytes], photos: list[Path]) -> None:
    """Every photo byte for byte, with its name, its sidecars and its line in the manifest."""
    found = {Path(path).name: tree[path] for path in originals(list(tree))}
    assert found == {photo.name: photo.read_bytes() for photo in photos}
    for path in originals(list(tree)):
        sidecar = json.loads(tree[f"{path}.json"])
        assert sidecar["title"] == Path(path).name
        assert f"{path}.xmp" in tree
    lines = tree["manifest-sha256.txt"].decode().splitlines()
    manifest = dict(line.split("  ", 1)[::-1] for line in lines)
    payload = {path: content for path, content in tree.items() if path.startswith("data/")}
    assert manifest == {p: hashlib.sha256(c).hexdigest() for p, c in payload.items()}
    assert {"bagit.txt", "bag-info.txt", "tagmanifest-sha256.txt", "data/README.html"} <= set(tree)
    assert not any(b"wrapped_account_key" in content for content in tree.values())
