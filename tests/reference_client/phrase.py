"""The recovery phrase: 32 bytes as 24 English words, by BIP-39."""

from __future__ import annotations

import re
import unicodedata

from mnemonic import Mnemonic

WORDS = 24
_BIP39 = Mnemonic("english")


class PhraseError(ValueError):
    """What was typed cannot be a phrase. ``code`` is word-count, unknown-word or checksum."""

    def __init__(self, code: str, word_number: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.word_number = word_number


def phrase_of(secret: bytes) -> str:
    """The words of a 32-byte secret."""
    return str(_BIP39.to_mnemonic(secret))


def secret_of(written: str) -> bytes:
    """The secret again, however it was typed: any case, any separators. Raises `PhraseError`."""
    plain = unicodedata.normalize("NFKD", written)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    words = re.findall("[a-z]+", plain)
    if len(words) != WORDS:
        raise PhraseError("word-count")
    for number, word in enumerate(words, start=1):
        if word not in _BIP39.wordlist:
            raise PhraseError("unknown-word", number)
    try:
        return bytes(_BIP39.to_entropy(words))
    except ValueError:
        raise PhraseError("checksum") from None
