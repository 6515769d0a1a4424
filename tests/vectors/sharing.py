"""Vectors of sharing: deliveries, histories and how they are forged, items, links and the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.reference_client.crypto.canonical import to_text
from tests.reference_client.crypto.commitment import root_of
from tests.reference_client.crypto.delivery import Delivery, Terms, deliver, read_delivery
from tests.reference_client.crypto.entry import Entry, Subject
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.crypto.hierarchy import keys_from_link
from tests.reference_client.crypto.history import Reader, read_history
from tests.reference_client.crypto.item import item_context, item_opening, seal_item
from tests.reference_client.crypto.link import kept_link, link_album_key, link_fragment
from tests.reference_client.crypto.permissions import State
from tests.reference_client.crypto.remark import remark_context, seal_remark
from tests.reference_client.crypto.safety import safety_number, safety_words
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.vectors.chains import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    MALLORY,
    Chain,
    Impostor,
    Person,
    album_chain,
    group_chain,
    items_of,
    known_id,
    replacement,
    telling,
    texts,
)
from tests.vectors.material import from_text, material

HERE = Path(__file__).parent


def delivery_vectors() -> object:
    """Keys on their way, to an account and to a group."""
    key = material("key album 3")
    to_bob = Terms(
        kind="album",
        owner=ALICE.id,
        subject=known_id("album"),
        generation=3,
        granter=ALICE.id,
        recipient=BOB.id,
    )
    to_group = replace(to_bob, recipient=known_id("group"))
    group_key = material("key group 2")
    for_bob, for_group = deliver(key, to_bob, ALICE.seed), deliver(key, to_group, ALICE.seed)
    carried = for_group.for_group(group_key, 2, nonce=material("carried nonce", 12))
    return {
        "key": to_text(key),
        "granterSeed": to_text(ALICE.seed),
        "granter": to_text(ALICE.identity),
        "recipientSeed": to_text(BOB.exchange_seed),
        "toAccount": _terms(to_bob, for_bob) | {"sealed": to_text(_kept(for_bob))},
        "groupKey": to_text(group_key),
        "groupGeneration": 2,
        "toGroup": _terms(to_group, for_group) | {"sealed": to_text(carried)},
    }


def _terms(terms: Terms, delivery: Delivery) -> dict[str, object]:
    return {
        "terms": asdict(terms),
        "statement": delivery.statement,
        "signature": to_text(delivery.signature),
    }


def _kept(delivery: Delivery) -> bytes:
    """Return the sealed delivery of the last run while it still opens, else a new one."""
    try:
        vectors = json.loads((HERE / "delivery.json").read_text(encoding="utf-8"))
        sealed = from_text(vectors["toAccount"]["sealed"])
        if read_delivery(sealed, delivery.terms, BOB.exchange_seed) == delivery:
            return sealed
    except (FileNotFoundError, KeyError, CryptoError):
        pass
    return delivery.for_account(exchange_public_key(BOB.exchange_seed))


def history_vectors() -> object:
    """Histories that are sound, and the same ones forged in each way there is."""
    group, album = group_chain(), album_chain()
    return [
        _history(group, forged_groups(group)),
        _history(album, forged_albums(album)),
    ]


def _history(chain: Chain, forged: Iterator[tuple[Any, ...]]) -> object:
    newest = {chain.generation: chain.keys[chain.generation]}
    reader = Reader(
        subject=chain.subject,
        keys=newest,
        known={ALICE.id: ALICE.keys},
    )
    state, keys = read_history(chain.entries, reader)
    places = {id(entry): place for place, entry in enumerate(chain.entries)}
    return {
        "subject": subject_json(chain.subject),
        "keys": keys_json(newest),
        "known": reader.known,
        "entries": [entry_json(entry) for entry in chain.entries],
        "state": state_json(state),
        "allKeys": keys_json(keys),
        # A number stands for the sound entry in that place.
        "refused": [
            {
                "name": name,
                "code": code,
                "entries": [places.get(id(entry), entry_json(entry)) for entry in entries],
                "keys": keys_json(keys[0] if keys else newest),
            }
            for name, code, entries, *keys in forged
        ],
    }


def forged_groups(sound: Chain) -> Iterator[Any]:
    """Ways to cheat with a group: name, code, entries."""
    entries = sound.entries
    yield "nothing", "broken-link", []
    yield "an entry left out", "broken-link", entries[:3] + entries[4:]
    yield "the first left out", "broken-link", entries[1:]
    yield "two entries swapped", "broken-link", [entries[1], entries[0], *entries[2:]]
    yield "an entry twice", "broken-link", entries[:3] + entries[2:]
    yield "the rotation kept back", "broken-link", entries[:6] + entries[7:]
    yield "the end kept back, the key not", "rolled-back", entries[:6]
    another = group_chain("another group").entries
    yield "an entry of another group", "broken-link", [*entries[:3], another[3], *entries[4:]]
    yield "another author", "wrong-signature", _last(entries, author=BOB.id)
    yield "a stranger", "unknown-author", _last(entries, author=MALLORY.id)
    signature = bytes([1]) + entries[-1].signature[1:-1] + bytes([entries[-1].signature[-1] ^ 1])
    yield "a changed signature", "wrong-signature", _last(entries, signature=signature)
    yield "another commitment", "wrong-signature", _last(entries, commitment=bytes(32))
    yield "another generation", "wrong-key", _last(entries, generation=3)
    yield "an older generation", "rolled-back", _last(entries, generation=1)
    early = replace(entries[6], generation=1)
    yield "a key that nothing brought", "wrong-key", [*entries[:6], early, *entries[7:]]
    yield "items where none belong", "wrong-commitment", _last(entries, items=(bytes(32),))
    other = sound.copy()
    other.entries.pop()
    told = other.forge(ALICE, {"event": "handed-over", "account": CAROL.id})
    yield "another opening", "wrong-commitment", _last(entries, opening=told.opening)
    lying = replace(sound, entries=entries[:6], generation=1, keys=dict(sound.keys))
    lying.rotate(BOB, key_check=to_text(bytes(32)))
    stale = sound.copy()
    stale.generation = 1
    stale.change_settings(BOB)
    stale.generation = 2
    stale.change_settings(BOB)
    yield "an entry under the key before", "wrong-key", stale.entries
    yield "a check of another key", "wrong-key", lying.entries
    photo, newer = items_of("bob", 2)
    replaced = sound.forge(BOB, replacement([photo], [newer]), [newer])
    yield "photos replaced in a group", "not-allowed", [*entries, replaced]
    yield from _misdeeds(sound, group_misdeeds())


REMOVED = {"event": "member-removed"}


def group_misdeeds() -> Iterator[tuple[str, str, Person, dict[str, Any]]]:
    """What nobody may append to the group: name, code, author, event."""
    no = "not-allowed"
    yield "a member lets in", no, CAROL, DAVE.let_in("member")
    yield "a member removes", no, CAROL, {"event": "member-removed", "account": ALICE.id}
    claim = {"event": "handed-over", "account": CAROL.id}
    yield "a member takes over", "claimed-inheritance", CAROL, claim
    yield "a manager hands over", no, ALICE, claim
    yield "the owner hands over to themselves", no, BOB, {**claim, "account": BOB.id}
    yield "a manager removes themselves", no, ALICE, {**REMOVED, "account": ALICE.id}
    yield "a manager removes the owner", no, ALICE, {"event": "member-removed", "account": BOB.id}
    yield "a manager demotes the owner", no, ALICE, BOB.let_in("member")
    yield "a second owner", no, BOB, ALICE.let_in("owner")
    yield "a role of albums", no, BOB, DAVE.let_in("viewer")
    yield "the owner leaves", no, BOB, {"event": "left"}
    yield "who is not in is removed", no, BOB, {"event": "member-removed", "account": DAVE.id}
    yield "an event of albums", no, BOB, {"event": "link-set", "link": known_id("link")}
    yield "who was removed", "unknown-author", DAVE, {"event": "left"}
    settings = {"event": "settings-set", "number": 2, "digest": to_text(bytes(32))}
    yield "settings of before", "rolled-back", BOB, settings
    changed = CAROL.let_in("member") | {"identity": to_text(MALLORY.identity)}
    yield "keys changed in passing", "changed-identity", BOB, changed
    yield "an unknown event", "unreadable", BOB, {"event": "renamed"}
    yield "a member too many", "unreadable", BOB, {"event": "left", "why": "because"}
    through = {"event": "settings-set", "number": 9, "digest": to_text(bytes(32))}
    by_group = through | MALLORY.through(known_id("group"))
    yield "by a group in a group", "unknown-author", MALLORY, by_group
    yield "what photos tell in a group", no, BOB, telling("place")
    created = {"event": "created", "generation": 2, "number": 1, "digest": to_text(bytes(32))}
    check = to_text(material("another check"))
    yield "made again", no, BOB, created | BOB.keys | {"key_check": check}


def forged_albums(sound: Chain) -> Iterator[Any]:
    """Ways to cheat with an album: name, code, entries."""
    entries = sound.entries
    added = entries[1]
    fewer = replace(added, items=added.items[1:])
    yield "a photo left out", "wrong-commitment", [entries[0], fewer, *entries[2:]]
    other = replace(added, items=(bytes(32), *added.items[1:]))
    yield "a photo swapped", "wrong-commitment", [entries[0], other, *entries[2:]]
    turned = replace(added, items=added.items[::-1])
    yield "photos in another order", "wrong-commitment", [entries[0], turned, *entries[2:]]
    twice = sound.copy()
    twice.add(ALICE, items_of("alice", 1))
    yield "a photo added twice", "not-allowed", twice.entries
    yield from _forged_replacements(sound)
    usurped = Chain(sound.subject, "album", number=4)
    usurped.begin(BOB, generation=4)
    usurped.append(BOB, ALICE.let_in("manager"))
    usurped.change_settings(ALICE)
    yield "begun by another", "unknown-author", usurped.entries
    leap = Chain(sound.subject, "album", number=4)
    leap.begin(ALICE, generation=2)
    leap.generation, leap.keys[3] = 3, material("key album 3")
    leap.rotate(ALICE)
    yield "a generation left out", "not-allowed", leap.entries, leap.keys
    yield "known keys changed", "changed-identity", _with_another_alice().entries
    yield from _forged_tellings(sound)
    yield from _misdeeds(sound, album_misdeeds())


def _forged_replacements(sound: Chain) -> Iterator[Any]:
    """Ways to cheat with what takes the place of photos: name, code, entries."""
    no, through = "not-allowed", DAVE.through(known_id("group"))
    first, second = items_of("alice", 2)
    daves, (new, newer) = items_of("dave", 2), items_of("later", 2)

    def forged(author: Person, event: dict[str, Any], items: list[bytes]) -> list[Entry]:
        return [*sound.entries, sound.forge(author, event, items)]

    def wrong(**changes: object) -> list[Entry]:
        return forged(ALICE, replacement([first], [new]) | changes, [new])

    mixed = replacement([daves[0], first], [new, newer]) | through
    gone, never = items_of("alice", 3)[2:], items_of("nobody", 1)
    yield "another's photo replaced", no, forged(
        DAVE, replacement([first], [new]) | through, [new])  # fmt: skip
    yield "another's photo replaced besides", no, forged(DAVE, mixed, [new, newer])
    yield "a manager replaces another's photo", no, forged(
        BOB, replacement([first], [new]), [new])  # fmt: skip
    yield "the owner replaces another's photo", no, forged(
        ALICE, replacement(daves[:1], [new]), [new])  # fmt: skip
    yield "a photo replaced that was replaced before", no, forged(
        ALICE, replacement(gone, [new]), [new])  # fmt: skip
    yield "a photo replaced that was never there", no, forged(
        ALICE, replacement(never, [new]), [new])  # fmt: skip
    yield "a photo replaced twice at once", no, forged(
        ALICE, replacement([first, first], [new, newer]), [new, newer])  # fmt: skip
    yield "one photo for two", no, forged(
        ALICE, replacement([first, second], [new, new]), [new, new])  # fmt: skip
    yield "a photo replaced by itself", no, forged(
        ALICE, replacement([first], [first]), [first])  # fmt: skip
    yield "a photo replaced by one that is there", no, forged(
        ALICE, replacement([first], daves[:1]), daves[:1])  # fmt: skip
    bad = "wrong-commitment"
    yield "more replaced than come", bad, wrong(items=texts([first, second]))
    yield "more replaced than come, and so counted", bad, wrong(
        items=texts([first, second]), count=2)  # fmt: skip
    yield "fewer replaced than come", bad, forged(
        ALICE, replacement([first], [new, newer]), [new, newer])  # fmt: skip
    yield "another root of what replaces", bad, wrong(root=to_text(bytes(32)))
    yield "what replaces did not come along", bad, forged(
        ALICE, replacement([first], [new]), [])  # fmt: skip
    swapped = replacement([first, second], [new, newer])
    yield "what replaces in another order", bad, forged(ALICE, swapped, [newer, new])
    yield "nothing is replaced", "unreadable", wrong(items=[])
    yield "too many are replaced", "unreadable", wrong(items=texts(items_of("alice", 501)))


def _forged_tellings(sound: Chain) -> Iterator[Any]:
    """Ways to have photos tell what their owner did not choose: name, code, entries."""
    chosen = telling("taken_at", "place")
    viewed = sound.copy()
    viewed.append(ALICE, CAROL.let_in("viewer"))
    viewed.append(CAROL, chosen)
    yield "a viewer chooses what photos tell", "not-allowed", viewed.entries
    posing = sound.forge(Impostor("bob", ALICE), chosen)
    yield "a manager chooses in the owner's name", "wrong-signature", [*sound.entries, posing]
    # Whoever has the album's key can seal what was signed before as if it were said again.
    wider, narrower = sound.entries[10], sound.entries[12]
    again = replace(posing, signature=wider.signature, commitment=wider.commitment)
    yield "a choice taken back is brought again", "wrong-signature", [*sound.entries, again]
    held = [entry for entry in sound.entries if entry is not narrower]
    yield "a choice kept back", "broken-link", held


def album_misdeeds() -> Iterator[tuple[str, str, Person, dict[str, Any]]]:
    """What nobody may append to the album: name, code, author, event."""
    no, group = "not-allowed", known_id("group")
    alices = {"event": "items-removed", "items": texts(items_of("alice", 1))}
    yield "who left", "unknown-author", CAROL, alices
    yield "another's photo", no, DAVE, alices | DAVE.through(group)
    yield "a contributor lets in", no, DAVE, CAROL.let_in("viewer") | DAVE.through(group)
    yield "a manager makes a manager", no, BOB, CAROL.let_in("manager")
    yield "a manager unmakes a manager", no, BOB, BOB.let_in("viewer")
    yield "a manager removes the owner", no, BOB, {"event": "member-removed", "account": ALICE.id}
    by_group = {"event": "group-set", "group": group, "role": "manager"}
    yield "a manager makes a group manager", no, BOB, by_group
    yield "a manager makes a link", no, BOB, {"event": "link-set", "link": known_id("second")}
    yield "a manager ends a link", no, BOB, {"event": "link-ended", "link": known_id("link")}
    yield "a link that is none", no, ALICE, {"event": "link-ended", "link": known_id("second")}
    yield "a manager stops it", no, BOB, {"event": "stopped"}
    of_another = telling("place") | {"account": ALICE.id}
    yield "a manager chooses for another", "unreadable", BOB, of_another
    yield "who left chooses", "unknown-author", CAROL, telling("place")
    yield "a choice of nothing known", "unreadable", ALICE, telling() | {"camera": 1}
    yield "half a choice", "unreadable", ALICE, {"event": "telling-chosen", "place": 1}
    yield "a choice that is neither", "unreadable", ALICE, telling() | {"place": 2}
    yield "a choice that is below none", "unreadable", ALICE, telling() | {"place": -1}
    yield "a choice in another spelling", "unreadable", ALICE, telling() | {"place": True}
    yield "a group without a grant", "unknown-author", MALLORY, _added(MALLORY, "another")
    yield "who comes by a group leaves", no, DAVE, {"event": "left"} | DAVE.through(group)
    impostor = Impostor("mallory", DAVE)
    yield "other keys by a group", "changed-identity", impostor, alices | impostor.through(group)
    yield "keys of another by a group", "wrong-signature", DAVE, alices | impostor.through(group)
    yield "a role of groups", no, ALICE, CAROL.let_in("member")
    yield "no photo at all", "unreadable", ALICE, {"event": "items-removed", "items": []}
    root = to_text(root_of(items_of("bob", 501)))
    many = {"event": "items-added", "count": 501, "root": root}
    yield "too many photos", "unreadable", BOB, many
    yield "photos that did not come along", "wrong-commitment", BOB, many | {"count": 500}


def _removed(whose: list[str]) -> dict[str, Any]:
    return {"event": "items-removed", "items": texts([items_of(w, 1)[0] for w in whose])}


def _added(author: Person, group: str) -> dict[str, Any]:
    return _removed(["alice"]) | author.through(known_id(group))


def _with_another_alice() -> Chain:
    """Return what a server would make up: everything is sound, but Alice is not Alice."""
    forged = Chain(album_chain().subject, "album", number=4)
    forged.begin(Impostor("mallory", ALICE), generation=4)
    return forged


def _misdeeds(
    sound: Chain, misdeeds: Iterator[tuple[str, str, Person, dict[str, Any]]]
) -> Iterator[Any]:
    for name, code, author, event in misdeeds:
        yield name, code, [*sound.entries, sound.forge(author, event)]


def _last(entries: list[Entry], **changes: object) -> list[Entry]:
    return [*entries[:-1], replace(entries[-1], **changes)]


def shared_vectors() -> object:
    """Items, links, safety numbers and remarks."""
    return {
        "item": _item(),
        "link": _link(),
        "safety": [_safety(ALICE, BOB), _safety(CAROL, ALICE)],
        "remarks": [_remark("comment", None), _remark("like", known_id("image"))],
    }


def _item() -> object:
    fields = {
        "image": known_id("image"),
        "owner": ALICE.id,
        "version": 2,
        "source": "clean",
        "type": "image/jpeg",
        "bytes": 4_100_123,
        "width": 4032,
        "height": 3024,
        "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        "digests": {"preview": to_text(material("preview")), "thumbnail": to_text(bytes(32))},
        "title": "Été à Genève 🌉",
        "place": {"lat": 46_204_391, "lon": -6_143_158},
    }
    key, salt = material("key album 3"), material("item salt")
    opening = item_opening(fields, salt=salt)
    context = item_context(known_id("album"), ALICE.id, known_id("image"), 3)
    sealed = seal_item(opening, key, context, nonce=material("item nonce", 12))
    return {
        "key": to_text(key),
        "context": asdict(context),
        "fields": fields,
        "text": opening.text,
        "salt": to_text(salt),
        "commitment": to_text(opening.commitment),
        "sealed": to_text(sealed),
    }


def _link() -> object:
    secret, account_key = material("link secret"), material("account key")
    link, album_key = keys_from_link(secret).key_encryption_key, material("key album 3")
    where = link_album_key(known_id("album"), ALICE.id, known_id("link"), 3)
    wrapped = wrap_key(album_key, derive_wrapping_key(link), where, nonce=material("wrap", 12))
    kept = {
        part: to_text(
            wrap_key(
                key,
                derive_wrapping_key(account_key),
                kept_link(known_id("link"), ALICE.id, part),
                nonce=material(f"kept {part}", 12),
            )
        )
        for part, key in {"secret": secret, "key": link}.items()
    }
    return {
        "secret": to_text(secret),
        "fingerprint": to_text(ALICE.fingerprint),
        "fragment": link_fragment(secret, ALICE.fingerprint),
        "refused": ["", to_text(secret), to_text(bytes(65)), to_text(bytes(64))[:-1] + "B"],
        "linkKey": to_text(link),
        "albumKey": to_text(album_key),
        "album": known_id("album"),
        "owner": ALICE.id,
        "link": known_id("link"),
        "generation": 3,
        "wrapped": to_text(wrapped),
        "accountKey": to_text(account_key),
        "kept": kept,
    }


def _safety(one: Person, other: Person) -> object:
    number = safety_number(one.fingerprint, other.fingerprint)
    return {
        "one": to_text(one.fingerprint),
        "other": to_text(other.fingerprint),
        "words": safety_words(number),
        "hex": number.hex(),
    }


def _remark(kind: str, image: str | None) -> object:
    key, where = material("key album 3"), image or known_id("comment")
    context = remark_context(kind, known_id("album"), DAVE.id, where, 3)
    text = 'Schön! \u2028 \x7f \x01 "so" \\ 🌉' if kind == "comment" else "heart"
    nonce = material(f"{kind} nonce", 12)
    return {
        "key": to_text(key),
        "kind": kind,
        "album": known_id("album"),
        "author": DAVE.id,
        "id": where,
        "generation": 3,
        "identity": to_text(DAVE.identity),
        "image": image,
        "text": text,
        "sealed": to_text(seal_remark(image, text, context, DAVE.seed, key, nonce=nonce)),
    }


def subject_json(subject: Subject) -> dict[str, str]:
    """A subject as the browser's code takes it."""
    return asdict(subject)


def keys_json(keys: dict[int, bytes]) -> dict[str, str]:
    """Keys by generation as JSON."""
    return {str(generation): to_text(key) for generation, key in sorted(keys.items())}


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as the browser's code takes it."""
    return {
        "seq": entry.seq,
        "author": entry.author,
        "previous": to_text(entry.previous),
        "commitment": to_text(entry.commitment),
        "signature": to_text(entry.signature),
        "generation": entry.generation,
        "opening": to_text(entry.opening),
        "items": texts(entry.items),
    }


def state_json(state: State) -> dict[str, Any]:
    """A state as the browser's code gives it."""
    number, digest = state.settings
    return {
        "seq": state.seq,
        "hash": state.hash,
        "generation": state.generation,
        "keyCheck": state.key_check,
        "settings": {"number": number, "digest": digest},
        "members": state.members,
        "groups": state.groups,
        "people": state.people,
        "links": sorted(state.links),
        "items": state.items,
        "tells": state.tells,
    }
