"""What lies on the server's disk of a publication, against Tink and the reference client."""

from uuid import UUID, uuid4

import pytest
import tink

from sharing.publishing.streams import (
    BrokenStreamError,
    open_content,
    open_stream,
    seal_stream,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.stream import encrypt_content, encrypt_stream
from tests.vectors.material import content, material
from tests.vectors.tink_stream import tink_decrypt, tink_encrypt

KEY = material("publication key")
ALICE, SUNSET = UUID(int=1), UUID(int=2)
FIRST = 256 * 1024 - 40 - 16
FURTHER = 256 * 1024 - 16
SIZES = [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + FURTHER, FIRST + FURTHER + 1, 1_500_000]


def context(part: str) -> Context:
    return Context(
        purpose="publication", owner=str(ALICE), record=str(SUNSET), part=part, version=1
    )


@pytest.mark.parametrize("size", SIZES)
def test_what_alices_device_encrypted_opens_here(size: int) -> None:
    sealed = encrypt_content(content(size), KEY, context("copy"))

    opened = open_content(sealed, KEY, owner=ALICE, publication=SUNSET, part="copy")

    assert opened == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_tink_and_we_open_each_others_streams(size: int) -> None:
    associated = context("320.webp").encode()
    ours = seal_stream(content(size), KEY, owner=ALICE, publication=SUNSET, part="320.webp")
    theirs = tink_encrypt(content(size), KEY, associated)

    assert tink_decrypt(ours, KEY, associated) == content(size)
    assert open_stream(
        theirs, KEY, owner=ALICE, publication=SUNSET, part="320.webp"
    ) == content(size)


def test_tink_refuses_what_was_sealed_for_another_part() -> None:
    sealed = seal_stream(b"sunset", KEY, owner=ALICE, publication=SUNSET, part="work")

    with pytest.raises(tink.TinkError):
        tink_decrypt(sealed, KEY, context("320.webp").encode())


@pytest.mark.parametrize(
    ("owner", "publication", "part"),
    [(uuid4(), SUNSET, "work"), (ALICE, uuid4(), "work"), (ALICE, SUNSET, "320.jpg")],
)
def test_a_stream_opens_only_as_the_part_of_the_publication_it_was_sealed_for(
    owner: UUID, publication: UUID, part: str
) -> None:
    sealed = seal_stream(b"sunset", KEY, owner=ALICE, publication=SUNSET, part="work")

    with pytest.raises(BrokenStreamError):
        open_stream(sealed, KEY, owner=owner, publication=publication, part=part)


def test_another_key_opens_nothing() -> None:
    sealed = seal_stream(b"sunset", KEY, owner=ALICE, publication=SUNSET, part="work")

    with pytest.raises(BrokenStreamError):
        open_stream(
            sealed, material("mallory"), owner=ALICE, publication=SUNSET, part="work"
        )


def test_a_short_key_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_stream(b"", b"short", owner=ALICE, publication=SUNSET, part="work")


@pytest.mark.parametrize("size", [0, FIRST + 10])
def test_a_stream_that_was_cut_stretched_or_changed_does_not_open(size: int) -> None:
    sealed = seal_stream(content(size), KEY, owner=ALICE, publication=SUNSET, part="work")
    broken = [
        b"", sealed[:39], sealed[:40], sealed[:-1], sealed + b"\0", b"\x27" + sealed[1:],
        sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[: 256 * 1024],
    ]  # fmt: skip

    for damaged in broken:
        if damaged == sealed:
            continue
        with pytest.raises(BrokenStreamError):
            open_stream(damaged, KEY, owner=ALICE, publication=SUNSET, part="work")


@pytest.mark.parametrize(
    "frame",
    [
        b"", b"\0" * 7, b"\0" * 7 + b"\x06" + b"sunse", b"\0" * 7 + b"\x07" + b"sunset",
        b"\xff" * 8 + b"sunset", b"\0" * 7 + b"\x06" + b"sunset" + b"\0" * 64,
    ],
)  # fmt: skip
def test_a_frame_whose_length_does_not_fit_does_not_open(frame: bytes) -> None:
    sealed = encrypt_stream(frame, KEY, context("copy"))

    with pytest.raises(BrokenStreamError):
        open_content(sealed, KEY, owner=ALICE, publication=SUNSET, part="copy")


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    first, second = (
        seal_stream(b"sunset", KEY, owner=ALICE, publication=SUNSET, part="work")
        for _ in range(2)
    )

    assert first[1:33] != second[1:33]
