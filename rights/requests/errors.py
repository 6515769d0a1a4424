"""Why a request, or a step of one, is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class BadRequestFormError(VaultError):
    """A form that is not filled in as it must be."""

    code = "bad_request_form"
    sentence = "Say what you ask for, and give an e-mail address that can be answered."


class WrongLawError(VaultError):
    """The law that was named has no such right."""

    code = "no_such_right"
    sentence = "This law has no such right. Choose the other law, or another right."


class TooManyRequestsOpenError(VaultError):
    """One account has many open requests already."""

    code = "requests_open"
    status = 409
    sentence = "You have 20 open requests. We answer those first."


class RequestOverError(ConflictError):
    """It was answered, refused or closed."""

    code = "request_over"
    sentence = "This request is closed. Nothing can be added to it."


class NoAddressProvedError(VaultError):
    """A letter would go to an address that nobody proved."""

    code = "address_not_confirmed"
    status = 409
    sentence = "The address of this request is not confirmed. No letter goes there before it is."


class IdentityTooLowError(VaultError):
    """Who asks is not known well enough for what they ask."""

    code = "identity_too_low"
    status = 409
    sentence = (
        "Who asks is not known well enough for this right. Ask them to sign in to the account "
        "first, or refuse the request."
    )


class NotExtensibleError(VaultError):
    """The law gives no more time here, or none any more."""

    code = "not_extensible"
    status = 409
    sentence = "The law gives no more time for this request."


class NothingToSayError(VaultError):
    """A letter without an answer in it."""

    code = "letter_empty"
    sentence = "Write what the letter is to say, at most 8,000 characters."


class UnknownColleagueError(VaultError):
    """Nobody at the desk may answer requests under that name."""

    code = "unknown_colleague"
    sentence = "Nobody at the desk may answer requests under that number."


class BadMailError(VaultError):
    """A mail that cannot be read safely. It is kept where it was found."""

    code = "bad_mail"
    sentence = "This mail cannot be read."
