"""A running service, a new vault for each test, and the program in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.people import Person, new_person
from tests.live import ROOT, Live, running_service
from tests.reference_client.albums import albums_of, content_keys_in
from tests.reference_client.cli import session
from tests.reference_client.cli.commands import main
from tests.reference_client.images import Photo
from tests.reference_client.sync import Replica, catch_up


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Web, worker and beat, as ``make run`` starts them."""
    with running_service(tmp_path_factory.mktemp("live")) as service:
        yield service


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Somebody's vault, and their terminal: the session is remembered."""

    person: Person
    file: Path
    url: str
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str | Path) -> Said:
        """Run a command in this process."""
        self.capsys.readouterr()
        code = main([*map(str, arguments), "--session", str(self.file)])
        said = self.capsys.readouterr()
        return Said(code=code, out=said.out, err=said.err)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Run a command as a process of its own."""
        command = [sys.executable, "-m", "tests.reference_client", *map(str, arguments)]
        return subprocess.Popen(
            [*command, "--session", str(self.file)], cwd=ROOT, env={**os.environ}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def photos_as_list(self) -> list[Photo]:
        """All photos, as another device opens them."""
        replica = Replica()
        catch_up(self.person.library, replica)
        assert not replica.broken
        return list(replica.photos.values())

    def photos(self) -> dict[str, Photo]:
        """All photos by name, where names are different."""
        every = self.photos_as_list()
        photos = {each.metadata.name: each for each in every}
        assert len(photos) == len(every)
        return photos

    def albums(self) -> dict[str, set[str]]:
        """Names of the photos in each album, by the album's name."""
        names = {photo.id: name for name, photo in self.photos().items()}
        library = self.person.library
        return {
            album.settings.name: {names[each] for each in content_keys_in(library, album)}
            for album in albums_of(library)
        }


@pytest.fixture
def vault(live: Live, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Vault:
    """A new vault of alice's."""
    person = new_person(live, "alice")
    file = tmp_path / "session.json"
    session.remember(person.device, file)
    return Vault(person=person, file=file, url=live.url, capsys=capsys)
