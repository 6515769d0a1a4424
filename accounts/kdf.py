"""How a password is stretched in the browser, and what the server insists on.

The server never sees the password. It hands out the salt and the parameters, and it
stores none but those it hands out, whoever asks for it.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from accounts.errors import (
    ForeignParametersError,
    ForeignSaltError,
    UnknownSchemeError,
    WeakParametersError,
)

SCHEME = 1
SALT_BYTES = 16
# Floor and ceiling, as in static/src/crypto/kdf.ts: between them lies every set a client uses.
MEMORY_KIB = range(64 * 1024, 1024 * 1024 + 1)
ITERATIONS = range(3, 65)
PARALLELISM = range(1, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSet:
    """Argon2id's costs under one scheme version; memory in KiB."""

    scheme: int = SCHEME
    memory_kib: int = MEMORY_KIB.start
    iterations: int = ITERATIONS.start
    parallelism: int = PARALLELISM.start


# The sets that may be stored, the newest last; one in use is never taken away. Any other would
# mark its account, because strangers are told only what accounts use (`stand_in`), and whoever
# stores many heavy ones would have newcomers told to use them.
OFFERED = (ParameterSet(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kdf:
    """A parameter set with the salt of one address."""

    salt: bytes
    scheme: int = SCHEME
    memory_kib: int = MEMORY_KIB.start
    iterations: int = ITERATIONS.start
    parallelism: int = PARALLELISM.start

    @property
    def parameters(self) -> ParameterSet:
        """The costs without the salt."""
        return ParameterSet(
            scheme=self.scheme,
            memory_kib=self.memory_kib,
            iterations=self.iterations,
            parallelism=self.parallelism,
        )


def salt_for(email: str) -> bytes:
    """The salt of a normalised address: 16 bytes, the same before and after sign-up.

    A keyed hash, so that nobody can compute salts ahead and nobody can tell the salt of
    a stranger from the salt of an account.
    """
    return _keyed("salt", email)[:SALT_BYTES]


def refuse_foreign(kdf: Kdf, *, salt: bytes) -> None:
    """Raise unless ``kdf`` is a set that this service offers, over our own salt."""
    if kdf.scheme != SCHEME:
        raise UnknownSchemeError
    if (
        kdf.memory_kib not in MEMORY_KIB
        or kdf.iterations not in ITERATIONS
        or kdf.parallelism not in PARALLELISM
    ):
        raise WeakParametersError(
            floor={
                "memory_kib": MEMORY_KIB.start,
                "iterations": ITERATIONS.start,
                "parallelism": PARALLELISM.start,
            }
        )
    if kdf.parameters not in OFFERED:
        raise ForeignParametersError
    if not hmac.compare_digest(kdf.salt, salt):
        raise ForeignSaltError


def stand_in(email: str, mix: Mapping[ParameterSet, int]) -> Kdf:
    """What an address without an account is told: drawn from the real mix, and stable.

    Weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): each set in use
    scores ``-weight / ln(hash)`` and the highest wins. A set is chosen as often as it is
    in use, and when the counts move, only as many addresses change their answer as must.
    """
    best = max(mix, key=lambda parameters: _score(email, parameters, mix[parameters]))
    return Kdf(
        salt=salt_for(email),
        scheme=best.scheme,
        memory_kib=best.memory_kib,
        iterations=best.iterations,
        parallelism=best.parallelism,
    )


def _score(email: str, parameters: ParameterSet, weight: int) -> float:
    number = int.from_bytes(_keyed("stand-in", f"{parameters}|{email}")[:7], "big")
    return -weight / math.log((number + 1) / (2**56 + 1))


def _keyed(label: str, text: str) -> bytes:
    message = f"pv1|{label}|{text}".encode()
    return hmac.digest(settings.SALT_PEPPER.encode(), message, hashlib.sha256)
