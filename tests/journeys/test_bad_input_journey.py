"""What goes wrong on the way: a sentence that says so, nothing lost, and a way on."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.line import Line
from tests.journeys.people import PATIENT, expect_open, sign_in
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.test_library_journey import save_from_viewer
from tests.journeys.uploading import (
    UPLOAD_PATIENT,
    answer,
    choose,
    expect_stored,
    expect_tiles,
    open_vault,
    through,
    tiles,
    tray,
)
from tests.journeys.watch import Watch, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

BOMB_SIDE = 30_000


def photos(folder: Path, count: int, *, first_seed: int) -> list[Path]:
    """Distinct photographs of one afternoon."""
    return [
        write_photo(
            folder,
            f"walk-{number}.jpg",
            seed=first_seed + number,
            taken=f"2026:11:14 15:0{number}:00",
        )
        for number in range(1, count + 1)
    ]


def cut_midway(page: Page, line: Line, watch: Watch) -> None:
    """The network goes while bytes are on their way, and the tray says what that means."""
    watch.is_line_cut = True
    line.slow_down(60_000)
    # No photo of these tests has come through by then, however many are sent at once.
    line.cut_after(40_000)
    answer(page)
    expect(tray(page)).to_contain_text("Waiting for the network", timeout=UPLOAD_PATIENT)
    expect(tray(page)).to_contain_text("It resumes by itself.")
    assert line.is_cut


def test_an_upload_goes_on_by_itself_when_the_network_is_back(
    page: Page, site: Site, line: Line, watch: Watch, tmp_path: Path
) -> None:
    open_vault(page, through(site, line), "tunnel")
    choose(page, photos(tmp_path, 3, first_seed=100))
    cut_midway(page, line, watch)
    assert_accessible(page)

    line.mend()

    expect_stored(page, 3)
    expect_tiles(page, 3)


def test_a_browser_that_knows_it_is_offline_waits_and_goes_on(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    open_vault(page, site, "plane")
    choose(page, photos(tmp_path, 2, first_seed=110))
    watch.is_line_cut = True
    page.context.set_offline(True)
    answer(page)
    expect(tray(page)).to_contain_text("Waiting for the network", timeout=UPLOAD_PATIENT)

    page.context.set_offline(False)

    expect_stored(page, 2)
    expect_tiles(page, 2)


def test_a_page_killed_midway_goes_on_when_it_is_opened_again(
    page: Page, site: Site, line: Line, watch: Watch, tmp_path: Path
) -> None:
    behind = through(site, line)
    open_vault(page, behind, "crash")
    files = photos(tmp_path, 5, first_seed=120)
    choose(page, files)
    cut_midway(page, line, watch)
    # Three at once are encrypted and wait for the network; the other two are only names yet.
    expect(tray(page).get_by_text("It resumes by itself.")).to_have_count(3, timeout=UPLOAD_PATIENT)
    another = watch.follow(page.context.new_page())
    page.close()
    line.mend()

    another.goto(f"{behind.address}/photos")
    expect_open(another)
    expect(tray(another)).to_contain_text("2 photos were not finished", timeout=UPLOAD_PATIENT)
    expect_tiles(another, 3)
    expect(tray(another).get_by_role("heading")).to_have_text("3 photos are in your vault")
    assert_accessible(another)
    choose(another, files, button="Choose again")

    expect_tiles(another, 5)
    expect(another.get_by_text("Choose it again to go on")).to_have_count(0)


def test_two_tabs_with_the_same_file_make_one_photo(
    page: Page, site: Site, line: Line, watch: Watch, tmp_path: Path
) -> None:
    behind = through(site, line)
    open_vault(page, behind, "twice")
    other = watch.follow(page.context.new_page())
    other.goto(f"{behind.address}/photos")
    expect_open(other)
    [photo] = photos(tmp_path, 1, first_seed=130)
    for tab in (page, other):
        choose(tab, [photo])
    # So slow that the second tab begins while the first is still sending.
    line.slow_down(3_000)
    answer(page)
    expect(tray(page)).to_contain_text("% sent", timeout=UPLOAD_PATIENT)
    answer(other)
    other.wait_for_timeout(2000)
    line.mend()

    said = []
    for tab in (page, other):
        heading = tray(tab).get_by_role("heading")
        expect(heading).to_have_text(
            re.compile("is in your vault|was there already"), timeout=UPLOAD_PATIENT
        )
        said.append(heading.inner_text())
        expect_tiles(tab, 1)
    assert said == ["1 photo is in your vault", "1 photo was there already"]


def limit_room(site: Site, email: str, byte_count: int | None) -> None:
    """Give one account a limit of its own."""
    site.live.manage(
        "shell",
        "-c",
        "from accounts.models import Account; "
        f"Account.objects.filter(email={email!r}).update(own_limit_bytes={byte_count})",
    )


def test_what_fits_is_stored_and_the_rest_says_why(
    page: Page, site: Site, watch: Watch, tmp_path: Path
) -> None:
    email = open_vault(page, site, "small")
    files = photos(tmp_path, 4, first_seed=140)
    limit_room(site, email, sum(file.stat().st_size for file in files) * 2 // 3)
    choose(page, files)
    answer(page)
    expect(tray(page)).to_contain_text("There is not enough room for all of these photos.")
    assert_accessible(page)
    expect_tiles(page, 0)
    watch.expect(*[413] * 3)
    tray(page).get_by_role("button", name="Upload what fits").click()
    expect(tray(page)).to_contain_text("What was already stored is safe.", timeout=UPLOAD_PATIENT)
    expect(tiles(page).first).to_be_visible(timeout=PATIENT)
    assert 0 < tiles(page).count() < len(files)
    watch.expected.clear()

    limit_room(site, email, None)
    tray(page).get_by_role("button", name="Try again").click()

    expect_stored(page, 4)
    expect_tiles(page, 4)


def bomb(path: Path) -> Path:
    """A PNG of one colour that would take 3.6 GB once drawn."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    packed = zlib.compress(bytes((1 + (BOMB_SIDE + 7) // 8) * BOMB_SIDE), 9)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )
    return path


