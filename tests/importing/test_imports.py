"""Exports of other services become photos, marks, corrections and albums."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.importing.conftest import Vault
from tests.importing.exports import JULY, picture, put, takeout, xmp
from tests.live import Live
from tests.reference_client.albums import albums_of, content_keys_in
from tests.reference_client.cli.folder import UnreadableError, read_bytes, walk
from tests.reference_client.cli.words import Ending
from tests.reference_client.documents import CaptureTime, Place

LONG = "a_very_long_name_that_goes_on_and_on_and_on_until_it_is_cut_somewhere"


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments are told by this device's clock: in these tests, one of Greenwich."""
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_a_takeout_comes_in_with_all_that_its_sidecars_say(vault: Vault, tmp_path: Path) -> None:
    lake = {"latitude": 46.5, "longitude": 6.6, "altitude": 372.0}
    root = put(tmp_path / "Takeout/Google Photos", {
        "Photos from 2019/a.jpg": picture(1),
        "Photos from 2019/a.jpg.supplemental-metadata.json": takeout(
            "a.jpg", description="At the lake", favorited=True, geoData=lake
        ),
        "Photos from 2019/b(1).jpg": picture(2),
        "Photos from 2019/b.jpg(1).json": takeout("b.jpg", archived=True),
        "Photos from 2019/b.jpg": picture(3),
        "Photos from 2019/b.jpg.json": takeout("b.jpg"),
        f"Photos from 2019/{LONG[:43]}.jpg": picture(4),
        f"Photos from 2019/{LONG[:46]}.json": takeout(f"{LONG}.jpg", description="Cut"),
        "Photos from 2019/d-edited.jpg": picture(5),
        "Photos from 2019/d.jpg": picture(6),
        "Photos from 2019/d.jpg.supple.json": takeout("d.jpg", description="Both"),
        "Photos from 2019/metadata.json": {"title": "Photos from 2019"},
        "By the sea 🌊/metadata.json": {"title": "By the sea: 🌊", "description": ""},
        "By the sea 🌊/a.jpg": picture(1),
        "By the sea 🌊/e.jpg": picture(7, taken="2019:07:01 12:20:30"),
        "By the sea 🌊/e.jpg.json": takeout("e.jpg"),
        "Bin/f.jpg": picture(8),
        "Bin/f.jpg.json": takeout("f.jpg", trashed=True),
    })  # fmt: skip

    said = vault.run("import", root)

    assert (said.code, said.err) == (Ending.DONE, "")
    assert "Read as an export of Google Takeout." in said.out
    assert "7 new in the vault, 1 were there already." in said.out
    assert "Bin/f.jpg: was in the bin there" in said.out
    photos = vault.photos()
    assert set(photos) == {
        "a.jpg", "b(1).jpg", "b.jpg", f"{LONG}.jpg", "d-edited.jpg", "d.jpg", "e.jpg",
    }  # fmt: skip
    a = photos["a.jpg"]
    assert (a.marks.favourite, a.marks.archived) == (True, False)
    assert a.corrections.values == {
        "capturedAt": "2019-07-01T10:20:30",
        "zone": "+00:00",
        "place": {"lat": 46.5, "lon": 6.6},
        "description": "At the lake",
    }
    assert a.corrections.by == "takeout"
    assert vault.person.library.download(a) == picture(1)
    assert (photos["b(1).jpg"].marks.archived, photos["b.jpg"].marks.archived) == (True, False)
    assert photos[f"{LONG}.jpg"].corrections.values["description"] == "Cut"
    assert photos["d-edited.jpg"].corrections.values["description"] == "Both"
    # Two hours ahead of Greenwich is the same moment, and the picture's own clock is kept.
    assert photos["e.jpg"].corrections.values == {}
    assert photos["e.jpg"].metadata.captured_at.local == "2019-07-01T12:20:30"
    assert vault.albums() == {"By the sea: 🌊": {"a.jpg", "e.jpg"}}


