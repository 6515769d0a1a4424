"""Pieces of evidence at rest: each a blob under a key of its own, sealed in its row."""

from __future__ import annotations

from uuid import UUID

from images.delivery import read_whole
from images.errors import PartLostError
from pocketvault.kernel.purposes import TAKE_DOWN_COPIES
from rights.models import TakedownEvidence
from sharing.publishing.streams import BrokenStreamError, open_stream, seal_stream


def sealed_piece(row: TakedownEvidence, data: bytes, key: bytes) -> bytes:
    """The bytes of the piece's blob."""
    return seal_stream(
        data, key, owner=_whose(row), publication=row.pk, part=row.kind
    )


def read_piece(row: TakedownEvidence) -> bytes:
    """The piece itself. Raises `PartLostError`."""
    sealed = read_whole(row.blob_key, purpose=TAKE_DOWN_COPIES)
    try:
        return open_stream(
            sealed, row.open(), owner=_whose(row), publication=row.pk, part=row.kind
        )
    except BrokenStreamError as error:
        raise PartLostError from error


def _whose(row: TakedownEvidence) -> UUID:
    """The account, or the case itself where somebody has none."""
    return row.takedown.owner_id or row.takedown_id
