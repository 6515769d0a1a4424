"""alice shows photos to everybody; strangers come and look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import Account
from sharing.models import Profile
from tests.sharing.visitors.live import open_profile, publish_many
from tests.sharing.visitors.protocol import Stranger

NOON = "2026-11-27T12:00:00Z"


@pytest.fixture
def profile(alice: Account) -> Profile:
    """alice's, at /u/marit."""
    return open_profile(alice)


@pytest.fixture
def clock(settings: Settings, tmp_path: Path) -> Iterator[time_machine.Traveller]:
    """Stands still unless it is moved on. A Redis would go by its own."""
    settings.CACHES = {
        "default": {
            "BACKEND": "pocketvault.kernel.counters.SqliteCache",
            "LOCATION": str(tmp_path / "counters.sqlite3"),
        }
    }
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visitor(profile: Profile) -> Stranger:
    """Has a grant."""
    return Stranger().with_grant()


@pytest.fixture
def photos(alice: Account, profile: Profile) -> list[str]:
    """The public ids of five photos."""
    return [each.public_id for each in publish_many(alice, 5, long_edge=32)]
