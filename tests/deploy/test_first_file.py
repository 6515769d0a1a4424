"""What the vault loads before its first photo stands: nothing that this photo does not need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli
import pytest

from pocketvault.kernel.bundle import manifest, shipped

ROOT = Path(__file__).resolve().parents[2]
VAULT = "pages/vault.js"
# Brotli at its best, as files are served. It was 133 kB when all of it came at once.
MOST_PACKED_BYTES = 50_000
# The same of pages that stand without what most others are built on, each with a little room.
APART = {"settings-page": 9_000, "your-data-page": 20_000}
NOT_AT_FIRST = {
    "keys of other people": r"node_modules/(hpke|@panva|@noble|@scure)/",
    "the list of recovery words": r"/wordlists/|src/crypto/recovery\.ts",
    "archives": r"node_modules/client-zip/",
    "histories and signatures": r"src/crypto/(history(?!-error)|signature|exchange|delivery|log-)",
    "what is shared": r"src/vault/sharing/(?!\w+-error\.ts)",
    "albums of others": r"src/ui/received/(?!(among|routes)\.ts)",
    "the viewer": r"src/ui/library/viewer/(?!open\.ts)|src/ui/library/info/",
    "albums": r"src/ui/library/views/album",
    "the keepers": r"/keeper\.ts",
    "what is on its way": r"src/ui/library/upload/tray\.ts",
    "the locked screen": r"src/ui/shell/locked\.ts|src/vault/unlock-ways\.ts",
}


def loaded_at_once() -> Iterator[str]:
    """Logical names of the scripts a vault waits for."""
    yield VAULT
    yield from manifest()["entries"][VAULT]["imports"]


def brought_by(page: str) -> set[str]:
    """The scripts that a page of the vault waits for beside the first ones."""
    [entry] = [name for name in manifest()["files"] if name.startswith(f"chunks/{page}-")]
    found, left = set(loaded_at_once()), {entry}
    while left:
        name = left.pop()
        found.add(name)
        text = shipped(name).decode()
        left |= set(re.findall(r'(?:from|import)"/static/(chunks/[^"]+)"', text)) - found
    return found - set(loaded_at_once())


def sources(names: Iterable[str]) -> set[str]:
    """The sources that these scripts were made of, as their maps say."""
    found: set[str] = set()
    for name in names:
        path = manifest()["files"][name]["path"]
        told = json.loads((ROOT / "var" / "sourcemaps" / f"{path}.map").read_text())
        found.update(told["sources"])
    return found


def test_the_vaults_first_files_are_small_and_few() -> None:
    packed = [len(brotli.compress(shipped(name), quality=11)) for name in loaded_at_once()]

    assert len(packed) <= 3
    assert sum(packed) <= MOST_PACKED_BYTES


@pytest.mark.parametrize("what", NOT_AT_FIRST)
def test_what_comes_later_is_not_among_them(what: str) -> None:
    assert not [each for each in sources(loaded_at_once()) if re.search(NOT_AT_FIRST[what], each)]


@pytest.mark.parametrize("what", NOT_AT_FIRST)
def test_what_comes_later_is_there_all_the_same(what: str) -> None:
    """Else the test above would go on being green when a file has another name."""
    maps = (ROOT / "var" / "sourcemaps" / "chunks").glob("*.map")
    told = {source for each in maps for source in json.loads(each.read_text())["sources"]}

    assert [each for each in told if re.search(NOT_AT_FIRST[what], each)]


def test_the_first_photo_is_shown_by_them() -> None:
    found = sources(loaded_at_once())
    assert [each for each in found if each.endswith("src/ui/library/grid/timeline.ts")]


@pytest.mark.parametrize("page", APART)
def test_a_page_of_sections_brings_what_its_first_one_needs(page: str) -> None:
    brought = brought_by(page)
    packed = sum(len(brotli.compress(shipped(name), quality=11)) for name in brought)
    made_of = sources(brought)

    assert not [each for each in made_of if re.search(NOT_AT_FIRST["keys of other people"], each)]
    assert any(each.endswith(f"{page}.ts") for each in made_of)
    assert packed <= APART[page]
