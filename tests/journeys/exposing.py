"""Things that somebody shares, made by the client written from the documents alone."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tests.api.people import PASSWORD, Person, new_person, store
from tests.journeys.site import Site
from tests.reference_client import albums, groups
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.groups import Group
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    give_to_group,
    open_shared_album,
    share_album,
    sign,
)
from tests.reference_client.shared_photos import add_photos
from tests.reference_client.wire import new_id, to_text

__all__ = ["PASSWORD"]
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """One who shares, a friend by name, and another in a group; each as they are to others."""

    owner: Person
    friend: Person
    member: Person
    owner_device: Sharer
    friend_device: Sharer
    member_device: Sharer
    group: Group


def make_circle(site: Site, *names: str) -> Circle:
    """Three accounts, two friendships and a group called "Choir"."""
    owner, friend, member = (new_person(site.live, name) for name in names)
    devices = [Sharer(person.device) for person in (owner, friend, member)]
    for device, person in zip(devices[1:], (friend, member), strict=True):
        befriend(devices[0], device, person.email)
    devices[0].store_book()
    group = groups.create_group(devices[0], "Choir")
    group = groups.set_member(devices[0], group, member.device.account_id)
    return Circle(
        owner=owner, friend=friend, member=member, owner_device=devices[0],
        friend_device=devices[1], member_device=devices[2], group=group,
    )  # fmt: skip


def share_with_all(circle: Circle, name: str, seed: int) -> SharedAlbum:
    """An album with one photo, given to the friend and to the group."""
    device = circle.owner_device
    made = albums.create_album(device.library, AlbumSettings(name=name))
    shared = share_album(device, made)
    add_photos(device, shared, [store(device.library, seed)])
    shared = open_shared_album(device, shared.id)
    shared = give_to_account(device, shared, circle.friend_device.id, "contributor")
    return give_to_group(device, shared, circle.group, "viewer", can_download=False)


def open_link(circle: Circle, album: SharedAlbum) -> str:
    """A link to the album; its id."""
    device, link_id = circle.owner_device, new_id()
    keys, secret, link_key = device.library.keys, os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    generation = album.chronicle.state.generation
    wrap = keys.wrap(
        album.chronicle.key,
        keys.context("album-key", album.id, generation, f"link:{link_id}"),
        under=link_key,
    )
    body = {
        "auth_key": to_text(os.urandom(KEY_BYTES)),
        "wrapped_secret": keys.wrap(secret, keys.context("link-key", link_id, part="secret")),
        "wrapped_key": keys.wrap(link_key, keys.context("link-key", link_id, part="key")),
        "wraps": [{"generation": generation, "wrapped_album_key": wrap}],
        "can_download": True,
        "view_limit": 10,
        "entry": sign(device, album, {"event": "link-set", "link": link_id}),
    }
    device.client.call("PUT", f"{album.path}/links/{link_id}", body)
    return link_id


def open_collect_link(circle: Circle, name: str) -> str:
    """A link that brings photos; its id."""
    device, link_id = circle.owner_device, new_id()
    keys, link_key = device.library.keys, os.urandom(KEY_BYTES)
    context = keys.context("guest-upload", link_id, part="name")
    body = {
        "auth_key": to_text(os.urandom(KEY_BYTES)),
        "wrapped_secret": keys.wrap(
            os.urandom(KEY_BYTES), keys.context("link-key", link_id, part="secret")
        ),
        "wrapped_key": keys.wrap(link_key, keys.context("link-key", link_id, part="key")),
        "name": to_text(seal_record({"name": name}, link_key, context)),
        "byte_limit": 10**9,
        "photo_limit": 100,
    }
    device.client.call("PUT", f"/collect-links/{link_id}", body)
    return link_id


def put_to_sleep(site: Site, link_id: str) -> None:
    """As if it had been guessed at a hundred times."""
    site.live.manage(
        "shell",
        "-c",
        "from django.utils import timezone; from sharing.models import ShareLink as L;"
        f" L.objects.filter(pk={link_id!r}).update(asleep_since=timezone.now())",
    )


def let_it_be_told(site: Site, email: str) -> None:
    """As if what was shared had been so for a day, and it were this account's turn to hear."""
    site.live.manage(
        "shell",
        "-c",
        "from datetime import timedelta as D; from django.db.models import F;"
        " from django.utils import timezone; from images.models import AlbumItem as I;"
        " from sharing.models import Digest as T, Grant as G;"
        " from sharing.actions.digesting import send_digest;"
        " I.objects.update(added_at=F('added_at') - D(hours=1));"
        " G.objects.update(made_at=F('made_at') - D(hours=2));"
        f" T.objects.filter(account__email={email!r})"
        ".update(due_at=timezone.now(), told_until=timezone.now() - D(days=1));"
        f" send_digest(T.objects.get(account__email={email!r}).pk)",
    )
