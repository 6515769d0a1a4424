"""Recovery contacts: letting three of them give the vault back, asking, answering, getting in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.reference_client.account import (
    KEY_BYTES,
    Device,
    device_of,
    this_device,
    unlocked_by_contacts,
)
from tests.reference_client.client import Client, Json
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.recovery_contacts import (
    ShareTerms,
    SignedShare,
    WrongShareError,
    contacts_key_context,
    open_answer,
    open_share,
    recovery_words,
    seal_answer,
    seal_share,
    secret_from_answers,
    sign_shares,
)
from tests.reference_client.crypto.safety import safety_words
from tests.reference_client.crypto.shares import split_secret
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key
from tests.reference_client.people import Sharer
from tests.reference_client.wire import new_id, to_bytes, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A device that lost everything but an address: its seed and token exist only here."""

    client: Client
    email: str
    request_id: str
    seed: bytes


class NotOpenYetError(Exception):
    """The notice period is not over, or fewer than two contacts answered."""


def set_up(owner: Sharer, contacts: Sequence[str]) -> int:
    """Let three contacts give the vault back; their keys were met before. The set-up's number."""
    number = int(owner.client.call("GET", "/recovery-contacts")["number"]) + 1
    secret = os.urandom(KEY_BYTES)
    terms = [ShareTerms(owner=owner.id, contact=each, number=number) for each in contacts]
    keys = keys_from_recovery(secret)
    keyring = owner.library.keys
    owner.client.call("PUT", "/recovery-contacts", {
        "number": number,
        "wrapped_account_key": keyring.wrap(
            keyring.account_key,
            contacts_key_context(owner.id, number),
            under=keys.key_encryption_key,
        ),
        "recovery_auth_key": to_text(keys.auth_key),
        "shares": [
            {
                "account_id": each.terms.contact,
                "sealed": to_text(seal_share(each, owner.keys_of[each.terms.contact][1])),
            }
            for each in sign_shares(split_secret(secret), terms, owner.identity_seed)
        ],
    })
    return number


def ask(url: str, email: str) -> Asking:
    """Ask for the vault of an address. A code goes to its mailbox, if anybody is there."""
    token, seed = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    asking = Asking(
        client=Client(url, to_text(token), "Recovery"),
        email=email, request_id=new_id(), seed=seed,
    )
    Client(url).call("PUT", f"/recovery-requests/{asking.request_id}", {
        "email": email,
        "exchange_public_key": public_of(asking),
        "token": to_text(token),
    })
    return asking


def public_of(asking: Asking) -> str:
    """What an answer is sealed to."""
    return to_text(exchange_public_key(asking.seed))


def confirm(asking: Asking, code: str) -> Mapping[str, Json]:
    """Type the code from the mail: the notice period begins."""
    state: Mapping[str, Json] = asking.client.call(
        "POST", "/recovery-request/confirm", {"code": code}
    )
    return state


def state_of(asking: Asking) -> Mapping[str, Json]:
    """How the request stands."""
    state: Mapping[str, Json] = asking.client.call("GET", "/recovery-request")
    return state


def words_here(asking: Asking) -> str:
    """What the device that asks shows."""
    owner = state_of(asking)["owner"]
    identity = to_bytes(owner["identity_public_key"])
    public = exchange_public_key(asking.seed)
    return safety_words(recovery_words(owner["id"], asking.request_id, identity, public))


def held_for(contact: Sharer, owner_id: str) -> Mapping[str, Json]:
    """The share that a contact holds for somebody, and what is asked."""
    shares = contact.client.call("GET", "/recovery-shares")
    found: Mapping[str, Json] = next(each for each in shares if each["owner"]["id"] == owner_id)
    return found


def words_there(contact: Sharer, held: Mapping[str, Json]) -> str:
    """What a contact's device shows: with the identity it pinned, whatever the server says."""
    owner_id, asked = held["owner"]["id"], held["request"]
    identity, _ = contact.keys_of[owner_id]
    public = to_bytes(asked["exchange_public_key"])
    return safety_words(recovery_words(owner_id, asked["id"], identity, public))


def share_of(contact: Sharer, held: Mapping[str, Json]) -> SignedShare:
    """Open the share that a contact holds."""
    owner_id = held["owner"]["id"]
    terms = ShareTerms(owner=owner_id, contact=contact.id, number=held["number"])
    identity, _ = contact.keys_of[owner_id]
    return open_share(to_bytes(held["sealed"]), terms, contact.exchange_seed, identity)


def answer(
    contact: Sharer, owner_id: str, words: str, *, lie: SignedShare | None = None
) -> None:
    """Answer, if the words that the owner reads out are those on this screen. Raises
    ``ValueError``. ``lie`` is sent in the place of the share.
    """
    held = held_for(contact, owner_id)
    if words_there(contact, held) != words:
        raise ValueError("The words are not the same.")
    share = lie or share_of(contact, held)
    asked = held["request"]
    sealed = seal_answer(share, asked["id"], to_bytes(asked["exchange_public_key"]))
    contact.client.call("PUT", f"/recovery-shares/{held['id']}/answer", {
        "request_id": asked["id"], "sealed": to_text(sealed),
    })


def finish(asking: Asking) -> Device:
    """Open the vault with what two contacts answered, and sign in. A new password has to be set
    next. Raises `NotOpenYetError`, and ``WrongShareError`` when fewer than two told the truth.
    """
    state = state_of(asking)
    if state["opened"] is None:
        raise NotOpenYetError
    identity = to_bytes(state["owner"]["identity_public_key"])
    shares, liars = _judged(asking, state, identity)
    if len(shares) < 2 and liars:
        raise liars[0]
    secret = secret_from_answers(shares)
    keys = keys_from_recovery(secret)
    context = contacts_key_context(state["owner"]["id"], state["number"])
    wrapped = to_bytes(state["opened"]["wrapped_account_key"])
    account_key = unwrap_key(wrapped, derive_wrapping_key(keys.key_encryption_key), context)
    session = asking.client.call("POST", "/recovery-request/sign-in", {
        "recovery_auth_key": to_text(keys.auth_key), **this_device(),
    })
    device = device_of(Client(asking.client.url), session)
    return unlocked_by_contacts(device, account_key, identity)


def _judged(
    asking: Asking, state: Mapping[str, Json], identity: bytes
) -> tuple[list[SignedShare], list[WrongShareError]]:
    """The answers that are what the owner gave out, and who sent something else."""
    shares, liars = [], []
    for each in state["opened"]["answers"]:
        terms = ShareTerms(
            owner=state["owner"]["id"], contact=each["account_id"], number=state["number"]
        )
        try:
            shares.append(
                open_answer(
                    to_bytes(each["sealed"]), terms, asking.request_id, asking.seed, identity
                )
            )
        except WrongShareError as error:
            liars.append(error)
    return shares, liars
