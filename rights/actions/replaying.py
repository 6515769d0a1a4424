"""What ended since a backup was made ends again, in the order in which it did.

Each kind of the journal has one function here that does it on a restored database and is safe
to repeat; ``tests/rights/test_replaying.py`` fails for a kind without one. Nothing is written
into the journal meanwhile: it is there already.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions import replaying as accounts
from accounts.audit import CHANGED_KEYS, AuditTag
from accounts.models import Account
from images.actions.albums import delete_album_again
from images.actions.disposal import bin_again, purge_again, take_out_again
from pocketvault.kernel import journal
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.errors import NotFoundError
from rights.actions import keeping_log
from rights.actions.archives import forget_archives
from rights.actions.case_journal import CHANGED, bring_back
from rights.actions.consents import withdraw_consent
from rights.actions.tracking import HOLD_PLACED, HOLD_RELEASED, place_hold, release_hold
from rights.legal.actions.noting import ORDERS
from rights.models import Archive
from rights.reports.actions.noting import REPORTS
from rights.requests.actions.keeping import REQUESTS
from rights.takedown.actions.moving import TAKEDOWNS
from sharing.actions import replaying as sharing

logger = logging.getLogger(__name__)

# A transaction may have been open when the backup was made: its intent is older, its rows are not.
BEFORE = timedelta(minutes=20)
BATCH_IMAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """An entry of the journal, with its ids as ids."""

    at: datetime
    actor: UUID | None
    subjects: Sequence[UUID]
    about: UUID | None
    keys: dict[str, Any] | None
    now: dict[str, Any] | None

    @property
    def subject(self) -> UUID:
        """The one it is about, where there is one."""
        return self.subjects[0]

    @property
    def person(self) -> UUID:
        """Who did it; the subject where nobody did."""
        return self.actor or self.subject


Replay = Callable[[Ending], None]


def replay_since(made_at: datetime, names: Sequence[str], aborted: frozenset[str]) -> int:
    """Do again what these entries say, from a little before the backup on; how many there were.

    Raises `journal.JournalError` at an entry that does not open, and ``KeyError`` at a kind
    that nobody knows how to do: nobody is served before that is put right.
    """
    count = 0
    with journal.silence():
        for name in names:
            if name in aborted:
                continue
            entry = journal.read(name)
            if entry.at < made_at - BEFORE:
                continue
            with transaction.atomic():
                _replay(entry, is_before=entry.at < made_at)
            count += 1
    logger.info("journal replayed", extra={"count": count})
    return count


def _replay(entry: journal.Entry, *, is_before: bool) -> None:
    if entry.kind == keeping_log.GREW:
        keeping_log.append_again(entry.facts)
    elif entry.kind == CHANGED:
        bring_back(CASES[entry.facts["case"]], entry.facts, is_before=is_before)
    elif entry.kind in HOLDS:
        HOLDS[entry.kind](_ending(entry).subjects)
    else:
        REPLAYS[AuditTag(entry.kind)](_ending(entry))


def _ending(entry: journal.Entry) -> Ending:
    facts = entry.facts
    return Ending(
        at=entry.at,
        actor=_id(facts.get("actor")),
        subjects=[UUID(each) for each in facts["subjects"]],
        about=_id(facts.get("about")),
        keys=facts.get("keys"),
        now=facts.get("now"),
    )


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _purge(ending: Ending) -> None:
    for first in range(0, len(ending.subjects), BATCH_IMAGES):
        batch = ending.subjects[first : first + BATCH_IMAGES]
        purge_again(batch, owner_id=ending.person)


def _bring_keys(ending: Ending) -> None:
    if ending.keys is None:
        accounts.sign_everybody_out(ending.subject)
    else:
        accounts.bring_keys(ending.subject, ending.keys)


def _erase(ending: Ending) -> None:
    if accounts.has_account_among([str(ending.subject)]):
        for custodian in custodians():
            custodian.erase(ending.subject)


def _withdraw_consent(ending: Ending) -> None:
    owner = Account.objects.filter(pk=ending.person).first()
    if owner is not None:
        with suppress(NotFoundError):
            withdraw_consent(ending.subject, actor=owner)


def _remove_member(ending: Ending) -> None:
    """Of whom the journal does not say, nobody is removed, and the key is due all the same."""
    if ending.about is not None:
        sharing.end_membership_again(ending.subject, ending.about)
    sharing.replace_group_key_again(ending.subject)


def _forget_archives(archive_ids: Sequence[UUID]) -> None:
    forget_archives(Archive.objects.filter(pk__in=archive_ids))


def _lower_member(ending: Ending) -> None:
    if ending.about is not None:
        sharing.lower_member_again(ending.subject, ending.about)


def _lower_grant(ending: Ending) -> None:
    if ending.now is not None:
        sharing.lower_grant_again(ending.subject, **ending.now)


def _hand_over(ending: Ending) -> None:
    if ending.about is not None:
        sharing.hand_over_again(ending.subject, former_id=ending.person, owner_id=ending.about)


CASES = {kind.name: kind for kind in (ORDERS, REPORTS, REQUESTS, TAKEDOWNS)}
# What has no line in the trail.
HOLDS: dict[str, Callable[[Sequence[UUID]], int]] = {
    HOLD_PLACED: lambda image_ids: len(place_hold(image_ids)),
    HOLD_RELEASED: release_hold,
}
REPLAYS: dict[AuditTag, Replay] = {
    **dict.fromkeys(CHANGED_KEYS, _bring_keys),
    AuditTag.ACCOUNT_CLOSED: _erase,
    AuditTag.ACCOUNT_ERASED: _erase,
    AuditTag.STAFF_WITHDRAWN: lambda e: accounts.withdraw_staff(e.subject),
    AuditTag.SIGNED_OUT: lambda e: accounts.end_sessions(e.subjects),
    AuditTag.SESSION_ENDED: lambda e: accounts.end_sessions(e.subjects),
    AuditTag.OTHER_SESSIONS_ENDED: lambda e: accounts.sign_everybody_out(e.subject),
    AuditTag.ALL_SESSIONS_ENDED: lambda e: accounts.sign_everybody_out(e.subject),
    AuditTag.PASSKEY_REMOVED: lambda e: accounts.remove_passkeys(e.subjects),
    AuditTag.IMAGE_PURGED: _purge,
    AuditTag.IMAGE_BINNED: lambda e: bin_again(e.subjects, owner_id=e.person, binned_at=e.at),
    AuditTag.IMAGE_RESTORED: lambda e: take_out_again(e.subjects, owner_id=e.person),
    AuditTag.ALBUM_DELETED: lambda e: delete_album_again(e.subject, owner_id=e.person),
    AuditTag.ARCHIVE_ENDED: lambda e: _forget_archives(e.subjects),
    AuditTag.GRANT_LOWERED: _lower_grant,
    AuditTag.GROUP_MEMBER_LOWERED: _lower_member,
    AuditTag.GROUP_HANDED_OVER: _hand_over,
    AuditTag.GRANT_ENDED: lambda e: sharing.end_grants_again(e.subjects),
    AuditTag.ALBUM_LEFT: lambda e: sharing.leave_album_again(e.subject, e.person),
    AuditTag.ALBUM_UNSHARED: lambda e: sharing.stop_sharing_again(e.subject),
    AuditTag.ALBUM_KEY_REPLACED: lambda e: sharing.replace_album_key_again(e.subject),
    AuditTag.CONTACT_WITHDRAWN: lambda e: sharing.forget_invitation_again(e.subject),
    AuditTag.CONTACT_DECLINED: lambda e: sharing.decline_invitation_again(e.subject, e.at),
    AuditTag.CONTACT_ENDED: lambda e: sharing.end_contact_again(e.person, e.subject),
    AuditTag.RECOVERY_CONTACTS_SET: lambda e: sharing.end_recovery_again(e.subject, e.at),
    AuditTag.RECOVERY_CONTACTS_ENDED: lambda e: sharing.end_recovery_again(e.subject, e.at),
    AuditTag.RECOVERY_STOPPED: lambda e: sharing.stop_recovery_again(e.subject),
    AuditTag.GROUP_MEMBER_REMOVED: _remove_member,
    AuditTag.GROUP_LEFT: lambda e: sharing.end_membership_again(e.subject, e.person),
    AuditTag.GROUP_ROTATED: lambda e: sharing.replace_group_key_again(e.subject),
    AuditTag.GROUP_DELETED: lambda e: sharing.delete_group_again(e.subject),
    AuditTag.LINK_ENDED: lambda e: sharing.end_links_again(e.subjects),
    AuditTag.COLLECT_LINK_ENDED: lambda e: sharing.end_collect_links_again(e.subjects),
    AuditTag.PROFILE_REMOVED: lambda e: sharing.drop_profile_again(e.subject),
    AuditTag.PUBLICATION_WITHDRAWN: lambda e: sharing.withdraw_again(e.subjects),
    AuditTag.PUBLICATION_WITHHELD: lambda e: sharing.withhold_again(e.subjects, e.at),
    AuditTag.PUBLICATION_REINSTATED: lambda e: sharing.reinstate_again(e.subjects),
    AuditTag.PROFILE_WITHHELD: lambda e: sharing.withhold_profile_again(e.subject, e.at),
    AuditTag.PROFILE_REINSTATED: lambda e: sharing.reinstate_profile_again(e.subject),
    AuditTag.OBJECTION_MADE: lambda e: accounts.object_again(e.person, e.subject),
    AuditTag.CONSENT_WITHDRAWN: _withdraw_consent,
    AuditTag.ALL_SHARING_ENDED: lambda e: sharing.end_all_sharing_again(e.subject),
}
