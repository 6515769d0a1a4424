"""The shared cache as this package uses it: under one name, and nothing longer than a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, cast

from django.core.cache import cache

from sharing.visitors.tiers import DAY_SECONDS, Allowance

_PREFIX = "visitors"


class _Spends(Protocol):
    def spend(self, key: str, *, cost: int, window: int) -> bool: ...


def spend(key: str, allowance: Allowance) -> bool:
    """Take one of an allowance, in one step whoever else does. False when there is none left."""
    return cast(_Spends, cache).spend(_name(key), cost=allowance.cost, window=allowance.window)


def give_back(key: str, allowance: Allowance) -> None:
    """Put one back that was taken for nothing."""
    cast(_Spends, cache).spend(_name(key), cost=-allowance.cost, window=allowance.window)


def is_first(key: str, seconds: int = DAY_SECONDS) -> bool:
    """Note that this happened. True for the first to say so, and for nobody else."""
    return bool(cache.add(_name(key), 1, min(seconds, DAY_SECONDS)))


def has_happened(key: str) -> bool:
    """Whether it was noted."""
    return cache.get(_name(key)) is not None


def which_happened(keys: Iterable[str]) -> Collection[str]:
    """Those of these that were noted."""
    names = {_name(key): key for key in keys}
    return {names[name] for name in cache.get_many(names)}


def count(key: str, seconds: int = DAY_SECONDS) -> int:
    """Count one more, and say how many it is."""
    cache.add(_name(key), 0, min(seconds, DAY_SECONDS))
    try:
        return int(cache.incr(_name(key)))
    except ValueError:  # it lapsed in between
        return 1


def counted(key: str) -> int:
    """How many there were so far."""
    return int(cache.get(_name(key), 0))


def take_out(key: str) -> int:
    """How many there were, and from now on there were none. What comes in between is kept."""
    found = counted(key)
    if found:
        cache.decr(_name(key), found)
    return found


def kept(key: str, made: bytes, seconds: int) -> bytes:
    """What is kept under a key; ``made`` from now on if there was nothing."""
    cache.add(_name(key), made, min(seconds, DAY_SECONDS))
    found: bytes = cache.get(_name(key), made)
    return found


def _name(key: str) -> str:
    return f"{_PREFIX}:{key}"
