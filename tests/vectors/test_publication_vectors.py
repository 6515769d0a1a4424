"""Statements of publications: what their owner said is believed, and nothing else is."""

import json
from typing import Any

import pytest

from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.publication import read_publication
from tests.vectors.generate import HERE
from tests.vectors.material import from_text

VECTORS: dict[str, Any] = json.loads((HERE / "publication.json").read_text(encoding="utf-8"))


def read(statement: str, signature: str) -> dict[str, Any]:
    return read_publication(
        from_text(statement),
        from_text(signature),
        VECTORS["owner"],
        VECTORS["publication"],
        from_text(VECTORS["identity"]),
    )


def test_a_statement_says_what_its_owner_said() -> None:
    said = VECTORS["said"]
    before = {name: said[name] for name in said if name not in ("album", "position")}

    assert read(VECTORS["statement"], VECTORS["signature"]) == said
    assert read(**VECTORS["loose"]) == {**before, "album": None, "position": 0}
    assert read(**VECTORS["unplaced"]) == before


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_a_statement_that_is_not_its_owners_is_not_believed(case: dict[str, str]) -> None:
    with pytest.raises(CryptoError) as refusal:
        read(case["statement"], case["signature"])

    assert refusal.value.code == case["code"]
