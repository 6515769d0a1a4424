"""Why a trace is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class BrokenFeaturesError(ValueError):
    """These bytes are not features, or of a version that is not known here."""


class UnreadableCopyError(VaultError):
    """What was dropped is no picture that could be read within bounds."""

    code = "unreadable_copy"
    status = 422
    sentence = "This is no picture that can be read here. Try a JPEG, PNG or WebP of it."
