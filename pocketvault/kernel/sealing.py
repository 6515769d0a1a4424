"""Sealing at rest: what leads to a key is stored only under the current epoch key.

What comes in is already wrapped by a key the server never has; the seal is the second
lock, the one that can be thrown away. A model that stores such bytes derives from
`SealedModel`; `rotation` finds it by that, and a test seals one row of each.

    sealed = nonce (12) | AES-256-GCM(epoch key, plaintext, context)
    context = "pv1|sealed|" label "|" sealing fields joined with "|"
"""

from __future__ import annotations

import secrets
import time
from functools import cache
from typing import ClassVar, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import models

from pocketvault.kernel import epochs
from pocketvault.kernel.models import EpochKey

NONCE_BYTES = 12
# How long a process may go on sealing under an epoch that has just been retired. Far
# shorter than the weeks for which a retired key is still kept and its rows re-sealed.
CURRENT_EPOCH_SECONDS = 20.0


class SealBrokenError(RuntimeError):
    """A sealed row does not open: wrong row, wrong epoch, or damaged bytes."""


class SealedModel(models.Model):
    """A row whose ``sealed`` bytes open only under its epoch and only as this row.

    ``sealing_fields`` names the columns that identify it; they must not change while
    the row lives.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("pk",)

    epoch_number = models.PositiveIntegerField(db_index=True)
    sealed = models.BinaryField()

    class Meta:
        abstract = True

    def seal(self, plaintext: bytes) -> Self:
        """Put ``plaintext`` into this row under the current epoch. The caller saves."""
        self.epoch_number = current_epoch()
        self.sealed = seal(self.epoch_number, plaintext, self.sealing_context())
        return self

    def open(self) -> bytes:
        """What was sealed here. Raises `SealBrokenError`."""
        return open_sealed(self.epoch_number, bytes(self.sealed), self.sealing_context())

    def sealing_context(self) -> bytes:
        """What these bytes are for, authenticated with them."""
        return context_of(type(self), [getattr(self, name) for name in self.sealing_fields])


def sealed_models() -> list[type[SealedModel]]:
    """Every model that keeps sealed bytes: what rotation walks."""
    return [model for model in apps.get_models() if issubclass(model, SealedModel)]


def context_of(model: type[SealedModel], identity: list[object]) -> bytes:
    """The authenticated statement of which row sealed bytes belong to."""
    return f"{_label(model)}|{'|'.join(map(str, identity))}".encode()


@cache
def _label(model: type[SealedModel]) -> str:
    return f"pv1|sealed|{model._meta.label_lower}"


def seal(epoch_number: int, plaintext: bytes, context: bytes) -> bytes:
    """Seal under the given epoch's key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + epochs.cipher_of(epoch_number).encrypt(nonce, plaintext, context)


def open_sealed(epoch_number: int, sealed: bytes, context: bytes) -> bytes:
    """Open what `seal` made; one error for every reason it might not open."""
    cipher = epochs.cipher_of(epoch_number)
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("a sealed row does not open") from error


class Opener:
    """Opens many rows of one model, and looks each epoch's key up once.

    For one answer and no longer: a key that is destroyed must not linger here.
    """

    def __init__(self, model: type[SealedModel]) -> None:
        self._label = _label(model)
        self._ciphers: dict[int, AESGCM] = {}

    def open(self, number: int, sealed: bytes | memoryview, identity: str) -> bytes:
        """What was sealed under this epoch as the row whose sealing fields, joined with
        ``|``, are ``identity``. Raises `SealBrokenError`.
        """
        cipher = self._ciphers.get(number)
        if cipher is None:
            cipher = self._ciphers[number] = epochs.cipher_of(number)
        context = f"{self._label}|{identity}".encode()
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError("a sealed row does not open") from error


_current: tuple[float, int] | None = None


def current_epoch() -> int:
    """The number of the epoch that new rows are sealed under."""
    global _current  # noqa: PLW0603 - one small cache per process
    now = time.monotonic()
    if _current is None or now - _current[0] > CURRENT_EPOCH_SECONDS:
        newest = EpochKey.objects.filter(retired_at=None).order_by("-number").first()
        if newest is None:
            raise epochs.EpochKeyMissingError("no epoch yet: run manage.py ensure_epoch_key")
        _current = (now, newest.number)
    return _current[1]


def forget_current_epoch() -> None:
    """Look the current epoch up again at the next seal."""
    global _current  # noqa: PLW0603
    _current = None
