"""Why recovery contacts say no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class RecoveryStandsError(ConflictError):
    """Somebody asked for this account already. Its owner can stop it, as can who reads the mail."""

    code = "recovery_stands"
    sentence = (
        "A recovery of this account is under way already. Go on with it where it was begun, "
        "or stop it with the code from the mail and begin again."
    )


class RecoveryEndedError(VaultError):
    """Stopped, run out or taken back by a new set-up: the device that asked hears the same."""

    code = "recovery_ended"
    status = 410
    sentence = "This recovery has ended or was stopped. Nothing was lost; you can ask again."


class RecoveryWaitsError(ConflictError):
    """The notice period is not over, or fewer than two contacts answered. ``opens_at`` is in
    ``details``.
    """

    code = "recovery_waits"
    sentence = "It is not time yet. Two contacts must answer, and the notice period must be over."
