"""Letting in whoever has a link's secret, and its password where it has one.

Wrong proofs are counted in the link's own row, under its lock: from how many addresses they
come makes no difference, and ten at the same moment are ten.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Manager
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import queue_mail
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from images.actions.feed import record_changes
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.fields import to_base64url
from sharing.feed import SharedKind
from sharing.link_errors import LinkAsleepError, LinkRestsError, WrongLinkProofError
from sharing.models.link import GuardedLink, VisitToken

WRONG_PER_HOUR = 10
WRONG_IN_ALL = 100
HOUR = timedelta(hours=1)
VISIT_LASTS = timedelta(hours=1)
NOW = timedelta(0)
TOKEN_BYTES = 32
VisitT = TypeVar("VisitT", bound=VisitToken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A visit and its token, which is shown once."""

    visit: VisitToken
    token: str


def judge_proof(
    link: GuardedLink, auth_key: bytes, *, shown_as: tuple[SharedKind, UUID] | None
) -> VaultError | None:
    """Why a proof does not open this locked link, or None when it does.

    Returned and not raised, because the count must outlive the refusal: raise it after the
    transaction, with `settled`. ``shown_as`` is what the owner's devices fetch again when this
    proof was one too many.
    """
    now = timezone.now()
    if link.asleep_since is not None:
        return LinkAsleepError()
    if not _is_within_hour(link, now):
        link.hour_began_at, link.wrong_this_hour = now, 0
    if link.wrong_this_hour >= WRONG_PER_HOUR:
        return LinkRestsError(retry_after=_seconds_left(link, now))
    if is_same(link.auth_digest, digest_of(auth_key)):
        return None
    link.wrong_this_hour += 1
    link.wrong_proofs += 1
    if link.wrong_proofs >= WRONG_IN_ALL:
        link.asleep_since = now
        _tell_owner(link, shown_as)
    link.save(update_fields=["hour_began_at", "wrong_this_hour", "wrong_proofs", "asleep_since"])
    return WrongLinkProofError(tries_left=WRONG_PER_HOUR - link.wrong_this_hour)


def wake(link: GuardedLink) -> None:
    """Let a locked link be tried again, from the first count."""
    link.asleep_since, link.hour_began_at = None, None
    link.wrong_proofs, link.wrong_this_hour = 0, 0
    link.save(update_fields=["hour_began_at", "wrong_this_hour", "wrong_proofs", "asleep_since"])


def new_visit(visits: Manager[VisitT], now: datetime) -> Begun:
    """A visit from now on, among those of a link."""
    token = to_base64url(secrets.token_bytes(TOKEN_BYTES))
    visit = visits.create(
        token_digest=digest_of(token), begun_at=now, ends_at=now + VISIT_LASTS
    )
    return Begun(visit=visit, token=token)


def settled(answer: Begun | VaultError) -> Begun:
    """The visit, or the refusal raised: to be called once the transaction is over."""
    if isinstance(answer, VaultError):
        raise answer
    return answer


def _is_within_hour(link: GuardedLink, now: datetime) -> bool:
    return link.hour_began_at is not None and NOW <= now - link.hour_began_at < HOUR


def _seconds_left(link: GuardedLink, now: datetime) -> int:
    assert link.hour_began_at is not None
    return int((link.hour_began_at + HOUR - now).total_seconds()) + 1


def _tell_owner(link: GuardedLink, shown_as: tuple[SharedKind, UUID] | None) -> None:
    audit.record(AuditTag.LINK_ASLEEP, actor=None, subject_id=link.owner_id)
    if shown_as is not None:
        kind, object_id = shown_as
        record_changes(link.owner_id, kind, [object_id])
    queue_mail("sharing.link_asleep", email=link.owner.email)
