"""Why a picture carries no mark."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class CannotMarkError(VaultError):
    """The picture has no room for a mark that anybody could find again."""

    code = "cannot_mark"
    status = 422
    sentence = "This picture is too small or too narrow to carry an invisible mark."
