"""Signing entries, and making contacts, groups and shared albums through the product's doors.

What only devices can open is random bytes of the right length.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.apps import apps
from django.utils import timezone

from accounts.models import Account, KeyBundle
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.models import Album, AlbumItem
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.contacts import InvitationDraft, accept_invitation, invite
from sharing.actions.group_keys import AlbumWrap, Rotation
from sharing.actions.group_members import MemberDraft, set_member
from sharing.actions.groups import GroupDraft, create_group
from sharing.actions.history import EntryDraft
from sharing.models import (
    AlbumKeyDelivery,
    Contact,
    Grant,
    GrantRole,
    Group,
    GroupRole,
    History,
    SharedAlbum,
    SharedItem,
    Source,
    SubjectKind,
)
from tests.factories import wrapped_key
from tests.images.making import sealed_record, store_image

DELIVERY_BYTES = 1500
NOTHING = bytes(32)


def signer_of(account: Account) -> Ed25519PrivateKey:
    """The account's identity key, the same each time; its public half is in the bundle."""
    seed = hashlib.sha256(account.pk.bytes).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    KeyBundle.objects.filter(pk=account.pk).update(identity_public_key=public)
    return key


def signed(
    author: Account, subject_id: UUID, seq: int, previous: bytes, *,
    generation: int = 1, kind: str = "group", items: Iterable[bytes] = (),
) -> EntryDraft:
    """An entry for this place."""
    commitment = secrets.token_bytes(32)
    context = f"pv1|history|{author.pk}|{subject_id}|{kind}|{seq}".encode()
    signature = signer_of(author).sign(context + b"\0" + previous + commitment)
    return EntryDraft(
        seq=seq, previous=previous, commitment=commitment, signature=b"\1" + signature,
        generation=generation, opening=sealed_record(), items=list(items),
    )  # fmt: skip


def first_entry(author: Account, subject_id: UUID, *, kind: str = "group") -> EntryDraft:
    return signed(author, subject_id, 1, NOTHING, kind=kind)


def next_entry(author: Account, group: Group, *, generation: int | None = None) -> EntryDraft:
    """An entry that fits onto what is stored."""
    group.refresh_from_db()
    head = History.objects.get(pk=group.pk)
    wanted = group.generation if generation is None else generation
    return signed(author, group.pk, head.head_seq + 1, bytes(head.head_hash), generation=wanted)


def entry_after(
    author: Account, group_id: UUID, before: EntryDraft, *, generation: int, by: Account
) -> EntryDraft:
    """An entry that fits onto one that was signed but is not stored yet."""
    context = f"pv1|history|{by.pk}|{group_id}|group|{before.seq}".encode()
    said = context + b"\0" + before.previous + before.commitment + before.signature
    digest = hashlib.sha256(said).digest()
    return signed(author, group_id, before.seq + 1, digest, generation=generation)


def entry_body(entry: EntryDraft) -> dict[str, object]:
    """As JSON."""
    return {
        "seq": entry.seq,
        "previous": to_base64url(entry.previous),
        "commitment": to_base64url(entry.commitment),
        "signature": to_base64url(entry.signature),
        "generation": entry.generation,
        "opening": to_base64url(entry.opening),
        "items": [to_base64url(each) for each in entry.items],
    }


def delivery() -> bytes:
    """A key on its way, as far as a server can tell."""
    return secrets.token_bytes(DELIVERY_BYTES)


def become_contacts(one: Account, *others: Account) -> None:
    for other in others:
        if Contact.objects.filter(account=one, other=other).exists():
            continue
        invitation_id = uuid7()
        draft = InvitationDraft(email=other.email, intent=sealed_record())
        invite(invitation_id, draft, actor=one)
        accept_invitation(invitation_id, actor=other)


def make_group(
    owner: Account, *members: Account, managers: Iterable[Account] = ()
) -> Group:
    """A group of the owner's with these in it, who become contacts for that."""
    group_id = uuid7()
    draft = GroupDraft(
        settings=sealed_record(), delivery=delivery(), entry=first_entry(owner, group_id)
    )
    create_group(group_id, draft, actor=owner)
    group = Group.objects.get(pk=group_id)
    for account in managers:
        add_member(group, account, owner, role=GroupRole.MANAGER)
    for account in members:
        add_member(group, account, owner)
    return group


def add_member(
    group: Group, account: Account, adder: Account, *, role: GroupRole = GroupRole.MEMBER
) -> None:
    become_contacts(adder, account)
    set_member(group.pk, member_draft(group, account, adder, role=role), actor=adder)


def member_draft(
    group: Group, account: Account, adder: Account, *, role: GroupRole = GroupRole.MEMBER
) -> MemberDraft:
    entry = next_entry(adder, group)
    return MemberDraft(account_id=account.pk, role=role, delivery=delivery(), entry=entry)


