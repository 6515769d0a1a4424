"""Shared albums, links and drops for tests. Sharing itself is made from rows."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.models import Album, AlbumItem, Image
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.history import begin_history
from sharing.models import (
    CollectLink,
    Grant,
    GrantRole,
    History,
    SharedAlbum,
    SharedItem,
    ShareLink,
    Source,
    SubjectKind,
)
from tests.factories import app_of, wrapped_key
from tests.images.making import sealed_record
from tests.sharing.signing_links import Body, Signer

API = "/api/v1"
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
OCTETS = "application/offset+octet-stream"
KDF = {
    "scheme": 1, "salt": to_base64url(bytes(range(16))), "memory_kib": 65536, "iterations": 3,
    "parallelism": 1,
}
PAYLOAD_BYTES = 1 + 1120 + 200 + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Somebody's shared album, their device, and their app."""

    owner: Account
    signer: Signer
    shared: SharedAlbum
    app: APIClient

    @property
    def album_id(self) -> UUID:
        return self.shared.pk

    @property
    def history(self) -> History:
        return History.objects.get(pk=self.shared.pk)

    @property
    def path(self) -> str:
        """Where its links are."""
        return f"{API}/shared/albums/{self.shared.pk}/links"

    def entry(self, *, generation: int = 1) -> Body:
        return self.signer.entry(self.history, generation=generation)


def share_album(owner: Account, *images: Image, source: Source = Source.CONTENT) -> Sharing:
    """A new shared album with these images."""
    album_id = uuid7()
    draft = AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record())
    create_album(album_id, draft, actor=owner)
    return begin_sharing(owner, album_id, *images, source=source)


def begin_sharing(
    owner: Account, album_id: UUID, *images: Image, source: Source = Source.CONTENT
) -> Sharing:
    """The album, shared with these images in it."""
    signer = Signer(owner)
    empty = History(pk=album_id, kind=SubjectKind.ALBUM, owner_id=owner.pk)
    history = begin_history(album_id, SubjectKind.ALBUM, signer.draft(empty), actor=owner)
    shared = SharedAlbum.objects.create(
        album_id=album_id, history=history, shared_at=timezone.now()
    )
    sharing = Sharing(owner=owner, signer=signer, shared=shared, app=app_of(owner))
    put_in(sharing, *images, source=source)
    return sharing


def put_in(sharing: Sharing, *images: Image, source: Source = Source.CONTENT) -> None:
    """Share these images in the album."""
    album = Album.objects.get(pk=sharing.album_id)
    drafts = [
        ItemDraft(image_id=image.pk, version=1, wrapped_content_key=wrapped_key())
        for image in images
    ]
    add_items(album, drafts, actor=sharing.owner)
    for item in AlbumItem.objects.filter(album=album, image__in=images):
        SharedItem.objects.create(
            item=item, shared_album=sharing.shared, added_by_id=sharing.owner.pk, generation=1,
            source=source, fields=sealed_record(), entry_seq=1,
            commitment=secrets.token_bytes(32),
        )  # fmt: skip


def body_of_link(auth_key: bytes, entry: Body, *, generation: int = 1) -> Body:
    """What a device sends to make a link."""
    wrap = {"generation": generation, "wrapped_album_key": to_base64url(wrapped_key())}
    return {
        "auth_key": to_base64url(auth_key),
        "wrapped_secret": to_base64url(wrapped_key()),
        "wrapped_key": to_base64url(wrapped_key()),
        "wraps": [wrap],
        "can_download": True,
        "entry": entry,
    }


def link_body(sharing: Sharing, auth_key: bytes, **changes: object) -> Body:
    """The same for this album."""
    return {**body_of_link(auth_key, sharing.entry()), **changes}


