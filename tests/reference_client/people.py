"""Who somebody is to others: their own seeds, the people they know, and what they saw last.

A `Sharer` is one unlocked device. It believes no key that differs from the one it pinned, and no
history that is not the one it remembers, gone on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from tests.reference_client.account import Device, bundle_of
from tests.reference_client.client import Json, ProblemError
from tests.reference_client.crypto.delivery import Terms, deliver
from tests.reference_client.crypto.exchange import exchange_public_key, fingerprint_of
from tests.reference_client.crypto.history import People
from tests.reference_client.crypto.known import ChangedKeyError, KnownKeys, open_known_keys
from tests.reference_client.crypto.permissions import State
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.crypto.signature import identity_public_key
from tests.reference_client.images import Library
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_NAMES = ("identity", "exchange")


class StrangerError(Exception):
    """The server lists somebody whom nobody let in."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class Sharer:
    """One device of somebody who shares."""

    def __init__(self, device: Device) -> None:
        self.library = Library.of(device)
        self.client = device.client
        self.id = device.account_id
        bundle = bundle_of(device)
        self.identity_seed = self._seed("identity-seed", bundle["wrapped_identity_seed"])
        self.exchange_seed = self._seed("exchange-seed", bundle["wrapped_exchange_seed"])
        self.book = KnownKeys()
        # What was proved: public keys by account, states and keys of histories by their ids.
        self.keys_of: dict[str, tuple[bytes, bytes]] = {self.id: self._own_keys()}
        self.states: dict[str, State] = {}
        # Keys of albums by generation, those before the one in force among them.
        self.album_keys: dict[str, dict[int, bytes]] = {}
        self.heirs: frozenset[str] = frozenset()

    def invite(self, email: str) -> str:
        """Ask somebody to become a contact; the invitation's id."""
        invitation_id = new_id()
        context = self.library.keys.context("known-keys", invitation_id, part="intent")
        intent = to_text(seal_record({}, self.library.keys.account_key, context))
        body = {"email": email, "intent": intent}
        self.client.call("PUT", f"/contacts/invitations/{invitation_id}", body)
        return invitation_id

    def accept(self, invitation_id: str) -> None:
        """Become contacts."""
        self.client.call("POST", f"/contacts/invitations/{invitation_id}/accept")

    def invitations(self) -> list[Json]:
        """Whoever asks."""
        return list(self.client.call("GET", "/contacts")["received"])

    def meet_contacts(self) -> list[str]:
        """Pin the keys of every contact; their accounts. Raises ``ChangedKeyError``."""
        contacts = self.client.call("GET", "/contacts")["items"]
        for contact in contacts:
            self.meet(contact)
        return [contact["account_id"] for contact in contacts]

    def meet(self, person: Mapping[str, Json]) -> None:
        """Pin somebody's keys, or insist on those pinned. Raises ``ChangedKeyError``."""
        account_id = person["account_id"]
        keys = to_bytes(person["identity_public_key"]), to_bytes(person["exchange_public_key"])
        now = datetime.now(tz=UTC).isoformat()
        self.book = self.book.meet(account_id, fingerprint_of(*keys), now)
        self.keys_of[account_id] = keys

    def meet_in(self, state: State, person: Mapping[str, Json]) -> None:
        """Pin the keys of somebody one only shares a history with: those that it names.

        Raises ``ChangedKeyError``, for keys that are not those it names too, and
        `StrangerError` for somebody it does not name.
        """
        account_id = person["account_id"]
        if account_id not in state.people:
            raise StrangerError(account_id)
        identity, exchange = (to_bytes(person[f"{name}_public_key"]) for name in KEY_NAMES)
        named = state.people[account_id]
        fingerprint = fingerprint_of(identity, exchange)
        if (to_text(identity), to_text(fingerprint)) != (named["identity"], named["fingerprint"]):
            raise ChangedKeyError(account_id, to_bytes(named["fingerprint"]), fingerprint)
        if account_id != self.id:
            self.meet(person)

    def store_book(self) -> None:
        """Keep the pinned keys for the other devices. Raises `ProblemError` ``conflict``."""
        book, sealed = self.book.seal(self.library.keys.account_key, self.id)
        body = {"number": book.number, "sealed": to_text(sealed)}
        self.client.call("PUT", "/contacts/known-keys", body)
        self.book = book

    def fetch_book(self) -> None:
        """Take the pinned keys the other devices kept. Raises ``OldKnownKeysError``."""
        stored = self.client.call("GET", "/contacts/known-keys")
        if stored["number"] == 0 == self.book.number:
            return
        self.book = open_known_keys(
            to_bytes(stored["sealed"] or ""),
            stored["number"],
            self.library.keys.account_key,
            self.id,
            self.book.number,
        )

    @property
    def known(self) -> People:
        """Everybody whose keys were met, oneself among them, as histories name them."""
        return {
            account_id: {
                "identity": to_text(identity),
                "fingerprint": to_text(fingerprint_of(identity, exchange)),
                "former": self.book.known[account_id].former if account_id != self.id else (),
            }
            for account_id, (identity, exchange) in self.keys_of.items()
        }

    def keys_in_events(self, account_id: str) -> dict[str, str]:
        """What an event says of somebody that was met."""
        known = self.known[account_id]
        return {name: known[name] for name in ("identity", "fingerprint")}

    def deliver(self, key: bytes, terms: Terms) -> str:
        """A key sealed to somebody that was met, for the wire."""
        _, exchange = self.keys_of[terms.recipient]
        return to_text(deliver(key, terms, self.identity_seed).for_account(exchange))

    def _seed(self, purpose: str, wrapped: str) -> bytes:
        return self.library.keys.unwrap(wrapped, self.library.keys.context(purpose, self.id))

    def _own_keys(self) -> tuple[bytes, bytes]:
        return identity_public_key(self.identity_seed), exchange_public_key(self.exchange_seed)


def befriend(one: Sharer, other: Sharer, email_of_other: str) -> None:
    """Make two accounts contacts of each other. Raises `ProblemError`."""
    invitation_id = one.invite(email_of_other)
    received = [invitation["id"] for invitation in other.invitations()]
    if not received:
        raise ProblemError(404, {"code": "not_found", "detail": f"No {invitation_id} came."})
    other.accept(received[-1])
    one.meet_contacts()
    other.meet_contacts()
