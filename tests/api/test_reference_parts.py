"""Parts of the reference client that others have written too, held against theirs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from datetime import datetime
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import UUID

import piexif
import pytest
from django.conf import settings
from PIL import Image

from pocketvault.demo.landscapes import paint_landscape
from pocketvault.demo.photographs import take_photograph
from tests.reference_client.clean import without_metadata
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.stream import encrypt_content
from tests.reference_client.documents import (
    AlbumSettings,
    CaptureTime,
    Metadata,
    Place,
    StoredAs,
)
from tests.reference_client.phrase import PhraseError, phrase_of, secret_of
from tests.reference_client.ranges import FIRST_PLAINTEXT, OTHER_PLAINTEXT, RangeReader
from tests.reference_client.thumbhash import hash_pixels
from tests.reference_client.wire import new_id, to_bytes, to_text

ROOT = Path(settings.BASE_DIR)
VECTORS = json.loads((ROOT / "tests" / "vectors" / "recovery.json").read_text(encoding="utf-8"))
CONTEXT = Context(purpose="content", owner="o", record="r", part="original", version=1)
NPM_HASHES = """
import { readFileSync } from "node:fs";
import { rgbaToThumbHash } from "thumbhash";
const opaque = (rgb) => Uint8Array.from({ length: rgb.length / 3 * 4 },
  (_, i) => (i % 4 === 3 ? 255 : rgb[(i >> 2) * 3 + (i % 4)]));
const pictures = JSON.parse(readFileSync(0, "utf8"));
const hashes = pictures.map(({ width, height, rgb }) =>
  Buffer.from(rgbaToThumbHash(width, height, opaque(Buffer.from(rgb, "base64")))).toString("hex"));
console.log(JSON.stringify(hashes));
"""


def test_our_thumbhash_is_the_browsers_thumbhash() -> None:
    random = Random(4)
    pictures = [paint_landscape(seed, (100, 67))[0] for seed in range(4)]
    pictures += [paint_landscape(seed, (56, 100))[0] for seed in range(4, 8)]
    sizes = [(1, 1), (100, 100), (9, 85), (98, 12)]
    pictures += [Image.frombytes("RGB", (w, h), random.randbytes(w * h * 3)) for w, h in sizes[1:]]
    asked = [
        {"width": p.width, "height": p.height, "rgb": base64.b64encode(p.tobytes()).decode()}
        for p in pictures
    ]

    answer = subprocess.run(
        ["node", "--input-type=module", "-e", NPM_HASHES],
        cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, check=True,
    )

    assert json.loads(answer.stdout) == [
        hash_pixels(p.width, p.height, p.tobytes()).hex() for p in pictures
    ]


def test_a_cleaned_photograph_has_the_same_pixels_and_nothing_else() -> None:
    taken_at = datetime(2026, 11, 3, 9, 41)  # noqa: DTZ001 - a camera's own clock
    photo = take_photograph(5, taken_at=taken_at, size=(300, 200))
    assert piexif.load(photo.jpeg)["GPS"]

    clean = without_metadata(photo.jpeg)

    assert b"Exif" not in clean
    with Image.open(BytesIO(photo.jpeg)) as before, Image.open(BytesIO(clean)) as after:
        assert before.tobytes() == after.tobytes()


def test_what_is_no_jpeg_is_not_cleaned() -> None:
    with pytest.raises(ValueError, match="not a JPEG"):
        without_metadata(b"\x89PNG\r\n")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["phrase"][:12])
def test_a_phrase_is_the_browsers_phrase(vector: dict[str, str]) -> None:
    secret = to_bytes(vector["secret"])

    assert phrase_of(secret) == vector["phrase"]
    assert secret_of(vector["phrase"].upper().replace(" ", ", ")) == secret


@pytest.mark.parametrize(
    ("written", "code", "number"),
    [
        ("abandon " * 23, "word-count", None),
        ("abandon " * 23 + "abandn", "unknown-word", 24),
        ("abandon " * 24, "checksum", None),
    ],
)
def test_a_phrase_that_cannot_be_right_says_why(
    written: str, code: str, number: int | None
) -> None:
    with pytest.raises(PhraseError) as refusal:
        secret_of(written)

    assert (refusal.value.code, refusal.value.word_number) == (code, number)


EDGE = FIRST_PLAINTEXT - 8
SIZES = [0, 1, EDGE - 1, EDGE, EDGE + 1, EDGE + OTHER_PLAINTEXT, 600_000]


@pytest.mark.parametrize("size", SIZES)
def test_any_range_reads_what_the_whole_holds(size: int) -> None:
    key, content = os.urandom(32), os.urandom(size)
    sealed = encrypt_content(content, key, CONTEXT)
    reader = RangeReader(lambda start, stop: sealed[start:stop], len(sealed), key, CONTEXT)

    for start in (0, 1, EDGE - 1, EDGE, size // 2, size - 1, size):
        for stop in (start, start + 1, start + 300_000, size, size + 9):
            if start >= 0:
                assert reader.read(start, stop) == content[start : max(start, stop)]


def test_documents_come_back_as_they_went() -> None:
    metadata = Metadata(
        name="IMG_1.jpg", kind="jpeg", media_type="image/jpeg", size=9, keywords=("sea",),
        captured_at=CaptureTime(local="2026-11-15T11:42:00", zone="+01:00"),
        place=Place(lat=56.0, lon=10.0), stored_as=StoredAs.EMPTY,
    )
    album = AlbumSettings(name="Sea", sequence=("a", "b"))

    written = json.loads(json.dumps(metadata.to_json()))
    assert {"mediaType", "capturedAt", "storedAs", "focalLengthMm"} <= set(written)
    assert Metadata.from_json({**written, "fromTheFuture": 1}) == metadata
    assert AlbumSettings.from_json(json.loads(json.dumps(album.to_json()))) == album


def test_ids_are_version_seven_and_sort_by_time() -> None:
    made = [UUID(new_id()) for _ in range(50)]

    assert {each.version for each in made} == {7}
    assert {each.variant for each in made} == {"specified in RFC 4122"}
    assert [each.int >> 80 for each in made] == sorted(each.int >> 80 for each in made)


@pytest.mark.parametrize("text", ["AB==", "A", "AB", "A+_A", "AA A"])
def test_only_the_one_spelling_of_bytes_is_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|spelling"):
        to_bytes(text)


def test_bytes_come_back_from_text() -> None:
    assert [to_bytes(to_text(bytes(range(n)))) for n in range(9)] == [
        bytes(range(n)) for n in range(9)
    ]
