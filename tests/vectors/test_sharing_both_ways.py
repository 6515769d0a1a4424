"""What the browser shares, Python opens, and the other way round; and both judge alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.reference_client.crypto.commitment import root_of
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import Terms, deliver, read_delivery
from tests.reference_client.crypto.entry import Entry
from tests.reference_client.crypto.events import TELLINGS
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.crypto.history import HistoryError, Reader, read_history
from tests.reference_client.crypto.item import item_context, item_opening, open_item, seal_item
from tests.reference_client.crypto.permissions import State
from tests.reference_client.crypto.remark import open_remark, remark_context, seal_remark
from tests.reference_client.crypto.safety import safety_number, safety_words
from tests.vectors.chains import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    MALLORY,
    Chain,
    Person,
    album_chain,
    group_chain,
    items_of,
    known_id,
    telling,
    texts,
)
from tests.vectors.material import from_text, material, to_text
from tests.vectors.oracle import Oracle, RefusedError
from tests.vectors.sharing import entry_json, keys_json, state_json
from tests.vectors.test_crypto_vectors import load
from tests.vectors.test_sharing_vectors import entry_of, reader

CAST = [ALICE, BOB, CAROL, DAVE, MALLORY]
TERMS = Terms(**load("delivery")["toAccount"]["terms"])
KEY = material("key album 3")
# The same examples every time; nothing to shrink, because a seed says all there is to say.
alike = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def judged_there(browser: Oracle, entries: list[Entry], knows: Reader) -> Any:
    """State and keys as the browser's code finds them, or the code of its refusal."""
    value = {
        "subject": asdict(knows.subject),
        "keys": keys_json(dict(knows.keys)),
        "known": knows.known,
        "entries": [entry_json(entry) for entry in entries],
    }
    try:
        return browser.ask("readHistory", value=value)
    except RefusedError as refusal:
        return refusal.code


def judged_here(entries: list[Entry], knows: Reader) -> Any:
    """The same, as the reference client finds them."""
    try:
        state, keys = read_history(entries, knows)
    except HistoryError as refusal:
        return refusal.code
    return {"state": state_json(state), "keys": keys_json(keys)}


def test_deliveries_open_in_both_directions(browser: Oracle) -> None:
    seeds = {"seed": to_text(ALICE.seed), "key": to_text(KEY)}
    recipient = to_text(exchange_public_key(BOB.exchange_seed))
    value = seeds | {"recipient": recipient, "terms": asdict(TERMS)}
    made_there = from_text(str(browser.ask("sealDelivery", value=value)))
    made_here = deliver(KEY, TERMS, ALICE.seed).for_account(from_text(recipient))
    back = {"seed": to_text(BOB.exchange_seed), "granter": to_text(ALICE.identity)}
    back |= {"terms": asdict(TERMS), "sealed": to_text(made_here)}

    assert read_delivery(made_there, TERMS, BOB.exchange_seed).key_by(ALICE.identity) == KEY
    assert browser.ask("readDelivery", value=back) == to_text(KEY)
    for change in ({"granter": CAROL.id}, {"generation": 4}, {"owner": BOB.id}):
        wrong = back | {"terms": asdict(TERMS) | change}
        with pytest.raises(RefusedError) as refusal:
            browser.ask("readDelivery", value=wrong)
        assert refusal.value.code == "cannot-open"


def test_entries_are_read_in_both_directions(browser: Oracle) -> None:
    chain = album_chain()
    seq, digest = chain.head
    value = {
        "event": {"event": "settings-set", "number": 5, "digest": to_text(bytes(32))},
        "subject": asdict(chain.subject),
        "head": {"seq": seq, "hash": to_text(digest)},
        "author": BOB.id,
        "seed": to_text(BOB.seed),
        "key": to_text(chain.keys[4]),
        "generation": 4,
    }
    made_there: Any = browser.ask("writeEntry", value=value)
    entries = [*chain.entries, entry_of(made_there)]

    here = judged_here(entries, reader(chain))
    assert here["state"]["settings"]["number"] == 5
    assert judged_there(browser, entries, reader(chain)) == here


