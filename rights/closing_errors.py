"""Why closing an account, or keeping it, is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class AlreadyClosingError(ConflictError):
    """Asked for twice, by two devices or under another id. ``starts_at`` is in ``details``."""

    code = "already_closing"
    sentence = "This account is being closed already. Keep it first if you want another date."


class WrongClosingError(VaultError):
    """The id is somebody else's: two devices never make the same by chance."""

    code = "wrong_closing"
    status = 422
    sentence = "This request to close an account cannot be used. Reload the page and try again."


class TooLateToKeepError(ConflictError):
    """Erasing has begun: what is gone cannot be brought back."""

    code = "too_late_to_keep"
    sentence = "This account is being erased already, so it cannot be kept."
