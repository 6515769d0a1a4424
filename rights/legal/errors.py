"""Why something about an order is refused."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class BadOrderError(VaultError):
    """What was entered cannot be an order, or not yet."""

    code = "bad_order"
    status = 422
    sentence = "Something is missing or does not fit. Nothing was kept."


class EndlessGagError(VaultError):
    """A gag without an end and without a day on which it is challenged."""

    code = "endless_gag"
    status = 422
    sentence = (
        "A gag needs the day on which it ends. One that names none is entered as indefinite,"
        " and is challenged every 90 days."
    )


class SamePersonError(VaultError):
    """Intake, review and approval are three people."""

    code = "same_person"
    status = 409
    sentence = "Somebody else has to do this: intake, review and approval are three people."


class NotGenuineError(VaultError):
    """Only an order whose authority was called back is answered."""

    code = "not_genuine"
    status = 409
    sentence = (
        "Nobody has confirmed this order under the number of the directory. It can only be"
        " rejected."
    )


class NoOrderError(VaultError):
    """Informal requests, and emergencies without an order."""

    code = "no_valid_order"
    status = 409
    sentence = "This is no valid order. It can only be rejected."


class ChecklistOpenError(VaultError):
    """A question has no answer, or one that does not go with the outcome."""

    code = "checklist_open"
    status = 409
    sentence = "The checklist does not carry this outcome."


class OutOfReachError(VaultError):
    """The instrument does not reach the data."""

    code = "out_of_reach"
    status = 409
    sentence = "This instrument does not reach everything that is to be given."


class AlreadyDecidedError(ConflictError):
    """What was decided stays."""

    code = "already_decided"
    sentence = "This was decided already, and a decision is never changed."


class NotYetError(ConflictError):
    """Too early: it has to cool, or the person has to be told first."""

    code = "not_yet"
    sentence = "This cannot leave yet."


class BadCertificateError(VaultError):
    """The authority's certificate cannot be used."""

    code = "bad_certificate"
    status = 422
    sentence = (
        "This is no certificate that a package can be encrypted to: RSA with at least 3072 bits,"
        " in PEM, and not expired."
    )


class UnsignedStatementError(VaultError):
    """A canary that fewer than two people signed, or not this text."""

    code = "unsigned_statement"
    status = 422
    sentence = "A statement needs the signatures of at least two people over this very text."
