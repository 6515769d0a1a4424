"""Why a link does not open, or takes nothing more."""

from __future__ import annotations

from pocketvault.kernel.errors import TooManyRequestsError, VaultError


class LinkEndedError(VaultError):
    """Revoked, expired or used up: whoever has it hears the same."""

    code = "link_ended"
    status = 410
    sentence = "This link has ended. Whoever sent it to you can make a new one."


class LinkAsleepError(VaultError):
    """Guessed at too often. Only its owner wakes it."""

    code = "link_asleep"
    status = 423
    sentence = (
        "This link rests, because it was tried too often with a wrong password. "
        "Ask whoever sent it to you to wake it."
    )


class WrongLinkProofError(VaultError):
    """A wrong password, or an address that lost its end. ``tries_left`` is in ``details``."""

    code = "wrong_link_proof"
    status = 403
    sentence = "That does not open this link. Check the password, and that the address is whole."


class LinkRestsError(TooManyRequestsError):
    """Too many wrong proofs this hour, whoever gave them. ``retry_after`` is in ``details``."""

    sentence = "This link was tried too often with a wrong password. Try again in an hour."


class TimePassedError(VaultError):
    """A link that would end before it begins."""

    code = "time_passed"
    status = 422
    sentence = "Choose a time that is still to come."


class MissingWrapError(VaultError):
    """A link without the album key in force opens nothing. ``generation`` is in ``details``."""

    code = "missing_wrap"
    status = 422
    sentence = "This link lacks the key of the album. Nothing was changed."


class CollectLimitError(VaultError):
    """No room left in a collect link. ``bytes_left`` and ``photos_left`` are in ``details``."""

    code = "collect_limit"
    status = 413
    sentence = "No more fits through this link. Whoever sent it to you can allow more."
