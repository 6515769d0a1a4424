"""What the tests of the kernel start from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

from pocketvault.kernel import epochs


@pytest.fixture(autouse=True)
def own_epoch_keys(clean_slate: None, settings: Settings, tmp_path: Path) -> None:
    """Copies of the suite's keys: these tests destroy what other tests still need."""
    copies = []
    for folder in settings.EPOCH_KEY_DIRS:
        copies.append(tmp_path / Path(folder).name)
        if Path(folder).exists():
            shutil.copytree(folder, copies[-1])
    settings.EPOCH_KEY_DIRS = copies
    epochs.forget_keys_in_memory()
