"""Why accounts say no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class WrongCredentialsError(VaultError):
    """Unknown address and wrong password are the same answer."""

    code = "wrong_credentials"
    status = 401
    sentence = (
        "That password does not open this vault. Nothing was lost. "
        "Try again, or use your recovery key."
    )


class WrongRecoveryError(VaultError):
    """The phrase belongs to another vault, or the address has none."""

    code = "wrong_recovery"
    status = 401
    sentence = (
        "These words do not belong to this vault. Nothing was lost. "
        "Check the address and each word, then try again."
    )


class WrongProofError(VaultError):
    """A signed-in person could not prove again that it is them. Not 401: they stay signed in."""

    code = "wrong_proof"
    status = 403
    sentence = "That did not prove that it is you. Nothing was lost; try again."


class WrongCodeError(VaultError):
    """A code from a mail, an authenticator app or the recovery codes is not right."""

    code = "wrong_code"
    status = 400
    sentence = "That code is not right. Check it and try again."


class CodeExpiredError(VaultError):
    """Too late, already used, or never made: the person needs a new one either way."""

    code = "code_expired"
    status = 410
    sentence = "This code has ended or was already used. Ask for a new one."


class TooManyTriesError(VaultError):
    """The code was guessed at too often and is dead now."""

    code = "too_many_tries"
    status = 429
    sentence = "This code was tried too often and no longer works. Ask for a new one."


class TokenExpiredError(VaultError):
    """A link from a mail is too old or was used."""

    code = "token_expired"
    status = 410
    sentence = "This link has ended or was already used. Ask for a new one."


class ChallengeExpiredError(VaultError):
    """The question a device was to answer is gone."""

    code = "challenge_expired"
    status = 410
    sentence = "This took too long or was already answered. Start again."


class PasskeyRefusedError(VaultError):
    """The device's answer does not prove what it should."""

    code = "passkey_refused"
    status = 401
    sentence = (
        "This passkey could not be checked. Nothing was lost. Try again, or use your password."
    )


class AccountTakenError(ConflictError):
    """A client-made account id that exists already."""

    code = "account_taken"
    sentence = "This sign-up cannot be finished. Start again with a new one."


class UnknownSchemeError(VaultError):
    """A key-derivation scheme from the future, or from nowhere."""

    code = "unknown_scheme"
    status = 422
    sentence = "This server does not know that password scheme. Update one of the two."


class WeakParametersError(VaultError):
    """Somebody tries to make guessing the password cheap. ``floor`` is in ``details``."""

    code = "weak_parameters"
    status = 422
    sentence = "These password settings are outside what keeps a vault safe, so they were refused."


class ForeignParametersError(VaultError):
    """A set between floor and ceiling, but none that this server hands out."""

    code = "foreign_parameters"
    status = 422
    sentence = (
        "These password settings are not the ones this server gave. "
        "Fetch the parameters and try again."
    )


class ForeignSaltError(VaultError):
    """The salt is not the one this server gave for the address."""

    code = "foreign_salt"
    status = 422
    sentence = "The password was prepared for another address. Fetch the parameters and try again."


class StepUpRequiredError(VaultError):
    """A dangerous act needs a fresh proof that it is really this person."""

    code = "step_up_required"
    status = 403
    sentence = "Please confirm that it is you before this change."


class SecondFactorNeededError(VaultError):
    """Somebody who works at the desk would change or lose a second factor by a password alone."""

    code = "second_factor_needed"
    status = 403
    sentence = (
        "Whoever works at the desk always has a second factor, and changes one only after "
        "signing in with one. Sign in with your authenticator app or passkey first."
    )


class VaultShutError(VaultError):
    """After an e-mail reset, nothing irreversible happens until the vault was opened."""

    code = "vault_shut"
    status = 403
    sentence = (
        "The account was reset by e-mail, so the vault is shut. "
        "Open it with your recovery key, a passkey or the password from before first."
    )


class NewPasswordRequiredError(VaultError):
    """Who got in without the password sets a new one before anything else."""

    code = "new_password_required"
    status = 403
    sentence = (
        "This device was let in without the password, so a new one comes first. "
        "Nothing was lost. Open the vault again and choose a new password; then everything works."
    )


class AlreadyOnError(ConflictError):
    """A second factor that is on cannot be set up over itself."""

    code = "already_on"
    sentence = "An authenticator app is already set up. Remove it first."


class BusyError(VaultError):
    """All slots for expensive hashing are taken."""

    code = "busy"
    status = 503
    sentence = "The service is busy. Nothing was lost; try again in a moment."


class WrongKeyError(VaultError):
    """An ``Idempotency-Key`` that is none."""

    code = "wrong_idempotency_key"
    status = 400
    sentence = "Idempotency-Key must be 1 to 128 visible ASCII characters, such as a UUID."


class KeyReusedError(VaultError):
    """An ``Idempotency-Key`` stands for one request, and this is another."""

    code = "key_reused"
    status = 422
    sentence = "This Idempotency-Key was used for another request. Use a new one."


class StillRunningError(VaultError):
    """The first request with this ``Idempotency-Key`` has not been answered yet."""

    code = "still_running"
    status = 409
    sentence = "The same request is still being worked on. Send it again in a moment."


class EssentialPurposeError(ConflictError):
    """Somebody objects to what the service is nothing without."""

    code = "essential_purpose"
    sentence = (
        "This is the service itself and cannot be switched off. "
        "You can delete photos, stop sharing, or close the account."
    )


class BadPushAddressError(VaultError):
    """What a device gave is no address of a push service."""

    code = "bad_push_address"
    status = 422
    sentence = (
        "That is no address of a push service: it begins with https://, has a plain host, and at "
        "most 2,000 characters. Nothing was changed."
    )


class UnknownPushServiceError(ConflictError):
    """The operator has not entered this push service. ``services`` has those that are."""

    code = "unknown_push_service"
    sentence = (
        "This service does not ask that push service, so it cannot wake the device through it. "
        "Nothing was changed."
    )
