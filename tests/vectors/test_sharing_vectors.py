"""The reference client reads the vectors of sharing, and refuses what must be refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.reference_client.crypto.canonical import read_canonical
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import (
    Terms,
    read_delivery,
    read_delivery_to_group,
)
from tests.reference_client.crypto.entry import Entry, Subject
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.history import (
    HistoryError,
    Reader,
    read_history,
    require_head,
)
from tests.reference_client.crypto.item import (
    check_part,
    item_context,
    item_opening,
    missing_items,
    open_item,
    seal_item,
    vouched_fields,
)
from tests.reference_client.crypto.known import (
    ChangedKeyError,
    KnownKeys,
    OldKnownKeysError,
    open_known_keys,
)
from tests.reference_client.crypto.link import read_link_fragment
from tests.reference_client.crypto.remark import open_remark, remark_context
from tests.vectors.chains import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    MALLORY,
    Chain,
    album_chain,
    group_chain,
    items_of,
    known_id,
    replacement,
    texts,
)
from tests.vectors.material import from_text, material, to_text
from tests.vectors.sharing import entry_json, keys_json, state_json
from tests.vectors.test_crypto_vectors import load

HISTORIES: list[dict[str, Any]] = load("history")  # type: ignore[assignment]
REFUSED = [(history, case) for history in HISTORIES for case in history["refused"]]


def entry_of(document: dict[str, Any]) -> Entry:
    """An entry out of its vector."""
    raw = {name: from_text(document[name]) for name in RAW}
    return Entry(**{**document, **raw, "items": tuple(map(from_text, document["items"]))})


RAW = ("previous", "commitment", "signature", "opening")


def reader_of(history: dict[str, Any]) -> Reader:
    """What the device in a vector knows beforehand."""
    return Reader(
        subject=Subject(**history["subject"]),
        keys={int(generation): from_text(key) for generation, key in history["keys"].items()},
        known=history["known"],
    )


def reader(chain: Chain, **changes: Any) -> Reader:
    """Somebody who knows Alice, and has the newest key."""
    newest = {chain.generation: chain.keys[chain.generation]}
    knows = Reader(subject=chain.subject, keys=newest, known={ALICE.id: ALICE.keys})
    return replace(knows, **changes)


def refused(entries: list[Entry], knows: Reader, remembered: Any = None) -> str:
    """The code with which a history is refused."""
    with pytest.raises(HistoryError) as refusal:
        read_history(entries, knows, remembered)
    return refusal.value.code


@pytest.mark.parametrize("history", HISTORIES, ids=lambda each: each["subject"]["kind"])
def test_a_sound_history_leads_to_the_state_in_the_vectors(history: dict[str, Any]) -> None:
    state, keys = read_history([entry_of(e) for e in history["entries"]], reader_of(history))

    assert state_json(state) == history["state"]
    assert keys_json(keys) == history["allKeys"]


@pytest.mark.parametrize(("history", "case"), REFUSED, ids=[case["name"] for _, case in REFUSED])
def test_a_forged_history_is_refused(history: dict[str, Any], case: dict[str, Any]) -> None:
    entries = [
        entry_of(history["entries"][e] if isinstance(e, int) else e) for e in case["entries"]
    ]

    assert refused(entries, reader_of({**history, "keys": case["keys"]})) == case["code"]


def test_a_device_goes_on_from_what_it_saw_with_the_newest_key_alone() -> None:
    chain = album_chain()
    early = replace(reader(chain), keys={3: chain.keys[3]})
    remembered, _ = read_history(chain.entries[:5], early)
    whole, _ = read_history(chain.entries, reader(chain))

    for shown in (chain.entries[5:], chain.entries[3:], chain.entries):
        assert read_history(shown, reader(chain), remembered)[0] == whole
    assert read_history([], early, remembered)[0] == remembered


def test_an_older_or_another_history_than_the_one_seen_is_refused() -> None:
    chain = group_chain()
    remembered, _ = read_history(chain.entries, reader(chain))
    forked = chain.copy()
    forked.entries = forked.entries[:7]
    forked.change_settings(ALICE)
    longer = forked.copy()
    longer.change_settings(ALICE)

    assert refused(chain.entries[:4], reader(chain), remembered) == "rolled-back"
    assert refused(forked.entries, reader(chain), remembered) == "forked"
    assert refused(longer.entries[8:], reader(chain), remembered) == "forked"
    longer.change_settings(ALICE)
    assert refused(longer.entries[9:], reader(chain), remembered) == "broken-link"


def test_the_newest_entry_is_the_one_the_server_names() -> None:
    state, _ = read_history(group_chain().entries, reader(group_chain()))
    seq, digest = state.head
    require_head(state, seq, digest)

    for named, code in [
        ((seq - 1, digest), "rolled-back"),
        ((seq + 1, digest), "broken-link"),
        ((seq, bytes(32)), "forked"),
    ]:
        with pytest.raises(HistoryError) as refusal:
            require_head(state, *named)
        assert refusal.value.code == code


def test_nobody_known_vouches_for_a_history_that_is_made_up() -> None:
    chain = group_chain()

    assert refused(chain.entries, reader(chain, known={DAVE.id: DAVE.keys})) == "unknown-author"
    read_history(chain.entries, reader(chain, known={BOB.id: BOB.keys}))


def test_a_key_that_the_history_does_not_name_is_refused() -> None:
    chain, wrong = group_chain(), material("another key")
    before = reader(chain, keys={2: chain.keys[2], 1: wrong})
    remembered, _ = read_history(chain.entries, reader(chain))
    chain.change_settings(BOB)

    assert refused(chain.entries, before) == "wrong-key"
    assert refused(chain.entries[8:], reader(chain, keys={2: wrong}), remembered) == "wrong-key"


def test_changed_keys_are_believed_once_the_change_was_accepted() -> None:
    chain = group_chain()
    renewed = {"identity": to_text(bytes(32)), "fingerprint": to_text(bytes(32))}
    known = {ALICE.id: ALICE.keys, BOB.id: renewed}

    assert refused(chain.entries, reader(chain, known=known)) == "changed-identity"
    known[BOB.id]["former"] = [BOB.keys["fingerprint"]]  # type: ignore[assignment]
    read_history(chain.entries, reader(chain, known=known))


def test_whoever_comes_back_may_have_other_keys_and_whoever_is_in_may_not() -> None:
    chain = group_chain()
    other = {**CAROL.let_in("member"), **MALLORY.keys}
    assert refused([*chain.entries, chain.forge(BOB, other)], reader(chain)) == "changed-identity"

    chain.append(BOB, {"event": "member-removed", "account": CAROL.id})
    chain.append(BOB, other)
    state, _ = read_history(chain.entries, reader(chain))
    assert state.people[CAROL.id] == MALLORY.keys


def test_readers_in_a_group_know_who_is_in_it() -> None:
    chain, group = album_chain(), known_id("group")
    inside = {group: {DAVE.id: DAVE.keys}}
    read_history(chain.entries, reader(chain, people_of=inside.get))

    nobody: dict[str, Any] = {group: {}}
    mistaken = {group: {DAVE.id: MALLORY.keys}}
    assert refused(chain.entries, reader(chain, people_of=nobody.get)) == "unknown-author"
    assert refused(chain.entries, reader(chain, people_of=mistaken.get)) == "changed-identity"


def test_stopping_leaves_the_owner_and_their_photos() -> None:
    chain = album_chain()
    chain.append(ALICE, {"event": "stopped"})
    state, _ = read_history(chain.entries, reader(chain))

    assert state.members == {ALICE.id: "owner"}
    assert (state.groups, state.links) == ({}, set())
    assert set(state.items.values()) == {ALICE.id}


def test_whoever_leaves_takes_their_photos_and_whoever_is_removed_does_not() -> None:
    left, removed = album_chain(), album_chain()
    removed.entries.pop()
    removed.append(ALICE, {"event": "member-removed", "account": CAROL.id})
    here, _ = read_history(left.entries, reader(left))
    there, _ = read_history(removed.entries, reader(removed))

    assert CAROL.id not in here.members.keys() | there.members.keys()
    assert CAROL.id not in here.items.values()
    assert CAROL.id in there.items.values()


def test_an_heir_is_believed_once_the_person_said_so() -> None:
    chain = group_chain()
    chain.append(ALICE, {"event": "handed-over", "account": ALICE.id})
    assert refused(chain.entries, reader(chain)) == "claimed-inheritance"

    state, _ = read_history(chain.entries, reader(chain, heirs=frozenset([ALICE.id])))
    assert state.members == {ALICE.id: "owner", CAROL.id: "member"}


def test_a_delivery_opens_to_the_key_only_as_what_it_is() -> None:
    vectors = load("delivery")
    seed, granter = from_text(vectors["recipientSeed"]), from_text(vectors["granter"])
    terms = Terms(**vectors["toAccount"]["terms"])
    sealed = from_text(vectors["toAccount"]["sealed"])
    delivery = read_delivery(sealed, terms, seed)

    assert to_text(delivery.key_by(granter)) == vectors["key"]
    assert delivery.statement == vectors["toAccount"]["statement"]
    with pytest.raises(CryptoError):
        delivery.key_by(MALLORY.identity)
    for name, value in OTHERWISE.items():
        with pytest.raises(CryptoError) as refusal:
            read_delivery(sealed, replace(terms, **{name: value}), seed)
        assert refusal.value.code == "cannot-open", name


OTHERWISE = {
    "kind": "group",
    "owner": BOB.id,
    "subject": known_id("another album"),
    "generation": 2,
    "granter": BOB.id,
    "recipient": CAROL.id,
}


def test_a_delivery_to_a_group_opens_to_the_key_only_as_what_it_is() -> None:
    vectors = load("delivery")
    key, granter = from_text(vectors["groupKey"]), from_text(vectors["granter"])
    terms, sealed = Terms(**vectors["toGroup"]["terms"]), from_text(vectors["toGroup"]["sealed"])
    delivery = read_delivery_to_group(sealed, terms, key, 2)

    assert to_text(delivery.key_by(granter)) == vectors["key"]
    handed_on = delivery.for_group(material("next group key"), 3)
    assert read_delivery_to_group(handed_on, terms, material("next group key"), 3) == delivery
    for name, value in OTHERWISE.items():
        # Nothing of the carrier depends on kind and granter: the statement says them.
        with pytest.raises(CryptoError) as refusal:
            read_delivery_to_group(sealed, replace(terms, **{name: value}), key, 2)
        assert refusal.value.code == "cannot-open", name
    with pytest.raises(CryptoError):
        read_delivery_to_group(sealed, terms, key, 1)


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', '{"b":1,"a":2}', '{"a": 1}', "[]", '"a"', "{", ""]
)
def test_what_has_another_spelling_is_not_read(text: str) -> None:
    with pytest.raises(CryptoError) as refusal:
        read_canonical(text)

    assert refusal.value.code == "malformed"


def test_an_item_is_what_its_history_vouches_for() -> None:
    vectors = load("sharing")["item"]
    key, context = from_text(vectors["key"]), Context(**vectors["context"])
    opening = open_item(from_text(vectors["sealed"]), key, context)
    chain = album_chain()
    assert (opening.text, to_text(opening.commitment)) == (vectors["text"], vectors["commitment"])
    state, _ = read_history(chain.entries, reader(chain))
    with pytest.raises(HistoryError) as refusal:
        vouched_fields(opening, known_id("image"), state)
    assert refusal.value.code == "wrong-commitment"

    chain.add(ALICE, [opening.commitment])
    state, _ = read_history(chain.entries, reader(chain))
    fields = vouched_fields(opening, known_id("image"), state)
    assert fields == vectors["fields"]
    assert check_part(fields, "preview", material("preview"))
    assert not check_part(fields, "original", material("anything"))
    with pytest.raises(HistoryError):
        check_part(fields, "thumbnail", material("preview"))
    with pytest.raises(HistoryError):
        vouched_fields(opening, known_id("another image"), state)


def test_a_photo_that_another_added_is_refused() -> None:
    chain = album_chain()
    fields = load("sharing")["item"]["fields"]
    opening = item_opening(fields)
    chain.add(BOB, [opening.commitment])
    state, _ = read_history(chain.entries, reader(chain))

    with pytest.raises(HistoryError) as refusal:
        vouched_fields(opening, fields["image"], state)

    assert (refusal.value.code, refusal.value.account) == ("not-allowed", BOB.id)


def test_missing_photos_are_counted() -> None:
    chain = album_chain()
    state, _ = read_history(chain.entries, reader(chain))

    alices = [*items_of("alice", 2), *items_of("alice's newer", 2)]
    daves = [*items_of("dave", 2), *items_of("dave's newer", 1)]
    assert missing_items(state, [*alices, *daves]) == 0
    # What was replaced is not looked for any more, and does not stand for what replaced it.
    assert missing_items(state, [*items_of("alice", 4), *items_of("dave", 3)]) == 3
    assert missing_items(state, [*items_of("alice", 2), *items_of("mallory", 9)]) == 5


@pytest.mark.parametrize(
    "change",
    [
        {"bytes": -1},
        {"source": "raw"},
        {"place": {"lat": 1.5, "lon": 1}},
        {"digests": {"x": "y"}},
        {"digests": None},
        {"image": "1"},
        {"title": 7},
        {"type": None},
        {"version": True},
    ],
)
def test_an_item_of_another_shape_is_not_read(change: dict[str, Any]) -> None:
    vectors = load("sharing")["item"]
    context = item_context(known_id("album"), ALICE.id, known_id("image"), 3)
    sealed = seal_item(item_opening(vectors["fields"] | change), material("key"), context)
    opening = open_item(sealed, material("key"), context)
    chain = album_chain()
    chain.add(ALICE, [opening.commitment])
    state, _ = read_history(chain.entries, reader(chain))

    with pytest.raises(CryptoError) as refusal:
        vouched_fields(opening, known_id("image"), state)

    assert refusal.value.code == "malformed"


def test_a_links_fragment_is_read_as_it_was_written() -> None:
    vectors = load("sharing")["link"]
    read = tuple(map(to_text, read_link_fragment("#" + vectors["fragment"])))

    assert read == (vectors["secret"], vectors["fingerprint"])
    for fragment in vectors["refused"]:
        with pytest.raises(CryptoError):
            read_link_fragment(fragment)


@pytest.mark.parametrize("vector", load("sharing")["remarks"], ids=lambda each: each["kind"])
def test_a_remark_is_its_authors_and_stays_in_its_place(vector: dict[str, Any]) -> None:
    places = {name: vector[name] for name in ("kind", "album", "author")}
    context = remark_context(**places, where=vector["id"], generation=vector["generation"])
    sealed, key = from_text(vector["sealed"]), from_text(vector["key"])
    said = open_remark(sealed, context, from_text(vector["identity"]), key)

    assert said == (vector["image"], vector["text"])
    with pytest.raises(CryptoError):
        open_remark(sealed, context, MALLORY.identity, key)
    for change in ({"owner": BOB.id}, {"record": "x"}, {"part": "x"}, {"version": 2}):
        with pytest.raises(CryptoError):
            open_remark(sealed, replace(context, **change), from_text(vector["identity"]), key)


def test_keys_are_pinned_on_first_use_and_a_change_stops() -> None:
    book = KnownKeys().meet(BOB.id, BOB.fingerprint, "2026-11-26T10:00:00Z")
    book = book.verify(BOB.id, BOB.fingerprint)
    assert book.meet(BOB.id, BOB.fingerprint, "later") == book
    for act in (lambda: book.meet(BOB.id, DAVE.fingerprint, "later"),
                lambda: book.verify(BOB.id, DAVE.fingerprint)):  # fmt: skip
        with pytest.raises(ChangedKeyError) as change:
            act()
        assert (change.value.pinned, change.value.offered) == (BOB.fingerprint, DAVE.fingerprint)

    changed = book.accept(BOB.id, DAVE.fingerprint, "later").known[BOB.id]
    assert (changed.verified, changed.former) == (False, tuple(texts([BOB.fingerprint])))


def test_the_book_of_known_keys_never_goes_back() -> None:
    key = material("account key")
    book, sealed = KnownKeys().meet(BOB.id, BOB.fingerprint, "now").seal(key, ALICE.id)

    assert open_known_keys(sealed, 1, key, ALICE.id, newest=1) == book
    with pytest.raises(OldKnownKeysError):
        open_known_keys(sealed, 1, key, ALICE.id, newest=2)
    with pytest.raises(CryptoError):
        open_known_keys(sealed, 2, key, ALICE.id, newest=2)


def test_entries_are_as_small_as_events_are() -> None:
    chain = album_chain()
    chain.add(ALICE, items_of("many", 500))
    chain.append(ALICE, {"event": "items-removed", "items": texts(items_of("many", 500))})
    chain.append(
        DAVE,
        replacement(items_of("many", 500), items_of("others", 500))
        | DAVE.through(known_id("group")),
    )

    sizes = {len(from_text(entry_json(entry)["opening"])) for entry in chain.entries}
    # The largest fits what the server takes (sharing.api.entries).
    assert max(sizes) <= 32 * 1024
    assert min(sizes) == 285
