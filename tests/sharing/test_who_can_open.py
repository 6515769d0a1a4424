"""After any sequence of grants, links, removals, rotations and deletions each person, and whoever
has the address of a link, can open exactly what a few sets say.

Over HTTP, with real cryptography, against a running service. Continuous integration tries one
sequence with everything in it and a few others, always the same; ``WHO_CAN_OPEN=60`` tries so
many long ones, each time others, and makes one that fails as short as it can. Each of those has
a service and people of its own: ours, for good reasons, lets nobody invite as often as they do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

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
from tests.sharing.deeds import Deeds
from tests.sharing.openers import EVERYBODY, FRIENDS, OWNER, Expected, World

MANY = int(os.environ.get("WHO_CAN_OPEN", "0"))
SHORT = settings(
    deadline=None, derandomize=True, database=None, max_examples=3, stateful_step_count=10,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONG = settings(
    deadline=None, database=None, max_examples=MANY or 1, stateful_step_count=40,
    phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    print_blob=True,
)  # fmt: skip
# No limit, too few, and enough; more links than that say nothing new.
VIEW_LIMITS = st.sampled_from([None, 1, 2, 5])
MOST_LINKS = 3
ROLES = st.sampled_from(["viewer", "contributor", "manager"])


class Worlds:
    """Five people at a running service, and after them others at another."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._service = ExitStack()

    def another(self) -> World:
        """The one before ends."""
        self.close()
        live = self._service.enter_context(running_service(self._folders.mktemp("live")))
        return World({name: new_person(live, name) for name in EVERYBODY})

    def close(self) -> None:
        self._service.close()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    made = Worlds(tmp_path_factory)
    yield made
    made.close()


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> World:
    return worlds.another()


def test_one_sequence_with_everything_in_it(world: World) -> None:
    deeds = Deeds(world)
    deeds.begin()
    # By name and through a group, with photos of three people in it.
    steps: list[Callable[[], object]] = [
        lambda: deeds.give("bob", "contributor"),
        lambda: deeds.add_member("carol"),
        lambda: deeds.give_group("contributor"),
        lambda: deeds.add_photo(OWNER),
        lambda: deeds.add_photo("bob"),
        lambda: deeds.add_photo("carol"),
        # Each way out, with a key that is replaced and photos that follow it.
        lambda: deeds.revoke("bob"),
        deeds.rotate,
        deeds.world.rewrap,
        lambda: deeds.give("bob", "manager"),
        lambda: deeds.add_member("bob"),
        lambda: deeds.add_photo("bob"),
        lambda: deeds.revoke("bob"),
        lambda: deeds.remove_member("bob", by_themselves=True),
        deeds.world.rotate_group,
        deeds.rotate,
        lambda: deeds.remove_member("carol", by_themselves=False),
        lambda: deeds.give("dan", "contributor"),
        lambda: deeds.add_photo("dan"),
        lambda: deeds.leave("dan"),
        lambda: deeds.give("dan", "viewer"),
        lambda: deeds.end_contact("dan"),
        lambda: deeds.give("dan", "contributor"),
        lambda: deeds.add_photo("dan"),
        lambda: deeds.purge(max(deeds.expected.photos)),
        lambda: deeds.add_member("carol"),
        lambda: deeds.give_group(None),
        lambda: deeds.stop(is_signed=False),
        deeds.rotate,
        lambda: deeds.give("carol", "viewer"),
        lambda: deeds.stop(is_signed=True),
        lambda: deeds.give_group("viewer"),
        deeds.end_all,
        deeds.begin_anew,
    ]
    deeds.check()
    for number, step in enumerate(steps):
        step()
        try:
            deeds.check()
        except AssertionError as error:
            raise AssertionError(f"after step {number} of the sequence") from error
    world.end()


def test_one_sequence_with_links(world: World) -> None:
    deeds = Deeds(world)
    deeds.begin()
    many = deeds.make_link(view_limit=None, can_download=True)
    few = deeds.make_link(view_limit=1, can_download=False)
    brief = deeds.make_link(view_limit=None, can_download=True)
    steps: list[Callable[[], object]] = [
        lambda: deeds.add_photo(OWNER),
        lambda: deeds.visit(many),
        lambda: deeds.visit(few),
        lambda: deeds.visit(brief),
        # Used up, and open again; seen by a visit that was under way all the time.
        lambda: deeds.visit(few),
        lambda: deeds.limit_link(few, view_limit=2, can_download=True),
        lambda: deeds.visit(few),
        lambda: deeds.limit_link(few, view_limit=2, can_download=False),
        # A key that is replaced under links, one of them expired and one used up.
        lambda: deeds.expire_link(brief),
        deeds.rotate,
        lambda: deeds.limit_link(brief, view_limit=None, can_download=True),
        lambda: deeds.give("bob", "contributor"),
        lambda: deeds.add_photo("bob"),
        deeds.world.rewrap,
        lambda: deeds.visit(brief),
        lambda: deeds.limit_link(few, view_limit=3, can_download=True),
        lambda: deeds.visit(few),
        # Each way in which a link ends.
        lambda: deeds.revoke_link(few),
        deeds.rotate,
        lambda: deeds.add_photo(OWNER),
        lambda: deeds.revoke_link(brief),
        lambda: deeds.limit_link(few, view_limit=None, can_download=True),
        lambda: deeds.end_contact("bob"),
        lambda: deeds.stop(is_signed=True),
        deeds.rotate,
        lambda: deeds.visit(deeds.make_link(view_limit=None, can_download=True)),
        deeds.end_all,
        lambda: deeds.visit(deeds.make_link(view_limit=None, can_download=True)),
        lambda: deeds.stop(is_signed=False),
        lambda: deeds.visit(deeds.make_link(view_limit=None, can_download=False)),
        deeds.begin_anew,
    ]
    deeds.check()
    for number, step in enumerate(steps):
        step()
        try:
            deeds.check()
        except AssertionError as error:
            raise AssertionError(f"after step {number} of the sequence") from error
    world.end()


