"""That an entry is in the log, as one text that needs nobody to be asked (C2SP tlog-proof).

    c2sp.org/tlog-proof@v1
    index 73894
    gSKyXoYZ…                one hash of the path a line, base64, the leaf's sibling first
                             an empty line, then the signed checkpoint as it is

There may be a line with ``extra`` before the index; nobody vouches for it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from rights.log.hashing import HASH_BYTES, leaf_hash, root_by_inclusion
from rights.log.notes import Checkpoint, NoteError, VerifierKey, number_in, open_checkpoint

FORMAT = "c2sp.org/tlog-proof@v1"
# A tree with a longer path has more leaves than anybody can count to.
MOST_HASHES = 64


class ProofError(ValueError):
    """A proof that is malformed, or that proves something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where an entry is, how to get from it to the root, and who says so."""

    index: int
    path: Sequence[bytes]
    checkpoint: str

    def text(self) -> str:
        """As it is handed on."""
        hashes = "".join(f"{base64.b64encode(each).decode('ascii')}\n" for each in self.path)
        return f"{FORMAT}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def read_proof(text: str) -> Proof:
    """The proof that a text is. Raises `ProofError`."""
    head, empty_line, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        lines.pop(0)
    if first != FORMAT or not empty_line or not lines:
        raise ProofError("not a proof")
    if len(lines) - 1 > MOST_HASHES:
        raise ProofError("the path is too long")
    path = [_hash(each) for each in lines[1:]]
    return Proof(index=_index(lines[0]), path=path, checkpoint=checkpoint)


def check_proof(proof: Proof, entry: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint under which the entry is in the log.

    Raises `ProofError`, and `NoteError` for a checkpoint that the log did not sign.
    """
    checkpoint = open_checkpoint(proof.checkpoint, key)
    try:
        root = root_by_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.path)
    except ValueError as error:
        raise ProofError("the path does not fit the tree") from error
    if root != checkpoint.root:
        raise ProofError("the entry is not in the log")
    return checkpoint


def _index(line: str) -> int:
    word, _, index = line.partition(" ")
    try:
        number = number_in(index)
    except NoteError as error:
        raise ProofError("the proof has no index") from error
    if word != "index":
        raise ProofError("the proof has no index")
    return number


def _hash(line: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("a hash is not base64") from error
    if len(raw) != HASH_BYTES:
        raise ProofError("a hash has the wrong length")
    return raw
