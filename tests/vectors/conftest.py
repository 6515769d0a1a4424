"""The browser's code under Node, once for all tests here."""

from collections.abc import Iterator

import pytest

from tests.vectors.oracle import Oracle


@pytest.fixture(scope="session")
def browser() -> Iterator[Oracle]:
    """The browser's cryptography, ready to be asked."""
    with Oracle() as oracle:
        yield oracle
