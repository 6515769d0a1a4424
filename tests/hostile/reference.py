"""The reference client before the server, and what it makes of what it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace

from tests.hostile.cast import PASSWORD, Cast
from tests.hostile.observing import Seen
from tests.reference_client import account
from tests.reference_client.account import Device
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import fingerprint_of
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.crypto.known import ChangedKeyError, OldKnownKeysError
from tests.reference_client.crypto.receipt import ReceiptError
from tests.reference_client.groups import open_group
from tests.reference_client.images import ORIGINAL, THUMBNAIL, Library
from tests.reference_client.links import OtherOwnerError, visit, visited_photos
from tests.reference_client.people import Sharer, StrangerError
from tests.reference_client.publishing import checked_statement, checked_words, publications_of
from tests.reference_client.receipts import ReceiptBook
from tests.reference_client.shared_albums import open_shared_album
from tests.reference_client.shared_photos import photos_in
from tests.reference_client.sync import Replica, catch_up

# What a client may say. Anything else that is raised is a fault of the client.
CODED = (ProblemError, CryptoError, HistoryError, ReceiptError)
NAMED: Mapping[type[Exception], str] = {
    ChangedKeyError: "changed-key",
    OldKnownKeysError: "rolled-back",
    OtherOwnerError: "other-owner",
    StrangerError: "stranger",
}


@dataclass(slots=True)
class Phone:
    """A device with the reference client on it."""

    device: Device
    sharer: Sharer
    replica: Replica = field(default_factory=Replica)
    log_key: str | None = None

    @property
    def library(self) -> Library:
        """What is in the vault."""
        return self.sharer.library

    def copy(self) -> Phone:
        """The same, to be lied to: what it comes to believe is not for the next."""
        sharer = copy(self.sharer)
        for name in ("keys_of", "states", "album_keys"):
            setattr(sharer, name, deepcopy(getattr(sharer, name)))
        return Phone(self.device, sharer, deepcopy(self.replica), self.log_key)


def set_up(url: str, cast: Cast) -> Phone:
    """Open the vault where nothing of it was before, and take what the account keeps for its
    devices. A session is all there is: doors open only so often for one name.
    """
    token = cast.ada.device.client.token
    locked = replace(cast.ada.device, client=Client(url, token), keyring=None)
    device = account.unlock_with_password(locked, PASSWORD)
    phone = Phone(device, Sharer(device))
    phone.sharer.fetch_book()
    return phone


def look_at_everything(phone: Phone, cast: Cast) -> None:
    """What a device has done that is known to the account."""
    catch_up(phone.library, phone.replica)
    phone.sharer.meet_contacts()
    open_group(phone.sharer, cast.family.id)
    for album in (cast.harbour, cast.ended["reference"]):
        list(photos_in(phone.sharer, open_shared_album(phone.sharer, album.id)))
    phone.sharer.store_book()
    phone.log_key = ReceiptBook(phone.device.client).pinned()


Deed = Callable[[Phone, Cast], Seen]


def heard(deed: Callable[[], Seen]) -> Seen:
    """What is seen, or what was said instead."""
    try:
        return deed()
    except CODED as refusal:
        return Seen(said=(refusal.code,))
    except tuple(NAMED) as refusal:
        return Seen(said=(NAMED[type(refusal)],))


def library(phone: Phone, _: Cast) -> Seen:
    """Everything in the vault, by its names."""
    replica = phone.replica
    catch_up(phone.library, replica)
    photos = {
        each.id: each.corrections.values.get("title") or each.metadata.name
        for each in replica.photos.values()
    }
    albums = {each.id: each.settings.name for each in replica.albums.values()}
    said = {"cannot-open": replica.broken, "rolled-back": replica.rolled_back,
            "unlisted": replica.unlisted}  # fmt: skip
    return Seen(shown=(photos, albums), said=tuple(name for name in said if said[name]))


def _part(name: str, part: str) -> Deed:
    def look(phone: Phone, cast: Cast) -> Seen:
        catch_up(phone.library, phone.replica)
        photo = phone.replica.photos[getattr(cast, name).id]
        return Seen(shown=hashlib.sha256(phone.library.download(photo, part)).hexdigest())

    return look


def contacts(phone: Phone, _: Cast) -> Seen:
    """Whom one knows, by which keys."""
    phone.sharer.fetch_book()
    known = phone.sharer.meet_contacts()
    keys = phone.sharer.keys_of
    return Seen(shown={each: fingerprint_of(*keys[each]) for each in known})


def shared_albums(phone: Phone, _: Cast) -> Seen:
    """Every album that is shared with one, and the photos its history vouches for."""
    phone.sharer.fetch_book()
    phone.sharer.meet_contacts()
    shown: dict[str, object] = {}
    for listed in phone.sharer.client.call("GET", "/shared/albums")["items"]:
        album = open_shared_album(phone.sharer, listed["id"])
        found = {photo.id for photo in photos_in(phone.sharer, album)}
        shown[album.id] = album.settings.name, found
    return Seen(shown=shown)


def public_photos(phone: Phone, _: Cast) -> Seen:
    """What everyone can see, in the words of its owner."""
    listed = publications_of(phone.sharer)
    said = [checked_statement(phone.sharer, each) for each in listed]
    return Seen(shown={each.publication: each.words for each in said})


def public_page(phone: Phone, _: Cast) -> Seen:
    """What stands on the page itself, its cover included."""
    document = phone.device.client.call("GET", "/profile")
    return Seen(shown=(checked_words(phone.sharer, document), document["cover"]))


def receipts(phone: Phone, _: Cast) -> Seen:
    """What the service has signed."""
    held = ReceiptBook(phone.device.client, phone.log_key).held()
    return Seen(shown={each.receipt["id"]: each.receipt["facts"] for each in held})


def family(phone: Phone, cast: Cast) -> Seen:
    """A group, and who is in it."""
    phone.sharer.fetch_book()
    phone.sharer.meet_contacts()
    group = open_group(phone.sharer, cast.family.id)
    return Seen(shown=(group.name, dict(group.chronicle.state.members)))


def unlock(phone: Phone, _: Cast) -> Seen:
    """Open the vault once more, with the password."""
    locked = replace(phone.device, keyring=None)
    opened = account.unlock_with_password(locked, PASSWORD)
    return Seen(shown=opened.keys.account_id)


def by_words(phone: Phone, cast: Cast) -> Seen:
    """Open it with the recovery phrase."""
    locked = replace(phone.device, keyring=None)
    return Seen(shown=account.unlock_with_phrase(locked, cast.ada.phrase).keys.account_id)


def sign_in(url: str, cast: Cast) -> Seen:
    """Come in for the first time."""
    return Seen(shown=account.sign_in(url, cast.ada.email, PASSWORD).keys.account_id)


def sign_in_by_words(url: str, cast: Cast) -> Seen:
    """Come in with the recovery phrase."""
    device = account.sign_in_with_phrase(url, cast.ada.email, cast.ada.phrase)
    return Seen(shown=device.keys.account_id)


def by_link(url: str, cast: Cast) -> Seen:
    """Visit an album. A visitor keeps nothing, so one who was here is as new as any."""
    opened = visit(url, cast.link)
    return Seen(shown=(opened.settings.name, {photo.id for photo in visited_photos(opened)}))


DEEDS: Mapping[str, Deed] = {
    "swapped-thumbnails": _part("first", THUMBNAIL),
    "truncated-stream": _part("large", ORIGINAL),
    "reordered-segments": _part("large", ORIGINAL),
    "oversized-length": _part("large", ORIGINAL),
    "substituted-key": contacts,
    "changed-key": contacts,
    "forged-album": shared_albums,
    "forged-member": family,
    "weak-kdf": unlock,
    "changed-salt": unlock,
    "wrong-scheme": unlock,
    "recovery-key": by_words,
    "stale-share": shared_albums,
    "unknown-suite": shared_albums,
    "unsigned-grant": shared_albums,
    "other-signature": shared_albums,
    "publication-statement": public_photos,
    "swapped-places": public_photos,
    "other-cover": public_page,
    "receipt": receipts,
}
AT_THE_DOOR: Mapping[str, Callable[[str, Cast], Seen]] = {
    "weak-kdf": sign_in,
    "changed-salt": sign_in,
    "wrong-scheme": sign_in,
    "recovery-key": sign_in_by_words,
    "link-key": by_link,
}


def look(slug: str, cast: Cast, url: str, known: Phone | None) -> Seen:
    """What is to be seen of an attack by a device that is known, or by one that is not."""
    door = AT_THE_DOOR.get(slug)
    if door is not None and (known is None or slug not in DEEDS):
        return heard(lambda: door(url, cast))
    deed = DEEDS.get(slug, library)
    return heard(lambda: deed(known or set_up(url, cast), cast))


def honest(slug: str, cast: Cast, url: str, known: Phone) -> Seen:
    """What is really there, whoever looks."""
    return look(slug, cast, url, known.copy())
