"""Signing entries as a device does, for tests of links."""

from __future__ import annotations

import hashlib
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from accounts.models import Account, KeyBundle
from pocketvault.kernel.fields import to_base64url
from sharing.actions.history import EntryDraft
from sharing.models import History

Body = dict[str, object]


class Signer:
    """An account's device: from now on the account's identity is a key that follows from its id."""

    def __init__(self, account: Account) -> None:
        self.account = account
        seed = hashlib.sha256(account.pk.bytes).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        KeyBundle.objects.filter(pk=account.pk).update(identity_public_key=public)

    def draft(self, history: History, *, generation: int = 1) -> EntryDraft:
        """The next entry of a history. What it says is ciphertext, so anything will do."""
        seq, previous = history.head_seq + 1, bytes(history.head_hash)
        commitment = secrets.token_bytes(32)
        context = f"pv1|history|{self.account.pk}|{history.pk}|{history.kind}|{seq}"
        signed = context.encode() + b"\0" + previous + commitment
        return EntryDraft(
            seq=seq, previous=previous, commitment=commitment, generation=generation,
            signature=b"\1" + self._key.sign(signed), opening=secrets.token_bytes(300),
        )  # fmt: skip

    def entry(self, history: History, *, generation: int = 1) -> Body:
        """The same as JSON."""
        history.refresh_from_db()
        draft = self.draft(history, generation=generation)
        return {
            "seq": draft.seq,
            "previous": to_base64url(draft.previous),
            "commitment": to_base64url(draft.commitment),
            "signature": to_base64url(draft.signature),
            "generation": draft.generation,
            "opening": to_base64url(draft.opening),
        }
