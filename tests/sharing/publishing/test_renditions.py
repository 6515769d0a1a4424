"""What everyone gets: a picture that says whose it is and what nobody may do, and nothing else."""

import hashlib
import io
import struct
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from sharing.publishing import PictureRefusedError, Refusal, Rights, check, mark, render
from sharing.publishing.rights import packet_of
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read
from tests.sharing.publishing import samples
from tests.sharing.publishing.samples import BLUE, GREEN, GREY, RED, corners, is_like, scene
from tests.sharing.watermark.pictures import landscape

ALICE = Rights(
    "Alice <alice> & Söhne", "CC BY-NC 4.0", "https://photos.example.org/u/alice/abc?x=1&y=2"
)
SECRET = b"a secret that only the tests know"
PAYLOAD = 0x1234_5678_9ABC_DEF0
SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
PROHIBITED = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING"


@pytest.fixture(scope="module")
def picture() -> bytes:
    """A checked copy that had everything in it that nobody may see."""
    copy = samples.saved(scene((3000, 2000)), "JPEG", exif=samples.exif(), comment=samples.PLACE)
    return check(copy).picture


def said(packet: bytes) -> dict[str, str]:
    """The properties of a packet, each with its text."""
    start, end = packet.index(b"<x:xmpmeta"), packet.index(b"</x:xmpmeta>") + 12
    (description,) = ET.fromstring(packet[start:end]).iter(
        f"{{{SPACES['rdf']}}}Description"
    )
    names = {f"{{{address}}}": prefix for prefix, address in SPACES.items()}
    found = {}
    for each in description:
        space, name = each.tag.split("}")
        found[f"{names[space + '}']}:{name}"] = "".join(each.itertext())
    return found


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """The marker and the body of each segment before the pixels."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", jpeg, at + 2)
        found.append((jpeg[at + 1], jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def chunks(webp: bytes) -> dict[bytes, bytes]:
    at, found = 12, {}
    while at < len(webp):
        name, length = struct.unpack_from("<4sI", webp, at)
        found[name] = webp[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    return found


@pytest.mark.parametrize(("size", "height"), [(320, 213), (1280, 853), (2048, 1365)])
def test_each_size_is_there_in_both_formats(picture: bytes, size: int, height: int) -> None:
    made = render(picture, [size], ALICE)[size]

    assert set(made) == {"webp", "jpg"}
    for kind, form in (("webp", "WEBP"), ("jpg", "JPEG")):
        each = made[kind]
        image = Image.open(io.BytesIO(each.data), formats=[form])
        assert image.size == (each.width, each.height) == (size, height)
        assert each.sha256 == hashlib.sha256(each.data).digest()
        assert all(map(is_like, corners(image), (RED, GREEN, BLUE, GREY)))


def test_sizes_made_together_are_those_that_are_made_alone(picture: bytes) -> None:
    together = render(picture, [320, 1280], ALICE)

    assert together == {size: render(picture, [size], ALICE)[size] for size in (320, 1280)}


def test_nothing_is_enlarged() -> None:
    small = check(samples.saved(scene((60, 40)), "PNG")).picture

    made = render(small, [2048], ALICE)[2048]
    assert {(each.width, each.height) for each in made.values()} == {(60, 40)}


def test_a_jpeg_holds_pixels_and_our_packet_alone(picture: bytes) -> None:
    jpeg = render(picture, [320], ALICE)[320]["jpg"].data
    marked = [(name, body) for name, body in segments(jpeg) if 0xE0 <= name <= 0xFE]

    assert [name for name, _ in marked] == [0xE0, 0xE1]
    assert marked[0][1][:5] == b"JFIF\0"
    assert marked[1][1] == b"http://ns.adobe.com/xap/1.0/\0" + packet_of(ALICE)
    assert jpeg.endswith(b"\xff\xd9")
    assert samples.PLACE not in jpeg


def test_a_webp_holds_pixels_and_our_packet_alone(picture: bytes) -> None:
    webp = render(picture, [320], ALICE)[320]["webp"].data
    found = chunks(webp)

    assert set(found) == {b"VP8X", b"VP8 ", b"XMP "}
    assert found[b"XMP "] == packet_of(ALICE)
    assert len(webp) == 8 + struct.unpack_from("<I", webp, 4)[0]
    assert samples.PLACE not in webp


def test_the_packet_says_whose_it_is_and_forbids_training() -> None:
    assert said(packet_of(ALICE)) == {
        "dc:creator": "Alice <alice> & Söhne",
        "photoshop:Credit": "Alice <alice> & Söhne",
        "dc:rights": "CC BY-NC 4.0",
        "xmpRights:UsageTerms": "CC BY-NC 4.0",
        "xmpRights:Marked": "True",
        "xmpRights:WebStatement": "https://photos.example.org/u/alice/abc?x=1&y=2",
        "plus:DataMining": PROHIBITED,
    }


def test_words_that_no_xml_can_hold_are_left_out() -> None:
    hostile = "A\x00l\x0bi\ud800ce\uffff]]></rdf:li><evil/>"
    told = said(packet_of(Rights(hostile, " \x1f ", "https://example.org/")))

    assert told["dc:creator"] == "Alice]]></rdf:li><evil/>"
    assert "dc:rights" not in told
    assert told["plus:DataMining"] == PROHIBITED


def test_a_mark_is_in_every_large_rendition_and_is_not_seen() -> None:
    copy = samples.saved(Image.fromarray(landscape()), "JPEG", quality=95)
    checked = check(copy)
    marked = mark(checked.picture, PAYLOAD, 7, SECRET)
    before, after = (
        np.asarray(Image.open(io.BytesIO(each)), int) for each in (checked.picture, marked)
    )

    assert 0 < np.abs(before - after).mean() < 3
    for kind, each in render(marked, [1280], ALICE)[1280].items():
        pixels = np.array(Image.open(io.BytesIO(each.data)).convert("RGB"))
        found = read(pixels, [WatermarkKey(7, SECRET)])
        assert found is not None, kind
        assert found.payload == PAYLOAD
    assert SECRET not in marked


def test_a_picture_without_room_for_a_mark_is_refused_one() -> None:
    small = check(samples.saved(scene((200, 150)), "PNG")).picture

    with pytest.raises(PictureRefusedError) as refused:
        mark(small, PAYLOAD, 1, SECRET)
    assert refused.value.code is Refusal.CANNOT_MARK


@pytest.mark.parametrize("size", [(2049, 10), (9_000, 9_000)])
def test_a_picture_larger_than_ours_never_gets_to_the_next_step(size: tuple[int, int]) -> None:
    forged = samples.huge_png(*size)

    for step in (lambda: render(forged, [320], ALICE)[320], lambda: mark(forged, 1, 1, SECRET)):
        with pytest.raises(PictureRefusedError) as refused:
            step()
        assert refused.value.code is Refusal.TOO_MANY_PIXELS


def test_what_is_no_png_is_refused() -> None:
    with pytest.raises(PictureRefusedError):
        render(samples.saved(scene(), "JPEG"), [320], ALICE)
