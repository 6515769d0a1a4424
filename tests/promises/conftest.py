"""Somebody who shows a photo to everyone, rendered as a worker renders it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Account
from sharing.models import Publication
from sharing.publishing import Rights, render
from tests.sharing import publicity
from tests.sharing.signing_albums import person


@pytest.fixture
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def shown(
    transactional_db: None, alice: Account, settings: Settings, own_store: None
) -> Publication:
    settings.PROFILES_URL = "http://127.0.0.1:8000"
    owner = person(alice)
    publicity.open_profile(owner)
    rights = Rights("Alice", publicity.LICENCE, f"{settings.PROFILES_URL}/u/alice-photos/x")
    made = render(publicity.png((320, 240)), [320], rights)[320]["webp"]
    return publicity.as_live(publicity.publish(owner), **{"320_webp": made.data})
