"""What an answer is put together from, where no single blob holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What comes next: these words, or bytes ``start <= n < stop`` of a blob."""

    words: bytes = b""
    blob_key: str = ""
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A file that lies nowhere as a whole.

    ``etag`` is a strong validator: the same bytes, whenever they are asked for. ``passages``
    says what bytes ``start <= n < stop`` are; it may raise at once, or in the middle, when the
    file is no more. ``lost`` is told when a blob that was named is not there.
    """

    name: str
    media_type: str
    size: int
    etag: str
    passages: Callable[[int, int], Iterator[Passage]]
    lost: Callable[[], None]
