"""Django's Argon2 hasher, only so many at once.

One hash takes about 100 MiB. Without a bound, forty people signing in at once, or one
person with a script, would take the machine's memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.errors import BusyError

WAIT_SECONDS = 10.0
RETRY_SECONDS = 5

_slots = BoundedSemaphore(settings.AUTH_HASHES_AT_ONCE)


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Waits for a free slot, then hashes; gives up with `BusyError`."""

    def encode(self, password: str, salt: str) -> str:
        with _one_slot():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _one_slot():
            return super().verify(password, encoded)


@contextmanager
def _one_slot() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise BusyError(retry_after=RETRY_SECONDS)
    try:
        yield
    finally:
        _slots.release()
