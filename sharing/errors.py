"""Why sharing says no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class BadEntryError(VaultError):
    """An entry that does not belong here: a wrong signature, or of another shape."""

    code = "bad_entry"
    status = 422
    sentence = "This change is not signed as it must be. Nothing was changed."


class HistoryMovedError(ConflictError):
    """Somebody else appended first. ``head`` (``seq`` and ``hash``) is in ``details``."""

    code = "history_moved"
    sentence = "Somebody else changed this in the meantime. Fetch it again and repeat your change."


class OwnAddressError(VaultError):
    """An invitation to oneself."""

    code = "own_address"
    status = 422
    sentence = "This is your own address. Invite somebody else."


class AlreadyContactError(ConflictError):
    """An invitation to somebody who accepted one before. ``account_id`` is in ``details``."""

    code = "already_contact"
    sentence = "You know each other already. Find them among your contacts."


class AlreadyInvitedError(ConflictError):
    """A second invitation to one address. ``invitation_id`` is in ``details``. Says nothing of
    whether anybody reads it there.
    """

    code = "already_invited"
    sentence = "You invited this address already. Wait for the answer, or withdraw it first."


class NotAContactError(VaultError):
    """The one who adds does not know this account. Also said of ids that are nobody's."""

    code = "not_a_contact"
    status = 422
    sentence = "Only your contacts can be added. Invite this person first."


class GroupGoneError(VaultError):
    """The group was deleted. A request that comes late must not bring it back."""

    code = "gone"
    status = 410
    sentence = "This group was deleted. Make a new one to have it again."


class GroupFullError(ConflictError):
    """The group has as many members as it can. ``limit`` is in ``details``."""

    code = "group_full"
    sentence = "This group is full. Somebody must leave before you can add anybody."


class RoleNeededError(VaultError):
    """Somebody who is in it, and may not do this. ``roles`` that may are in ``details``.
    To those outside it is not found.
    """

    code = "role_needed"
    status = 403
    sentence = "Your role does not allow this. Ask the owner or a manager."


class OwnerStaysError(ConflictError):
    """The owner cannot leave, be removed, or be given another role, before handing over."""

    code = "owner_stays"
    sentence = "The owner has to hand the group over to somebody else first."


class LeaveInsteadError(ConflictError):
    """Somebody removed themselves, which would make them choose the key they must not know."""

    code = "leave_instead"
    sentence = "You cannot remove yourself. Leave the group instead."


class IncompleteRotationError(VaultError):
    """A new key that does not reach exactly those who must have it. What is ``missing`` and
    what is ``unexpected`` is in ``details``.
    """

    code = "incomplete_rotation"
    status = 422
    sentence = "The new key would not reach exactly those it is for. Nothing was changed."


class KeyNeededError(VaultError):
    """A newcomer without a delivery: they could read nothing of the group."""

    code = "key_needed"
    status = 422
    sentence = "Somebody new needs the group's key. Nothing was changed."
