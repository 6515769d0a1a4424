"""Bringing a folder into the vault: what is there already is not sent again.

Whether a picture is there the vault knows by its duplicate mark, the keyed hash that the browser
uses too. So nothing has to be kept beside it: an import that was cut is run again, and sends
what is missing. Albums are filled after each batch, and looked at again by every run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from tests.reference_client.albums import (
    Album,
    add_to_album,
    albums_of,
    content_keys_in,
    create_album,
)
from tests.reference_client.cli.apple import read_apple
from tests.reference_client.cli.ente import METADATA, read_ente
from tests.reference_client.cli.facts import metadata_of
from tests.reference_client.cli.folder import (
    Found,
    UnreadableError,
    Walked,
    read_bytes,
    read_head,
)
from tests.reference_client.cli.kinds import MEDIA_TYPES, MOVING_NAME, kind_of
from tests.reference_client.cli.pairs import moving_halves, pictures_in
from tests.reference_client.cli.patience import patiently, told_of
from tests.reference_client.cli.takeout import read_takeout
from tests.reference_client.cli.told import (
    Files,
    Reading,
    Told,
    corrections_from,
    full_name,
    marks_from,
)
from tests.reference_client.cli.words import say
from tests.reference_client.cli.xmp import read_xmp
from tests.reference_client.client import ProblemError
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Library, Photo

READERS: Mapping[str, Callable[[Files], Reading]] = {
    "takeout": read_takeout,
    "apple": read_apple,
    "ente": read_ente,
    "immich": read_xmp,
}
BATCH = 50
SIDECAR_ENDINGS = (".json", ".xmp", ".csv", ".aae")


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a folder. ``failed`` are pictures and albums that should be in the vault
    and are not; ``left_out`` what does not belong there; ``damaged`` sidecars. By place.
    """

    stored: int = 0
    known: int = 0
    alone: int = 0
    unseen: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


def kind_in(files: Files) -> str | None:
    """Whose export a folder is, by the files that only one of them writes; None for nobody's."""
    names = {each.at.lower() for each in files}
    pictures = pictures_in(files)
    beside = {f"{each.folder}/{METADATA}/{each.name}.json".lstrip("/").lower() for each in pictures}
    if beside & names:
        return "ente"
    if any(PurePosixPath(each).name.startswith("photo details") for each in names):
        return "apple"
    if any(each.endswith(".json") for each in names):
        return "takeout"
    return "immich" if any(each.endswith(".xmp") for each in names) else None


def import_folder(
    library: Library, walked: Walked, reading: Reading, *, folders_as_albums: bool = False
) -> Outcome:
    """Bring in what was found. Raises `CutShortError`, with everything before it in the vault."""
    work = _Import(library, reading, folders_as_albums=folders_as_albums)
    outcome = work.outcome
    outcome.left_out |= {**walked.left_out, **reading.left_out}
    outcome.damaged |= reading.broken
    candidates = _candidates(walked, reading, outcome)
    for start in range(0, len(candidates), BATCH):
        work.bring(candidates[start : start + BATCH])
        say(f"  {min(start + BATCH, len(candidates))} of {len(candidates)} files")
    return outcome


def _candidates(walked: Walked, reading: Reading, outcome: Outcome) -> list[Found]:
    halves, candidates = moving_halves(walked.files), []
    for found in walked.files:
        if found.at in reading.used or found.at in outcome.left_out:
            continue
        if found.at in halves:
            whose = halves[found.at]
            outcome.left_out[found.at] = f"is the moving half of {whose}: the vault keeps pictures"
        else:
            candidates.append(found)
    return candidates