def member_body(group: Group, adder: Account, *, role: str = "member") -> dict[str, object]:
    entry = entry_body(next_entry(adder, group))
    return {"role": role, "delivery": to_base64url(delivery()), "entry": entry}


def rotation_of(
    group: Group, actor: Account, *, without: Account | None = None,
    after: EntryDraft | None = None, generation: int | None = None,
) -> Rotation:
    """A complete rotation for whoever is left."""
    group.refresh_from_db()
    following = group.generation + 1 if generation is None else generation
    entry = (
        next_entry(actor, group, generation=following) if after is None
        else entry_after(actor, group.pk, after, generation=following, by=actor)
    )  # fmt: skip
    members = group.members.exclude(account=without) if without else group.members.all()
    rows = AlbumKeyDelivery.objects.filter(grant__group=group)
    return Rotation(
        generation=following,
        deliveries={pk: delivery() for pk in members.values_list("account_id", flat=True)},
        settings_number=group.settings_number + 1,
        settings=sealed_record(),
        albums=[
            AlbumWrap(album_id=album_id, generation=number, sealed=sealed_record())
            for album_id, number in rows.values_list("grant__shared_album_id", "generation")
        ],
        entry=entry,
    )


def rotation_body(rotation: Rotation) -> dict[str, object]:
    """As JSON."""
    return {
        "generation": rotation.generation,
        "deliveries": [
            {"account_id": str(account_id), "sealed": to_base64url(sealed)}
            for account_id, sealed in rotation.deliveries.items()
        ],
        "settings": {
            "number": rotation.settings_number, "sealed": to_base64url(rotation.settings)
        },
        "albums": [
            {
                "album_id": str(wrap.album_id),
                "generation": wrap.generation,
                "sealed": to_base64url(wrap.sealed),
            }
            for wrap in rotation.albums
        ],
        "entry": entry_body(rotation.entry),
    }


def share_album(
    owner: Account, *recipients: Account | Group, role: GrantRole = GrantRole.CONTRIBUTOR
) -> SharedAlbum:
    """An album of the owner's, shared with these, with a key for each."""
    album_id, now = uuid7(), timezone.now()
    create_album(
        album_id, AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record()),
        actor=owner,
    )  # fmt: skip
    history = History.objects.create(pk=album_id, kind=SubjectKind.ALBUM, owner_id=owner.pk)
    shared = SharedAlbum.objects.create(album_id=album_id, history=history, shared_at=now)
    for recipient in recipients:
        named = {"group" if isinstance(recipient, Group) else "account": recipient}
        grant = Grant.objects.create(
            shared_album=shared, role=role, can_download=True, made_at=now,
            made_by_id=owner.pk, **named,
        )  # fmt: skip
        row = AlbumKeyDelivery(grant=grant, generation=1, granter_id=owner.pk)
        row.group_generation = recipient.generation if isinstance(recipient, Group) else 0
        row.seal(sealed_record()).save()
    return shared


def bring_photo(shared: SharedAlbum, contributor: Account) -> SharedItem:
    """A photo that somebody contributed."""
    image = store_image(contributor)
    item = AlbumItem(album_id=shared.pk, image=image, version=1, added_at=timezone.now())
    item.seal(wrapped_key()).save()
    return SharedItem.objects.create(
        item=item, shared_album=shared, added_by_id=contributor.pk, generation=1,
        source=Source.CONTENT, fields=sealed_record(), entry_seq=1,
        commitment=secrets.token_bytes(32),
    )  # fmt: skip


def own_photo(shared: SharedAlbum, owner: Account) -> None:
    image = store_image(owner)
    draft = ItemDraft(image_id=image.pk, version=1, wrapped_content_key=wrapped_key())
    add_items(Album.objects.get(pk=shared.pk), [draft], actor=owner)


def all_rows() -> dict[str, list[dict[str, object]]]:
    """Every row of sharing, and of what it writes elsewhere: to see that nothing changed."""
    models = [
        *apps.get_app_config("sharing").get_models(),
        *(apps.get_model(label) for label in WRITTEN_ELSEWHERE),
    ]
    return {
        model._meta.label: [
            {name: _plain(value) for name, value in row.items()}
            for row in model._default_manager.order_by("pk").values()
            # Whoever looks has to sign in first.
            if not str(row.get("tag")).startswith("session:")
        ]
        for model in models
    }


WRITTEN_ELSEWHERE = (
    "images.SyncEntry", "images.FeedHead", "images.AlbumItem", "accounts.AuditEvent",
    "accounts.OutgoingMail", "kernel.Job",
)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
