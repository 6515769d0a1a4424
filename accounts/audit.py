"""The audit trail. Every action ends by recording what it did.

What ends something is written into the journal first, outside the database, so that a restored
backup can be told of it: one entry for each act, however many photos it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from uuid import UUID

from django.utils import timezone

from accounts.key_copies import copy_of
from accounts.models import Account, AuditEvent
from accounts.models.audit_event import ABOUT_PHOTOS
from pocketvault.kernel import journal
from pocketvault.kernel.statements import insert, insert_each

WRITTEN_AT_ONCE = 500


class AuditTag(StrEnum):
    """``subject:action``. Values are stored, so a tag is never renamed."""

    ACCOUNT_CREATED = "account:created"
    ACCOUNT_ERASED = "account:erased"
    ACCOUNT_CLOSED = "account:closed"
    CLOSING_ASKED = "account:closing_asked"
    CLOSING_WITHDRAWN = "account:closing_withdrawn"
    STAFF_CREATED = "account:staff_created"  # of older versions
    STAFF_GRANTED = "account:staff_granted"
    STAFF_WITHDRAWN = "account:staff_withdrawn"
    ACCOUNT_VIEWED = "account:viewed_by_staff"
    SIGNED_IN = "session:signed_in"
    SIGN_IN_REFUSED = "session:sign_in_refused"
    SECOND_FACTOR_REFUSED = "session:second_factor_refused"
    SIGNED_OUT = "session:signed_out"
    SESSION_ENDED = "session:ended"
    OTHER_SESSIONS_ENDED = "session:others_ended"
    ALL_SESSIONS_ENDED = "session:all_ended"
    STEPPED_UP = "session:stepped_up"
    STEP_UP_REFUSED = "session:step_up_refused"
    PASSWORD_CHANGED = "password:changed"  # noqa: S105 - a tag
    PASSWORD_RESET = "password:reset"  # noqa: S105 - a tag
    FORMER_PASSWORD_USED = "password:former_used"  # noqa: S105 - a tag
    # About a purpose, by its id (`Purpose.id`).
    OBJECTION_MADE = "objection:made"
    OBJECTION_ENDED = "objection:ended"
    OPT_OUT_HONOURED = "objection:signal_honoured"
    CONSENT_GIVEN = "consent:given"
    CONSENT_WITHDRAWN = "consent:withdrawn"
    VAULT_SHUT = "vault:shut"
    VAULT_OPENED = "vault:opened"
    RECOVERY_CHANGED = "recovery:changed"
    RECOVERY_CONFIRMED = "recovery:confirmed"
    RECOVERY_USED = "recovery:used"
    TOTP_ADDED = "totp:added"
    TOTP_REMOVED = "totp:removed"
    RECOVERY_CODES_MADE = "recovery_codes:made"
    RECOVERY_CODE_USED = "recovery_codes:used"
    PASSKEY_ADDED = "passkey:added"
    PASSKEY_RENAMED = "passkey:renamed"
    PASSKEY_REMOVED = "passkey:removed"
    ALBUM_SHARED = "album:shared"
    ALBUM_UNSHARED = "album:unshared"
    ALBUM_KEY_REPLACED = "album:key_replaced"
    ALBUM_LEFT = "album:left"
    ALBUM_DELETED = "album:deleted"
    GRANT_GIVEN = "grant:given"
    # A grant that there was, and that may less from now on.
    GRANT_LOWERED = "grant:lowered"
    GRANT_ENDED = "grant:ended"
    IMAGE_STORED = "image:stored"
    IMAGE_REPLACED = "image:replaced"
    IMAGE_BINNED = "image:binned"
    IMAGE_RESTORED = "image:restored"
    IMAGE_PURGED = "image:purged"
    CONTACT_INVITED = "contact:invited"
    CONTACT_WITHDRAWN = "contact:withdrawn"
    CONTACT_ACCEPTED = "contact:accepted"
    CONTACT_DECLINED = "contact:declined"
    CONTACT_ENDED = "contact:ended"
    RECOVERY_CONTACTS_SET = "recovery_contacts:set"
    RECOVERY_CONTACTS_ENDED = "recovery_contacts:ended"
    RECOVERY_SHARE_ACCEPTED = "recovery_contacts:share_accepted"
    RECOVERY_SHARE_LOST = "recovery_contacts:share_lost"
    RECOVERY_ASKED = "recovery_contacts:asked"
    RECOVERY_ANSWERED = "recovery_contacts:answered"
    RECOVERY_STOPPED = "recovery_contacts:stopped"
    RECOVERY_CONTACTS_USED = "recovery_contacts:used"
    KNOWN_KEYS_CHANGED = "known_keys:changed"
    GROUP_CREATED = "group:created"
    GROUP_SETTINGS_CHANGED = "group:settings_changed"
    GROUP_MEMBER_SET = "group:member_set"
    GROUP_MEMBER_LOWERED = "group:member_lowered"
    GROUP_MEMBER_REMOVED = "group:member_removed"
    GROUP_LEFT = "group:left"
    GROUP_ROTATED = "group:rotated"
    GROUP_HANDED_OVER = "group:handed_over"
    GROUP_DELETED = "group:deleted"
    LINK_MADE = "link:made"
    LINK_ENDED = "link:ended"
    LINK_ASLEEP = "link:asleep"
    LINK_WOKEN = "link:woken"
    COLLECT_LINK_MADE = "collect_link:made"
    COLLECT_LINK_ENDED = "collect_link:ended"
    PROFILE_SET = "profile:set"
    PROFILE_REMOVED = "profile:removed"
    PUBLICATION_MADE = "publication:made"
    PUBLICATION_CHANGED = "publication:changed"
    PUBLICATION_LIVE = "publication:live"
    PUBLICATION_REFUSED = "publication:refused"
    PUBLICATION_WITHDRAWN = "publication:withdrawn"
    PROFILE_WITHHELD = "profile:withheld"
    PROFILE_REINSTATED = "profile:reinstated"
    PUBLICATION_WITHHELD = "publication:withheld"
    PUBLICATION_REINSTATED = "publication:reinstated"
    COPY_TRACED = "copy:traced"
    ARCHIVE_ASKED = "archive:asked"
    ARCHIVE_TAKEN = "archive:taken"
    ARCHIVE_ENDED = "archive:ended"
    EXPORT_BEGUN = "export:begun"
    ALL_SHARING_ENDED = "sharing:all_ended"
    TAKEDOWN_OPENED = "takedown:opened"
    TAKEDOWN_SIGNED = "takedown:signed"
    TAKEDOWN_ENDED = "takedown:ended"

    @property
    def is_about_photos(self) -> bool:
        """Thousands of these a day are ordinary, and would bury what matters for security. That a
        photo is shown at last is told once, as what its owner did to have it shown.
        """
        return self.value.startswith(ABOUT_PHOTOS) or self is AuditTag.PUBLICATION_LIVE


SECURITY_TAGS = [tag.value for tag in AuditTag if not tag.is_about_photos]

# What must hold after a restore too. `rights.actions.replaying` knows how to do each again.
CHANGED_KEYS = frozenset(
    {
        AuditTag.PASSWORD_CHANGED, AuditTag.PASSWORD_RESET, AuditTag.VAULT_SHUT,
        AuditTag.VAULT_OPENED, AuditTag.RECOVERY_CHANGED, AuditTag.TOTP_ADDED,
        AuditTag.TOTP_REMOVED, AuditTag.RECOVERY_CODES_MADE, AuditTag.RECOVERY_CODE_USED,
    }
)  # fmt: skip
ENDINGS = CHANGED_KEYS | {
    AuditTag.ACCOUNT_CLOSED, AuditTag.ACCOUNT_ERASED, AuditTag.STAFF_WITHDRAWN,
    AuditTag.SIGNED_OUT, AuditTag.SESSION_ENDED, AuditTag.OTHER_SESSIONS_ENDED,
    AuditTag.ALL_SESSIONS_ENDED, AuditTag.PASSKEY_REMOVED,
    AuditTag.IMAGE_PURGED, AuditTag.IMAGE_BINNED, AuditTag.IMAGE_RESTORED,
    AuditTag.ALBUM_UNSHARED, AuditTag.ALBUM_KEY_REPLACED, AuditTag.ALBUM_LEFT,
    AuditTag.ALBUM_DELETED, AuditTag.GRANT_LOWERED, AuditTag.GROUP_MEMBER_LOWERED,
    AuditTag.GROUP_HANDED_OVER, AuditTag.ARCHIVE_ENDED,
    AuditTag.GRANT_ENDED, AuditTag.CONTACT_WITHDRAWN, AuditTag.CONTACT_DECLINED,
    AuditTag.CONTACT_ENDED, AuditTag.RECOVERY_CONTACTS_SET, AuditTag.RECOVERY_CONTACTS_ENDED,
    AuditTag.RECOVERY_STOPPED, AuditTag.GROUP_MEMBER_REMOVED, AuditTag.GROUP_LEFT,
    AuditTag.GROUP_ROTATED, AuditTag.GROUP_DELETED, AuditTag.LINK_ENDED,
    AuditTag.COLLECT_LINK_ENDED, AuditTag.PROFILE_REMOVED, AuditTag.PUBLICATION_WITHDRAWN,
    AuditTag.ALL_SHARING_ENDED, AuditTag.CONSENT_WITHDRAWN, AuditTag.OBJECTION_MADE,
    AuditTag.PUBLICATION_WITHHELD, AuditTag.PUBLICATION_REINSTATED,
    AuditTag.PROFILE_WITHHELD, AuditTag.PROFILE_REINSTATED,
}  # fmt: skip


def record(
    tag: AuditTag, *, actor: Account | None, subject_id: UUID, about: UUID | None = None,
    now: Mapping[str, str | bool] | None = None,
) -> None:  # fmt: skip
    """Write one line of the trail, in the caller's transaction. ``about`` and ``now`` are for
    the journal: whom it happened to, where the subject does not say, and how it stands after.
    """
    actor_id = actor.pk if actor else None
    _note_ending(tag, actor_id, [subject_id], about, now)
    insert([AuditEvent(tag=tag, actor_id=actor_id, subject_id=subject_id)])


def record_many(tag: AuditTag, *, actor: Account | None, subject_ids: Iterable[UUID]) -> None:
    """Write a line for each of many subjects, in the caller's transaction."""
    actor_id, ids = actor.pk if actor else None, list(subject_ids)
    if ids:
        _note_ending(tag, actor_id, ids)
    for first in range(0, len(ids), WRITTEN_AT_ONCE):
        some = ids[first : first + WRITTEN_AT_ONCE]
        now = timezone.now()
        insert_each(AuditEvent, "subject_id", some, at=now, tag=tag.value, actor_id=actor_id)


def _note_ending(
    tag: AuditTag, actor_id: UUID | None, subject_ids: list[UUID], about: UUID | None = None,
    now: Mapping[str, str | bool] | None = None,
) -> None:  # fmt: skip
    if tag not in ENDINGS:
        return
    facts: dict[str, object] = {
        "actor": str(actor_id) if actor_id else None,
        "subjects": [str(each) for each in subject_ids],
    }
    if about is not None:
        facts["about"] = str(about)
    if now is not None:
        facts["now"] = dict(now)
    if tag in CHANGED_KEYS:
        facts["keys"] = copy_of(subject_ids[0])
    journal.write(tag.value, **facts)
