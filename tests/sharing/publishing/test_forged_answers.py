"""Whoever takes over a decoder answers what they like, and no worker falls over it."""

import struct
from collections.abc import Mapping

import pytest

from sharing.publishing import PictureRefusedError, Refusal
from sharing.publishing.framing import Message
from sharing.publishing.renditions import checked_in, renditions_in
from tests.sharing.publishing import samples
from tests.sharing.publishing.samples import scene

PNG = samples.saved(scene(), "PNG")
JPEG, WEBP = samples.saved(scene(), "JPEG"), samples.saved(scene(), "WEBP")
PLACEHOLDER = bytes(21)
PDQ = "5a" * 256
SIDES = {"sides": [[320, 213]]}


def test_an_answer_of_the_right_form_is_taken() -> None:
    checked = checked_in(Message({"found": ["place"], "pdq": PDQ}, (PNG, PLACEHOLDER)))

    assert (checked.width, checked.height, checked.found) == (480, 320, ["place"])
    assert checked.ways == bytes.fromhex(PDQ)
    assert set(renditions_in(Message(SIDES, (WEBP, JPEG)), [320])[320]) == {"webp", "jpg"}


@pytest.mark.parametrize(
    "found",
    [None, {}, "place", [{}], [[]], [1], ["<script>"], ["place", "alice lives in Elm Street"]],
)
def test_findings_that_are_none_of_ours_refuse_the_picture(found: object) -> None:
    refuses_check(Message({"found": found, "pdq": PDQ}, (PNG, PLACEHOLDER)))


@pytest.mark.parametrize(
    "parts",
    [
        (), (PNG,), (PNG, PLACEHOLDER, b""), (b"", PLACEHOLDER), (b"<svg/>" * 9, PLACEHOLDER),
        (JPEG, PLACEHOLDER), (PNG[:20], PLACEHOLDER), (PNG, b""), (PNG, bytes(26)),
        (b"<!doctype html>\n" + struct.pack(">2I", 320, 213) + b"<script>", PLACEHOLDER),
        (samples.huge_png(2049, 1), PLACEHOLDER), (samples.huge_png(0, 5), PLACEHOLDER),
    ],
)  # fmt: skip
def test_a_picture_of_another_form_is_refused(parts: tuple[bytes, ...]) -> None:
    refuses_check(Message({"found": [], "pdq": PDQ}, parts))


@pytest.mark.parametrize(
    "pdq", [None, 5, "5a", "5A" * 256, "5a" * 257, "5a" * 32, "<script>", ["5a" * 256]]
)
def test_a_hash_of_another_form_refuses_the_picture(pdq: object) -> None:
    refuses_check(Message({"found": [], "pdq": pdq}, (PNG, PLACEHOLDER)))


def test_a_picture_with_too_little_in_it_has_no_hash() -> None:
    assert checked_in(Message({"found": [], "pdq": ""}, (PNG, PLACEHOLDER))).ways == b""


def refuses_check(answer: Message) -> None:
    with pytest.raises(PictureRefusedError) as refused:
        checked_in(answer)
    assert refused.value.code is Refusal.CANNOT_DECODE


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({}, (WEBP, JPEG)),
        ({"sides": [[321, 213]]}, (WEBP, JPEG)),
        ({"sides": [[0, 213]]}, (WEBP, JPEG)),
        ({"sides": [["320", 213]]}, (WEBP, JPEG)),
        ({"sides": [[320.0, 213]]}, (WEBP, JPEG)),
        ({"sides": [[True, 213]]}, (WEBP, JPEG)),
        ({"sides": [[[], {}]]}, (WEBP, JPEG)),
        ({"sides": []}, (WEBP, JPEG)),
        ({"sides": [[320]]}, (WEBP, JPEG)),
        ({"sides": [[320, 213, 1]]}, (WEBP, JPEG)),
        ({"sides": [[320, 213], [320, 213]]}, (WEBP, JPEG)),
        ({"sides": {"0": [320, 213]}}, (WEBP, JPEG)),
        ({"sides": [{"320": 213, "213": 320}]}, (WEBP, JPEG)),
        (SIDES, (WEBP, JPEG, WEBP, JPEG)),
        (SIDES, (JPEG, WEBP)),
        (SIDES, (WEBP,)),
        (SIDES, (b"<script>alert(1)</script>", JPEG)),
        (SIDES, (WEBP, b"<script>alert(1)</script>")),
    ],
)
def test_renditions_of_another_form_are_refused(
    fields: Mapping[str, object], parts: tuple[bytes, ...]
) -> None:
    with pytest.raises(PictureRefusedError) as refused:
        renditions_in(Message(fields, parts), [320])
    assert refused.value.code is Refusal.CANNOT_DECODE