def test_items_open_in_both_directions(browser: Oracle) -> None:
    fields = load("sharing")["item"]["fields"]
    context = item_context(known_id("album"), ALICE.id, known_id("image"), 3)
    place = {"album": context.record, "author": context.owner, "id": context.part, "generation": 3}
    value = {"key": to_text(KEY), "place": place}
    made_there: Any = browser.ask("sealItem", value=value | {"fields": fields})
    opening = item_opening(fields)
    made_here = value | {"sealed": to_text(seal_item(opening, KEY, context))}

    opened = open_item(from_text(made_there["sealed"]), KEY, context)
    assert opened.text == opening.text
    assert to_text(opened.commitment) == made_there["commitment"]
    back = {"text": opening.text, "commitment": to_text(opening.commitment)}
    assert browser.ask("openItem", value=made_here) == back


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@alike
def test_remarks_open_in_both_directions(browser: Oracle, text: str) -> None:
    place = {"kind": "comment", "album": known_id("album"), "author": DAVE.id}
    place |= {"id": known_id("comment"), "generation": 3}
    context: Context = remark_context("comment", known_id("album"), DAVE.id, known_id("comment"), 3)
    value = {"place": place, "image": None, "text": text}
    value |= {"key": to_text(KEY), "seed": to_text(DAVE.seed), "granter": to_text(DAVE.identity)}
    made_there = from_text(str(browser.ask("sealRemark", value=value)))
    made_here = seal_remark(None, text, context, DAVE.seed, KEY)

    assert open_remark(made_there, context, DAVE.identity, KEY) == (None, text)
    opened = browser.ask("openRemark", value=value | {"sealed": to_text(made_here)})
    assert opened == {"image": None, "text": text}


def test_safety_numbers_are_the_same_in_both_languages(browser: Oracle) -> None:
    one, other = material("one"), material("other")
    number = safety_number(one, other)
    value = {"key": to_text(other), "sealed": to_text(one)}

    said = {"words": safety_words(number), "hex": number.hex()}
    assert browser.ask("safetyNumber", value=value) == said


@given(seed=st.integers(0, 2**32))
@alike
def test_both_languages_judge_any_course_of_events_alike(browser: Oracle, seed: int) -> None:
    """Events at random, allowed or not: the one that is refused is refused for the same reason."""
    chance = random.Random(seed)
    chain, state = begun(chance)
    for _ in range(12):
        author, event, items = something(chance, chain, state)
        tried = [*chain.entries, chain.forge(author, event, items)]
        here = judged_here(tried, reader(chain))
        if isinstance(here, str) and chance.random() < 0.8:
            continue
        assert judged_there(browser, tried, reader(chain)) == here
        if isinstance(here, str):
            continue
        chain.entries = tried
        state, _ = read_history(tried, reader(chain))
        if chance.random() < 0.2:
            chain.number = max(chain.number, state.settings[0])
            chain.rotate(ALICE)
    assert judged_there(browser, chain.entries, reader(chain)) == judged_here(
        chain.entries, reader(chain)
    )


@given(seed=st.integers(0, 2**32))
@settings(alike, max_examples=200)
def test_a_history_damaged_anywhere_is_refused_by_both(browser: Oracle, seed: int) -> None:
    chance = random.Random(seed)
    chain = chance.choice([group_chain, album_chain])()
    other = chance.choice([group_chain, album_chain])("elsewhere")
    entries = chance.choice(DAMAGES)(chance, list(chain.entries), other.entries)

    here = judged_here(entries, reader(chain))
    assert isinstance(here, str)
    assert judged_there(browser, entries, reader(chain)) == here


def begun(chance: random.Random) -> tuple[Chain, State]:
    """A group or an album that has come some way."""
    chain = chance.choice([group_chain, album_chain])()
    # Alice may rotate both for as long as she manages the group.
    state, _ = read_history(chain.entries, reader(chain))
    return chain, state


