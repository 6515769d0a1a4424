"""A whole service: one large library, many accounts with a few photos each, and a desk at which
requests wait. Written as rows; the newest photos of the library are really stored, through the API.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import AuditTag
from accounts.digests import digest_of
from accounts.kdf import Kdf, salt_for
from accounts.models import Account, AccountSession, AuditEvent, KeyBundle, Role, Wraps
from accounts.models.kdf_columns import columns_of
from benchmarks.inside import library
from benchmarks.inside.library import AT_A_TIME, WRAPPED_BYTES, Batch, Given
from images.actions import counting
from images.actions.albums import AlbumDraft, create_album
from images.models import AlbumItem, PartName, ReadingDay, Touch, Toucher
from pocketvault.kernel import sealing
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.purposes import VERIFY_IMAGES
from rights.models import DataRequest, IdentityLevel, RequestChannel, RequestKind, RequestRegime
from rights.requests.actions.opening import new_request
from rights.requests.writing import Asking
from tests.factories import add_passkey, app_of, browser_of, make_account

IMAGES_EACH = 5
ALBUMS = 20
SETTINGS_BYTES = 300
# The first album has a page of items, whatever the size; of the rest one photo in ten has an album.
FIRST_ALBUM = 500
IN_AN_ALBUM = 10
TRAIL_DAYS = 300
# So small that a request is what costs, and not the disk.
PART_BYTES = {PartName.ORIGINAL: 12_000, PartName.PREVIEW: 6_000, PartName.THUMBNAIL: 3_000}
WHOLE_PHOTO = "application/vnd.pocketvault.photo"
# Beyond what any store holds: there is room for more, and none is to be read again today.
ALL_OF_IT = 10**18


@dataclass(frozen=True, slots=True)
class Scene:
    """Who asks, and for what. ``images`` are those written as rows, oldest first, without those
    that were deleted since, ``real`` those with bytes; ``people`` the accounts with a few.
    """

    owner: Account
    app: APIClient
    desk: APIClient
    images: list[UUID]
    real: list[UUID]
    album: UUID
    people: list[UUID]


def gather(images: int, accounts: int, requests: int, real: int) -> Scene:
    """Fill an empty place."""
    owner = make_account("owner@example.org")
    Account.objects.filter(pk=owner.pk).update(own_limit_bytes=ALL_OF_IT)
    ids = library.fill(owner, images, more=[_trail])
    people = _people(accounts)
    library.fill_many(people, IMAGES_EACH, more=[_trail])
    album = _albums(owner, ids)
    _requests(requests, people)
    ReadingDay.objects.create(day=timezone.now().date(), bytes=ALL_OF_IT)
    app = at_the_vault(app_of(owner))
    stored = [put_photo(app) for _ in range(real)]
    while counting.count_anew():
        pass
    library.settle()
    return Scene(owner, app, _desk(), ids, stored, album, people)


def at_the_vault(client: APIClient) -> APIClient:
    """The client under the name that a place answers to."""
    client.defaults |= {"SERVER_NAME": "localhost", "SERVER_PORT": "8000"}
    return client


def _desk() -> APIClient:
    """The browser of a data protection officer, who proves for once more than ten minutes long
    that it is them.
    """
    officer = make_account("desk@example.org", roles=[Role.DPO])
    add_passkey(officer)
    browser = at_the_vault(browser_of(officer))
    until = timezone.now() + timedelta(days=1)
    AccountSession.objects.filter(account=officer).update(step_up_until=until)
    return browser


def put_photo(app: APIClient) -> UUID:
    """Store a photo in one request, as an app does."""
    image_id = uuid7()
    contents = {name: secrets.token_bytes(size) for name, size in PART_BYTES.items()}
    said = {
        "version": 1,
        "parts": {
            name: {"sha256": to_base64url(hashlib.sha256(part).digest()), "bytes": len(part)}
            for name, part in contents.items()
        },
        "wrapped_content_key": to_base64url(secrets.token_bytes(WRAPPED_BYTES)),
        "wrapped_record_key": to_base64url(secrets.token_bytes(WRAPPED_BYTES)),
        "metadata": to_base64url(secrets.token_bytes(library.METADATA_BYTES)),
        "fingerprint": to_base64url(secrets.token_bytes(32)),
    }
    document = json.dumps(said).encode()
    body = b"".join([len(document).to_bytes(4, "big"), document, *contents.values()])
    answer = app.put(f"/api/v1/images/{image_id}", body, content_type=WHOLE_PHOTO)
    if answer.status_code != 201:
        raise AssertionError(f"the photo was not stored: {answer.status_code} {answer.content!r}")
    return image_id


def _trail(batch: Batch, _given: Given) -> None:
    """What a commit and the reading back leave beside the image itself. Both are kept for a
    year, so all of it is of this one.
    """
    now = timezone.now()
    at = {each.number: now - timedelta(days=each.number % TRAIL_DAYS) for each in batch}
    library.write(AuditEvent, ["at", "tag", "actor_id", "subject_id"], (
        (at[each.number], AuditTag.IMAGE_STORED.value, each.owner_id, each.image_id)
        for each in batch
    ))  # fmt: skip
    library.write(Touch, ["image_id", "who", "purpose", "day", "count"], (
        (each.image_id, Toucher.WORKER.value, VERIFY_IMAGES.name, at[each.number].date(),
         len(library.PARTS))
        for each in batch
    ))  # fmt: skip


def _people(count: int) -> list[UUID]:
    """Accounts as a sign-up leaves them, but for the password: to hash one takes too long."""
    made = [Account(email=f"person{number}@example.org", password="!") for number in range(count)]
    Account.objects.bulk_create(made, AT_A_TIME)
    KeyBundle.objects.bulk_create((_bundle_of(each) for each in made), 1_000)
    return [each.pk for each in made]


def _bundle_of(account: Account) -> KeyBundle:
    wraps = Wraps(
        recovery_proof=digest_of(secrets.token_bytes(32)),
        **{
            name: secrets.token_bytes(WRAPPED_BYTES)
            for name in ("password", "recovery", "identity_seed", "exchange_seed")
        },
    )
    bundle = KeyBundle(
        account=account, identity_public_key=secrets.token_bytes(32),
        exchange_public_key=secrets.token_bytes(1216),
        **columns_of(Kdf(salt=salt_for(account.email))),
    )  # fmt: skip
    bundle.seal(wraps.to_json())
    return bundle


def _albums(owner: Account, image_ids: list[UUID]) -> UUID:
    """All of them with their items; answers the first."""
    drafts = [
        AlbumDraft(
            wrapped_album_key=secrets.token_bytes(WRAPPED_BYTES),
            settings=secrets.token_bytes(SETTINGS_BYTES),
        )
        for _ in range(ALBUMS)
    ]
    first, *others = (uuid7() for _ in drafts)
    for album_id, draft in zip([first, *others], drafts, strict=True):
        create_album(album_id, draft, actor=owner)
    placed = [(first, image_id) for image_id in image_ids[:FIRST_ALBUM]]
    rest = image_ids[FIRST_ALBUM::IN_AN_ALBUM]
    placed += [(others[n % len(others)], image_id) for n, image_id in enumerate(rest)]
    epoch, at = sealing.current_epoch(), timezone.now()

    def rows() -> library.Rows:
        for album_id, image_id in placed:
            context = sealing.context_of(AlbumItem, [album_id, image_id, 1])
            sealed = sealing.seal(epoch, secrets.token_bytes(WRAPPED_BYTES), context)
            yield epoch, sealed, album_id, image_id, 1, at

    columns = ["epoch_number", "sealed", "album_id", "image_id", "version", "added_at"]
    library.write(AlbumItem, columns, rows())
    return first


def _requests(count: int, people: list[UUID]) -> None:
    """Open ones, of a fortnight, each of somebody who has an account."""
    asking = Asking(email="person@example.org", name="", text="What do you have?", language="en-gb")
    rows = []
    for number in range(count):
        request = new_request(
            RequestKind.ACCESS, RequestRegime.GDPR, RequestChannel.ACCOUNT, IdentityLevel.ACCOUNT,
            timezone.now() - timedelta(minutes=number % 20_000),
        )  # fmt: skip
        # As many at random would meet: a number has six signs.
        request.number = f"R-2026-{number:06d}"
        request.account_id = people[number % len(people)]
        request.seal(asking.to_json())
        rows.append(request)
    DataRequest.objects.bulk_create(rows, 1_000)
