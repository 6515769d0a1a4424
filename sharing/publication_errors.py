"""Why publishing says no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class ProfilesOffError(ConflictError):
    """A deployment without an address of its own for what everyone can see."""

    code = "profiles_off"
    sentence = "Public profiles are not switched on here. Ask whoever runs this service."


class ProfileNeededError(ConflictError):
    """A publication has to stand somewhere."""

    code = "profile_needed"
    sentence = "Choose a name for your public profile first."


class NameTakenError(ConflictError):
    """Somebody else's profile has this name."""

    code = "name_taken"
    sentence = "Somebody else has this name already. Choose another."


class BadNameError(VaultError):
    """A name that cannot stand in an address, or that would be taken for ours."""

    code = "bad_name"
    sentence = (
        "This name cannot be used. Use 3 to 30 small letters, digits and single hyphens between "
        "them, and no word that could be taken for ours."
    )


class BadStatementError(VaultError):
    """A statement of another form, not signed by its owner, or about something else."""

    code = "bad_statement"
    status = 422
    sentence = "This is not signed as it must be. Nothing was published or changed."


class PublishingBarredError(ConflictError):
    """Too many photos of this account had to be withheld. ``until`` is in ``details``."""

    code = "publishing_barred"
    sentence = (
        "You cannot publish for now, because photos of yours had to be withheld. Your data page "
        "says which, until when, and how to complain."
    )


class CopyTooLargeError(VaultError):
    """A copy that no worker could hold. ``limit_bytes`` (of ciphertext) is in ``details``."""

    code = "copy_too_large"
    status = 413
    sentence = "This copy is too large to be shown. Publish a smaller one."
