"""Vectors of restorations: what a service may say of one, and what its log bears out."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.vectors.receipts import KEY, ORIGIN, OTHER, key_text, proof_at

Said = dict[str, Any]
TO, AT = "2026-11-26T03:00:00Z", "2026-11-27T14:06:00Z"


def restoration_vectors() -> object:
    """What holds, and what does not."""
    held = {"as it is": said(), "first of many": said(index=0, size=300),
            "without fractions": said() | {"restored_at": AT, "restored_to": TO}}  # fmt: skip
    return {
        "key": key_text(KEY),
        "held": [{"name": name, "said": each} for name, each in held.items()],
        "refused": [{"name": name, "said": each} for name, each in _refused()],
    }


def said(*, index: int = 6, size: int = 11, signer: object = KEY, **entry: Any) -> Said:
    """What `GET /server` says, with an entry at ``index`` of a log of ``size`` entries."""
    leaf: Said = {
        "format": "pocketvault.entry/1", "kind": "restored", "on": "2026-11-27",
        "facts": {"restored_at": AT, "restored_to": TO, "gap_accepted": False}, **entry,
    }  # fmt: skip
    assert signer in (KEY, OTHER)
    by = KEY if signer is KEY else OTHER
    return {
        "restored_at": AT.replace("Z", ".417208Z"), "restored_to": TO.replace("Z", ".900001Z"),
        "entry": leaf, "proof": proof_at(leaf, index, size, by=by, origin=ORIGIN),
    }  # fmt: skip


def _facts(at: object = AT, to: object = TO) -> Said:
    return {"facts": {"restored_at": at, "restored_to": to, "gap_accepted": False}}


def _refused() -> Iterator[tuple[str, Said]]:
    yield "a word and nothing else", said() | {"entry": None, "proof": None}
    yield "an entry without a proof", said() | {"proof": ""}
    yield "in another log", said(signer=OTHER)
    yield "another entry's proof", said() | {"proof": said(on="2026-11-26")["proof"]}
    yield "a statement about something else", said(kind="drill.held")
    yield "of a later format", said(format="pocketvault.entry/2")
    yield "without facts", said(facts=None)
    yield "without a day of the backup", said(facts={"restored_at": AT, "gap_accepted": False})
    yield "from no moment", said(**_facts(to="yesterday"))
    yield "from a number", said(**_facts(to=20261126))
    for name, change in _changes():
        changed = copy.deepcopy(said())
        change(changed)
        yield name, changed
    early, late = "2026-11-01T03:00:00Z", "2026-11-28T03:00:00Z"
    yield "of a backup nobody can open", said(**_facts(to=early)) | {"restored_to": early}
    yield "of a backup from later", said(**_facts(to=late)) | {"restored_to": late}


def _changes() -> Iterator[tuple[str, Callable[[Said], object]]]:
    earlier = "2026-11-25T03:00:00Z"
    yield "said to be of an earlier backup", lambda each: each.update(restored_to=earlier)
    yield "said to be of later", lambda each: each.update(restored_at="2026-11-28T14:06:00Z")
    yield "an altered entry", lambda each: each["entry"]["facts"].update(restored_to=earlier)
    yield "altered alike", lambda each: (
        each.update(restored_to=earlier), each["entry"]["facts"].update(restored_to=earlier),
    )  # fmt: skip
    yield "another day of the log", lambda each: each["entry"].update(on="2026-11-26")
