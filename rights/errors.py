"""Why rights say no."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class LogAwayError(VaultError):
    """The log's key is not here, or the log is not the one it was: nothing is signed."""

    code = "log_away"
    status = 503
    sentence = "The public log cannot be written at the moment. Try again later."
