"""Wrapped keys as text. One broken row must not take a whole page with it."""

from __future__ import annotations

import logging

from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.sealing import Opener, SealBrokenError, SealedModel

logger = logging.getLogger(__name__)


class KeyReader:
    """Reads the keys in many rows of one model, for one answer."""

    def __init__(self, model: type[SealedModel]) -> None:
        self._opener = Opener(model)
        self._store = model._meta.label_lower

    def text(self, number: int | None, sealed: bytes | memoryview, identity: str) -> str | None:
        """What was sealed under an epoch's ``number`` as the row with this ``identity``
        (see `Opener`); None if the seal broke, or without a row.
        """
        if number is None:
            return None
        try:
            return to_base64url(self._opener.open(number, sealed, identity))
        except SealBrokenError:
            logger.error("seal broken", extra={"store": self._store})  # noqa: TRY400
            return None


def opened(row: SealedModel) -> str | None:
    """What is sealed in a row, as text; None if the seal broke."""
    identity = "|".join(str(getattr(row, name)) for name in row.sealing_fields)
    return KeyReader(type(row)).text(row.epoch_number, bytes(row.sealed), identity)