def make_link(sharing: Sharing, auth_key: bytes, **changes: object) -> ShareLink:
    """A link, made by the owner's app."""
    link_id = uuid7()
    answer = sharing.app.put(
        f"{sharing.path}/{link_id}", link_body(sharing, auth_key, **changes), format="json"
    )
    assert answer.status_code == 201, answer.content
    return ShareLink.objects.get(pk=link_id)


def knock(
    link: ShareLink | CollectLink, auth_key: bytes, *, by: APIClient | None = None, **extra: str
) -> Response:
    """Try to begin a visit. Whoever tries often does it ``by`` one client, which is quicker."""
    kind = "links" if isinstance(link, ShareLink) else "collect-links"
    body = {"auth_key": to_base64url(auth_key)}
    client = by or APIClient()
    return client.post(f"{API}/{kind}/{link.pk}/visits", body, format="json", **extra)


def visitor_of(link: ShareLink, auth_key: bytes) -> APIClient:
    """Somebody who opened a share link."""
    return _with_token("Visit", knock(link, auth_key))


def guest_of(link: CollectLink, auth_key: bytes) -> APIClient:
    """Somebody who opened a collect link."""
    return _with_token("Guest", knock(link, auth_key))


def _with_token(scheme: str, answer: Response) -> APIClient:
    assert answer.status_code == 201, answer.content
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {answer.json()['token']}")
    return client


def collect_body(auth_key: bytes, **changes: object) -> Body:
    """What a device sends to make a collect link."""
    return {
        "auth_key": to_base64url(auth_key),
        "wrapped_secret": to_base64url(wrapped_key()),
        "wrapped_key": to_base64url(wrapped_key()),
        "name": to_base64url(sealed_record()),
        "byte_limit": 10_000,
        "photo_limit": 3,
        **changes,
    }


def make_collect_link(owner: Account, auth_key: bytes, **changes: object) -> CollectLink:
    """A collect link, made by the owner's app."""
    link_id = uuid7()
    body = collect_body(auth_key, **changes)
    answer = app_of(owner).put(f"{API}/collect-links/{link_id}", body, format="json")
    assert answer.status_code == 201, answer.content
    return CollectLink.objects.get(pk=link_id)


def send(guest: APIClient, content: bytes) -> Response:
    """Upload these bytes in one request."""
    return guest.post(
        f"{API}/guest/uploads", content, content_type=OCTETS,
        HTTP_UPLOAD_LENGTH=str(len(content)), **TUS,
    )  # fmt: skip


def part_body(upload_id: str, content: bytes) -> Body:
    """One part of a drop."""
    digest = hashlib.sha256(content).digest()
    return {"upload": upload_id, "sha256": to_base64url(digest), "bytes": len(content)}


def uploaded(guest: APIClient, content: bytes) -> Body:
    """A part whose bytes a guest sent."""
    answer = send(guest, content)
    assert answer.status_code == 201, answer.content
    return part_body(answer["Location"].rsplit("/", 1)[1], content)


def drop_body(**parts: Body) -> Body:
    """What a guest's device sends to bring a photo."""
    return {
        "image_id": str(uuid7()),
        "parts": parts,
        "metadata": to_base64url(sealed_record()),
        "payload": to_base64url(secrets.token_bytes(PAYLOAD_BYTES)),
    }


def bring(guest: APIClient, body: Body, drop_id: UUID | None = None) -> Response:
    """Bring a photo."""
    return guest.put(f"{API}/guest/drops/{drop_id or uuid7()}", body, format="json")


def grant(sharing: Sharing, account: Account, role: GrantRole = GrantRole.VIEWER) -> Grant:
    """A grant to an account, without its key."""
    return Grant.objects.create(
        shared_album=sharing.shared, account=account, role=role, can_download=True,
        made_at=timezone.now() - timedelta(days=1), made_by_id=sharing.owner.pk,
    )


def checksum(content: bytes) -> str:
    """``Upload-Checksum`` of these bytes."""
    return f"sha256 {base64.b64encode(hashlib.sha256(content).digest()).decode('ascii')}"
