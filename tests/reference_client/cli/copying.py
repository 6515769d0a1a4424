"""A copy of the vault in a folder, opened: all of it, or what changed since the last time.

The layout is that of docs/export.md without the bag around it. What somebody changed in the
folder is theirs: it is never overwritten and never deleted.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.reference_client.albums import Album
from tests.reference_client.cli.journal import FOLDER, CopiedAlbum, CopiedPhoto, Journal
from tests.reference_client.cli.naming import Taken, safe_name
from tests.reference_client.cli.patience import patiently, told_of
from tests.reference_client.cli.sidecars import (
    album_document,
    album_metadata,
    sidecar_of,
)
from tests.reference_client.cli.words import CutShortError, RefusedError, say
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.documents import NO_CORRECTIONS, AlbumSettings, Marks, Metadata
from tests.reference_client.images import Library, Photo
from tests.reference_client.sightings import Sighting, Sightings
from tests.reference_client.sync import Replica, catch_up

PHOTOS, ALBUMS, METADATA = "photos", "albums", "metadata.json"
OF_A_YEAR, OF_NO_YEAR = "Photos from ", "Photos without a date"
SIDECAR = ".json"
UNOPENED = Metadata(name="", kind="unknown", media_type="", size=0)
TOLD_EVERY = 50


@dataclass(slots=True, kw_only=True)
class CopyOutcome:
    """What became of a copy. ``doubts`` are what the service should have said and did not."""

    written: int = 0
    renewed: int = 0
    removed: int = 0
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)


def copy_vault(
    library: Library, root: Path, *, is_whole: bool, delete: bool = False
) -> CopyOutcome:
    """Bring a folder up to date. ``is_whole`` asks for everything and reads every file again;
    otherwise only what changed is fetched. ``delete`` takes away what was deleted in the vault.
    """
    root.mkdir(parents=True, exist_ok=True)
    root = root.resolve()
    journal = Journal(root, library.keys.account_id)
    work = _Copy(library, root, journal, is_whole=is_whole, delete=delete)
    cursor = None
    try:
        cursor = work.bring()
    except OSError as error:
        raise CutShortError(f"The folder takes nothing more ({error.strerror}).") from error
    finally:
        journal.close(cursor)
    return work.outcome


class _Copy:
    def __init__(
        self, library: Library, root: Path, journal: Journal, *, is_whole: bool, delete: bool
    ) -> None:
        self.outcome = CopyOutcome()
        self._library, self._root, self._journal = library, root, journal
        self._is_whole, self._delete = is_whole, delete
        self._taken = _taken_in(root, journal)

    def bring(self) -> str | None:
        """Fetch and write. Answers the cursor to go on from: None unless all of it was done."""
        journal = self._journal
        replica = _replica_of(journal)
        if self._is_whole:
            replica.cursor = ""
        before = {**replica.photos}
        patiently(lambda: catch_up(self._library, replica))
        self._doubt(replica)
        self._prepare_albums(replica)
        changed = [
            photo for name, photo in sorted(replica.photos.items())
            if photo is not before.get(name) and photo.binned_at is None
        ]  # fmt: skip
        for done, photo in enumerate(changed, start=1):
            self._bring_photo(photo, replica)
            if done % TOLD_EVERY == 0 or done == len(changed):
                say(f"  {done} of {len(changed)} photos")
        doubtful = replica.unlisted | replica.lost | replica.broken
        for image_id in sorted(set(journal.photos) - doubtful):
            kept = replica.photos.get(image_id)
            if kept is None or kept.binned_at is not None:
                self._let_go(image_id)
        self._write_albums(replica)
        return None if self.outcome.failed or replica.broken else replica.cursor

    def _doubt(self, replica: Replica) -> None:
        for names, sentence in (
            (replica.broken, "does not open: it was not written by this vault's keys"),
            (replica.rolled_back, "was offered in an older state, which was not taken"),
            (replica.unlisted | replica.lost, "is not listed any more, and nobody said why"),
        ):
            for name in names:
                copied = self._journal.photos.get(name)
                self.outcome.doubts[copied.path if copied else name] = sentence

    def _prepare_albums(self, replica: Replica) -> None:
        """Every album has a document of its own, whose name follows the album's."""
        for album_id in sorted(set(self._journal.albums) - set(replica.albums)):
            self._path(self._journal.albums[album_id].document).unlink(missing_ok=True)
            self._journal.album(album_id, None)
        for album in replica.albums.values():
            old = self._journal.albums.get(album.id)
            if old is not None and (old.number, old.generation) == (album.number, album.generation):
                continue
            if old is not None and old.settings["name"] == album.settings.name:
                document = old.document
            else:
                name = safe_name(album.settings.name, instead="Album")
                document = self._taken.free(ALBUMS, f"{name}{SIDECAR}")
                if old is not None:
                    self._path(old.document).unlink(missing_ok=True)
            self._journal.album(album.id, CopiedAlbum(
                settings=album.settings.to_json(), number=album.number,
                generation=album.generation, folder=old.folder if old else "",
                document=document,
            ))  # fmt: skip

    def _bring_photo(self, photo: Photo, replica: Replica) -> None:
        copied = self._journal.photos.get(photo.id) or CopiedPhoto(path="")
        try:
            if not self._stands(photo, copied):
                content = patiently(lambda: self._library.download(photo))
                copied = self._placed(photo, copied, content, replica)
        except CryptoError:
            self.outcome.failed[photo.metadata.name] = "does not open: its bytes were changed"
            return
        except ProblemError as problem:
            self.outcome.failed[photo.metadata.name] = f"was refused: {told_of(problem)}"
            return
        copied.version, copied.revision = photo.version, photo.revision
        copied.marks, copied.albums = photo.marks_number, sorted(photo.albums)
        file = copied.path.rpartition("/")[2]
        titles = sorted(
            replica.albums[each].settings.name for each in photo.albums if each in replica.albums
        )
        if self._write(f"{copied.path}{SIDECAR}", sidecar_of(photo, file, titles)):
            self.outcome.renewed += 1
        self._journal.photo(photo.id, copied)

    def _stands(self, photo: Photo, copied: CopiedPhoto) -> bool:
        """Whether the file of this version is there, and as it was written."""
        if not copied.sha256 or copied.version != photo.version:
            return False
        if self._is_whole:
            return self._sum_of(copied.path) == copied.sha256
        return self._path(copied.path).is_file()

    def _placed(
        self, photo: Photo, copied: CopiedPhoto, content: bytes, replica: Replica
    ) -> CopiedPhoto:
        sha256 = hashlib.sha256(content).hexdigest()
        there = self._sum_of(copied.path) if copied.path else ""
        if not copied.path or there not in ("", copied.sha256, sha256):
            # Nothing yet, or something that is not ours: it stays, and ours goes beside it.
            copied = CopiedPhoto(path=self._taken.free(
                self._folder_of(photo, replica),
                safe_name(photo.metadata.name, instead="photo"),
                sidecars=(SIDECAR,),
            ))  # fmt: skip
            self._journal.photo(photo.id, copied)
        self._write(copied.path, content)
        copied.sha256 = sha256
        self.outcome.written += 1
        return copied

    def _folder_of(self, photo: Photo, replica: Replica) -> str:
        albums = [replica.albums[each] for each in photo.albums if each in replica.albums]
        if not albums:
            captured = photo.corrections.values.get("capturedAt") or (
                photo.metadata.captured_at.local if photo.metadata.captured_at else ""
            )
            year = captured[:4]
            return f"{PHOTOS}/{OF_A_YEAR}{year}" if year.isdecimal() else f"{PHOTOS}/{OF_NO_YEAR}"
        album = min(albums, key=lambda each: (each.settings.name, each.id))
        copied = self._journal.albums[album.id]
        if not copied.folder:
            name = safe_name(album.settings.name, instead="Album")
            if name.startswith((OF_A_YEAR, OF_NO_YEAR)):
                name = safe_name(f"Album {name}", instead="Album")
            copied.folder = self._taken.free(PHOTOS, name)
            # A photo called "metadata" would have its sidecar there.
            self._taken.add(f"{copied.folder}/{METADATA}")
            self._journal.album(album.id, copied)
        return copied.folder

    def _let_go(self, image_id: str) -> None:
        """The vault has it no more. The copy is its owner's, who says whether it goes too."""
        copied = self._journal.photos[image_id]
        if self._delete and copied.sha256 and self._sum_of(copied.path) == copied.sha256:
            self._path(copied.path).unlink()
            self._path(f"{copied.path}{SIDECAR}").unlink(missing_ok=True)
            self.outcome.removed += 1
        elif self._path(copied.path).exists():
            self.outcome.kept.append(copied.path)
        self._journal.photo(image_id, None)

    def _write_albums(self, replica: Replica) -> None:
        for album_id, copied in self._journal.albums.items():
            settings = AlbumSettings.from_json(copied.settings)
            photos = {
                name: each.path for name, each in self._journal.photos.items()
                if album_id in each.albums and each.sha256
            }  # fmt: skip
            self._write(copied.document, album_document(album_id, settings, photos))
            if copied.folder:
                self._write(f"{copied.folder}/{METADATA}", album_metadata(settings))

    def _write(self, at: str, content: bytes) -> bool:
        """Put a file in its place in one step. False if that is what stands there."""
        path = self._path(at)
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        new = self._root / FOLDER / "part"
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        return True

    def _sum_of(self, at: str) -> str:
        try:
            return hashlib.sha256(self._path(at).read_bytes()).hexdigest()
        except FileNotFoundError:
            return ""

    def _path(self, at: str) -> Path:
        """A path of the copy. No folder in it may be a link to somewhere else."""
        path = self._root / at
        if not path.parent.resolve().is_relative_to(self._root) or path.is_symlink():
            raise RefusedError(f"{at} is behind a link that leads elsewhere. Remove the link.")
        return path


