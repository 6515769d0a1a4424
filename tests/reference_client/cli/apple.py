"""Apple: the copy of iCloud Photos from privacy.apple.com, and folders exported by Photos.

Source: Apple describes neither. The copy as users report it (github.com/simulot/immich-go,
``adapters/folder``): ``Photos/Photo Details.csv``, ``Photo Details-1.csv`` and so on, with
``imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate``, times
as "Saturday June 4,2022 12:11 PM GMT", to the minute; ``Albums/NAME.csv`` with one column of file
names (``Images``, ``imgName`` or ``imageName``), among them ``Favorites.csv`` and ``Hidden.csv``.
Memories are Apple's own choice of pictures and are not taken for albums. Photos on a Mac writes
XMP beside what it exports: see `xmp`. The edits in ``.AAE`` files can be read by nobody else.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tests.reference_client.cli.folder import Found, UnreadableError, read_bytes
from tests.reference_client.cli.pairs import DamagedError, key_of, pictures_in
from tests.reference_client.cli.told import Files, Reading, Told, text_of
from tests.reference_client.cli.xmp import read_xmp

DETAILS, ALBUMS = "photo details", "albums"
TABLE_BYTES = 64 * 2**20
TIME = "%A %B %d,%Y %I:%M %p GMT"
NAMES = ("imgName", "Images", "imageName")
FAVOURITES, HIDDEN = "favorites", "hidden"
EXACT_SECONDS = 60


def read_apple(files: Files) -> Reading:
    """What the tables say; of pictures that no table names, what XMP beside them says."""
    reading = read_xmp(files)
    pictures = pictures_in(files)
    details, albums = _details(files, reading), _albums(files, reading)
    alike: dict[str, int] = defaultdict(int)
    for picture in pictures:
        alike[key_of("", picture.name)[1]] += 1
    for picture in pictures:
        name = key_of("", picture.name)[1]
        row = details.get(key_of(picture.folder, picture.name), {})
        # A table of an album names no folder: which of two pictures it means, nobody knows.
        groups = albums.get(name, ()) if alike[name] == 1 else ()
        if row or groups:
            told = reading.told.get(picture.at, Told())
            reading.told[picture.at] = _joined(told, row, groups)
        if _says(row, "deleted"):
            reading.left_out[picture.at] = "was in the bin there"
    for name in albums:
        if alike[name] > 1:
            for place in sorted({at for at, _ in albums[name]}):
                reading.broken[place] = "names a picture that is there more than once"
    return reading


def _joined(told: Told, row: Mapping[str, str], groups: tuple[tuple[str, str], ...]) -> Told:
    titles = [title for _, title in groups]
    marks = {title.casefold() for title in titles}
    if told.captured_at is None:
        at = _time(row.get("originalCreationDate"))
        told = replace(told, captured_at=at, exact=EXACT_SECONDS, shown_zone=False)
    return replace(
        told,
        favourite=_says(row, "favorite") or FAVOURITES in marks,
        archived=_says(row, "hidden") or HIDDEN in marks,
        albums=tuple(each for each in titles if each.casefold() not in (FAVOURITES, HIDDEN)),
    )


def _details(files: Files, reading: Reading) -> dict[tuple[str, str], Mapping[str, str]]:
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for table in files:
        if table.name.lower().startswith(DETAILS) and table.name.lower().endswith(".csv"):
            for row in _rows(table, reading):
                found[key_of(table.folder, row.get("imgName") or "")] = row
    return found


def _albums(files: Files, reading: Reading) -> dict[str, tuple[tuple[str, str], ...]]:
    """The tables in which a name of a picture stands: where each lies, and the album's name."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for table in files:
        is_album = table.folder.rpartition("/")[2].lower() == ALBUMS
        if not is_album or not table.name.lower().endswith(".csv"):
            continue
        title = text_of(table.name[: -len(".csv")])
        for row in _rows(table, reading):
            listed = next((row[each] for each in NAMES if row.get(each)), "")
            name = key_of("", listed.strip())[1]
            if (table.at, title) not in found.get(name, ()):
                found[name] = (*found.get(name, ()), (table.at, title))
    return found


def _rows(table: Found, reading: Reading) -> Iterator[dict[str, str]]:
    reading.used.add(table.at)
    try:
        yield from _parsed(table)
    except DamagedError as error:
        reading.broken[table.at] = str(error)


def _parsed(table: Found) -> list[dict[str, str]]:
    try:
        text = read_bytes(table, most=TABLE_BYTES).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns, rows = reader.fieldnames or [], list(reader)
    except UnreadableError as error:
        raise DamagedError(str(error)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DamagedError("is damaged") from error
    plain = [
        {key: value for key, value in row.items() if isinstance(key, str) and value}
        for row in rows
    ]
    # An empty table is what Apple writes for an empty album.
    if columns and not set(columns) & set(NAMES):
        raise DamagedError("has no column of pictures")
    return plain


def _says(row: Mapping[str, str], name: str) -> bool:
    return (row.get(name) or "").strip().lower() == "yes"


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.strptime((text or "").strip(), TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
