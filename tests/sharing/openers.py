"""Who may open what, in plain Python, and the same people doing it over HTTP.

`Expected` is the specification: a few sets and no cryptography. `World` does each deed with the
client that was written from the documents, and reads what everybody then has.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tests.api.people import PASSWORD, Person, metadata_of
from tests.reference_client import account, albums, groups
from tests.reference_client.client import Json, ProblemError
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.groups import Group
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    give_to_group,
    open_shared_album,
    revoke,
    rotate_album,
    share_album,
    sign,
)
from tests.reference_client.shared_photos import add_photos, download, photos_in, rewrap

OWNER, STRANGER = "alice", "mallory"
FRIENDS = ("bob", "carol", "dan")
EVERYBODY = (OWNER, *FRIENDS, STRANGER)
WRITERS = ("contributor", "manager")
CONTENT_BYTES = 64


@dataclass(slots=True)
class Expected:
    """Who is in, how, and which photos are there."""

    direct: dict[str, str] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    group_role: str | None = None
    contacts: set[str] = field(default_factory=lambda: set(FRIENDS))
    # Content by image, and whose it is.
    photos: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    # Whether somebody's access ended since the key was replaced, and who was out by then.
    is_due: bool = False
    locked_out: set[str] = field(default_factory=set)

    def reaches(self, name: str) -> bool:
        """Whether they may open the album."""
        by_group = self.group_role is not None and name in self.members
        return name == OWNER or name in self.direct or by_group

    def by_group_only(self, name: str) -> bool:
        """Whether nobody let them in by name."""
        return name != OWNER and name not in self.direct and self.reaches(name)

    def may_add(self, name: str) -> bool:
        """Whether they may bring photos."""
        role = self.direct.get(name, self.group_role if self.reaches(name) else None)
        return name == OWNER or role in WRITERS

    def who_reach(self) -> set[str]:
        """Everybody else who may open it."""
        return {name for name in FRIENDS if self.reaches(name)}

    def settle(self, before: set[str]) -> None:
        """What follows from a change: whoever lost access takes their photos along."""
        after = self.who_reach()
        self.is_due = self.is_due or bool(before - after)
        self.locked_out -= after
        kept = {*after, OWNER}
        self.photos = {
            image_id: (name, content)
            for image_id, (name, content) in self.photos.items()
            if name in kept
        }

    def replace_key(self) -> None:
        """Whoever is out by now never has the new one."""
        self.is_due = False
        self.locked_out = set(FRIENDS) - self.who_reach()


class World:
    """The same people with their devices, one album of alice's and one group of hers."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people
        self.devices = {name: Sharer(person.device) for name, person in people.items()}
        self.album_id, self.group_id = "", ""
        # Every album key that somebody ever held, and what its owner saw last.
        self.seen: dict[str, set[bytes]] = {}
        self.key_in_force = b""
        self.rotation_due_at: Json = None

    @property
    def alice(self) -> Sharer:
        """Whose album it is."""
        return self.devices[OWNER]

    def begin(self) -> None:
        """A new album and a new group, with nobody else in them. All friends are contacts."""
        for name in FRIENDS:
            self.befriend(name)
        self.seen = {name: set() for name in EVERYBODY}
        made = albums.create_album(self.alice.library, AlbumSettings(name="Lake"))
        self.album_id = share_album(self.alice, made).id
        self.group_id = groups.create_group(self.alice, "Choir").id

    def end(self) -> None:
        """Both go, and so does everything that was in them."""
        self.alice.client.call("DELETE", f"/groups/{self.group_id}")
        self.alice.client.call("DELETE", f"/albums/{self.album_id}")

    def befriend(self, name: str) -> None:
        """They know each other, and pinned each other's keys."""
        device = self.devices[name]
        if device.id not in self.alice.meet_contacts():
            befriend(self.alice, device, self.people[name].email)
        device.meet_contacts()

    def group(self, name: str = OWNER) -> Group:
        """The group, as its history says it is."""
        return groups.open_group(self.devices[name], self.group_id)

    def album(self, name: str = OWNER, *, by_group: bool = False) -> SharedAlbum:
        """The album, as its history says it is."""
        carriers = {self.group_id: self.group(name)} if by_group else {}
        return open_shared_album(self.devices[name], self.album_id, carriers)

    def give(self, name: str, role: str) -> None:
        """Alice lets somebody in by name, or changes what they may do."""
        give_to_account(self.alice, self.album(), self.devices[name].id, role)

    def revoke(self, name: str) -> None:
        """Alice ends that."""
        revoke(self.alice, self.album(), self.devices[name].id)

    def leave(self, name: str, *, by_group: bool) -> None:
        """They end it themselves."""
        album = self.album(name, by_group=by_group)
        body = {"entry": sign(self.devices[name], album, {"event": "left"})}
        self.devices[name].client.call_once(f"{album.path}/leave", body)

    def end_contact(self, name: str) -> None:
        """They, not alice, end that they know each other."""
        self.devices[name].client.call("DELETE", f"/contacts/{self.alice.id}")

    def give_group(self, role: str) -> None:
        """Alice lets the group in, or changes what it may do."""
        give_to_group(self.alice, self.album(), self.group(), role)

    def revoke_group(self) -> None:
        """Alice ends that."""
        revoke(self.alice, self.album(), self.group_id)

    def add_member(self, name: str) -> None:
        """Into the group."""
        groups.set_member(self.alice, self.group(), self.devices[name].id)

    def remove_member(self, name: str) -> None:
        """Out of it, with a new key of the group."""
        groups.remove_member(self.alice, self.group(), self.devices[name].id)

    def leave_group(self, name: str) -> None:
        """By themselves; the key stays."""
        groups.leave_group(self.devices[name], self.group(name))

    def rotate_group(self) -> None:
        """A new key of the group, and the album's key under it."""
        groups.rotate_group(self.alice, self.group())

    def rotate(self) -> None:
        """A new key of the album. Its photos stay under the one before."""
        rotate_album(self.alice, self.album(), {self.group_id: self.group()})

    def rewrap(self) -> None:
        """Its photos come under the key in force."""
        rewrap(self.alice, self.album())

    def add_photo(self, name: str, *, by_group: bool) -> tuple[str, bytes]:
        """One of theirs; its id and its content."""
        device, content = self.devices[name], os.urandom(CONTENT_BYTES)
        photo = device.library.store(content, metadata_of(content))
        album = self.album(name, by_group=by_group)
        add_photos(device, album, [photo], through=self.group_id if by_group else None)
        return photo.id, content

    def purge(self, name: str, image_id: str) -> None:
        """They delete a photo of theirs for good."""
        self.devices[name].client.call("DELETE", f"/images/{image_id}")

    def stop(self, *, is_signed: bool) -> None:
        """Alice ends every grant at once."""
        album = self.album()
        entry = {"entry": sign(self.alice, album, {"event": "stopped"})} if is_signed else {}
        self.alice.client.call_once(f"{album.path}/stop", entry)

    def end_all(self) -> None:
        """Alice ends everything she shares."""
        try:
            self.alice.client.call_once("/exposures/end-all")
        except ProblemError as refusal:
            # A proof is good for ten minutes, and may not be given as often as a long run ends.
            if refusal.code != "step_up_required":
                raise
            account.step_up(self.people[OWNER].device, PASSWORD)
            self.alice.client.call_once("/exposures/end-all")

    def opened_by(self, name: str, *, is_member: bool) -> dict[str, bytes]:
        """Every photo they open, by its id. Raises ``HistoryError``, ``CryptoError``, and
        `ProblemError` to whom the album is nothing.
        """
        album, device = self.album(name, by_group=is_member), self.devices[name]
        self.seen[name] |= set(album.chronicle.keys.values())
        if name == OWNER:
            self.key_in_force = album.chronicle.key
            self.rotation_due_at = album.document["rotation_due_at"]
        return {
            photo.id: download(device, album, photo, "original")
            for photo in photos_in(device, album)
        }

    def answers_to(self, name: str, image_ids: list[str]) -> set[int]:
        """What every door of the album answers them."""
        path = f"/shared/albums/{self.album_id}"
        doors = [path, *(f"{path}/{each}" for each in ("items", "history", "comments"))]
        doors += [f"{path}/items/{image_id}/original" for image_id in image_ids]
        return {_status(self.devices[name], door) for door in doors}

    def albums_listed_to(self, name: str) -> set[str]:
        """The ids of all that they share or that is shared with them."""
        listed = self.devices[name].client.call("GET", "/shared/albums")["items"]
        return {each["id"] for each in listed}


def _status(device: Sharer, path: str) -> int:
    try:
        return device.client.send("GET", path).status_code
    except ProblemError as problem:
        return problem.status
