"""Why choices, consents and processors say no."""

from __future__ import annotations

from pocketvault.kernel.errors import VaultError


class BadConsentError(VaultError):
    """A consent that is not spelled, signed or dated as its text says."""

    code = "bad_consent"
    status = 422
    sentence = "This consent is not what was shown to you, or is not signed by you. Give it again."


class ConsentForOthersError(VaultError):
    """A consent about photos that are not, or not all, the person's own."""

    code = "consent_for_other_photos"
    status = 422
    sentence = "You can only agree to something about photos that are yours and still here."


class NoticeTooShortError(VaultError):
    """A processor that would begin before everybody could read that it will."""

    code = "notice_too_short"
    status = 422
    sentence = "People are told thirty days before: choose a later first day."


class BadProcessorError(VaultError):
    """A register entry that says too little, or what it must not."""

    code = "bad_processor"
    status = 422
    sentence = "This entry cannot stand in the register."
