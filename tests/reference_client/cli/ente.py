"""Ente's export: a folder for each album, and in it ``metadata/NAME.json`` for each ``NAME``.

Source: the exporter itself, github.com/ente/ente, ``web/apps/photos/src/services/export``
(``exportMetadataDirectoryName`` is "metadata", ``getGoogleLikeMetadataFile``). Members read:
``creationTime.timestamp`` (seconds as a number: it is when the picture was taken),
``geoData.latitude`` and ``longitude`` (null for none), ``caption``, and ``description`` where a
version writes that. Ente's favourites are an album of the name "Favorites", in English only;
"Uncategorized" is what is in none. Both are folder names as users have them, and not described.
"""

from __future__ import annotations

from tests.reference_client.cli.pairs import (
    DamagedError,
    by_name,
    json_in,
    key_of,
    object_in,
    pictures_in,
)
from tests.reference_client.cli.told import Files, Reading, Told, moment_of, place_of, text_of

METADATA = "metadata"
FAVOURITES, NO_ALBUM = "favorites", "uncategorized"
ROOT = "ente photos"


def read_ente(files: Files) -> Reading:
    """What the sidecars say, and the album each folder is."""
    reading, names = Reading(), by_name(files)
    for picture in pictures_in(files):
        if picture.folder.rpartition("/")[2] == METADATA:
            continue
        folder = f"{picture.folder}/{METADATA}".lstrip("/")
        sidecar = names.get(key_of(folder, f"{picture.name}.json"))
        document = {}
        if sidecar is not None:
            reading.used.add(sidecar.at)
            try:
                document = json_in(sidecar)
            except DamagedError as error:
                reading.broken[sidecar.at] = str(error)
        album = picture.folder.rpartition("/")[2]
        geo = object_in(document, "geoData")
        reading.told[picture.at] = Told(
            name=text_of(document.get("title")),
            captured_at=moment_of(object_in(document, "creationTime").get("timestamp")),
            place=place_of(geo.get("latitude"), geo.get("longitude")),
            description=text_of(document.get("caption")) or text_of(document.get("description")),
            favourite=album.casefold() == FAVOURITES,
            albums=() if album.casefold() in ("", FAVOURITES, NO_ALBUM, ROOT) else (album,),
        )
    return reading
