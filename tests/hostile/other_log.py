"""Lies about receipts: one part altered, or all of them made anew under another key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from tests.hostile.proxy import Answer, Asked, Json, Lie
from tests.vectors.receipts import OTHER, file_at, key_text

KEY = "/log/key"
RECEIPT = re.compile(r"^/api/v1/receipts/[0-9a-f-]{36}$")


class AnotherLog(Lie):
    """A log that says something else, whole and without a flaw but for its key."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        if asked.path == KEY:
            name = answer.body.decode().partition("+")[0]
            answer.body = key_text(OTHER, name).encode()
        elif RECEIPT.search(asked.path) and answer.status == 200:
            document = answer.json
            document["file"] = forged(document["file"]["receipt"])
            answer.say(document)


def forged(receipt: Json) -> Json:
    """The file of a receipt that says less was deleted."""
    said = deepcopy(receipt)
    said["facts"]["images"] = said["facts"]["images"][:1]
    return file_at(3, 9, by=OTHER, said=said, origin=said["log"])


@dataclass(slots=True)
class AlteredPart(Lie):
    """One part of a receipt altered, and nothing else."""

    change: Callable[[Json], object]

    def answer(self, asked: Asked, answer: Answer) -> None:
        if RECEIPT.search(asked.path) and answer.status == 200:
            document = answer.json
            self.change(document["file"])
            answer.say(document)


def _in_proof(old: str, new: str) -> Callable[[Json], object]:
    return lambda file: file.update(proof=re.sub(old, new, file["proof"], count=1))


def _key(file: Json) -> None:
    file["key"] = key_text(OTHER, file["receipt"]["log"])


def _another(file: Json) -> None:
    file.update(forged(file["receipt"]))


# What is altered -> the change, and the part that is found not to hold.
PARTS: Mapping[str, tuple[Callable[[Json], object], str]] = {
    "the receipt": (lambda f: f["receipt"]["facts"]["images"].pop(), "signature"),
    "its opening": (lambda f: f.update(opening="A" * 43), "commitment"),
    "its entry": (lambda f: f["entry"].update(on="2020-01-01"), "proof"),
    "its proof": (_in_proof(r"index (\d+)", r"index 1\1"), "proof"),
    "its checkpoint": (_in_proof(r"(?<=/log\n)(\d+)", r"1\1"), "proof"),
    "its key": (_key, "key"),
    "all of it, but for the log's key": (_another, "key"),
}