def test_files_that_are_no_good_photos_are_told_apart_and_nothing_is_lost(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "muddle")
    good, half = photos(tmp_path, 2, first_seed=150)
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    empty = tmp_path / "empty.jpg"
    empty.touch()
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 a letter that is no photo")
    choose(page, [good, half, empty, letter, bomb(tmp_path / "bomb.png")])
    answer(page)

    expect_stored(page, 3)
    expect(tray(page)).to_contain_text("2 need a look")
    expect(tray(page)).to_contain_text("2 without a preview; the originals are safe")
    expect(tray(page)).to_contain_text("This file is empty.")
    expect(tray(page)).to_contain_text("This is not a photo format we know, so we cannot clean it.")
    expect_tiles(page, 3)
    expect(page.get_by_role("option", name=re.compile("bomb.png.*PNG, no preview"))).to_be_visible()
    expect(page.get_by_role("option", name=re.compile(f"{half.name}.*no preview"))).to_be_visible()
    assert_accessible(page)

    tray(page).get_by_role("button", name="Keep as it is").click()

    expect_stored(page, 4)
    expect_tiles(page, 4)
    kept = page.get_by_role("option", name=re.compile("letter.pdf.*File, no preview"))
    expect(kept).to_be_visible()
    kept.click()
    assert save_from_viewer(page) == letter.read_bytes()


def test_a_session_that_ended_elsewhere_loses_no_upload(
    page: Page, site: Site, line: Line, watch: Watch, tmp_path: Path
) -> None:
    behind = through(site, line)
    email = open_vault(page, behind, "evicted")
    choose(page, photos(tmp_path, 2, first_seed=160))
    cut_midway(page, line, watch)
    site.live.manage(
        "shell",
        "-c",
        "from accounts.models import AccountSession as S; "
        f"S.objects.filter(account__email={email!r}).delete()",
    )
    watch.expected.extend([401] * 20)
    line.mend()

    page.wait_for_url("**/sign-in?to=*", timeout=UPLOAD_PATIENT)
    sign_in(page, behind, email)
    page.wait_for_url("**/photos", timeout=PATIENT)
    expect_open(page)

    expect_stored(page, 2)
    expect_tiles(page, 2)
