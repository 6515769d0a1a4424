"""What belongs together by its name, and what a name on a disk may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.importing.exports import put, takeout
from tests.reference_client.cli.folder import walk
from tests.reference_client.cli.kinds import kind_of
from tests.reference_client.cli.naming import Taken, safe_name
from tests.reference_client.cli.pairs import moving_halves
from tests.reference_client.cli.takeout import read_takeout
from tests.reference_client.cli.words import plain

LONG = "PXL_20230830_101010101.PORTRAIT-01.COVER_of_everything_that_was_there"


@pytest.mark.parametrize(
    ("picture", "sidecar"),
    [
        ("a.jpg", "a.jpg.json"),
        ("a.jpg", "a.jpg.supplemental-metadata.json"),
        ("a.jpg", "a.jpg.supplemental-meta.json"),
        ("a.jpg", "a.jpg.s.json"),
        ("a.jpg", "a.jpg..json"),
        ("a(1).jpg", "a.jpg(1).json"),
        ("a(1).jpg", "a.jpg.supplemental-metadata(1).json"),
        ("a(1).jpg", "a(1).jpg.json"),
        ("a-edited.jpg", "a.jpg.json"),
        ("a-bearbeitet(2).jpg", "a.jpg.supplemental-metadata(2).json"),
        ("ü.jpg", "u\u0308.jpg.json"),
        ("A.JPG", "A.JPG.json"),
        (f"{LONG[:47]}.jpg", f"{LONG[:46]}.json"),
        (f"{LONG[:43]}.jpg", f"{LONG[:43]}.jp.json"),
        (f"{LONG[:43]}.jpg", f"{LONG[:46]}.json"),
        (f"{LONG[:40]}.jpg", f"{LONG[:40]}.jpg.s.json"),
        (f"{LONG[:43]}(1).jpg", f"{LONG[:43]}.jp(1).json"),
    ],
)
def test_a_sidecar_is_found_by_its_picture(tmp_path: Path, picture: str, sidecar: str) -> None:
    title = f"{LONG}.jpg" if picture.startswith("PXL") else picture
    put(tmp_path, {picture: b"x", sidecar: takeout(title, description="mine")})

    reading = read_takeout(walk(tmp_path).files)

    assert [each.description for each in reading.told.values()] == ["mine"]


@pytest.mark.parametrize(
    ("picture", "sidecar", "title"),
    [
        ("a(1).jpg", "a.jpg.json", "a.jpg"),
        ("a.jpg", "a.jpg(1).json", "a.jpg"),
        ("a.jpg", "b/a.jpg.json", "a.jpg"),
        ("a.jpg", "ab.jpg.json", "ab.jpg"),
        (f"{LONG[:45]}x.jpg", f"{LONG[:44]}.json", f"{LONG[:45]}y_and_more.jpg"),
        (f"{LONG[:43]}.jpg", f"{LONG[:46]}.json", f"{LONG[:40]}another.jpg"),
    ],
)
def test_a_sidecar_of_another_picture_is_not_taken(
    tmp_path: Path, picture: str, sidecar: str, title: str
) -> None:
    put(tmp_path, {picture: b"x", sidecar: takeout(title, description="another's")})

    assert not read_takeout(walk(tmp_path).files).told


@pytest.mark.parametrize(
    ("video", "picture"),
    [("IMG_1.MOV", "IMG_1.HEIC"), ("PXL_1.MP", "PXL_1.MP.jpg"), ("img_1.mp4", "IMG_1.jpg")],
)
def test_a_moving_half_is_known_by_its_picture(tmp_path: Path, video: str, picture: str) -> None:
    put(tmp_path, {video: b"x", picture: b"x", "other.mov": b"x"})

    assert moving_halves(walk(tmp_path).files) == {video: picture}


@pytest.mark.parametrize(
    ("name", "on_disk"),
    [
        ("a.jpg", "a.jpg"),
        ("../../etc/passwd", "_._.._etc_passwd"),
        (".hidden", "_hidden"),
        ("con.jpg", "_con.jpg"),
        ("a\x1b[31m\n.jpg", "a[31m.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("👩\u200d👧.jpg", "👩\u200d👧.jpg"),
        ("", "photo"),
        ("..", "__"),
        ("x" * 300 + ".jpg", "x" * 246 + ".jpg"),
        ("👍" * 100 + ".jpg", "👍" * 61 + ".jpg"),
        ("half \ud83d.jpg", "half _.jpg"),
    ],
)
def test_no_name_leads_out_of_its_folder_or_breaks_a_disk(name: str, on_disk: str) -> None:
    assert safe_name(name, instead="photo") == on_disk


def test_the_second_of_a_name_gets_a_number_also_in_another_case() -> None:
    taken = Taken()

    assert taken.free("photos", "a.jpg", sidecars=(".json",)) == "photos/a.jpg"
    assert taken.free("photos", "A.jpg", sidecars=(".json",)) == "photos/A~2.jpg"
    assert taken.free("photos", "a.jpg.json") == "photos/a.jpg~2.json"


def test_what_is_said_on_a_terminal_controls_nothing() -> None:
    assert plain("a\x1b]0;owned\x07\u202eb\udcff") == "a�]0;owned��b�"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "avif"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "unknown"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "unknown"),
        (b"II*\0\x08\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0", "dng"),
        (b"MM\0*\0\0\0\x08\0\1\1\x06\0\3\0\0\0\1\0\2\0\0", "tiff"),
        (b"II*\0\x10\0\0\0CR\2\0", "raw-cr2"),
        (b"II*\0\xff\xff\xff\xff", "unknown"),
        (b"%PDF-1.7", "unknown"),
        (b"", "unknown"),
    ],
)
def test_a_kind_is_known_by_its_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


def test_what_our_own_export_says_of_a_photo_is_read_exactly(tmp_path: Path) -> None:
    said = {"format": 1, "originalName": "Ünter.jpg", "title": "Dusk", "rating": 4,
            "captured": {"local": "2019-07-01T12:20:30", "zone": "+02:00"},
            "keywords": ["a", "a", 7, ""], "albums": ["One", "Two"],
            "altText": "A boat"}  # fmt: skip
    put(tmp_path, {"U.jpg": b"x", "U.jpg.json": json.dumps({**takeout("x"), "pocketvault": said})})

    (told,) = read_takeout(walk(tmp_path).files).told.values()

    assert told.captured_at.isoformat() == "2019-07-01T12:20:30+02:00"
    assert (told.title, told.rating, told.alt_text) == ("Dusk", 4, "A boat")
    assert (told.keywords, told.albums, told.by) == (("a",), ("One", "Two"), "person")
