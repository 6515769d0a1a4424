"""What strangers send, and how a reader is held to its promise."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

T = TypeVar("T")
# For each reader. `FUZZ_EXAMPLES=5000` looks longer than a run of the suite does.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
# Of the processor: what takes for ever takes longer.
MOST_SECONDS = 5.0
MOST_MEBIBYTES = 256
KIBIBYTES = 1024


def tried(examples: int = EXAMPLES) -> settings:
    """The same examples each time, and no search for a smaller one: what fails is kept by hand."""
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def ends(read: Callable[[], T], *refusals: type[Exception]) -> T | None:
    """The value, or None where it was refused as promised. Anything else is raised again."""
    with bounded():
        try:
            return read()
        except refusals:
            return None


@contextmanager
def bounded() -> Iterator[None]:
    """Fails where what happens inside takes long, or makes this process larger than it ever was by
    more than that.
    """
    most, began = _largest(), time.process_time()
    yield
    assert time.process_time() - began < MOST_SECONDS
    assert _largest() - most < MOST_MEBIBYTES


def _largest() -> int:
    """The most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBIBYTES


@st.composite
def mutants(draw: st.DrawFn, *goods: bytes) -> bytes:
    """Something good with up to six things done to it that a reader has to notice or bear."""
    made = bytearray(draw(st.sampled_from(goods)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(made) - 1)))
        match draw(st.sampled_from(["change", "cut", "drop", "add", "again", "number"])):
            case "change" if made:
                made[at] ^= draw(st.integers(1, 255))
            case "cut":
                del made[at:]
            case "drop":
                del made[at : at + draw(st.integers(1, 40))]
            case "add":
                made[at:at] = draw(st.binary(min_size=1, max_size=40))
            case "again":
                made[at:at] = made[at : at + draw(st.integers(1, 200))]
            case "number":
                number = draw(st.sampled_from(NUMBERS))
                made[at : at + len(number)] = number
    return bytes(made)


NUMBERS = [
    b"\0\0", b"\0\0\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0",
    b"\0\0\0\x01", b"\x01\0\0\0", b"\xff" * 8, b"\0" * 8,
]  # fmt: skip

# Texts that readers trip over: empty, long, turned round, half a letter, other digits, nested.
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from([
        "", " ", "\0", "\ud800", "\u202e", "é", "e\u0301", "İ", "ß", "٣", "²", "½", "None", "null",
        "NaN", "inf", "-0", "1e999", "0x10", "1_000", "9" * 30, "9" * 5_000, "a" * 5_000,
        "[" * 5_000, "(" * 500, "=?utf-8?b?/////w==?=", "=?nowhere?q?a?=", "\r\nX: y", "../..",
        "0000-00-00", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "2026-11-28T10:00:00Z",
    ]),
)  # fmt: skip
# What JSON can say, and what only Python's reader takes for JSON.
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), TEXTS,
        st.sampled_from([float("inf"), float("nan"), -0.0, 1e308, 2**53, 1.5]),
    ),
    lambda each: st.one_of(
        st.lists(each, max_size=5), st.dictionaries(TEXTS, each, max_size=5)
    ),
    max_leaves=25,
)  # fmt: skip
# Documents that no writer of JSON would write.
ODD_JSON = [
    b"[" * 200_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900, b"9" * 5_000, b'"\\ud800"',
    b'{"a":1,"a":2}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"\xff", b"", b"Infinity", b"1e999",
]  # fmt: skip


def spelled(value: object) -> bytes:
    """JSON in the one spelling that signed documents have, as far as a value has one."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def one_odd(draw: st.DrawFn, good: dict[str, Any]) -> dict[str, Any]:
    """A good document in which one or two members are something else, missing, or too many."""
    made = dict(good)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from([*sorted(good), "more"]))
        if draw(st.integers(0, 5)) == 0:
            made.pop(name, None)
        else:
            made[name] = draw(JSON)
    return made
