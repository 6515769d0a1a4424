"""Two people and an album that one shares with the other, made as their devices would make it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from benchmarks.places import Place
from tests.reference_client import account, mailbox
from tests.reference_client.albums import create_album
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import BATCH_ITEMS
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    open_shared_album,
    revoke,
    share_album,
)
from tests.reference_client.shared_photos import add_photos
from tests.reference_client.sync import Replica, catch_up
from tests.reference_client.wire import to_text

PASSWORD = "copper lantern over quiet fields"
ALBUM = "Ten summers"
# As many thumbnails as a tall window asks for, and some more. The rest nobody looks at.
SEEN = 300


@dataclass(slots=True)
class Given:
    """Who gives, who is given to, and the album as its owner saw it last."""

    owner: Sharer
    owner_email: str
    recipient: Sharer
    recipient_email: str
    album: SharedAlbum

    def take_back(self) -> None:
        """End the recipient's access, as another device of the owner would."""
        album = open_shared_album(self.owner, self.album.id)
        self.album = revoke(self.owner, album, self.recipient.id)


def give_album(place: Place, url: str, photos: int) -> Given:
    """An album of so many photos, given to somebody who may save originals."""
    owner, owner_email = _sign_up(place, url)
    recipient, recipient_email = _sign_up(place, url)
    key = owner.library.keys.account_key.hex()
    place.inside("photographs", account=owner.id, key=key, photos=photos, seen=SEEN)
    befriend(owner, recipient, recipient_email)
    album = share_album(owner, create_album(owner.library, AlbumSettings(name=ALBUM)))
    _fill(owner, album)
    album = open_shared_album(owner, album.id)
    album = give_to_account(owner, album, recipient.id, "viewer")
    return Given(owner, owner_email, recipient, recipient_email, album)


def _sign_up(place: Place, url: str) -> tuple[Sharer, str]:
    email = f"{secrets.token_hex(6)}@example.org"

    def read_code(sign_up_id: str) -> str:
        place.inside("letters")
        return mailbox.wait_for_code(place.folder / "mail", email, sign_up_id)

    made = account.sign_up(url, email, PASSWORD, read_code=read_code)
    account.confirm_phrase(made.device, made.phrase)
    return Sharer(made.device), email


def _fill(owner: Sharer, album: SharedAlbum) -> None:
    replica = Replica()
    catch_up(owner.library, replica)
    digests = {name: to_text(secrets.token_bytes(32)) for name in ("original", "preview")}
    photos = sorted(replica.photos.values(), key=lambda each: each.id)
    for start in range(0, len(photos), BATCH_ITEMS):
        album = open_shared_album(owner, album.id)
        add_photos(owner, album, photos[start : start + BATCH_ITEMS], digests=digests)
