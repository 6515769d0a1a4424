"""Encrypting and decrypting photos in a worker of a real browser."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.browser import browser_page
from benchmarks.lines import Goal, Line, line, load_now

# Bytes, and rounds: small photos are cheap to repeat.
SIZES = {6_000_000: 15, 64_000_000: 5}
QUICK_SIZES = {300_000: 2}
PEERS = {
    "webcrypto": ("AES-GCM of WebCrypto in one call", 1.0),
    "secretstream 64 KiB": ("secretstream of libsodium in pieces of 64 KiB", 1.5),
    "secretstream 256 KiB": ("secretstream of libsodium in pieces of 256 KiB", 1.5),
}


def measure(*, is_quick: bool) -> Iterator[Line]:
    """MB/s of true content, both ways."""
    with browser_page("workers") as page:
        for size, rounds in (QUICK_SIZES if is_quick else SIZES).items():
            load = load_now()
            asked = {"size": size, "rounds": rounds}
            found = page.evaluate("(options) => ask('crypto-worker', options)", asked)
            for way, samples in found.items():
                speeds = {
                    who: [size / 1e6 / (ms / 1000) for ms in times]
                    for who, times in samples.items()
                }
                for peer, (against, least) in PEERS.items():
                    yield line(
                        f"crypto, {way} {size / 1e6:g} MB", speeds["vault"], "MB/s", load=load,
                        against=against, peer=speeds[peer], goal=Goal("ratio", ">=", least),
                    )  # fmt: skip
