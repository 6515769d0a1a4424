"""Who is lied to, what is really there, and what the lying server remembers of before.

One account of everybody, made once. ada is lied to; bob shares with her; cyr is in bob's album
and group too, and helps the server where it needs somebody inside; eve is somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from tests.api.people import PASSWORD, Person, new_person, store
from tests.hostile.proxy import Json
from tests.live import Live
from tests.reference_client import account
from tests.reference_client.albums import add_to_album, change_album, create_album
from tests.reference_client.documents import AlbumSettings, Metadata
from tests.reference_client.groups import Group, create_group, set_member
from tests.reference_client.images import Photo
from tests.reference_client.links import make_link
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.publishing import (
    Words,
    open_profile,
    publish,
    put_at,
    say,
    wait_until_shown,
)
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    open_shared_album,
    revoke,
    rotate_album,
    share_album,
)
from tests.reference_client.shared_photos import add_photos, rewrap
from tests.reference_client.thumbnails import make_thumbnails
from tests.reference_client.wire import to_text

__all__ = ["PASSWORD", "Cast", "assemble"]

FORMER_TITLE, TITLE = "Grey morning", "Morning by the lake"
FORMER_NAME, NAME = "Untitled", "Skagen"
CAPTION = "Early, before the fishermen"
OTHER_CAPTION = "The slipway"
HARBOUR, ENDED, FAMILY = "Harbour days", "Last summer", "Family"

# A receipt for a deletion, signed and in the log.
OWE = """
from uuid import UUID
from pocketvault.kernel.ids import uuid7
from rights.actions.issuing import keep_log
from rights.actions.receipts import owe_receipt
from rights.models import ReceiptKind
facts = {{
    "images": [str(uuid7()) for _ in range(3)], "deleted_at": "2026-11-27T18:00:00Z",
    "active_removed_at": "2026-11-27T18:00:41Z", "unreadable_by": "2026-12-19",
}}
owe_receipt(
    ReceiptKind.DELETED_FINAL, account_id=UUID("{account}"), about=uuid7(), facts=facts
)
keep_log()
"""


@dataclass(slots=True)
class Cast:
    """The people, what they have, and the server's older and other answers."""

    ada: Person
    bob: Person
    bob_sharer: Sharer
    cyr_sharer: Sharer
    first: Photo
    second: Photo
    large: Photo
    harbour: SharedAlbum
    # One for each client: a share ends but once, and both have to have seen it before.
    ended: dict[str, SharedAlbum]
    family: Group
    link: str = ""
    # Answers of the service, by what they are about.
    kept: dict[str, Json] = field(default_factory=dict)
    bytes_of: dict[str, bytes] = field(default_factory=dict)


def assemble(live: Live) -> Cast:
    """Everybody with all they have, over HTTP and without a lie."""
    ada, bob, cyr = (new_person(live, name) for name in ("ada", "bob", "cyr"))
    for person in (ada, bob, cyr):
        account.confirm_phrase(person.device, person.phrase)
    sharer, other, third = (Sharer(person.device) for person in (ada, bob, cyr))
    befriend(other, sharer, ada.email)
    befriend(other, third, cyr.email)
    family = create_group(other, FAMILY)
    for member in (sharer, third):
        family = set_member(other, family, member.id)
    harbour = _shared(other, HARBOUR, (11, 12))
    for recipient in (sharer, third):
        harbour = give_to_account(other, harbour, recipient.id, "viewer")
    ended = {
        client: give_to_account(other, _shared(other, ENDED, seeds), sharer.id, "viewer")
        for client, seeds in (("browser", (13, 14)), ("reference", (16, 17)))
    }
    cast = Cast(
        ada=ada, bob=bob, bob_sharer=other, cyr_sharer=third,
        first=store(ada.library, 1), second=store(ada.library, 2), large=_store_large(ada),
        harbour=harbour, ended=ended, family=family,
    )  # fmt: skip
    cast.link = make_link(other, harbour).address(live.url)
    cast.harbour = open_shared_album(other, harbour.id)
    _write_past(cast)
    _remember_others(cast, live)
    _remember_shares(cast)
    _publish(sharer, cast)
    live.manage("shell", "-c", OWE.format(account=ada.device.account_id))
    return cast


