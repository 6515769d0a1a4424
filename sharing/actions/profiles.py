"""Profiles: what an account shows of itself, and the headings on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_changes, record_news
from images.errors import WrongIdError
from pocketvault.kernel.errors import ConflictError, NotFoundError
from sharing.actions.labelling import owe_labels_of_all
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import Profile, PublicAlbum, Publication, RestingName
from sharing.profile_names import RESTS_FOR, check_name, holder_of, profiles_origin
from sharing.profile_statements import (
    MOST_ALBUMS,
    Heading,
    ProfileStatement,
    ProfileWords,
    check_profile_signature,
    read_profile_statement,
)
from sharing.publication_errors import BadStatementError, NameTakenError
from sharing.signals import profile_made


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDraft:
    """A whole profile, as its owner wants it. ``statement`` and ``signature`` are about its
    words, as in `sharing.profile_statements`; ``cover_id`` names a publication of theirs.
    """

    words: ProfileWords
    statement: bytes
    signature: bytes
    is_open: bool
    is_listed: bool
    cover_id: UUID | None


def set_profile(draft: ProfileDraft, *, actor: Account) -> bool:
    """Make the actor's profile, or replace all that it says. True when it is new.

    Raises `ProfilesOffError`, `BadNameError`, `NameTakenError`, `WrongIdError`,
    `BadStatementError`, `NotFoundError` for a cover or a heading that is not theirs, and
    `ConflictError` for too many headings or a statement that is not the next (with the number
    there is).
    """
    profiles_origin()
    check_name(draft.words.name)
    _check_headings(draft.words.albums)
    said = _checked(draft, actor)
    try:
        return _set(draft, said, actor)
    except IntegrityError:
        return _set(draft, said, actor)  # made at the same moment, or the name went


def _check_headings(albums: Sequence[Heading]) -> None:
    if len(albums) > MOST_ALBUMS:
        raise ConflictError(limit=MOST_ALBUMS)
    if any(each.id.version != 7 for each in albums):
        raise WrongIdError


def _checked(draft: ProfileDraft, actor: Account) -> ProfileStatement:
    """What the actor signed, which has to be what everyone is to read. Raises
    `BadStatementError`.
    """
    said = read_profile_statement(draft.statement)
    if (said.owner_id, said.words) != (actor.pk, draft.words):
        raise BadStatementError
    check_profile_signature(
        draft.statement, draft.signature, owner_id=actor.pk, number=said.number
    )
    return said


@transaction.atomic
def _set(draft: ProfileDraft, said: ProfileStatement, actor: Account) -> bool:
    words, stored = draft.words, lock_profile(actor.pk)
    _insist_on_next(draft, said, stored)
    if Profile.objects.filter(name=words.name).exclude(pk=actor.pk).exists():
        raise NameTakenError
    _take_name(words.name, actor.pk)
    _insist_on_cover(draft, said, stored)
    if stored is not None and stored.name != words.name:
        _let_name_rest(stored.name, actor.pk)
        owe_labels_of_all(actor.pk)
    profile = stored or Profile(owner=actor, made_at=timezone.now())
    _write(profile, draft)
    profile.save(force_insert=stored is None, force_update=stored is not None)
    _put_headings(profile, words.albums)
    if stored is None:
        profile_made.send(Profile, profile=profile)
    audit.record(AuditTag.PROFILE_SET, actor=actor, subject_id=actor.pk)
    record_changes(actor.pk, SharedKind.PROFILE, [actor.pk])
    return stored is None


def _insist_on_next(draft: ProfileDraft, said: ProfileStatement, stored: Profile | None) -> None:
    """The same words once more need no new statement: repeating one is harmless."""
    raw = bytes(stored.statement) if stored is not None else b""
    if raw and raw == draft.statement:
        return
    before = read_profile_statement(raw) if raw else None
    if not said.follows(before):
        raise ConflictError(number=before.number if before else 0)


def _insist_on_cover(
    draft: ProfileDraft, said: ProfileStatement, stored: Profile | None
) -> None:
    """The cover is the one that was signed, or none since that one was taken back: that needs
    no key of its owner's. A statement from before covers were signed leaves it as it is.
    """
    own = Publication.objects.filter(owner=said.owner_id)
    if draft.cover_id is not None and not own.filter(pk=draft.cover_id).exists():
        raise NotFoundError
    if not said.says_cover:
        is_as_it_was = stored is not None and draft.cover_id in (None, stored.cover_id)
        is_again = stored is not None and bytes(stored.statement) == draft.statement
        if not (is_again and is_as_it_was):
            raise BadStatementError
    elif draft.cover_id != said.cover_id:
        is_gone = said.cover_id is not None and not own.filter(pk=said.cover_id).exists()
        if draft.cover_id is not None or not is_gone:
            raise BadStatementError


def _write(profile: Profile, draft: ProfileDraft) -> None:
    words = draft.words
    profile.name, profile.shown_name = words.name, words.shown_name
    profile.bio, profile.licence = words.bio, words.licence
    profile.statement, profile.signature = draft.statement, draft.signature
    profile.is_open, profile.is_listed = draft.is_open, draft.is_listed
    profile.cover_id = draft.cover_id


def _put_headings(profile: Profile, albums: Sequence[Heading]) -> None:
    """Make, change and take away headings until these are there, in this order. What stood
    under one that goes stays on the profile. Raises `NotFoundError` for somebody else's.
    """
    stored = {row.pk: row for row in PublicAlbum.objects.filter(profile=profile)}
    wanted = {
        each.id: PublicAlbum(pk=each.id, profile=profile, title=each.title, position=position)
        for position, each in enumerate(albums)
    }
    new = [row for pk, row in wanted.items() if pk not in stored]
    if PublicAlbum.objects.filter(pk__in=[row.pk for row in new]).exists():
        raise NotFoundError
    gone = PublicAlbum.objects.filter(pk__in=stored.keys() - wanted.keys())
    under = list(Publication.objects.filter(album__in=gone).values_list("pk", flat=True))
    gone.delete()
    kept = [row for pk, row in wanted.items() if pk in stored]
    PublicAlbum.objects.bulk_update(kept, ["title", "position"])
    PublicAlbum.objects.bulk_create(new)
    record_changes(profile.pk, SharedKind.PUBLICATION, under)


def _take_name(name: str, owner_id: UUID) -> None:
    """Whoever gave a name up may have it back. Raises `NameTakenError` while it rests."""
    rests = RestingName.objects.select_for_update().filter(name=name).first()
    if rests is None:
        return
    if rests.until > timezone.now() and rests.holder != holder_of(name, owner_id):
        raise NameTakenError
    rests.delete()


def _let_name_rest(name: str, owner_id: UUID) -> None:
    RestingName.objects.update_or_create(
        name=name,
        defaults={
            "holder": holder_of(name, owner_id), "until": timezone.now() + RESTS_FOR,
        },
    )  # fmt: skip


@transaction.atomic
def delete_profile(*, actor: Account) -> None:
    """Withdraw all publications and remove the profile. Raises `NotFoundError`."""
    profile = lock_profile(actor.pk)
    if profile is None:
        raise NotFoundError
    record_news(drop_profile(profile, actor=actor))


def drop_profile(profile: Profile, *, actor: Account | None) -> list[News]:
    """Take a locked profile away with everything on it, in the caller's transaction; the news
    for its owner.
    """
    owner_id = profile.pk
    found = Publication.objects.filter(owner=owner_id)
    news = drop_publications(found, actor=actor, keeps_number=False)
    profile.delete()
    _let_name_rest(profile.name, owner_id)
    audit.record(AuditTag.PROFILE_REMOVED, actor=actor, subject_id=owner_id)
    gone = News(
        account_id=owner_id, kind=SharedKind.PROFILE, object_id=owner_id, is_deleted=True
    )
    return [*news, gone]
