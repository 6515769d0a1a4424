"""Stretching a password in the browser, beside the same Argon2id compiled for this machine."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from playwright.sync_api import Page

from benchmarks.browser import browser_page
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.rounds import interleaved

ROUNDS, QUICK_ROUNDS = 7, 1


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Seconds from password to keys."""
    load = load_now()
    with browser_page("workers") as page:
        chosen = _ask(page)  # the first compiles the WebAssembly; it also says the parameters
        runs = {"vault": lambda: float(_ask(page)["seconds"]), "native": lambda: _native(chosen)}
        found = interleaved(QUICK_ROUNDS if is_quick else ROUNDS, runs)
    yield line(
        "kdf, password to keys in the browser", found["vault"], "s", load=load,
        against="the same Argon2id, native", peer=found["native"], goal=Goal("value", "<=", 0.7),
    )  # fmt: skip


def _ask(page: Page) -> Any:
    return page.evaluate("() => ask('kdf-worker', {})")


def _native(chosen: dict[str, int]) -> float:
    started = time.perf_counter()
    hash_secret_raw(
        b"correct horse battery staple", secrets.token_bytes(16),
        time_cost=chosen["iterations"], memory_cost=chosen["memoryKib"],
        parallelism=chosen["parallelism"], hash_len=32, type=Type.ID,
    )  # fmt: skip
    return time.perf_counter() - started