def something(
    chance: random.Random, chain: Chain, state: State
) -> tuple[Person, dict[str, Any], list[bytes]]:
    """Something somebody might do."""
    author, whom = chance.choice([ALICE, ALICE, BOB, BOB, *CAST]), chance.choice(CAST)
    group = known_id(chance.choice(["group", "second group"]))
    link = known_id(chance.choice(["link", "second link"]))
    roles = ["owner", "manager", "member", "viewer", "contributor"]
    fresh = [chance.randbytes(32) for _ in range(chance.randint(1, 3))]
    live = sorted(state.items) or texts(items_of("nobody", 1))
    digest, number = to_text(material("digest")), state.settings[0] + chance.choice([0, 1, 2])
    events: list[dict[str, Any]] = [
        whom.let_in(chance.choice(roles)),
        whom.let_in(chance.choice(roles)) | chance.choice(CAST).keys,
        {"event": "member-removed", "account": whom.id},
        {"event": "group-set", "group": group, "role": chance.choice(roles[1:2] + roles[3:])},
        {"event": "group-removed", "group": group},
        {"event": "left"},
        {"event": "stopped"},
        {"event": "handed-over", "account": whom.id},
        {"event": "settings-set", "digest": digest, "number": number},
        {"event": "items-removed", "items": chance.sample(live, min(len(live), 2))},
        {"event": "link-set", "link": link},
        {"event": "link-ended", "link": link},
        telling(*chance.sample(TELLINGS, chance.randint(0, 2))),
    ]
    event = chance.choice([*events, *events[:4], None, None, None])
    root = {"count": len(fresh), "root": to_text(root_of(fresh))}
    if event is None:
        event = {"event": "items-added", **root}
        if chance.random() < 0.4:
            own = [item for item in live if state.items.get(item) == author.id] or live
            former = chance.sample(own, min(len(own), len(fresh)))
            event |= {"event": "items-replaced", "items": former}
    if chance.random() < 0.15:
        event |= author.through(group)
    brings = event["event"] in {"items-added", "items-replaced"}
    return author, event, fresh if brings else []


Damage = Callable[[random.Random, list[Entry], list[Entry]], list[Entry]]


def drop(chance: random.Random, entries: list[Entry], _: list[Entry]) -> list[Entry]:
    """One that is not the last goes: who never saw the end does not miss it."""
    del entries[chance.randrange(len(entries) - 1)]
    return entries


def replay(chance: random.Random, entries: list[Entry], _: list[Entry]) -> list[Entry]:
    """One comes twice."""
    entries.insert(chance.randrange(len(entries) + 1), chance.choice(entries))
    return entries


def reorder(chance: random.Random, entries: list[Entry], _: list[Entry]) -> list[Entry]:
    """Two change places."""
    one, other = chance.sample(range(len(entries)), 2)
    entries[one], entries[other] = entries[other], entries[one]
    return entries


def transplant(chance: random.Random, entries: list[Entry], other: list[Entry]) -> list[Entry]:
    """One is of another history."""
    entries[chance.randrange(len(entries))] = chance.choice(other)
    return entries


def renumber(chance: random.Random, entries: list[Entry], _: list[Entry]) -> list[Entry]:
    """One claims another number, generation or author."""
    at = _place(chance, entries)
    change: dict[str, Any] = chance.choice(
        [
            {"seq": entries[at].seq + chance.choice([-1, 1])},
            {"generation": entries[at].generation + chance.choice([-1, 1, 2])},
            {"author": chance.choice([p.id for p in CAST if p.id != entries[at].author])},
        ]
    )
    entries[at] = replace(entries[at], **change)
    return entries


def flip(chance: random.Random, entries: list[Entry], _: list[Entry]) -> list[Entry]:
    """One bit of one is another."""
    at = _place(chance, entries)
    entry = entries[at]
    name = chance.choice(["previous", "commitment", "signature", "opening", "items"])
    if name == "items" and entry.items:
        items = list(entry.items)
        items[0] = _flipped(chance, items[0])
        entries[at] = replace(entry, items=tuple(items))
    else:
        name = "opening" if name == "items" else name
        entries[at] = replace(entry, **{name: _flipped(chance, getattr(entry, name))})
    return entries


def _place(chance: random.Random, entries: list[Entry]) -> int:
    """Often the last, which no other entry links to."""
    return chance.choice([len(entries) - 1, chance.randrange(len(entries))])


def _flipped(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


DAMAGES: list[Damage] = [drop, replay, reorder, transplant, renumber, flip, flip]