def end_share(cast: Cast, client: str) -> None:
    """Take ada out of an album, bring in another key, and add a photo: once for each client."""
    sharer, album, kept = cast.bob_sharer, cast.ended[client], cast.kept
    if f"{client} items after" in kept:
        return
    album = revoke(sharer, album, cast.ada.device.account_id)
    album = rotate_album(sharer, album)
    rewrap(sharer, album)
    add_photos(sharer, album, [store(sharer.library, 18 if client == "browser" else 19)])
    kept[f"{client} items after"] = sharer.client.call("GET", f"{album.path}/items")


def _shared(sharer: Sharer, name: str, seeds: tuple[int, ...]) -> SharedAlbum:
    album = share_album(sharer, create_album(sharer.library, AlbumSettings(name=name)))
    add_photos(sharer, album, [store(sharer.library, seed) for seed in seeds])
    return open_shared_album(sharer, album.id)


def _store_large(person: Person) -> Photo:
    """Noise: nothing makes it small, so that it and its preview have many segments."""
    picture, file = Image.effect_noise((1700, 1300), 90).convert("RGB"), BytesIO()
    picture.save(file, "JPEG", quality=90)
    jpeg = file.getvalue()
    small = make_thumbnails(jpeg)
    metadata = Metadata(
        name="noise.jpg", kind="jpeg", media_type="image/jpeg", size=len(jpeg),
        width=small.width, height=small.height,
    )  # fmt: skip
    return person.library.store(jpeg, metadata, small)


def _write_past(cast: Cast) -> None:
    """Things as they were, kept by the server, and then as they are."""
    library, client = cast.ada.library, cast.ada.device.client
    photo = library.correct(cast.first, title=FORMER_TITLE)
    album = create_album(library, AlbumSettings(name=FORMER_NAME))
    add_to_album(library, album, [cast.first])
    cast.kept["image before"] = client.call("GET", f"/images/{photo.id}")
    cast.kept["album before"] = client.call("GET", f"/albums/{album.id}")
    cast.first = library.correct(photo, title=TITLE)
    change_album(library, album, AlbumSettings(name=NAME))
    cast.kept["image"] = client.call("GET", f"/images/{photo.id}")
    cast.kept["second image"] = client.call("GET", f"/images/{cast.second.id}")
    for photo, name in ((cast.first, "first"), (cast.second, "second")):
        path = f"/images/{photo.id}/versions/1/thumbnail"
        cast.bytes_of[f"{name} thumbnail"] = client.send("GET", path).content


def _remember_shares(cast: Cast) -> None:
    """What ada was told of albums while they were shared with her."""
    call, path = cast.ada.device.client.call, "/shared/albums"
    cast.kept["harbour"] = call("GET", f"{path}/{cast.harbour.id}")
    for client, album in cast.ended.items():
        cast.kept[f"{client} ended"] = call("GET", f"{path}/{album.id}")
        for name in ("items", "history"):
            cast.kept[f"{client} {name}"] = call("GET", f"{path}/{album.id}/{name}")


def _publish(sharer: Sharer, cast: Cast) -> None:
    """Two photos that everyone can see, under captions, the first of them the cover."""
    open_profile(sharer, "ada", licence="All rights reserved")
    first = _shown(sharer, cast.first, CAPTION)
    second = _shown(sharer, cast.second, OTHER_CAPTION)
    put_at(sharer, second, 1)
    cast.kept["second publication"] = second
    say(sharer, {
        "name": "ada", "shown_name": "ada", "bio": "", "licence": "All rights reserved",
        "albums": [], "cover": first["id"],
    })  # fmt: skip


def _shown(sharer: Sharer, photo: Photo, caption: str) -> Json:
    picture, file = Image.effect_noise((640, 480), 60).convert("RGB"), BytesIO()
    picture.save(file, "JPEG", quality=90)
    words = Words(caption=caption, creator="Ada", licence="All rights reserved")
    document = wait_until_shown(sharer, publish(sharer, photo.id, file.getvalue(), words))
    assert document["state"] == "live", document
    return document


def _remember_others(cast: Cast, live: Live) -> None:
    eve = new_person(live, "eve")
    store(eve.library, 21)
    cast.kept["other bundle"] = eve.device.client.call("GET", "/keys/bundle")
    cast.kept["other feed"] = eve.device.client.call("GET", "/sync")
    kdf = account.kdf_parameters(cast.ada.device.client.call("GET", "/keys/bundle")["kdf"])
    proof = account.keys_from_password(PASSWORD, kdf).auth_key
    cast.kept["proof"] = to_text(proof)
