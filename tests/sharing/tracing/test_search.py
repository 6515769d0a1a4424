"""Finding a publication among many, by its look alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sharing.tracing.features import Features, packed, seen_in, unpacked
from sharing.tracing.search import WORD_BYTES, WORDS, Row, candidates, words_of
from tests.sharing.watermark.pictures import Pixels, jpeg

MANY = 3_000


@pytest.fixture(scope="module")
def seen(published: Pixels) -> Features:
    return seen_in(jpeg(published[:, :600].copy(), 50))


def among_many(words: bytes) -> Iterator[list[Row[int]]]:
    """The publication in the middle of others, in parts, the last one small."""
    rng = np.random.default_rng(5)
    rows = [Row(number, rng.bytes(WORDS * WORD_BYTES)) for number in range(MANY)]
    rows[1_234] = Row(1_234, words)
    return (rows[start : start + 800] for start in range(0, MANY, 800))


def test_a_crop_finds_its_publication_among_many(features: bytes, seen: Features) -> None:
    first, second, *_ = candidates(seen, among_many(words_of(features)))

    assert first.name == 1_234
    assert first.score > 2 * second.score


@pytest.mark.parametrize("change", ["mirrored", "negative", "turned"])
def test_so_do_copies_that_were_turned_about(
    change: str, features: bytes, published: Pixels
) -> None:
    copies = {
        "mirrored": published[:, ::-1], "negative": 255 - published, "turned": np.rot90(published),
    }  # fmt: skip
    seen = seen_in(np.ascontiguousarray(copies[change]))

    assert candidates(seen, among_many(words_of(features)))[0].name == 1_234


def test_the_words_of_a_publication_never_change(features: bytes) -> None:
    """They are stored: other planes would find nothing any more."""
    kept = unpacked(features)
    flat = Features(4, 4, kept.places[:1], np.arange(128, dtype=np.uint8)[None])

    assert len(words_of(features)) == WORDS * WORD_BYTES
    assert words_of(packed(flat)).hex() == "d86a4ef3514603e9"


def test_a_publication_with_few_words_is_found_too(features: bytes, seen: Features) -> None:
    few = words_of(features)[: 40 * WORD_BYTES]

    assert candidates(seen, among_many(few))[0].name == 1_234


@pytest.mark.parametrize("words", [b"", b"odd", bytes(WORDS * WORD_BYTES + 8)])
def test_words_that_make_no_sense_are_passed_over(words: bytes, seen: Features) -> None:
    assert candidates(seen, [[Row(1, words)]]) == []
