"""People who can sign, and the bodies their devices send about shared albums.

Keys and ciphertext are random bytes of the right length: a server cannot tell. Signatures are
real, because it checks them.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.models import Album, Image, PartName
from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from sharing.models import (
    Contact,
    Group,
    GroupMember,
    GroupRole,
    History,
    ShareLink,
    SubjectKind,
)
from tests import factories
from tests.images import making
from tests.sharing.signing_groups import signer_of

API = "/api/v1/shared/albums"
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """An account, its device, and the key it signs with."""

    account: Account
    app: APIClient
    key: Ed25519PrivateKey

    @property
    def pk(self) -> UUID:
        return self.account.pk


def person(account: Account) -> Person:
    """This account with the identity key that also signs for its groups."""
    return Person(account, factories.app_of(account), signer_of(account))


def know(one: Person, other: Person) -> None:
    """Make two people contacts."""
    for account, who in ((one, other), (other, one)):
        Contact.objects.create(account=account.account, other=who.account, since=timezone.now())


def entry(
    author: Person, album_id: UUID, *, generation: int = 2, items: Sequence[bytes] = ()
) -> Json:
    """The next entry of this album's history, signed."""
    head = History.objects.filter(pk=album_id).first()
    seq, previous = (head.head_seq + 1, bytes(head.head_hash)) if head else (1, bytes(32))
    commitment = secrets.token_bytes(32)
    context = f"pv1|history|{author.pk}|{album_id}|album|{seq}".encode()
    signature = b"\x01" + author.key.sign(context + b"\0" + previous + commitment)
    return {
        "seq": seq, "previous": text(previous), "commitment": text(commitment),
        "signature": text(signature), "generation": generation, "opening": text(b"o" * 60),
        "items": [text(item) for item in items],
    }  # fmt: skip


def settings(number: int = 2) -> Json:
    return {"number": number, "sealed": text(making.sealed_record())}


def key() -> str:
    return text(factories.wrapped_key())


def sealed(size: int = 1600) -> str:
    return text(secrets.token_bytes(size))


def private_album(owner: Person, images: Sequence[Image] = ()) -> Album:
    """An album that is not shared, with these images."""
    album_id = uuid7()
    draft = AlbumDraft(
        wrapped_album_key=factories.wrapped_key(), settings=making.sealed_record()
    )
    create_album(album_id, draft, actor=owner.account)
    album = Album.objects.get(pk=album_id)
    drafts = [
        ItemDraft(image_id=i.pk, version=1, wrapped_content_key=factories.wrapped_key())
        for i in images
    ]
    add_items(album, drafts, actor=owner.account)
    return album


def begin_body(owner: Person, album_id: UUID) -> Json:
    return {
        "generation": 2, "wrapped_album_key": key(), "settings": settings(),
        "entry": entry(owner, album_id),
    }  # fmt: skip


def shared_album(owner: Person, images: Sequence[Image] = ()) -> Album:
    """An album that is shared with nobody yet, with these images, of generation 2."""
    album = private_album(owner)
    answer = owner.app.put(f"{API}/{album.pk}", begin_body(owner, album.pk), format="json")
    assert answer.status_code == 201, answer.content
    if images:
        answer = add(owner, album, images)
        assert answer.status_code == 200, answer.content
    album.refresh_from_db()
    return album


def items_body(
    author: Person, album: Album, images: Sequence[Image], *, generation: int = 2,
    source: str = "content",
) -> Json:  # fmt: skip
    items = [
        {
            "image_id": str(image.pk), "version": image.version_number, "source": source,
            "wrapped_content_key": key(), "fields": sealed(200),
        }
        for image in images
    ]  # fmt: skip
    marks = [hashlib.sha256(image.pk.bytes).digest() for image in images]
    signed = entry(author, album.pk, generation=generation, items=marks)
    return {"generation": generation, "items": items, "entry": signed}


def add(author: Person, album: Album, images: Sequence[Image], **about: object) -> Response:
    body = items_body(author, album, images, **about)
    return author.app.post(f"{API}/{album.pk}/items", body, format="json")


def replace(
    author: Person, album: Album, images: Sequence[Image], **about: object
) -> Response:
    body = items_body(author, album, images, **about)
    return author.app.post(f"{API}/{album.pk}/items/replace", body, format="json")


def remove(author: Person, album: Album, images: Sequence[Image], generation: int = 2) -> Response:
    body = {
        "image_ids": [str(image.pk) for image in images],
        "entry": entry(author, album.pk, generation=generation),
    }
    return author.app.post(f"{API}/{album.pk}/items/remove", body, format="json")


