"""Copies of a vault that hold what others share, and copies of what is new alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.giving import acquaint, giver_of
from tests.journeys.people import PATIENT
from tests.journeys.pictures import write_photo
from tests.journeys.site import Site
from tests.journeys.uploading import KEEP, answer, choose, expect_stored, open_vault
from tests.proofs.taking import PICKER, copy_tree, copy_trees, validate

pytestmark = [pytest.mark.browser, pytest.mark.browser_alone, pytest.mark.by_hand]

COPIED = 120_000
ORIGINALS = re.compile(r"/versions/\d+/original$")
BREAK = "setTimeout(() => { throw new Error('planted'); })"


def test_albums_of_others_go_along_as_far_as_they_may_be_saved(
    page: Page, site: Site, tmp_path: Path
) -> None:
    email = open_vault(page, site, "nora.take")
    giver = giver_of(site, "otto.take", "Harbour days", photos=2, description="Nine boats")
    closed = giver_of(site, "rolf.take", "Not to be saved", photos=1)
    giver.share(acquaint(giver, page, site, email))
    closed.share(acquaint(closed, page, site, email), can_download=False)
    own = write_photo(tmp_path, "own.jpg", seed=81, taken="2026:06:15 11:42:07")
    bring(page, site, own)

    open_section(page, site)
    page.get_by_label("Albums that others share with you").check()
    begin(page)

    bag = copy_tree(page, tmp_path / "taken")
    judged = validate(bag)
    assert judged.returncode == 0, judged.stderr
    album = json.loads((bag / "data/albums/Harbour days.json").read_text(encoding="utf-8"))
    assert album["description"] == "Nine boats"
    theirs = [bag / path for path in album["photos"]]
    assert {each.read_bytes() for each in theirs} == {each.clean for each in giver.prints}
    assert {each.parent.name for each in theirs} == {"Harbour days"}
    for each in theirs:
        told = json.loads(Path(f"{each}.json").read_text(encoding="utf-8"))["pocketvault"]
        assert told["sharedBy"] == giver.email
        assert told["albums"] == ["Harbour days"]
    # One's own is nobody else's, and of the album that may only be looked at nothing is there.
    (mine,) = (bag / "data/photos").rglob("own.jpg.json")
    assert json.loads(mine.read_text(encoding="utf-8"))["pocketvault"]["sharedBy"] is None
    stand = [each for each in (bag / "data/photos").rglob("*") if each.is_file()]
    assert len([each for each in stand if each.suffix == ".xmp"]) == 3
    assert not (bag / "data/albums/Not to be saved.json").exists()
    (refused,) = closed.prints
    assert refused.clean not in {each.read_bytes() for each in stand}


def test_only_what_is_new_makes_a_copy_of_its_own_and_everything_updates_the_first(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "adam.take")
    photos = [
        write_photo(tmp_path, f"{number}.jpg", seed=90 + number, taken="2026:06:15 11:42:07")
        for number in range(3)
    ]
    bring(page, site, *photos[:2])
    open_section(page, site)
    begin(page)
    page.goto(f"{site.address}/photos")
    choose(page, photos[2:], button="Upload")  # how it is to be kept was asked before
    expect_stored(page, 1)
    open_section(page, site)
    page.get_by_text("Only what is new").click()
    begin(page)

    whole, new = copy_trees(page, tmp_path / "taken")
    assert whole.name == "PocketVault"
    assert new.name.startswith("PocketVault since 20")
    for bag, expected in ((whole, photos[:2]), (new, photos[2:])):
        judged = validate(bag)
        assert judged.returncode == 0, judged.stderr
        assert pictures_in(bag) == {each.read_bytes() for each in expected}
    assert "since" in (new / "bag-info.txt").read_text(encoding="utf-8").lower()

    open_section(page, site)
    page.get_by_text("Everything", exact=True).click()
    begin(page)

    whole, _ = copy_trees(page, tmp_path / "taken again")
    assert validate(whole).returncode == 0
    assert pictures_in(whole) == {each.read_bytes() for each in photos}


def test_a_copy_whose_hashing_worker_breaks_ends_with_a_sentence_and_goes_on(
    page: Page, site: Site, tmp_path: Path
) -> None:
    open_vault(page, site, "ines.take")
    photo = write_photo(tmp_path, "own.jpg", seed=95, taken="2026:06:15 11:42:07")
    bring(page, site, photo)
    open_section(page, site)
    page.route(ORIGINALS, unanswered)
    page.evaluate(PICKER)
    with page.expect_request(ORIGINALS):
        page.get_by_role("button", name="Choose a folder and begin").click()

    next(each for each in page.workers if "hashing" in each.url).evaluate(BREAK)

    expect(page.get_by_text("A part of this page stopped working.")).to_be_visible()
    expect(page.get_by_role("heading", name="A copy stopped at 0%")).to_be_visible()
    assert not [each for each in page.workers if re.search("hashing|export", each.url)]
    page.unroute(ORIGINALS)
    page.get_by_role("button", name="Go on with it").click()
    expect(page.get_by_role("heading", name="Your copy is complete")).to_be_visible(timeout=COPIED)
    assert pictures_in(copy_tree(page, tmp_path / "taken")) == {photo.read_bytes()}


def unanswered(_: Route) -> None:
    """As by a service that thinks for long."""


def bring(page: Page, site: Site, *photos: Path) -> None:
    page.goto(f"{site.address}/photos")
    choose(page, list(photos))
    answer(page, KEEP)
    expect_stored(page, len(photos))


def open_section(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/your-data/take-with-you")
    expect(page.get_by_role("heading", name="A copy of everything")).to_be_visible(timeout=PATIENT)


def begin(page: Page) -> None:
    page.evaluate(PICKER)
    page.get_by_role("button", name="Choose a folder and begin").click()
    done = page.get_by_role("heading", name="Your copy is complete")
    expect(done).to_be_visible(timeout=COPIED)


def pictures_in(bag: Path) -> set[bytes]:
    return {each.read_bytes() for each in (bag / "data/photos").rglob("*.jpg")}
