"""The keys of an account, each wrapped by something only the person has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.core.cache import cache
from django.db import models

from accounts.kdf import OFFERED, Kdf, ParameterSet
from accounts.models.account import Account
from accounts.models.kdf_columns import KdfColumns
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.sealing import SealedModel

MIX_KEY = "accounts:kdf-mix"
MIX_SECONDS = 3600

Json = dict[str, Any]
_ALWAYS = ("recovery", "identity_seed", "exchange_seed", "recovery_proof")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerPassword:
    """What an e-mail reset put aside: the wrap, and how to prove and stretch what opens it."""

    kdf: Kdf
    wrapped_account_key: bytes
    auth_key_hash: str

    def to_json(self) -> Json:
        """For `Wraps.to_json`."""
        return {
            "auth_key_hash": self.auth_key_hash,
            "kdf": {**asdict(self.kdf), "salt": to_base64url(self.kdf.salt)},
            "wrapped_account_key": to_base64url(self.wrapped_account_key),
        }

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """What `to_json` wrote."""
        kdf = values["kdf"]
        return cls(
            kdf=Kdf(**{**kdf, "salt": from_base64url(kdf["salt"])}),
            wrapped_account_key=from_base64url(values["wrapped_account_key"]),
            auth_key_hash=values["auth_key_hash"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wraps:
    """What is sealed: wrapped keys, and the SHA-256 of the recovery auth key.

    After an e-mail reset ``password`` is None, and what it was lies in ``former`` until the
    vault is opened: whoever reset the account may be somebody else, and must not take the
    owner's password from them by it (docs/decisions/0002-former-password.md).
    """

    password: bytes | None
    recovery: bytes
    identity_seed: bytes
    exchange_seed: bytes
    recovery_proof: bytes
    former: FormerPassword | None = None

    def to_json(self) -> bytes:
        """Canonical: sorted names, no spaces, bytes as base64url."""
        values: Json = {name: to_base64url(getattr(self, name)) for name in _ALWAYS}
        values["password"] = None if self.password is None else to_base64url(self.password)
        if self.former is not None:
            values["former"] = self.former.to_json()
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, document: bytes) -> Self:
        """What `to_json` wrote."""
        values: Json = json.loads(document)
        password, former = values["password"], values.get("former")
        return cls(
            password=None if password is None else from_base64url(password),
            former=None if former is None else FormerPassword.from_json(former),
            **{name: from_base64url(values[name]) for name in _ALWAYS},
        )


class KeyBundleQuerySet(models.QuerySet["KeyBundle"]):
    """Reads of key bundles."""

    def kdf_mix(self) -> Mapping[ParameterSet, int]:
        """How many accounts use each set that is offered; counted at most once an hour."""
        mix: dict[ParameterSet, int] | None = cache.get(MIX_KEY)
        if mix is None:
            names = ("kdf_scheme", "kdf_memory_kib", "kdf_iterations", "kdf_parallelism")
            rows = self.values_list(*names).annotate(count=models.Count("pk")).order_by()
            counted = {
                ParameterSet(scheme=s, memory_kib=m, iterations=i, parallelism=p): count
                for s, m, i, p, count in rows
            }
            mix = {each: counted[each] for each in OFFERED if each in counted} or {OFFERED[-1]: 1}
            cache.set(MIX_KEY, mix, MIX_SECONDS)
        return mix


class KeyBundle(SealedModel, KdfColumns):
    """Everything a device needs, besides the person, to open the vault.

    ``generation`` counts replacements; a device that read an older one must read again.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="key_bundle"
    )
    identity_public_key = models.BinaryField(max_length=32)
    exchange_public_key = models.BinaryField(max_length=1216)
    generation = models.PositiveIntegerField(default=1)
    recovery_confirmed_at = models.DateTimeField(null=True)
    # How many times in a row the phrase was typed right when asked for.
    recovery_checks = models.PositiveSmallIntegerField(default=0)
    next_recovery_check_at = models.DateTimeField(null=True)

    objects = KeyBundleQuerySet.as_manager()

    def wraps(self) -> Wraps:
        """Open the sealed part."""
        return Wraps.from_json(self.open())