def test_bad_input_is_named_and_takes_nothing_else_with_it(vault: Vault, tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", {"secret.jpg": picture(90)})
    emoji = "👩‍👩‍👧" * 13 + ".jpg"
    root = put(tmp_path / "Takeout", {
        "ok.jpg": picture(1),
        "ok.jpg.json": "{ this is no JSON",
        "alone.jpg": picture(2),
        "deep.jpg": picture(3),
        "deep.jpg.json": "[" * 200_000,
        "list.jpg": picture(4),
        "list.jpg.json": "[]",
        "odd.jpg": picture(5),
        "odd.jpg.json": {"title": 7, "photoTakenTime": "soon", "geoData": [], "favorited": "no",
                         "geoDataExif": {"latitude": 1e999, "longitude": True}},
        "broken.jpg": b"\xff\xd8\xff\xe0 this is no picture",
        "IMG_1.HEIC": b"not a HEIC",
        "clip.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 64,
        "live.jpg": picture(6),
        "live.MOV": b"\0\0\0\x14ftypqt  " + b"\0" * 64,
        "notes.txt": "hello",
        "more.zip": b"PK\3\4",
        "empty.jpg": b"",
        ".DS_Store": b"x",
        emoji: picture(7),
        f"{'n' * 251}.jpg": picture(8),
    })  # fmt: skip
    (root / "way-out").symlink_to(outside)
    (root / "one.jpg").symlink_to(outside / "secret.jpg")
    os.mkfifo(root / "pipe.jpg")

    said = vault.run("import", root, "--kind", "takeout")

    assert said.code == Ending.SOME_LEFT
    assert set(vault.photos()) == {
        "ok.jpg", "alone.jpg", "deep.jpg", "list.jpg", "odd.jpg", "broken.jpg", "live.jpg",
        emoji, f"{'n' * 251}.jpg",
    }  # fmt: skip
    assert vault.photos()["odd.jpg"].corrections.values == {}
    for line in (
        "ok.jpg.json: is damaged",
        "deep.jpg.json: is damaged",
        "list.jpg.json: holds nothing about a picture",
        "IMG_1.HEIC: is no picture that the vault knows",
        "clip.mp4: is a video: the vault keeps pictures",
        "live.MOV: is the moving half of live.jpg: the vault keeps pictures",
        "notes.txt: is no picture that the vault knows",
        "more.zip: is still packed: unpack it first",
        "empty.jpg: is empty",
        "way-out: is a link, and links are not followed (it leads out of the folder)",
        "one.jpg: is a link, and links are not followed (it leads out of the folder)",
        "pipe.jpg: is no file",
        "1 files or folders that systems leave lying were not looked at.",
    ):
        assert line in said.out
    shown = said.out.split("without a preview:")[1].split("\n\n")[0]
    assert shown.split() == ["broken.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_named(vault: Vault, tmp_path: Path) -> None:
    root = put(tmp_path / "in", {"a.jpg": picture(1), "b.jpg": picture(2)})
    (root / "b.jpg").chmod(0)

    said = vault.run("upload", root)

    assert said.code == Ending.SOME_LEFT
    assert "b.jpg: cannot be read (Permission denied)" in said.out
    assert set(vault.photos()) == {"a.jpg"}


def test_a_file_that_became_a_link_after_it_was_seen_is_not_followed(tmp_path: Path) -> None:
    root = put(tmp_path / "in", {"a.jpg": picture(1)})
    (found,) = walk(root).files
    found.path.unlink()
    found.path.symlink_to(put(tmp_path / "out", {"secret.jpg": picture(2)}) / "secret.jpg")

    with pytest.raises(UnreadableError, match="cannot be read"):
        read_bytes(found)


def test_upload_takes_pictures_and_points_to_import(vault: Vault, tmp_path: Path) -> None:
    jpeg = picture(1, taken="2019:07:01 12:20:30", lat=-33.5, words="Zürich".encode())
    sidecar = takeout("a.jpg", description="Not read")
    root = put(tmp_path / "in", {"a.jpg": jpeg, "a.jpg.json": sidecar, "b.JPG": jpeg})

    said = vault.run("upload", root)

    assert said.code == Ending.DONE
    assert "This looks like an export of Google Takeout: import would read" in said.out
    assert "a.jpg.json: is for import to read" in said.out
    assert "1 new in the vault, 1 were there already." in said.out
    (photo,) = vault.photos_as_list()
    assert photo.corrections.values == {}
    assert photo.metadata.captured_at == CaptureTime(local="2019-07-01T12:20:30")
    assert photo.metadata.place == Place(lat=-33.5, lon=13.0)
    assert photo.metadata.description == "Zürich"
    assert (photo.metadata.camera, photo.metadata.stored_as) == ("Box 1", "whole")
    assert (photo.metadata.width, photo.metadata.height) == (40, 30)


def test_a_full_vault_ends_the_run_and_says_so(
    live: Live, vault: Vault, tmp_path: Path
) -> None:
    root = put(tmp_path / "in", {"a.jpg": picture(1), "b.jpg": picture(2)})
    live.manage(
        "shell", "-c", "from accounts.models import Account; "
        f"Account.objects.filter(email='{vault.person.email}').update(own_limit_bytes=1)",
    )  # fmt: skip

    said = vault.run("upload", root)

    assert said.code == Ending.CUT_SHORT
    assert "(quota_reached)\nRun the same command again: it goes on from here." in said.err


def test_the_copy_from_privacy_apple_com_comes_in(vault: Vault, tmp_path: Path) -> None:
    header = (
        "imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate"
    )
    july = '"Monday July 1,2019 10:20 AM GMT"'
    root = put(tmp_path / "iCloud", {
        "Part 1/Photos/IMG_1.jpg": picture(1),
        "Part 1/Photos/IMG_2.jpg": picture(2, taken="2019:07:01 12:20:30"),
        "Part 1/Photos/IMG_2.MOV": b"\0\0\0\x14ftypqt  ",
        "Part 1/Photos/IMG_3.jpg": picture(3),
        "Part 1/Photos/IMG_4.jpg": picture(4),
        "Part 1/Photos/Photo Details.csv": f"{header}\nIMG_1.jpg,x,yes,no,no,{july},4,{july}\n"
        f"IMG_2.jpg,x,no,yes,no,{july},4,{july}\n",
        "Part 1/Photos/Photo Details-1.csv": f"{header}\nIMG_3.jpg,x,no,no,yes,{july},1,{july}\n"
        f"IMG_4.jpg,x,no,no,no,someday,1,{july}\n",
        "Part 1/Photos/Photo Details-2.csv": "\x00\xff",
        "Part 1/Albums/Family.csv": "Images\nIMG_1.jpg\nIMG_4.jpg\nIMG_99.jpg\n",
        "Part 1/Albums/Favorites.csv": "imgName\nIMG_4.jpg\n",
        "Part 1/Memories/On this day.csv": "imageName\nIMG_1.jpg\n",
        "Part 2/Photos/IMG_1.jpg.txt": "no picture",
    })  # fmt: skip

    said = vault.run("import", root)

    assert said.code == Ending.SOME_LEFT
    assert "Photo Details-2.csv: " in said.out
    assert "IMG_3.jpg: was in the bin there" in said.out
    photos = vault.photos()
    assert set(photos) == {"IMG_1.jpg", "IMG_2.jpg", "IMG_4.jpg"}
    assert photos["IMG_1.jpg"].corrections.values == {
        "capturedAt": "2019-07-01T10:20:00", "zone": "+00:00",
    }  # fmt: skip
    assert photos["IMG_1.jpg"].corrections.by == "person"
    # Thirty seconds and two time zones apart: a table that ends at the minute says no more.
    assert photos["IMG_2.jpg"].corrections.values == {}
    favourites = {name for name, each in photos.items() if each.marks.favourite}
    assert favourites == {"IMG_1.jpg", "IMG_4.jpg"}
    assert photos["IMG_2.jpg"].marks.archived
    assert vault.albums() == {"Family": {"IMG_1.jpg", "IMG_4.jpg"}}


def test_an_album_that_could_mean_two_pictures_means_neither(vault: Vault, tmp_path: Path) -> None:
    root = put(tmp_path / "iCloud", {
        "Part 1/Photos/IMG_1.jpg": picture(1),
        "Part 2/Photos/IMG_1.jpg": picture(2),
        "Part 1/Photos/IMG_2.jpg": picture(3),
        "Part 1/Albums/Family.csv": "Images\nIMG_1.jpg\nIMG_2.jpg\n",
    })  # fmt: skip

    said = vault.run("import", root, "--kind", "apple")

    assert said.code == Ending.SOME_LEFT
    assert "Family.csv: names a picture that is there more than once" in said.out
    assert "3 new in the vault" in said.out
    (album,) = albums_of(vault.person.library)
    assert list(content_keys_in(vault.person.library, album)) == [
        each.id for each in vault.photos_as_list() if each.metadata.name == "IMG_2.jpg"
    ]


def test_an_export_of_ente_comes_in(vault: Vault, tmp_path: Path) -> None:
    def said_of(title: str, **more: object) -> dict[str, object]:
        return {"title": title, "creationTime": {"timestamp": JULY, "formatted": "1 Jul 2019"},
                "geoData": {"latitude": None, "longitude": None}, **more}  # fmt: skip

    root = put(tmp_path / "Ente Photos", {
        "Norway/a.jpg": picture(1),
        "Norway/metadata/a.jpg.json": said_of(
            "a.jpg", caption="A fjord", geoData={"latitude": 60.9, "longitude": 7.2}
        ),
        "Norway/a(1).jpg": picture(2),
        "Norway/metadata/a(1).jpg.json": said_of("a(1).jpg"),
        "Norway/live.jpg": picture(3),
        "Norway/live.mov": b"\0\0\0\x14ftypqt  ",
        "Norway/metadata/live.jpg.json": "{",
        "Norway/metadata/live.mov.json": said_of("live.mov"),
        "Favorites/a.jpg": picture(1),
        "Favorites/z.jpg": picture(4),
        "Uncategorized/u.jpg": picture(5),
    })  # fmt: skip

    said = vault.run("import", root)

    assert said.code == Ending.SOME_LEFT
    assert "Read as an export of Ente." in said.out
    assert "Norway/metadata/live.jpg.json: is damaged" in said.out
    assert "Norway/metadata/live.mov.json: tells of no picture here" in said.out
    photos = vault.photos()
    assert set(photos) == {"a.jpg", "a(1).jpg", "live.jpg", "z.jpg", "u.jpg"}
    assert photos["z.jpg"].marks.favourite
    assert photos["a(1).jpg"].corrections.values["capturedAt"] == "2019-07-01T10:20:30"
    # Favorites come first in the folder: whichever copy is met first, the other adds its album.
    assert vault.albums() == {"Norway": {"a.jpg", "a(1).jpg", "live.jpg"}}


def test_a_folder_of_immich_comes_in(vault: Vault, tmp_path: Path) -> None:
    root = put(tmp_path / "library", {
        "2019/a.jpg": picture(1, taken="2001:01:01 00:00:00", lat=-33.5),
        "2019/a.jpg.xmp": xmp(
            "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>A &amp; B</rdf:li></rdf:Alt>"
            "</dc:description><digiKam:TagsList><rdf:Seq><rdf:li>Places/Bay</rdf:li></rdf:Seq>"
            "</digiKam:TagsList><exif:DateTimeOriginal>2019-07-01T12:20:30.000+02:00"
            "</exif:DateTimeOriginal><exif:GPSLatitude>33,30.0S</exif:GPSLatitude>"
            "<exif:GPSLongitude>13,0.0E</exif:GPSLongitude>", 'xmp:Rating="4"',
        ),
        "2019/b.jpg": picture(2),
        "2019/b.xmp": xmp("<exif:GPSLatitude>33.5</exif:GPSLatitude><exif:GPSLatitudeRef>S"
                          "</exif:GPSLatitudeRef><exif:GPSLongitude>70.5</exif:GPSLongitude>"
                          "<exif:GPSLongitudeRef>W</exif:GPSLongitudeRef>"),
        "2019/c.jpg": picture(3),
        "2019/c.jpg.xmp": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        + xmp("<dc:title>&b;</dc:title>").partition("?>")[2],
        "2019/d.jpg": picture(4),
        "2019/d.jpg.xmp": "<x><y></x>",
        "2019/e.jpg": picture(5),
        "2019/e.jpg.xmp": "<a>" * 5000,
        "2019/gone.jpg.xmp": xmp(""),
    })  # fmt: skip

    said = vault.run("import", root, "--folders-as-albums")

    assert said.code == Ending.SOME_LEFT
    photos = vault.photos()
    assert photos["a.jpg"].corrections.values == {
        "capturedAt": "2019-07-01T12:20:30", "zone": "+02:00", "description": "A & B",
        "keywords": ["Bay"], "rating": 4,
    }  # fmt: skip
    assert photos["a.jpg"].metadata.place.lat == pytest.approx(-33.5)
    assert photos["b.jpg"].corrections.values == {"place": {"lat": -33.5, "lon": -70.5}}
    assert photos["c.jpg"].corrections.values == {}
    assert "c.jpg.xmp: declares a document type, which no sidecar needs" in said.out
    assert "d.jpg.xmp: is damaged" in said.out
    assert "e.jpg.xmp: is nested too deeply" in said.out
    assert "gone.jpg.xmp: tells of no picture here" in said.out
    assert vault.albums() == {"2019": set(photos)}
