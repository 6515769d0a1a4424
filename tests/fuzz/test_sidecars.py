"""What stands beside photos in other services' exports, as the command line reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.hostile import JSON, ODD_JSON, TEXTS, ends, mutants, tried
from tests.reference_client.cli.apple import read_apple
from tests.reference_client.cli.ente import read_ente
from tests.reference_client.cli.folder import walk
from tests.reference_client.cli.pairs import DamagedError
from tests.reference_client.cli.takeout import read_takeout, told_by
from tests.reference_client.cli.told import Told
from tests.reference_client.cli.xmp import parsed
from tests.reference_client.cli.xmp import told_by as told_by_xmp

XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 exif:GPSLatitude="46,30.5N" exif:GPSLongitude="6.6"
 exif:DateTimeOriginal="2019-07-01T12:20:30+02:00">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">By the sea</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
ODD_XML = [
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" * 5_000, b"<a " + b"b='c' " * 2_000 + b"/>",
    b"\xff\xfe<\0a\0/\0>\0", b"<?xml version='1.0' encoding='nowhere'?><a/>", b"<a:b/>",
    b"<a xmlns:b=''/>",
    b"<?xml version='1.0' encoding='utf-7'?><a/>", b"", b"\0", b"<}/>", b"<a xmlns='}'/>",
    b"<a xmlns='{}'><b/></a>",
]  # fmt: skip
TAKEOUT: dict[str, Any] = {
    "title": "a.jpg", "description": "d", "photoTakenTime": {"timestamp": "1561976430"},
    "geoData": {"latitude": 46.5, "longitude": 6.6}, "favorited": True,
}  # fmt: skip
OURS: dict[str, Any] = {
    "pocketvault": {
        "originalName": "a", "captured": {"local": "2019-07-01T12:20:30", "zone": "+02:00"},
        "place": {"lat": 1.0, "lon": 2.0}, "keywords": ["a"], "rating": 3, "albums": ["b"],
    }
}  # fmt: skip


def told_in(packet: bytes) -> Told:
    return told_by_xmp(parsed(packet))


def test_what_is_varied_here_is_good_to_begin_with() -> None:
    assert told_in(XMP).title == "By the sea"
    assert told_by(TAKEOUT).favourite


@tried()
@example(XMP.replace(b"46,30.5N", b"9" * 5_000))
@example(XMP.replace(b"2019-07-01T12:20:30+02:00", b"0000-00-00T99:99:99+99:99"))
@given(mutants(XMP) | st.sampled_from(ODD_XML))
def test_an_xmp_packet(packet: bytes) -> None:
    ends(lambda: told_in(packet), DamagedError)


def with_member(good: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(sorted(good))
    return st.tuples(names, JSON).map(lambda odd: {**good, odd[0]: odd[1]})


@tried()
@example({"photoTakenTime": {"timestamp": 10**400}})
@example({"photoTakenTime": {"timestamp": "-62135596801"}})
@given(
    with_member(TAKEOUT) | with_member(OURS["pocketvault"]).map(lambda said: {"pocketvault": said})
    | st.dictionaries(TEXTS, JSON, max_size=4)
)  # fmt: skip
def test_a_sidecar_of_takeout_or_of_ours(document: dict[str, Any]) -> None:
    ends(lambda: told_by(document))


TABLE = (
    b"imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate\n"
    b'a.jpg,x,yes,no,no,"Saturday June 4,2022 12:11 PM GMT",1,\n'
)


@pytest.mark.parametrize("reader", [read_takeout, read_apple, read_ente])
def test_a_folder_of_an_export(tmp_path: Path, reader: Any) -> None:
    places = {
        "Photos": ["a.jpg.json", "a.jpg.supplemental-metadata.json", "a.xmp", "Photo Details.csv"],
        "Photos/metadata": ["a.jpg.json"], "Albums": ["b.csv"], "By the sea": ["metadata.json"],
    }  # fmt: skip
    for folder in places:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "Photos" / "a.jpg").write_bytes(b"\xff\xd8\xff\xd9")

    @tried()
    @example(b"imgName\n" + b'"' + b"a" * 200_000 + b"\n")
    @example(b"imgName,imgName\na\0.jpg,\n")
    @given(mutants(TABLE, XMP, json.dumps(TAKEOUT).encode()) | st.sampled_from([*ODD_JSON,
        *ODD_XML]))
    def read(content: bytes) -> None:
        for folder, names in places.items():
            for name in names:
                (tmp_path / folder / name).write_bytes(content)
        ends(lambda: reader(walk(tmp_path).files))

    read()

