"""Publishing over HTTP, by a client that knows docs/publishing.md, with a worker at work."""

from __future__ import annotations

import io
import threading
import time

import pytest
from PIL import Image

from tests.api.people import new_person, photograph, refusal_of, store
from tests.live import Live
from tests.reference_client.clean import without_metadata
from tests.reference_client.client import Json
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer
from tests.reference_client.publishing import (
    PROFILE_WORDS,
    Words,
    change_words,
    checked_statement,
    checked_words,
    open_profile,
    picture,
    publications_of,
    publish,
    put_at,
    say,
    wait_until_shown,
    withdraw,
)
from tests.reference_client.wire import new_id, to_bytes, to_text

WORDS = Words(caption="Evening at the lake 🌅", creator="Ålice", licence="All rights reserved")


@pytest.fixture(scope="module")
def alice(live: Live) -> Sharer:
    """Her device, with a profile."""
    sharer = Sharer(new_person(live, "alice").device)
    name = f"alice-{sharer.id[-8:]}"
    profile = open_profile(sharer, name, licence="All rights reserved")
    assert profile["address"].endswith(f"/u/{name}")
    return sharer


@pytest.fixture(scope="module")
def hers(alice: Sharer) -> Photo:
    """A photo of hers."""
    return store(alice.library, 7)


@pytest.fixture
def copy() -> bytes:
    return without_metadata(photograph(7).jpeg)


def test_a_photo_is_published_looked_at_and_withdrawn(
    alice: Sharer, hers: Photo, copy: bytes
) -> None:
    publication = publish(alice, hers.id, copy, WORDS)
    document = wait_until_shown(alice, publication)

    assert (document["state"], document["refusal"]) == ("live", "")
    assert (document["width"], document["height"]) == (900, 600)
    assert checked_statement(alice, document).words == WORDS
    assert [each["id"] for each in publications_of(alice)] == [publication]
    shown = picture(alice, publication)
    assert Image.open(io.BytesIO(shown)).size == (320, 213)
    assert picture(alice, publication, 2048, "jpg") != copy

    withdraw(alice, publication)

    assert refusal_of(picture, alice, publication) == (404, "not_found")
    assert publications_of(alice) == []


def test_the_words_of_a_profile_are_what_its_owner_signed(alice: Sharer) -> None:
    document = alice.client.call("GET", "/profile")
    boats = {"id": new_id(), "title": "Boats"}
    words = {name: document[name] for name in (*PROFILE_WORDS, "cover")}
    words |= {"bio": "Å.", "albums": [boats]}
    time.sleep(1.1)  # a statement is later than the one before, to the second

    after = say(alice, words)

    assert checked_words(alice, after)["albums"] == [boats]
    assert checked_words(alice, after)["number"] == 2
    lies: tuple[Json, ...] = (
        {"bio": "Send money."}, {"albums": []}, {"statement": document["statement"]},
        {"cover": new_id()},
        {"albums": [{**boats, "title": "Bones", "position": 0}]},
    )  # fmt: skip
    for lie in lies:
        with pytest.raises(CryptoError):
            checked_words(alice, {**after, **lie})


def test_where_a_photo_stands_and_which_is_the_cover_is_what_its_owner_signed(
    alice: Sharer, hers: Photo, copy: bytes
) -> None:
    boats = {"id": new_id(), "title": "Boats"}
    document = alice.client.call("GET", "/profile")
    publication = publish(alice, hers.id, copy, WORDS, is_watermarked=False)
    words = {name: document[name] for name in PROFILE_WORDS}
    time.sleep(1.1)
    page = say(alice, {**words, "albums": [boats], "cover": publication})
    put_at(alice, wait_until_shown(alice, publication), 7, boats["id"])
    shown = alice.client.call("GET", f"/publications/{publication}")

    assert checked_statement(alice, shown).place == (boats["id"], 7)
    assert (shown["album"], shown["position"]) == (boats["id"], 7)
    assert checked_words(alice, page)["cover"] == page["cover"] == publication
    for lie in ({"position": 6}, {"album": new_id()}):
        with pytest.raises(CryptoError):
            checked_statement(alice, {**shown, **lie})
    withdraw(alice, publication)
    # Nobody signed that: it takes no key to take something back.
    assert checked_words(alice, alice.client.call("GET", "/profile"))["cover"] == publication


def test_words_are_changed_and_what_the_server_makes_up_is_noticed(
    alice: Sharer, hers: Photo, copy: bytes
) -> None:
    publication = publish(alice, hers.id, copy, WORDS, is_watermarked=False)
    document = wait_until_shown(alice, publication)
    after = change_words(alice, document, Words(caption="", creator="A. L.", licence="CC BY 4.0"))
    assert checked_statement(alice, after).number == 2

    altered = to_bytes(document["statement"]).replace(b"lake", b"sea!")
    lies = [
        {**document, "caption": "Bought at an agency"},
        {**document, "is_watermarked": True},
        {**document, "statement": to_text(altered)},
        {**after, "signature": document["signature"]},
    ]
    for lie in lies:
        with pytest.raises(CryptoError):
            checked_statement(alice, lie)
    withdraw(alice, publication)


def test_a_copy_that_is_no_picture_is_refused_in_words(alice: Sharer, hers: Photo) -> None:
    publication = publish(alice, hers.id, b"<svg onload='alert(1)'>", WORDS)

    document = wait_until_shown(alice, publication)

    assert document["state"] == "refused"
    assert document["refusal"] in ("not_a_picture", "wrong_kind", "cannot_strip")
    withdraw(alice, publication)


def test_withdrawn_while_workers_work_on_it_nothing_stays(
    alice: Sharer, hers: Photo, copy: bytes
) -> None:
    ids = [publish(alice, hers.id, copy, WORDS) for _ in range(4)]
    timers = [
        threading.Timer(0.3 * n, withdraw, (alice, each)) for n, each in enumerate(ids[:3])
    ]
    for timer in timers:
        timer.start()
    for timer in timers:
        timer.join()

    assert wait_until_shown(alice, ids[3])["state"] == "live"
    assert [each["id"] for each in publications_of(alice)] == [ids[3]]
    assert all(refusal_of(picture, alice, each)[0] == 404 for each in ids[:3])
    withdraw(alice, ids[3])
