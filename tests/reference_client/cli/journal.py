"""What a copy in a folder holds, line by line, so that one that was cut goes on where it was.

A path is reserved before a file takes its place, and said to be whole afterwards. The cursor
comes last of all: until then the next run is told the same changes again, which is harmless.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.reference_client.cli.words import RefusedError
from tests.reference_client.client import Json

FOLDER, NAME = ".pocketvault", "copy.jsonl"


@dataclass(slots=True, kw_only=True)
class CopiedPhoto:
    """A photo of the copy. ``sha256`` is empty until its file stands whole."""

    path: str
    sha256: str = ""
    version: int = 0
    revision: int = 0
    marks: int = 0
    albums: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class CopiedAlbum:
    """An album of the copy: its settings, its own document, and its folder of photos if any."""

    settings: Json
    number: int
    generation: int
    document: str
    folder: str = ""


class Journal:
    """The lines, and what they come to."""

    def __init__(self, root: Path, account_id: str) -> None:
        self.photos: dict[str, CopiedPhoto] = {}
        self.albums: dict[str, CopiedAlbum] = {}
        self.cursor, self._account = "", account_id
        self._path = root / FOLDER / NAME
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._replay()
        self._lines = self._path.open("a", encoding="utf-8")

    def photo(self, image_id: str, copied: CopiedPhoto | None) -> None:
        """Note a photo, or that it is no more of the copy."""
        self._note({"photo": image_id, "is": asdict(copied) if copied else None})

    def album(self, album_id: str, copied: CopiedAlbum | None) -> None:
        """Note an album, or that it is no more of the copy."""
        self._note({"album": album_id, "is": asdict(copied) if copied else None})

    def close(self, cursor: str | None = None) -> None:
        """Write the whole anew, with how far it goes now; None leaves that as it was."""
        if cursor is not None:
            self.cursor = cursor
        self._lines.close()
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            for line in self._all():
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _all(self) -> list[Json]:
        return [
            {"account": self._account, "cursor": self.cursor},
            *({"photo": name, "is": asdict(each)} for name, each in self.photos.items()),
            *({"album": name, "is": asdict(each)} for name, each in self.albums.items()),
        ]

    def _note(self, line: Json) -> None:
        self._apply(line)
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()

    def _replay(self) -> None:
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            first = {"account": self._account, "cursor": ""}
            self._path.write_text(json.dumps(first) + "\n", encoding="utf-8")
            return
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            # The last line of a run that was killed in it. The next is not to be joined to it.
            self._path.write_text(whole, encoding="utf-8")
        try:
            for line in whole.splitlines():
                self._apply(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError(f"{self._path} is damaged. Choose an empty folder.") from error

    def _apply(self, line: Json) -> None:
        if "photo" in line:
            _put(self.photos, line["photo"], CopiedPhoto(**line["is"]) if line["is"] else None)
        elif "album" in line:
            _put(self.albums, line["album"], CopiedAlbum(**line["is"]) if line["is"] else None)
        else:
            if line["account"] != self._account:
                raise RefusedError("This folder is a copy of another vault. Choose another one.")
            self.cursor = line["cursor"]


def _put(things: dict[str, Json], name: str, thing: Json) -> None:
    if thing is None:
        things.pop(name, None)
    else:
        things[name] = thing
