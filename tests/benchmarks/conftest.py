"""Benchmarks have places of their own; the suite's database is not touched here."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """Each place makes its own."""


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """Nothing is left behind."""
