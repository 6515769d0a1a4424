"""Handing out what lies sealed."""

from __future__ import annotations

import logging

from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.sealing import SealBrokenError, SealedModel

logger = logging.getLogger(__name__)


def opened(row: SealedModel) -> str | None:
    """What was sealed, as text. One broken row must not take a whole page with it."""
    try:
        return to_base64url(row.open())
    except SealBrokenError:
        logger.error("seal broken", extra={"store": row._meta.label_lower})  # noqa: TRY400
        return None
