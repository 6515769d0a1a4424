"""The people an account knows, and the keys it knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.reference_client.crypto.canonical import (
    exactly,
    is_digest,
    is_id,
    require,
    to_bytes,
    to_text,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.record import open_record, seal_record


class ChangedKeyError(Exception):
    """Somebody's keys are not the pinned ones."""

    def __init__(self, account: str, pinned: bytes, offered: bytes) -> None:
        super().__init__(account)
        self.account = account
        self.pinned = pinned
        self.offered = offered


class OldKnownKeysError(Exception):
    """An older list than one this device has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What is known of one account: fingerprint in base64url, and since when (RFC 3339)."""

    fingerprint: str
    since: str
    verified: bool = False
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKeys:
    """The list as it is stored under `number`; 0 before it ever was."""

    number: int = 0
    known: Mapping[str, Pin] = field(default_factory=dict)

    def meet(self, account: str, fingerprint: bytes, now: str) -> KnownKeys:
        """Pin what is seen for the first time. Raises `ChangedKeyError`."""
        pin = self.known.get(account)
        if pin is None:
            return self._with(account, Pin(fingerprint=to_text(fingerprint), since=now))
        self._insist(account, fingerprint)
        return self

    def accept(self, account: str, fingerprint: bytes, now: str) -> KnownKeys:
        """Take changed keys on the owner's word."""
        before, text = self.known[account], to_text(fingerprint)
        former = (*(each for each in before.former if each != text), before.fingerprint)
        return self._with(account, Pin(fingerprint=text, since=now, former=former))

    def verify(self, account: str, fingerprint: bytes) -> KnownKeys:
        """Mark that the safety number was compared. Raises `ChangedKeyError`."""
        self._insist(account, fingerprint)
        return self._with(account, replace(self.known[account], verified=True))

    def seal(self, account_key: bytes, account: str) -> tuple[KnownKeys, bytes]:
        """Seal the list under its next number."""
        following = replace(self, number=self.number + 1)
        document = {"known": {each: _document(pin) for each, pin in self.known.items()}}
        context = book_context(account, following.number)
        return following, seal_record(document, account_key, context)

    def _insist(self, account: str, fingerprint: bytes) -> None:
        pinned = to_bytes(self.known[account].fingerprint)
        if pinned != fingerprint:
            raise ChangedKeyError(account, pinned, fingerprint)

    def _with(self, account: str, pin: Pin) -> KnownKeys:
        return replace(self, known={**self.known, account: pin})


def open_known_keys(
    sealed: bytes, number: int, account_key: bytes, account: str, newest: int
) -> KnownKeys:
    """Open the list; `newest` is the highest number seen. Raises `OldKnownKeysError`."""
    if number < newest:
        raise OldKnownKeysError
    document = open_record(sealed, account_key, book_context(account, number))
    known = exactly(document, ["known"])["known"]
    require(isinstance(known, dict))
    return KnownKeys(number=number, known={_id(each): _pin(pin) for each, pin in known.items()})


def book_context(account: str, number: int) -> Context:
    """Return the context of the list under a number."""
    return Context(purpose="known-keys", owner=account, record=account, version=number)


def _document(pin: Pin) -> dict[str, object]:
    return {
        "fingerprint": pin.fingerprint,
        "since": pin.since,
        "verified": pin.verified,
        "former": list(pin.former),
    }


def _id(value: str) -> str:
    require(is_id(value))
    return value


def _pin(value: object) -> Pin:
    members = exactly(value, ["fingerprint", "since", "verified", "former"])
    require(isinstance(members["former"], list), isinstance(members["since"], str))
    require(isinstance(members["verified"], bool))
    require(*(is_digest(each) for each in [members["fingerprint"], *members["former"]]))
    return Pin(**{**members, "former": tuple(members["former"])})
