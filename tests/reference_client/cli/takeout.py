"""Google Takeout: a JSON file beside each picture, whose name only resembles the picture's.

Source: there is no description by Google. Names and members as users report them:
github.com/ente/ente/issues/4953 and pull/4956 (``.supplemental-metadata`` and what is left of it,
where a number goes), github.com/photoprism/photoprism/issues/2133 (edited copies and moving
pictures have none of their own), github.com/open-noodle/gallery/issues/404 (a whole document).
Members read: ``title`` (the name in full), ``description``, ``photoTakenTime.timestamp`` (seconds,
UTC), ``geoData`` and ``geoDataExif`` (0, 0 is no place), ``favorited``, ``archived``, ``trashed``;
in an album's folder a document with a ``title`` and no time. ``people`` is left alone: they are
not the owner's to move. ``pocketvault`` is our own export's (docs/export.md).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from tests.reference_client.cli.folder import Found
from tests.reference_client.cli.pairs import (
    DamagedError,
    json_in,
    key_of,
    object_in,
    pictures_in,
)
from tests.reference_client.cli.told import (
    Files,
    Reading,
    Told,
    moment_of,
    place_of,
    text_of,
)

SUFFIX = ".supplemental-metadata"
# Names are cut to 46 characters before ".json"; reports differ by a few, perhaps by how an
# emoji is counted. So anything this long may be the beginning of a longer name.
CUT_FROM = 40
NUMBER = re.compile(r"^(?P<name>.*)(?P<number>\(\d{1,5}\))(?P<ending>\.[^.]*)?$", re.DOTALL)
EDITED = re.compile(
    r"-(edited|effects|collage|animation|bearbeitet|modifi[eé]|editad[oa]|modificato|bewerkt"
    r"|redigeret|redigerad|redigert|edytowane|muokattu|編集済み)(?=\.[^.]*$)",
    re.IGNORECASE,
)
# "Photos from 2019" in the languages that put a word for photos first; and "2019 年の写真".
YEAR_FOLDER = re.compile(
    r"^((photos?|fotos?|foto's|foton|fotografie|fotky|bilder|billeder|valokuvat|zdjęcia|фото\w*)"
    r" \S+ (19|20)\d\d|(19|20)\d\d ?(年|년).*)$",
    re.IGNORECASE,
)


def read_takeout(files: Files) -> Reading:
    """What the sidecars say. A picture without one is told nothing, and is no error."""
    reading = Reading()
    sidecars = [each for each in files if each.name.lower().endswith(".json")]
    index, albums = _Index(sidecars), _albums(sidecars)
    for picture in pictures_in(files):
        told = Told(by="takeout")
        for sidecar in index.of(picture):
            reading.used.add(sidecar.at)
            try:
                document = json_in(sidecar)
            except DamagedError as error:
                reading.broken[sidecar.at] = str(error)
                continue
            if document.get("trashed") is True:
                reading.left_out[picture.at] = "was in the bin there"
            told = told_by(document)
            break
        album = albums.get(picture.folder)
        if album and album.title not in told.albums:
            told = replace(told, albums=(*told.albums, album.title))
        if told != Told(by="takeout"):
            reading.told[picture.at] = told
    reading.used |= {each.at for each in albums.values()}
    return reading


def told_by(document: dict[str, Any]) -> Told:
    """One sidecar. What is missing or of another kind is nothing, and never an error."""
    if isinstance(document.get("pocketvault"), dict):
        return _told_by_us(document, document["pocketvault"])
    geo, exif = object_in(document, "geoData"), object_in(document, "geoDataExif")
    return Told(
        name=text_of(document.get("title")),
        captured_at=moment_of(object_in(document, "photoTakenTime").get("timestamp")),
        place=place_of(geo.get("latitude"), geo.get("longitude"))
        or place_of(exif.get("latitude"), exif.get("longitude")),
        description=text_of(document.get("description")),
        favourite=document.get("favorited") is True,
        archived=document.get("archived") is True,
        by="takeout",
    )


class _Album(NamedTuple):
    at: str
    title: str


class _Index:
    """Sidecars by what their names may stand for."""

    def __init__(self, sidecars: list[Found]) -> None:
        self._exact: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
        self._cut: dict[tuple[str, str, str], list[tuple[str, Found]]] = defaultdict(list)
        for sidecar in sidecars:
            stem, number = _split(sidecar.name[: -len(".json")])
            for name in (stem, _without_suffix(stem)):
                self._exact[self._key(sidecar.folder, name, number)].append(sidecar)
            if len(stem) >= CUT_FROM:
                key = self._key(sidecar.folder, stem[:CUT_FROM], number)
                self._cut[key].append((stem, sidecar))

    def of(self, picture: Found) -> Iterator[Found]:
        """The sidecars of a picture, the likeliest first."""
        name, number = _split(picture.name)
        stem, dot, ending = name.rpartition(".")
        spellings = [(name, number), (f"{stem}{number}{dot}{ending}", "")]
        if (unedited := EDITED.sub("", name)) != name:
            stem, dot, ending = unedited.rpartition(".")
            spellings += [(unedited, number), (f"{stem}{number}{dot}{ending}", "")]
        for spelling in spellings:
            yield from self._exact.get(self._key(picture.folder, *spelling), ())
        for full, counted in spellings:
            key = self._key(picture.folder, full[:CUT_FROM], counted)
            fitting = [each for each in self._cut.get(key, ()) if _may_be_cut(each[0], full)]
            for _, sidecar in sorted(fitting, key=lambda each: -len(each[0])):
                if _may_be_of(sidecar, full):
                    yield sidecar

    @staticmethod
    def _key(folder: str, name: str, number: str) -> tuple[str, str, str]:
        return (*key_of(folder, name), number)


def _split(name: str) -> tuple[str, str]:
    """ "b(2).jpg" is "b.jpg" and "(2)"; "b.jpg.supple(2)" is "b.jpg.supple" and "(2)"."""
    parts = NUMBER.match(name)
    if parts is None:
        return name, ""
    return parts["name"] + (parts["ending"] or ""), parts["number"]


def _without_suffix(stem: str) -> str:
    for length in range(len(SUFFIX), 0, -1):
        if stem.endswith(SUFFIX[:length]):
            return stem[:-length]
    return stem


def _may_be_cut(stem: str, name: str) -> bool:
    """Whether this began as the picture's name, or both as a longer one."""
    seen, whole = key_of("", stem)[1], key_of("", name + SUFFIX)[1]
    beginning = key_of("", name.rpartition(".")[0])[1]
    both_cut = len(beginning) >= CUT_FROM and seen.startswith(beginning)
    return whole.startswith(seen) or both_cut


