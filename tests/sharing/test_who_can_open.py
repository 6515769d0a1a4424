"""After any sequence of grants, removals, rotations and deletions each person can open exactly
what a few sets say.

Over HTTP, with real cryptography, against a running service. Continuous integration tries a
few sequences, always the same; ``WHO_CAN_OPEN=long`` tries many, each time others, and makes
one that fails as short as it can.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.api.people import new_person
from tests.live import running_service
from tests.sharing.openers import EVERYBODY, FRIENDS, OWNER, Expected, World

IS_LONG = os.environ.get("WHO_CAN_OPEN") == "long"
SHORT = settings(
    deadline=None, derandomize=True, database=None, max_examples=4, stateful_step_count=10,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONG = settings(
    deadline=None, database=None, max_examples=60, stateful_step_count=40,
    phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    print_blob=True,
)  # fmt: skip
ROLES = st.sampled_from(["viewer", "contributor", "manager"])
SOMEBODY = st.sampled_from(FRIENDS)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Five people at one running service."""
    with running_service(tmp_path_factory.mktemp("live")) as live:
        yield World({name: new_person(live, name) for name in EVERYBODY})


def test_each_person_can_open_exactly_what_is_expected(world: World) -> None:
    run_state_machine_as_test(lambda: Sequence(world), settings=LONG if IS_LONG else SHORT)


class Sequence(RuleBasedStateMachine):
    """Deeds in any order. Each is done twice: to the sets, and over HTTP."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.expected = Expected()

    @initialize()
    def begin(self) -> None:
        self.world.begin()

    def teardown(self) -> None:
        self.world.end()

    @rule(name=SOMEBODY, role=ROLES)
    def give(self, name: str, role: str) -> None:
        self.know_again(name)
        self.world.give(name, role)
        before = self.expected.who_reach()
        self.expected.direct[name] = role
        self.expected.settle(before)

    @precondition(lambda self: self.expected.direct)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.expected.direct)))
        self.world.revoke(name)
        self.lose(name)

    @precondition(lambda self: self.expected.direct)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.expected.direct)))
        self.world.leave(name, by_group=self.comes_by_group(name))
        self.forget_photos_of(name)
        self.lose(name)

    @precondition(lambda self: self.expected.contacts)
    @rule(data=st.data())
    def end_contact(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.expected.contacts)))
        self.world.end_contact(name)
        self.expected.contacts.discard(name)
        self.lose(name)

    @rule(role=ROLES)
    def give_group(self, role: str) -> None:
        self.world.give_group(role)
        before = self.expected.who_reach()
        self.expected.group_role = role
        self.expected.settle(before)

    @precondition(lambda self: self.expected.group_role is not None)
    @rule()
    def revoke_group(self) -> None:
        self.world.revoke_group()
        before = self.expected.who_reach()
        self.expected.group_role = None
        self.expected.settle(before)

    @precondition(lambda self: len(self.expected.members) < len(FRIENDS))
    @rule(data=st.data())
    def add_member(self, data: st.DataObject) -> None:
        outside = set(FRIENDS) - self.expected.members
        name = data.draw(st.sampled_from(sorted(outside)))
        self.know_again(name)
        self.world.add_member(name)
        before = self.expected.who_reach()
        self.expected.members.add(name)
        self.expected.settle(before)

    @precondition(lambda self: self.expected.members)
    @rule(data=st.data(), by_themselves=st.booleans())
    def remove_member(self, data: st.DataObject, *, by_themselves: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.expected.members)))
        if by_themselves:
            self.world.leave_group(name)
        else:
            self.world.remove_member(name)
        before = self.expected.who_reach()
        self.expected.members.discard(name)
        self.expected.settle(before)

    @rule()
    def rotate_group(self) -> None:
        self.world.rotate_group()

    @rule()
    def rotate(self) -> None:
        self.world.rotate()
        self.expected.replace_key()

    @rule()
    def rewrap(self) -> None:
        self.world.rewrap()

    @rule(data=st.data())
    def add_photo(self, data: st.DataObject) -> None:
        writers = [name for name in (OWNER, *FRIENDS) if self.expected.may_add(name)]
        name = data.draw(st.sampled_from(writers))
        by_group = self.expected.by_group_only(name)
        image_id, content = self.world.add_photo(name, by_group=by_group)
        self.expected.photos[image_id] = (name, content)

    @precondition(lambda self: self.expected.photos)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        image_id = data.draw(st.sampled_from(sorted(self.expected.photos)))
        name, _ = self.expected.photos.pop(image_id)
        self.world.purge(name, image_id)

    @rule(is_signed=st.booleans())
    def stop(self, *, is_signed: bool) -> None:
        self.world.stop(is_signed=is_signed)
        self.lose_everybody()

    @rule()
    def end_all(self) -> None:
        self.world.end_all()
        self.lose_everybody()

    @rule()
    def begin_anew(self) -> None:
        """The album and the group are deleted, and others take their place."""
        self.world.end()
        former = self.world.album_id
        self.world.begin()
        self.expected = Expected()
        for name in (OWNER, *FRIENDS):
            assert former not in self.albums_listed_to(name)

    @invariant()
    def each_can_open_exactly_what_is_expected(self) -> None:
        if not self.world.album_id:
            return
        photos = {image_id: content for image_id, (_, content) in self.expected.photos.items()}
        for name in EVERYBODY:
            if self.expected.reaches(name):
                is_member = self.comes_by_group(name)
                assert self.world.opened_by(name, is_member=is_member) == photos, name
            else:
                assert self.world.answers_to(name, sorted(photos)[:1]) == {404}, name
        assert (self.world.rotation_due_at is not None) == self.expected.is_due
        for name in self.expected.locked_out:
            assert self.world.key_in_force not in self.world.seen[name], name

    def comes_by_group(self, name: str) -> bool:
        """Whether a delivery to the group is among what they get."""
        return self.expected.group_role is not None and name in self.expected.members

    def know_again(self, name: str) -> None:
        self.world.befriend(name)
        self.expected.contacts.add(name)

    def lose(self, name: str) -> None:
        before = self.expected.who_reach()
        self.expected.direct.pop(name, None)
        self.expected.settle(before)

    def lose_everybody(self) -> None:
        before = self.expected.who_reach()
        self.expected.direct.clear()
        self.expected.group_role = None
        self.expected.settle(before)

    def forget_photos_of(self, name: str) -> None:
        """Whoever leaves takes their photos along, also where a group still lets them in."""
        photos = self.expected.photos.items()
        self.expected.photos = {key: value for key, value in photos if value[0] != name}

    def albums_listed_to(self, name: str) -> set[str]:
        listed = self.world.devices[name].client.call("GET", "/shared/albums")["items"]
        return {each["id"] for each in listed}
