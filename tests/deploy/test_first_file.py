"""What the vault loads before its first photo stands: nothing that this photo does not need."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

from pocketvault.kernel.bundle import manifest, shipped

ROOT = Path(__file__).resolve().parents[2]
VAULT = "pages/vault.js"
# Brotli at its best, as files are served. It was 133 kB when all of it came at once.
MOST_PACKED_BYTES = 50_000
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


def sources() -> set[str]:
    """The sources that these scripts were made of, as their maps say."""
    found: set[str] = set()
    for name in loaded_at_once():
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
    assert not [each for each in sources() if re.search(NOT_AT_FIRST[what], each)]


@pytest.mark.parametrize("what", NOT_AT_FIRST)
def test_what_comes_later_is_there_all_the_same(what: str) -> None:
    """Else the test above would go on being green when a file has another name."""
    maps = (ROOT / "var" / "sourcemaps" / "chunks").glob("*.map")
    told = {source for each in maps for source in json.loads(each.read_text())["sources"]}

    assert [each for each in told if re.search(NOT_AT_FIRST[what], each)]


def test_the_first_photo_is_shown_by_them() -> None:
    assert [each for each in sources() if each.endswith("src/ui/library/grid/timeline.ts")]
