"""What a service says of a restoration, held against its log by the reference client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference_client.restorations import UnprovenRestorationError, proven_restoration
from tests.vectors.generate import rendered

HERE = Path(__file__).parent
VECTORS: dict[str, Any] = json.loads((HERE / "restoration.json").read_text(encoding="utf-8"))


def test_the_file_is_what_the_generator_makes() -> None:
    assert (HERE / "restoration.json").read_text(encoding="utf-8") == rendered("restoration")


@pytest.mark.parametrize("case", VECTORS["held"], ids=lambda case: case["name"])
def test_what_the_log_says_too_holds(case: dict[str, Any]) -> None:
    proven = proven_restoration(case["said"], VECTORS["key"])

    assert proven.restored_to.isoformat() == "2026-11-26T03:00:00+00:00"
    assert proven.restored_at.isoformat() == "2026-11-27T14:06:00+00:00"


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_what_the_log_does_not_say_does_not_hold(case: dict[str, Any]) -> None:
    with pytest.raises(UnprovenRestorationError):
        proven_restoration(case["said"], VECTORS["key"])
