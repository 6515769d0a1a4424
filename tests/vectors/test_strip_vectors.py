"""The server takes out of a photo exactly what the browser does, and says the same."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from sharing.stripping.door import strip
from sharing.stripping.refusals import StripError

VECTORS = json.loads((Path(__file__).parent / "strip.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_both_languages_write_the_same_bytes(vector: dict[str, object]) -> None:
    data = base64.b64decode(str(vector["file"]))
    if "clean" not in vector:
        with pytest.raises(StripError) as refusal:
            strip(data, claimed=None)
        # The vault keeps RAW whole, encrypted; in public it has no place.
        assert refusal.value.code == ("raw_file" if "keptWhole" in vector else vector["code"])
        return

    stripped = strip(data, claimed=None)

    assert stripped.data == base64.b64decode(str(vector["clean"]))
    assert stripped.kind == vector["kind"]
    assert [told(*each) for each in stripped.findings] == vector["removed"]


def told(kind: str, value: str) -> dict[str, str]:
    return {"kind": kind, "value": value} if value else {"kind": kind}
