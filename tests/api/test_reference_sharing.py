"""Groups over HTTP, told by a client that believes only what was signed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.api.people import new_person
from tests.live import Live
from tests.reference_client import groups
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.crypto.known import ChangedKeyError
from tests.reference_client.people import Sharer, befriend


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Alice knows Bob and Carol; Bob and Carol do not know each other."""

    alice: Sharer
    bob: Sharer
    carol: Sharer


@pytest.fixture(scope="module")
def cast(live: Live) -> Cast:
    """Three accounts, two friendships."""
    people = [new_person(live, name) for name in ("alice", "bob", "carol")]
    alice, bob, carol = (Sharer(person.device) for person in people)
    befriend(alice, bob, people[1].email)
    befriend(alice, carol, people[2].email)
    return Cast(alice=alice, bob=bob, carol=carol)


@pytest.fixture
def group(cast: Cast) -> groups.Group:
    """Alice made it; Bob manages it, Carol is in."""
    made = groups.create_group(cast.alice, "Hikers")
    made = groups.set_member(cast.alice, made, cast.bob.id, "manager")
    return groups.set_member(cast.alice, made, cast.carol.id)


def test_everybody_in_a_group_reads_the_same_history(cast: Cast, group: groups.Group) -> None:
    for sharer in (cast.bob, cast.carol):
        seen = groups.open_group(sharer, group.id)

        assert seen.name == "Hikers"
        assert seen.chronicle.state == group.chronicle.state
        assert seen.chronicle.keys == group.chronicle.keys


def test_who_is_removed_reads_no_more_and_the_others_have_a_new_key(
    cast: Cast, group: groups.Group
) -> None:
    before = groups.open_group(cast.carol, group.id)
    seen_by_bob = groups.open_group(cast.bob, group.id)
    # Bob never met Carol: he knows her keys from the history that Alice signed.
    after = groups.remove_member(cast.bob, seen_by_bob, cast.carol.id)

    assert after.chronicle.state.generation == 2
    assert after.chronicle.key not in before.chronicle.keys.values()
    assert cast.carol.id not in after.chronicle.state.members
    renamed = groups.rename_group(cast.bob, after, "Walkers")
    assert groups.open_group(cast.alice, group.id).name == renamed.name == "Walkers"
    with pytest.raises(ProblemError) as refusal:
        groups.open_group(cast.carol, group.id)
    assert refusal.value.status == 404


def test_a_member_may_not_and_a_group_changes_hands(cast: Cast, group: groups.Group) -> None:
    seen_by_carol = groups.open_group(cast.carol, group.id)
    with pytest.raises(ProblemError):
        groups.rename_group(cast.carol, seen_by_carol, "Mine")

    after = groups.hand_over(cast.alice, groups.open_group(cast.alice, group.id), cast.bob.id)
    assert after.chronicle.state.members[cast.bob.id] == "owner"
    groups.leave_group(cast.carol, groups.open_group(cast.carol, group.id))
    assert cast.carol.id not in groups.open_group(cast.bob, group.id).chronicle.state.members


def test_a_device_that_remembers_refuses_an_older_history(
    cast: Cast, group: groups.Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups.open_group(cast.bob, group.id)
    real = cast.bob.client.call

    def lies(method: str, path: str, *rest: object, **named: object) -> object:
        return older if path == group.path else real(method, path, *rest, **named)

    answer = real("GET", group.path)
    older = {**answer, "head": {**answer["head"], "seq": 1}}
    monkeypatch.setattr(cast.bob.client, "call", lies)
    with pytest.raises(HistoryError) as refusal:
        groups.open_group(cast.bob, group.id)
    assert refusal.value.code == "rolled-back"


def test_pinned_keys_come_along_to_another_device(cast: Cast) -> None:
    cast.alice.store_book()
    book = cast.alice.book
    cast.alice.fetch_book()

    assert cast.alice.book == book
    assert set(book.known) == {cast.bob.id, cast.carol.id}
    impostor = cast.alice.client.call("GET", "/contacts")["items"][0]
    impostor["identity_public_key"] = "A" * 43
    with pytest.raises(ChangedKeyError):
        cast.alice.meet(impostor)
