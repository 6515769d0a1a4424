"""What a grant may fetch now, of what its page asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sharing.visitors import memory
from sharing.visitors.tiers import (
    COVERS_OF_NETWORK,
    GRANT_SECONDS,
    LARGE_OF_GRANT,
    LARGE_OF_NETWORK,
    LARGE_OF_NETWORK_LATER,
    LARGE_OF_PERSON,
    LARGE_OF_PERSON_LATER,
    LARGE_UNMOVED,
    SEEN_ENOUGH,
    SMALL_OF_GRANT,
    SMALL_UNMOVED,
    SMALL_WITHOUT_SCRIPT,
    Allowance,
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A grant, the network it comes from, and the profile (its owner's id) it looks at."""

    grant: str
    network: str
    profile: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What may be fetched; and those among it that nobody of the network had before."""

    allowed: Collection[str]
    new: Collection[str] = ()


def note_moved(visitor: Visitor) -> None:
    """Somebody scrolled, pointed or pressed a key on the page."""
    memory.is_first(f"moved:{visitor.grant}", GRANT_SECONDS)


def take_small(visitor: Visitor, public_ids: Sequence[str]) -> Taken:
    """Small pictures. What this grant had before is free."""
    had = _had(f"small:{visitor.grant}", public_ids)
    allowance = SMALL_OF_GRANT if _has_moved(visitor) else SMALL_UNMOVED
    allowed = set(had)
    for public_id in public_ids:
        if public_id in had:
            continue
        if not memory.spend(_pot("small", visitor.grant, allowance), allowance):
            break
        memory.is_first(f"small:{visitor.grant}:{public_id}", GRANT_SECONDS)
        allowed.add(public_id)
    return Taken(allowed)


def take_without_script(network: str, public_ids: Sequence[str]) -> Collection[str]:
    """The first of these photos for a page that stays as it is: ten an hour for a network."""
    allowed = set()
    for public_id in public_ids[: SMALL_WITHOUT_SCRIPT.at_once]:
        if not memory.spend(f"pot:without-script:{network}", SMALL_WITHOUT_SCRIPT):
            break
        allowed.add(public_id)
    return allowed


def take_large(visitor: Visitor, public_ids: Sequence[str]) -> Taken:
    """Large pictures, of which the whole network has one allowance as well."""
    had = _had(f"large:{visitor.grant}", public_ids)
    seen = _had(f"seen:{visitor.network}", public_ids)
    allowed, new = set(had), set()
    for public_id in public_ids:
        if public_id in had:
            continue
        if not _take_one_large(visitor, is_new=public_id not in seen):
            break
        memory.is_first(f"large:{visitor.grant}:{public_id}", GRANT_SECONDS)
        allowed.add(public_id)
        if memory.is_first(f"seen:{visitor.network}:{public_id}"):
            memory.count(f"distinct:{visitor.network}:{visitor.profile}")
            new.add(public_id)
    return Taken(allowed, new)


def take_large_as(person: str, visitor: Visitor, public_ids: Sequence[str]) -> Taken:
    """Large pictures for somebody with an account: from their own allowance, which no grant and
    no network enlarges, and without counting for their network's.
    """
    had = _had(f"large:{person}", public_ids)
    allowed = set(had)
    distinct = f"distinct:{person}:{visitor.profile}"
    for public_id in public_ids:
        if public_id in had:
            continue
        has_enough = memory.counted(distinct) >= SEEN_ENOUGH
        allowance = LARGE_OF_PERSON_LATER if has_enough else LARGE_OF_PERSON
        if not memory.spend(_pot("large", person, allowance), allowance):
            break
        if memory.is_first(f"large:{person}:{public_id}"):
            memory.count(distinct)
        allowed.add(public_id)
    return Taken(allowed)


def take_cover(network: str, profile: str) -> bool:
    """The cover of a profile, without a grant. What the network had before is free."""
    had = f"cover:{network}:{profile}"
    if memory.has_happened(had):
        return True
    if not memory.spend(_pot("cover", network, COVERS_OF_NETWORK), COVERS_OF_NETWORK):
        return False
    memory.is_first(had)
    return True


def _take_one_large(visitor: Visitor, *, is_new: bool) -> bool:
    own = LARGE_OF_GRANT if _has_moved(visitor) else LARGE_UNMOVED
    own_pot = _pot("large", visitor.grant, own)
    if not memory.spend(own_pot, own):
        return False
    if not is_new:
        return True
    has_enough = memory.counted(f"distinct:{visitor.network}:{visitor.profile}") >= SEEN_ENOUGH
    shared = LARGE_OF_NETWORK_LATER if has_enough else LARGE_OF_NETWORK
    if memory.spend(_pot("large", visitor.network, shared), shared):
        return True
    memory.give_back(own_pot, own)
    return False


def _has_moved(visitor: Visitor) -> bool:
    return memory.has_happened(f"moved:{visitor.grant}")


def _had(name: str, public_ids: Sequence[str]) -> Collection[str]:
    noted = memory.which_happened(f"{name}:{public_id}" for public_id in public_ids)
    return {public_id for public_id in public_ids if f"{name}:{public_id}" in noted}


def _pot(name: str, whose: str, allowance: Allowance) -> str:
    """Each allowance has a pot of its own: they fill at different speeds."""
    return f"pot:{name}:{allowance.at_once}:{whose}"