def grant_body(
    giver: Person, album: Album, recipient: Person | Group, *, role: str = "viewer",
    can_download: bool = False, generation: int = 2,
) -> Json:  # fmt: skip
    if isinstance(recipient, Group):
        to = {"group_id": str(recipient.pk)}
        delivery = {"group_generation": recipient.generation, "sealed": sealed(500)}
    else:
        to, delivery = {"account_id": str(recipient.pk)}, {"sealed": sealed()}
    return {
        **to, "role": role, "can_download": can_download, "delivery": delivery,
        "entry": entry(giver, album.pk, generation=generation),
    }  # fmt: skip


def give(
    giver: Person, album: Album, recipient: Person | Group, *, grant_id: UUID | None = None,
    **about: object,
) -> UUID:  # fmt: skip
    """Let somebody in; the grant's id."""
    grant_id = grant_id or uuid7()
    body = grant_body(giver, album, recipient, **about)
    answer = giver.app.put(f"{API}/{album.pk}/grants/{grant_id}", body, format="json")
    assert answer.status_code == 200, answer.content
    return grant_id


def act(
    author: Person, album: Album, what: str, *, generation: int = 2, **body: object
) -> Response:
    """A POST that brings nothing but its entry and these members."""
    signed = {"entry": entry(author, album.pk, generation=generation), **body}
    return author.app.post(f"{API}/{album.pk}/{what}", signed, format="json")


def rotation_body(
    owner: Person, album: Album, grants: Sequence[UUID], *, generation: int = 3, number: int = 3,
    links: Sequence[UUID] = (), group_generation: int = 0,
) -> Json:  # fmt: skip
    return {
        "generation": generation, "wrapped_album_key": key(), "settings": settings(number),
        "deliveries": [
            {"grant_id": str(i), "sealed": sealed(), "group_generation": group_generation}
            for i in grants
        ],
        "links": [{"link_id": str(i), "wrapped_album_key": key()} for i in links],
        "entry": entry(owner, album.pk, generation=generation),
    }  # fmt: skip


def rotate(owner: Person, album: Album, grants: Sequence[UUID], **about: object) -> Response:
    body = rotation_body(owner, album, grants, **about)
    return owner.app.post(f"{API}/{album.pk}/rotate", body, format="json")


def group_of(*members: Person) -> Group:
    """A group of these people; the first owns it."""
    group_id = uuid7()
    history = History.objects.create(
        pk=group_id, kind=SubjectKind.GROUP, owner_id=members[0].pk, head_seq=1
    )
    group = Group.objects.create(
        pk=group_id, history=history, made_at=timezone.now(), settings=making.sealed_record()
    )
    for place, member in enumerate(members):
        role = GroupRole.MEMBER if place else GroupRole.OWNER
        GroupMember.objects.create(
            group=group, account=member.account, role=role, joined_at=timezone.now()
        )
    return group


def link_to(owner: Person, album: Album) -> ShareLink:
    """A live link to this album."""
    now = timezone.now()
    link = ShareLink(
        owner=owner.account, shared_album_id=album.pk, auth_digest=secrets.token_bytes(32),
        made_at=now, expires_at=now + timezone.timedelta(days=30), can_download=False,
    )  # fmt: skip
    link.seal(factories.wrapped_key()).save(force_insert=True)
    return link


def photo(owner: Person, **parts: bytes) -> Image:
    return making.store_image(owner.account, thumbnail=parts.pop("thumbnail", b"t" * 40), **parts)


def clean_body(owner: Person, original: bytes = b"c" * 300, **body: object) -> Json:
    """A clean copy, uploaded and ready to be stored."""
    parts = {
        name.value: making.part_body(making.part(owner.account, name, content))
        for name, content in ((PartName.ORIGINAL, original), (PartName.THUMBNAIL, b"s" * 30))
    }
    return {"parts": parts, "wrapped_content_key": key(), **body}


def changed(who: Person) -> dict[tuple[str, str], bool]:
    """What this person's feed says: by kind and id, whether it is gone."""
    page = who.app.get("/api/v1/sync").json()["changes"]
    return {(change["kind"], change["id"]): change["is_deleted"] for change in page}


def at_once(*acts: Callable[[], Response]) -> list[Response]:
    """Do these at the same moment, each on a connection of its own; what each was answered."""
    begin, answers = threading.Barrier(len(acts)), dict.fromkeys(range(len(acts)))

    def run(place: int) -> None:
        begin.wait()
        try:
            answers[place] = acts[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(answers.values())
