"""Why takedowns say no."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class NotNowError(VaultError):
    """A deed that does not follow on the case's step. ``step`` is in ``details``."""

    code = "takedown_not_now"
    status = 409
    sentence = "That does not follow on where this case stands. Fetch it again."


class IncompleteNoticeError(VaultError):
    """A notice without something that its rules want. ``missing`` names what."""

    code = "notice_incomplete"
    status = 422
    sentence = "The notice lacks something that the law wants in it. Nothing was signed or sent."


class WrongSignatureError(VaultError):
    """A signature that is not the name the notice gives."""

    code = "signature_not_the_name"
    status = 422
    sentence = "Sign with your legal name, exactly as the notice gives it."


class BadAddressError(VaultError):
    """A reported address that is none of the public web. Nothing was fetched."""

    code = "bad_takedown_address"
    status = 422
    sentence = "This is no address of a page or picture on the public web."


class TooManyTakedownsError(VaultError):
    """More open cases than a person may have at once."""

    code = "too_many_takedowns"
    status = 429
    sentence = "Too many cases are open. Close or withdraw some first."


class NobodyToWriteToError(VaultError):
    """No receiver with an e-mail address is known at this level: it is done by hand."""

    code = "nobody_to_write_to"
    status = 409
    sentence = "Nobody with an e-mail address is known. Use their web form with the copy sheet."


class NotForLumenError(VaultError):
    """A notice that its person does not want in a public collection, or that may not go there."""

    code = "not_for_lumen"
    status = 409
    sentence = "This notice does not go to a public collection: nobody chose that, or it may not."


class BadTakedownFormError(VaultError):
    """A form for help that lacks something. Nothing was kept."""

    code = "bad_takedown_form"
    sentence = "Something is missing. What the law wants is marked below; nothing was sent yet."
