"""What every client refuses and takes as a new password; the browser's tests read the same file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import password_validation

from tests.reference_client.passwords import SHORTEST, WeakPasswordError, insist_on_strength

JUDGED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "passwords.json").read_text(encoding="utf-8")
)


def is_refused(password: str, email: str = "anna.berg@example.org") -> bool:
    try:
        insist_on_strength(password, email)
    except WeakPasswordError:
        return True
    return False


@pytest.mark.parametrize("judged", JUDGED, ids=lambda each: each["password"])
def test_the_reference_client_judges_a_new_password_as_the_browser_does(
    judged: dict[str, Any],
) -> None:
    assert is_refused(judged["password"], judged["email"]) is judged["refused"]


def test_nearly_all_of_another_list_of_leaked_passwords_is_refused() -> None:
    """Django's list was put together by others; of it only those count that are long enough."""
    path = Path(password_validation.__file__).parent / "common-passwords.txt.gz"
    listed = gzip.decompress(path.read_bytes())
    long = [each for each in listed.decode().split("\n") if len(each) >= SHORTEST]
    passed = [each for each in long if not is_refused(each)]

    assert len(long) > 100
    assert len(passed) < len(long) / 4, passed


def test_a_short_password_is_refused_however_odd() -> None:
    assert is_refused("§Kx9!q7Z&")
