"""Each deed done twice: to the sets of what is expected, and over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from tests.reference_client.client import ProblemError
from tests.sharing.openers import EVERYBODY, FRIENDS, OWNER, Expected, World
from tests.sharing.visiting import ExpectedLink, Visitors


class Deeds:
    """What people do with one album of alice's, one after the other, and whether it came out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.visitors = Visitors(world)
        self.expected = Expected()
        self.links: dict[str, ExpectedLink] = {}
        # What each door said when it was asked last: how often it may be asked is limited.
        self.told: dict[str, bool] = {}
        self.has_begun = False

    def begin(self) -> None:
        """A new album and a new group; nobody else is in either."""
        self.world.begin()
        self.visitors = Visitors(self.world)
        self.expected, self.links, self.told = Expected(), {}, {}
        self.has_begun = True

    def give(self, name: str, role: str) -> None:
        """Let somebody in by name, or change what they may do."""
        self._know_again(name)
        self.world.give(name, role)
        before = self.expected.who_reach()
        self.expected.direct[name] = role
        self.expected.settle(before)

    def revoke(self, name: str) -> None:
        """End that."""
        self.world.revoke(name)
        self._lose(name)

    def leave(self, name: str) -> None:
        """They take their photos along, also where a group still lets them in."""
        self.world.leave(name, by_group=self._comes_by_group(name))
        photos = self.expected.photos.items()
        self.expected.photos = {key: value for key, value in photos if value[0] != name}
        self._lose(name)

    def end_contact(self, name: str) -> None:
        """What is shared between the two by name ends with it."""
        self.world.end_contact(name)
        self.expected.contacts.discard(name)
        self._lose(name)

    def give_group(self, role: str | None) -> None:
        """Let the group in or change what it may do; None ends that."""
        if role is None:
            self.world.revoke_group()
        else:
            self.world.give_group(role)
        before = self.expected.who_reach()
        self.expected.group_role = role
        self.expected.settle(before)

    def add_member(self, name: str) -> None:
        """Into the group."""
        self._know_again(name)
        self.world.add_member(name)
        before = self.expected.who_reach()
        self.expected.members.add(name)
        self.expected.settle(before)

    def remove_member(self, name: str, *, by_themselves: bool) -> None:
        """Out of it."""
        if by_themselves:
            self.world.leave_group(name)
        else:
            self.world.remove_member(name)
        before = self.expected.who_reach()
        self.expected.members.discard(name)
        self.expected.settle(before)

    def rotate(self) -> None:
        """Replace the album's key. What is in it stays under the one before."""
        self.world.rotate()
        self.expected.replace_key()
        self.expected.locked_out |= {key for key, link in self.links.items() if not link.stands}

    def add_photo(self, name: str) -> None:
        """One of theirs."""
        by_group = self.expected.by_group_only(name)
        image_id, content = self.world.add_photo(name, by_group=by_group)
        self.expected.photos[image_id] = (name, content)

    def photo_of(self, name: str) -> str:
        """The one of theirs that came last."""
        return max(key for key, (whose, _) in self.expected.photos.items() if whose == name)

    def replaceable(self) -> set[str]:
        """Photos of those who may still bring some."""
        photos = self.expected.photos.items()
        return {key for key, (name, _) in photos if self.expected.may_add(name)}

    def replace_photo(self, image_id: str) -> None:
        """Whose photo it is lets the album show a new version of it, and the former no more."""
        name, _ = self.expected.photos[image_id]
        by_group = self.expected.by_group_only(name)
        content = self.world.replace_photo(name, image_id, by_group=by_group)
        self.expected.photos[image_id] = (name, content)

    def purge(self, image_id: str) -> None:
        """Whose photo it is deletes it for good."""
        name, _ = self.expected.photos.pop(image_id)
        self.world.purge(name, image_id)

    def stop(self, *, is_signed: bool) -> None:
        """End every grant of the album."""
        self.world.stop(is_signed=is_signed)
        self._lose_everybody()
        self._lose_links()

    def end_all(self) -> None:
        """End everything that is shared."""
        self.world.end_all()
        self._lose_everybody()
        self._lose_links()

    def make_link(self, *, view_limit: int | None, can_download: bool) -> str:
        """Let in whoever has an address; the link's id."""
        link_id = self.visitors.make(view_limit=view_limit, can_download=can_download)
        self.links[link_id] = ExpectedLink(view_limit, can_download)
        return link_id

    def standing_links(self) -> set[str]:
        """Those that neither ended nor expired."""
        return {link_id for link_id, link in self.links.items() if link.stands}

    def visit(self, link_id: str) -> None:
        """Somebody opens a link, or hears that it ended."""
        if not self.links[link_id].opens:
            assert refused(lambda: self.visitors.visit(link_id)) == "link_ended"
            return
        self.visitors.visit(link_id)
        self.links[link_id].views += 1

    def limit_link(self, link_id: str, *, view_limit: int | None, can_download: bool) -> None:
        """Allow more or less. What ended does not come back by that; what is used up may."""
        link, limits = self.links[link_id], {"can_download": can_download}

        def change() -> None:
            self.visitors.limit(link_id, view_limit=view_limit, **limits)

        if not link.stands:
            assert refused(change) == "link_ended"
            return
        change()
        link.view_limit, link.can_download = view_limit, can_download

    def expire_link(self, link_id: str) -> None:
        """Its time comes. Nobody signs that, and nobody replaces the key for it."""
        self.visitors.expire(link_id, self.links[link_id])
        self.links[link_id].is_expired = True

    def revoke_link(self, link_id: str) -> None:
        """End it: whoever had it has the album's key."""
        self.visitors.revoke(link_id)
        self.links[link_id].is_revoked = self.expected.is_due = True

    def begin_anew(self) -> None:
        """The album and the group are deleted, and others take their place."""
        former, visitors = self.world.album_id, self.visitors
        self.world.end()
        self.begin()
        for link_id in visitors.links:
            assert visitors.door(link_id) == 410
        for link_id in visitors.under_way:
            assert visitors.answers(link_id) == {410}
        for name in (OWNER, *FRIENDS):
            assert former not in self.world.albums_listed_to(name)

    def check(self) -> None:
        """Each opens exactly what is expected: every photo, or not so much as that it is there.
        Whoever was out when the key was replaced does not have the new one.
        """
        photos = {image_id: content for image_id, (_, content) in self.expected.photos.items()}
        for name in EVERYBODY:
            if self.expected.reaches(name):
                is_member = self._comes_by_group(name)
                assert self.world.opened_by(name, is_member=is_member) == photos, name
            else:
                assert self.world.answers_to(name, sorted(photos)[:1]) == {404}, name
        self._check_links(photos)
        assert (self.world.rotation_due_at is not None) == self.expected.is_due
        for name in self.expected.locked_out:
            assert self.world.key_in_force not in self.world.seen.get(name, ()), name

    def _check_links(self, photos: dict[str, bytes]) -> None:
        """A visit opens what is in the album, for as long as the link stands."""
        for link_id, link in self.links.items():
            if self.told.get(link_id) != link.opens:
                assert self.visitors.door(link_id) == (200 if link.opens else 410)
                self.told[link_id] = link.opens
        for link_id in self.visitors.under_way:
            link = self.links[link_id]
            if not link.stands:
                assert self.visitors.answers(link_id) == {410}
                continue
            opened = self.visitors.opened_by(link_id, can_download=link.can_download)
            assert opened == (photos if link.can_download else dict.fromkeys(photos))

    def _comes_by_group(self, name: str) -> bool:
        """Whether a delivery to the group is among what they get."""
        return self.expected.group_role is not None and name in self.expected.members

    def _know_again(self, name: str) -> None:
        self.world.befriend(name)
        self.expected.contacts.add(name)

    def _lose(self, name: str) -> None:
        before = self.expected.who_reach()
        self.expected.direct.pop(name, None)
        self.expected.settle(before)

    def _lose_everybody(self) -> None:
        before = self.expected.who_reach()
        self.expected.direct.clear()
        self.expected.group_role = None
        self.expected.settle(before)

    def _lose_links(self) -> None:
        for link in self.links.values():
            self.expected.is_due = self.expected.is_due or not link.is_revoked
            link.is_revoked = True


def refused(deed: Callable[[], object]) -> str:
    """The code with which the server refuses this; nothing if it does not."""
    try:
        deed()
    except ProblemError as problem:
        return problem.code
    return ""
