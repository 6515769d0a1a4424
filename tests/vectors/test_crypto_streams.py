"""The browser's streams against Google Tink and the reference client, in both directions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tink

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.stream import (
    SEGMENT_BYTES,
    ciphertext_length,
    decrypt_content,
    decrypt_stream,
    encrypt_content,
    encrypt_stream,
)
from tests.vectors.material import content, from_text, material
from tests.vectors.oracle import Oracle, RefusedError
from tests.vectors.tink_stream import tink_decrypt, tink_encrypt

KEY = material("stream key")
CONTEXT = Context(purpose="content", owner="alice", record="image", part="original", version=1)
# The most plaintext that fits one segment beside header and tag, and each further segment.
FIRST = SEGMENT_BYTES - 40 - 16
FURTHER = SEGMENT_BYTES - 16
SIZES = [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + FURTHER, FIRST + FURTHER + 1, 1_500_000]
LARGE = pytest.param(64 * 1024 * 1024, marks=pytest.mark.slow)
Run = Callable[[str, bytes, Context], bytes]


@pytest.fixture
def run(browser: Oracle, tmp_path: Path) -> Run:
    """Run one of the browser's stream operations on bytes."""

    def run_on(operation: str, data: bytes, context: Context = CONTEXT) -> bytes:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(data)
        browser.ask(operation, context, key=KEY, **{"from": str(source), "to": str(target)})
        return target.read_bytes()

    return run_on


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_tink_decrypts_what_the_browser_encrypted(run: Run, size: int) -> None:
    ciphertext = run("encryptBare", content(size), CONTEXT)

    assert tink_decrypt(ciphertext, KEY, CONTEXT.encode()) == content(size)


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_the_browser_decrypts_what_tink_encrypted(run: Run, size: int) -> None:
    ciphertext = tink_encrypt(content(size), KEY, CONTEXT.encode())

    assert run("decryptBare", ciphertext, CONTEXT) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_tink_and_the_reference_client_agree(size: int) -> None:
    theirs = tink_encrypt(content(size), KEY, CONTEXT.encode())
    ours = encrypt_stream(content(size), KEY, CONTEXT)

    assert decrypt_stream(theirs, KEY, CONTEXT) == content(size)
    assert tink_decrypt(ours, KEY, CONTEXT.encode()) == content(size)


@pytest.mark.parametrize("size", [*SIZES, LARGE])
def test_content_goes_both_ways_between_browser_and_reference(run: Run, size: int) -> None:
    made_here = encrypt_content(content(size), KEY, CONTEXT)
    made_there = run("encryptContent", content(size), CONTEXT)

    assert len(made_here) == len(made_there) == ciphertext_length(size)
    assert run("decryptContent", made_here, CONTEXT) == content(size)
    assert decrypt_content(made_there, KEY, CONTEXT) == content(size)


def cut(stream: bytes) -> list[bytes]:
    return [stream[at : at + SEGMENT_BYTES] for at in range(0, len(stream), SEGMENT_BYTES)]


def damages() -> dict[str, bytes]:
    sound = encrypt_content(content(1_500_000), KEY, CONTEXT)
    first, second, third, *rest = cut(sound)
    return {
        "the last segment dropped": b"".join([first, second, third, *rest[:-1]]),
        "a segment dropped": b"".join([first, third, *rest]),
        "two segments swapped": b"".join([first, third, second, *rest]),
        "a segment twice": b"".join([first, second, second, third, *rest]),
        "one byte cut off": sound[:-1],
        "one byte added": sound + b"\0",
        "a segment added": sound + second,
        "cut within the header": sound[:39],
        "only a header": sound[:40],
        "nothing at all": b"",
        "another salt": sound[:1] + bytes(32) + sound[33:],
        "another first byte": b"\x29" + sound[1:],
        "one bit in the middle": sound[:700_000] + bytes([sound[700_000] ^ 4]) + sound[700_001:],
    }


DAMAGES = damages()


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_noticed(run: Run, browser: Oracle, tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        run("decryptContent", DAMAGES[name], CONTEXT)

    assert refusal.value.code in {"cannot-open", "malformed"}
    stored = tmp_path / "stored"
    stored.write_bytes(DAMAGES[name])
    fields = {"key": KEY, "from": str(stored), "start": 0, "end": 1_500_000}
    with pytest.raises(RefusedError) as refusal:
        browser.ask("decryptContentRange", CONTEXT, **fields)
    assert refusal.value.code in {"cannot-open", "malformed"}


@pytest.mark.parametrize(
    "other",
    [
        replace(CONTEXT, part="thumbnail"),
        replace(CONTEXT, version=2),
        replace(CONTEXT, record="another"),
        replace(CONTEXT, owner="mallory"),
    ],
)
def test_a_stream_opens_for_its_own_context_only(run: Run, other: Context) -> None:
    ciphertext = run("encryptContent", b"photo", CONTEXT)

    with pytest.raises(RefusedError) as refusal:
        run("decryptContent", ciphertext, other)
    assert refusal.value.code == "cannot-open"
    with pytest.raises(tink.TinkError):
        tink_decrypt(ciphertext, KEY, other.encode())


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 0),
        (0, 1),
        (0, 1_500_000),
        (FIRST - 9, FIRST - 7),
        (FIRST - 8, FIRST + FURTHER - 8),
        (700_000, 700_001),
        (1_499_999, 1_500_000),
        (1_500_000, 1_500_000),
    ],
)
def test_any_range_can_be_read_alone(browser: Oracle, tmp_path: Path, start: int, end: int) -> None:
    stored = tmp_path / "stored"
    stored.write_bytes(encrypt_content(content(1_500_000), KEY, CONTEXT))
    fields = {"key": KEY, "from": str(stored), "start": start, "end": end}

    opened = browser.ask("decryptContentRange", CONTEXT, **fields)

    assert from_text(str(opened)) == content(1_500_000)[start:end]


def test_a_shortened_ciphertext_is_noticed_even_when_only_its_start_is_read(
    browser: Oracle, tmp_path: Path
) -> None:
    stored = tmp_path / "stored"
    stored.write_bytes(encrypt_content(content(1_500_000), KEY, CONTEXT)[: 3 * SEGMENT_BYTES])
    fields = {"key": KEY, "from": str(stored), "start": 0, "end": 10}

    with pytest.raises(RefusedError) as refusal:
        browser.ask("decryptContentRange", CONTEXT, **fields)

    assert refusal.value.code == "cannot-open"