class _Import:
    def __init__(self, library: Library, reading: Reading, *, folders_as_albums: bool) -> None:
        self.outcome = Outcome()
        self._library, self._reading = library, reading
        self._folders_as_albums = folders_as_albums
        self._ids: dict[str, str] = {}
        self._albums = _Albums(library, self.outcome)

    def bring(self, batch: Sequence[Found]) -> None:
        marks = dict(self._marked(batch))
        self._ids |= patiently(lambda: self._library.twins(sorted({*marks.values()})))
        for found, mark in marks.items():
            photo = None
            if mark in self._ids:
                self.outcome.known += 1
            else:
                photo = self._stored(found)
                if photo is None:
                    continue
                self._ids[mark] = photo.id
            for title in self._titles(found):
                self._albums.wait(title, self._ids[mark], photo)
        self._albums.fill()

    def _marked(self, batch: Sequence[Found]) -> Iterator[tuple[Found, str]]:
        for found in batch:
            try:
                original = self._picture_in(found)
            except UnreadableError as error:
                self.outcome.failed[found.at] = str(error)
                continue
            if original is not None:
                yield found, self._library.keys.fingerprint(original)

    def _picture_in(self, found: Found) -> bytes | None:
        head = read_head(found)
        # Which RAW a TIFF is stands wherever its directories are.
        is_picture = kind_of(head) != "unknown" or head[:2] in (b"II", b"MM")
        if is_picture:
            original = read_bytes(found)
            if kind_of(original) != "unknown":
                return original
        self.outcome.left_out[found.at] = self._why_not(found)
        return None

    def _why_not(self, found: Found) -> str:
        if MOVING_NAME.search(found.name):
            return "is a video: the vault keeps pictures"
        if not found.name.lower().endswith(SIDECAR_ENDINGS):
            return "is no picture that the vault knows"
        return "tells of no picture here" if self._reading.is_asked else "is for import to read"

    def _stored(self, found: Found) -> Photo | None:
        told = self._reading.told.get(found.at)
        try:
            original = read_bytes(found)
            kind = kind_of(original)
            metadata, thumbnails = metadata_of(
                full_name(told, found.name) if told else found.name,
                original,
                kind,
                MEDIA_TYPES.get(kind, "application/octet-stream"),
                modified_at=found.path.lstat().st_mtime,
            )
            photo = patiently(lambda: self._library.keep(
                original, metadata, thumbnails,
                marks=marks_from(told) if told else None,
                corrections=corrections_from(told, metadata) if told else None,
            ))  # fmt: skip
        except (UnreadableError, OSError) as error:
            self.outcome.failed[found.at] = str(error)
            return None
        except ProblemError as problem:
            self.outcome.failed[found.at] = f"was refused: {told_of(problem)}"
            return None
        self.outcome.stored += 1
        self.outcome.alone += told is None
        if thumbnails is None:
            self.outcome.unseen.append(found.at)
        return photo

    def _titles(self, found: Found) -> tuple[str, ...]:
        told = self._reading.told.get(found.at, Told())
        folder = found.folder.rpartition("/")[2]
        is_one_more = self._folders_as_albums and folder and folder not in told.albums
        return (*told.albums, folder) if is_one_more else told.albums


class _Albums:
    """Albums by their names. One that is there already is filled, not made again."""

    def __init__(self, library: Library, outcome: Outcome) -> None:
        self._library, self._outcome = library, outcome
        self._waiting: dict[str, dict[str, Photo | None]] = defaultdict(dict)
        self._known: dict[str, Album] | None = None
        self._present: dict[str, set[str]] = {}

    def wait(self, title: str, image_id: str, photo: Photo | None) -> None:
        self._waiting[title][image_id] = photo or self._waiting[title].get(image_id)

    def fill(self) -> None:
        for title, photos in self._waiting.items():
            try:
                self._fill(title, photos)
            except ProblemError as problem:
                self._outcome.failed[f"album {title}"] = f"was not filled: {told_of(problem)}"
        self._waiting.clear()

    def _fill(self, title: str, photos: Mapping[str, Photo | None]) -> None:
        album = self._album(title)
        present = self._present[album.id]
        missing = [
            photo or patiently(partial(self._library.get, image_id))
            for image_id, photo in photos.items()
            if image_id not in present
        ]
        if missing:
            patiently(lambda: add_to_album(self._library, album, missing))
            present |= {photo.id for photo in missing}

    def _album(self, title: str) -> Album:
        if self._known is None:
            every = patiently(lambda: albums_of(self._library))
            self._known = {each.settings.name: each for each in reversed(every)}
        album = self._known.get(title)
        if album is None:
            settings = AlbumSettings(name=title)
            album = self._known[title] = patiently(lambda: create_album(self._library, settings))
        if album.id not in self._present:
            ids = patiently(lambda: content_keys_in(self._library, album))
            self._present[album.id] = set(ids)
        return album
