"""Looking for keys of deleted photos in whatever is sealed.

AES-GCM hides a message by exclusive-or with AES in counter mode (NIST SP 800-38D, 7.1). Its tag,
and with it the statement of which row the bytes belong to, keeps forgers off and hides nothing:
whoever has the epoch key can pass over it. So does this search. A key is found whatever row it was
copied into, each value is tried once under each epoch key, and it makes no difference how many
photos were deleted before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from pocketvault.kernel import sealing

TAG_BYTES = 16
# The first block of the message; block 1 masks the tag.
FIRST_BLOCK = (2).to_bytes(4, "big")


class DeletedKeys:
    """SHA-256 of the keys that nothing may open to, and the epoch keys (32 bytes each) to try.

    ``seals`` counts the values that were tried, ``tries`` how often one was decrypted.
    """

    def __init__(self, digests: Iterable[bytes], epoch_keys: Iterable[bytes]) -> None:
        self._digests = frozenset(digests)
        self._ciphers = [AES(key) for key in epoch_keys]
        self.seals = 0
        self.tries = 0

    def are_in(self, sealed: bytes) -> bool:
        """Whether a sealed value opens to one of them, under any of the epoch keys."""
        counter = sealed[: sealing.NONCE_BYTES] + FIRST_BLOCK
        hidden = sealed[sealing.NONCE_BYTES : -TAG_BYTES]
        if len(counter) < TAG_BYTES or not hidden:
            return False  # emptied: there is nothing to open
        self.seals += 1
        return any(self._opens(cipher, counter, hidden) for cipher in self._ciphers)

    def _opens(self, cipher: AES, counter: bytes, hidden: bytes) -> bool:
        self.tries += 1
        plain = Cipher(cipher, CTR(counter)).decryptor().update(hidden)
        return hashlib.sha256(plain).digest() in self._digests