@pytest.mark.timeout(0 if MANY else 300)
def test_each_person_can_open_exactly_what_is_expected(world: World, worlds: Worlds) -> None:
    next_world = worlds.another if MANY else lambda: world
    run_state_machine_as_test(lambda: Sequence(next_world()), settings=LONG if MANY else SHORT)


class Sequence(RuleBasedStateMachine):
    """Deeds in any order, whatever makes sense next."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.deeds = Deeds(world)

    @property
    def expected(self) -> Expected:
        return self.deeds.expected

    @initialize()
    def begin(self) -> None:
        self.deeds.begin()

    def teardown(self) -> None:
        if self.deeds.has_begun:
            self.deeds.world.end()

    @rule(name=st.sampled_from(FRIENDS), role=ROLES)
    def give(self, name: str, role: str) -> None:
        self.deeds.give(name, role)

    @precondition(lambda self: self.expected.direct)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        self.deeds.revoke(one_of(data, self.expected.direct))

    @precondition(lambda self: self.expected.direct)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        self.deeds.leave(one_of(data, self.expected.direct))

    @precondition(lambda self: self.expected.contacts)
    @rule(data=st.data())
    def end_contact(self, data: st.DataObject) -> None:
        self.deeds.end_contact(one_of(data, self.expected.contacts))

    @rule(role=ROLES)
    def give_group(self, role: str) -> None:
        self.deeds.give_group(role)

    @precondition(lambda self: self.expected.group_role is not None)
    @rule()
    def revoke_group(self) -> None:
        self.deeds.give_group(None)

    @precondition(lambda self: len(self.expected.members) < len(FRIENDS))
    @rule(data=st.data())
    def add_member(self, data: st.DataObject) -> None:
        self.deeds.add_member(one_of(data, set(FRIENDS) - self.expected.members))

    @precondition(lambda self: self.expected.members)
    @rule(data=st.data(), by_themselves=st.booleans())
    def remove_member(self, data: st.DataObject, *, by_themselves: bool) -> None:
        name = one_of(data, self.expected.members)
        self.deeds.remove_member(name, by_themselves=by_themselves)

    @precondition(lambda self: len(self.deeds.links) < MOST_LINKS)
    @rule(view_limit=VIEW_LIMITS, can_download=st.booleans())
    def make_link(self, view_limit: int | None, *, can_download: bool) -> None:
        self.deeds.make_link(view_limit=view_limit, can_download=can_download)

    @precondition(lambda self: self.deeds.links)
    @rule(data=st.data())
    def visit(self, data: st.DataObject) -> None:
        self.deeds.visit(one_of(data, self.deeds.links))

    @precondition(lambda self: self.deeds.links)
    @rule(data=st.data(), view_limit=VIEW_LIMITS, can_download=st.booleans())
    def limit_link(
        self, data: st.DataObject, view_limit: int | None, *, can_download: bool
    ) -> None:
        link_id = one_of(data, self.deeds.links)
        self.deeds.limit_link(link_id, view_limit=view_limit, can_download=can_download)

    @precondition(lambda self: self.deeds.standing_links())
    @rule(data=st.data())
    def expire_link(self, data: st.DataObject) -> None:
        self.deeds.expire_link(one_of(data, self.deeds.standing_links()))

    @precondition(lambda self: self.deeds.standing_links())
    @rule(data=st.data())
    def revoke_link(self, data: st.DataObject) -> None:
        self.deeds.revoke_link(one_of(data, self.deeds.standing_links()))

    @rule()
    def rotate_group(self) -> None:
        self.deeds.world.rotate_group()

    @rule()
    def rotate(self) -> None:
        self.deeds.rotate()

    @rule()
    def rewrap(self) -> None:
        self.deeds.world.rewrap()

    @rule(data=st.data())
    def add_photo(self, data: st.DataObject) -> None:
        writers = {name for name in (OWNER, *FRIENDS) if self.expected.may_add(name)}
        self.deeds.add_photo(one_of(data, writers))

    @precondition(lambda self: self.expected.photos)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        self.deeds.purge(one_of(data, self.expected.photos))

    @rule(is_signed=st.booleans())
    def stop(self, *, is_signed: bool) -> None:
        self.deeds.stop(is_signed=is_signed)

    @rule()
    def end_all(self) -> None:
        self.deeds.end_all()

    @rule()
    def begin_anew(self) -> None:
        self.deeds.begin_anew()

    @invariant()
    def each_can_open_exactly_what_is_expected(self) -> None:
        if self.deeds.has_begun:
            self.deeds.check()


def one_of(data: st.DataObject, names: Iterable[str]) -> str:
    """Chosen in an order that is the same each time."""
    return data.draw(st.sampled_from(sorted(names)))
