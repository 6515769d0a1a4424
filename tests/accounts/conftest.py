"""What tests of accounts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm
from django.test import override_settings
from rest_framework.test import APIClient

from pocketvault.settings.testing_hasher import CheapArgon2PasswordHasher

_hashed: list[str] = []


class CountingHasher(CheapArgon2PasswordHasher):
    """The hasher of the suite, which also keeps count."""

    def encode(self, password: str, salt: str) -> str:
        _hashed.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        _hashed.append("verify")
        return super().verify(password, encoded)


@pytest.fixture
def count_hashes() -> Iterator[Callable[[], int]]:
    """How many expensive hashes were made so far."""
    name = f"{CountingHasher.__module__}.{CountingHasher.__name__}"
    with override_settings(PASSWORD_HASHERS=[name]):
        _hashed.clear()
        yield lambda: len(_hashed)
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


@pytest.fixture
def browser() -> APIClient:
    """A client that is held to CSRF as a browser is."""
    return APIClient(enforce_csrf_checks=True)
