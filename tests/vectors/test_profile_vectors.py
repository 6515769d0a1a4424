"""Statements of profiles: what their owner said is believed, and nothing else is."""

import json
from typing import Any

import pytest

from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.profile import publisher_fingerprint, read_profile
from tests.vectors.generate import HERE
from tests.vectors.material import from_text

VECTORS: dict[str, Any] = json.loads((HERE / "profile.json").read_text(encoding="utf-8"))


def read(statement: str, signature: str) -> dict[str, Any]:
    return read_profile(
        from_text(statement),
        from_text(signature),
        VECTORS["owner"],
        from_text(VECTORS["identity"]),
    )


def test_a_statement_says_what_its_owner_said() -> None:
    said = VECTORS["said"]

    assert read(VECTORS["statement"], VECTORS["signature"]) == said
    assert read(**VECTORS["coverless"]) == {**said, "cover": None}
    assert read(**VECTORS["uncovered"]) == {n: said[n] for n in said if n != "cover"}


def test_a_key_is_compared_in_eight_groups() -> None:
    assert publisher_fingerprint(from_text(VECTORS["identity"])) == VECTORS["fingerprint"]
    assert len(VECTORS["fingerprint"].split()) == 8


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_a_statement_that_is_not_its_owners_is_not_believed(case: dict[str, str]) -> None:
    with pytest.raises(CryptoError) as refusal:
        read(case["statement"], case["signature"])

    assert refusal.value.code == case["code"]
