"""Why a receipt is not to be had."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class ReceiptNotReadyError(VaultError):
    """It is signed, and in the public log, in a moment."""

    code = "receipt_not_ready"
    status = 409
    sentence = "This receipt is not in the public log yet. Try again in a minute."