def _taken_in(root: Path, journal: Journal) -> Taken:
    """Whatever lies there already, ours or not, or is reserved: no new file takes its place."""
    taken = Taken()
    for folder in (PHOTOS, ALBUMS):
        for path in (root / folder).rglob("*"):
            taken.add(path.relative_to(root).as_posix())
    for photo in journal.photos.values():
        taken.add(photo.path)
        taken.add(f"{photo.path}{SIDECAR}")
    for album in journal.albums.values():
        taken.add(album.document)
        taken.add(f"{album.folder}/{METADATA}")
    return taken


def _replica_of(journal: Journal) -> Replica:
    """What the last run knew, as far as the feed is compared with it: also that numbers rise."""
    now = datetime.now(UTC)
    replica = Replica(
        photos={name: _stub(name, each) for name, each in journal.photos.items()},
        albums={name: _album_stub(name, each) for name, each in journal.albums.items()},
        cursor=journal.cursor,
    )
    numbers = {
        **{name: (each.version, each.revision, each.marks)
           for name, each in journal.photos.items() if each.sha256},
        **{name: (each.number, each.generation) for name, each in journal.albums.items()},
    }  # fmt: skip
    replica.seen = {
        name: Sightings([Sighting(each, now, now)]) for name, each in numbers.items()
    }
    return replica


def _stub(image_id: str, copied: CopiedPhoto) -> Photo:
    return Photo(
        id=image_id, version=copied.version, parts={}, wrapped_content_key="",
        wrapped_record_key="", metadata=UNOPENED, marks=Marks(), marks_number=copied.marks,
        corrections=NO_CORRECTIONS, revision=copied.revision, albums=tuple(copied.albums),
        stored_at="", binned_at=None,
    )  # fmt: skip


def _album_stub(album_id: str, copied: CopiedAlbum) -> Album:
    return Album(
        id=album_id, wrapped_album_key="", generation=copied.generation,
        settings=AlbumSettings.from_json(copied.settings), number=copied.number, item_count=0,
    )  # fmt: skip