def _may_be_of(sidecar: Found, name: str) -> bool:
    """Two long names may begin alike: then the title inside says whose the sidecar is.

    In names on a disk an underscore stands for what a disk does not take.
    """
    try:
        title = text_of(json_in(sidecar).get("title"))
    except DamagedError:
        return True
    said, seen = (re.sub(r"[^0-9a-z]", "_", each.lower()) for each in (title, name))
    said, seen = said.rpartition("_")[0] or said, seen.rpartition("_")[0] or seen
    return not title or said.startswith(seen) or seen.startswith(said)


def _albums(sidecars: list[Found]) -> dict[str, _Album]:
    """The album that a folder is, where a document in it says so: in any language's name."""
    albums: dict[str, _Album] = {}
    for sidecar in sidecars:
        name = sidecar.name[: -len(".json")]
        folder = sidecar.folder.rpartition("/")[2]
        # "metadata", "Metadaten", "métadonnées(1)": never "a.jpg", nor what was cut from it.
        if "." in name or len(name) > CUT_FROM or not folder or YEAR_FOLDER.match(folder):
            continue
        try:
            document = json_in(sidecar)
        except DamagedError:
            continue
        title = text_of(document.get("title"))
        if title and "photoTakenTime" not in document:
            albums.setdefault(sidecar.folder, _Album(sidecar.at, title))
    return albums


def _told_by_us(document: dict[str, Any], said: dict[str, Any]) -> Told:
    captured, place = object_in(said, "captured"), object_in(said, "place")
    at = None
    with suppress(ValueError):
        at = datetime.fromisoformat(f"{captured.get('local')}{captured.get('zone') or ''}")
    rating = said.get("rating")
    keywords, albums = said.get("keywords"), said.get("albums")
    return Told(
        name=text_of(said.get("originalName")),
        captured_at=at,
        shown_zone=True,
        place=place_of(place.get("lat"), place.get("lon")),
        title=text_of(said.get("title")),
        description=text_of(said.get("description")),
        keywords=_texts(keywords),
        rating=rating if rating in (1, 2, 3, 4, 5) else None,
        alt_text=text_of(said.get("altText")),
        favourite=said.get("favourite") is True,
        archived=said.get("archived") is True,
        albums=_texts(albums),
    )


def _texts(value: object) -> tuple[str, ...]:
    texts = [text_of(each) for each in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(each for each in texts if each))
