"""The words of a profile are what its owner signed, and nothing else gets in."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from sharing.models import Profile, PublicAlbum
from sharing.profile_statements import LARGEST_STATEMENT
from sharing.publication_errors import BadStatementError
from sharing.signed_statements import list_in
from tests.reference_client.crypto.canonical import canonical_text
from tests.reference_client.crypto.profile import read_profile
from tests.sharing.publicity import API, profile_body, profile_words, signed_profile
from tests.sharing.signing_albums import Json, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
PROFILE = f"{API}/profile"
HARBOURS: Json = {"id": str(uuid7()), "title": "Harbours"}
EVENINGS: Json = {"id": str(uuid7()), "title": "Evenings"}
SWAPPED = [{**HARBOURS, "title": "Evenings"}, {**EVENINGS, "title": "Harbours"}]


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://photos.localhost:8000"


def put(person: Person, body: Json) -> Json:
    return person.app.put(PROFILE, body, format="json").json()


@pytest.fixture
def said(owner: Person) -> Json:
    """What stands there: a profile with two headings, signed."""
    body = profile_body(owner, albums=[HARBOURS, EVENINGS])
    assert put(owner, body)["name"] == "alice-photos"
    return body


def test_what_was_signed_is_kept_as_it_was_signed(owner: Person, said: Json) -> None:
    listed = owner.app.get(PROFILE).json()

    assert (listed["statement"], listed["signature"]) == (said["statement"], said["signature"])
    identity = owner.key.public_key().public_bytes_raw()
    raw, signature = (from_base64url(listed[name]) for name in ("statement", "signature"))
    words = read_profile(raw, signature, str(owner.pk), identity)
    assert words["albums"] == [HARBOURS, EVENINGS]
    assert {name: words[name] for name in ("name", "shown_name", "bio", "licence")} == {
        name: listed[name] for name in ("name", "shown_name", "bio", "licence")
    }


BESIDE: dict[str, Json] = {
    "another bio": {"bio": "Follow me elsewhere."},
    "another name shown": {"shown_name": "Mallory"},
    "another address": {"name": "mallory"},
    "another licence": {"licence": "CC0 1.0"},
    "titles of headings swapped": {"albums": SWAPPED},
    "headings in another order": {"albums": [EVENINGS, HARBOURS]},
    "a heading more": {"albums": [HARBOURS, EVENINGS, {"id": str(uuid7()), "title": "x"}]},
    "a heading less": {"albums": [HARBOURS]},
}


@pytest.mark.parametrize("change", BESIDE.values(), ids=BESIDE)
def test_what_stands_beside_a_statement_is_what_it_says(
    owner: Person, said: Json, change: Json
) -> None:
    body = profile_body(owner, albums=[HARBOURS, EVENINGS])

    assert put(owner, {**body, **change})["code"] == "bad_statement"
    assert owner.app.get(PROFILE).json()["statement"] == said["statement"]


def test_only_its_owner_signs_it(owner: Person, stranger: Person, said: Json) -> None:
    words = profile_words(owner, bio="Mine now.", albums=[])
    forged = profile_body(owner, bio="Mine now.")
    by_another = signed_profile(stranger, words)
    raw = canonical_text(words).encode()
    as_a_photo = f"pv1|publication|{owner.pk}|{owner.pk}|statement|{words['number']}"
    elsewhere = b"\x01" + owner.key.sign(as_a_photo.encode() + b"\0" + raw)

    answers = [
        put(owner, {**forged, **by_another}),
        put(owner, {**forged, "signature": text(b"\x01" + bytes(64))}),
        put(owner, {**forged, "signature": text(b"\x02" + bytes(64))}),
        put(owner, {**forged, "signature": text(elsewhere)}),
        put(owner, {**forged, "signature": said["signature"]}),
        put(stranger, forged),
    ]

    assert [answer["code"] for answer in answers] == ["bad_statement"] * 6
    assert owner.app.get(PROFILE).json()["bio"] == "Harbours."


def test_an_older_statement_is_not_put_back(owner: Person, said: Json) -> None:
    after = profile_body(owner, bio="Boats.", albums=[HARBOURS, EVENINGS])
    assert put(owner, after)["bio"] == "Boats."

    again, ahead = put(owner, said), profile_words(owner, number=9)
    same_moment = profile_words(owner, made_at="2026-11-27T14:00:02Z")

    assert (again["code"], again["number"]) == ("conflict", 2)
    for words in (ahead, same_moment):
        body = {**profile_body(owner, albums=[]), **signed_profile(owner, words)}
        assert put(owner, body)["code"] == "conflict"
    assert owner.app.get(PROFILE).json()["bio"] == "Boats."


def test_what_is_no_word_of_it_changes_without_a_new_statement(
    owner: Person, said: Json
) -> None:
    closed = put(owner, {**said, "is_open": False, "is_listed": True})

    assert (closed["is_open"], closed["is_listed"]) == (False, True)
    assert closed["statement"] == said["statement"]
    assert put(owner, said)["is_open"] is True


def test_a_statement_puts_right_what_was_changed_beside_it(owner: Person, said: Json) -> None:
    """As somebody would who can write to the database."""
    Profile.objects.update(bio="Follow me elsewhere.")
    PublicAlbum.objects.filter(pk=str(HARBOURS["id"])).update(title="Evenings")

    after = put(owner, said)

    assert after["bio"] == "Harbours."
    assert [album["title"] for album in after["albums"]] == ["Harbours", "Evenings"]


def test_a_profile_from_before_words_were_signed_is_signed_when_it_is_saved(
    owner: Person, said: Json
) -> None:
    Profile.objects.update(statement=b"", signature=b"")
    assert owner.app.get(PROFILE).json()["statement"] == ""

    second = profile_words(owner, number=2, albums=[])
    assert put(owner, {**profile_body(owner), **signed_profile(owner, second)})["number"] == 0
    assert put(owner, profile_body(owner, bio="Boats."))["bio"] == "Boats."


def test_a_list_has_its_longest_length() -> None:
    assert list_in([1, 2], most=2) == [1, 2]
    for value in ([1, 2, 3], (1, 2), {}, None):
        with pytest.raises(BadStatementError):
            list_in(value, most=2)


@pytest.mark.parametrize("change", [
    {"kind": "publication"}, {"number": 0}, {"number": 2**31}, {"number": True},
    {"made_at": "2026-02-30T14:00:00Z"}, {"profile": str(uuid7())}, {"albums": {}},
    {"albums": [{**HARBOURS, "cover": "x"}]}, {"bio": 7}, {"more": 1},
])  # fmt: skip
def test_a_statement_has_one_form(owner: Person, change: Json) -> None:
    body = {
        **profile_body(owner), **signed_profile(owner, {**profile_words(owner), **change}),
    }  # fmt: skip

    assert put(owner, body)["code"] == "bad_statement"
    assert not Profile.objects.exists()


def test_a_statement_has_one_spelling(owner: Person) -> None:
    raw = canonical_text(profile_words(owner)).replace(":", ": ", 1).encode()
    context = f"pv1|profile|{owner.pk}|{owner.pk}|statement|1".encode()
    signature = b"\x01" + owner.key.sign(context + b"\0" + raw)
    body = {**profile_body(owner), "statement": text(raw), "signature": text(signature)}

    assert put(owner, body)["code"] == "bad_statement"


def test_the_longest_words_there_can_be_fit(owner: Person) -> None:
    albums = [{"id": str(uuid7()), "title": "🌫" * 100} for _ in range(200)]
    words = {"bio": "🌫" * 500, "licence": "🌫" * 200, "shown_name": "🌫" * 80}

    body = profile_body(owner, albums=albums, **words)

    assert len(from_base64url(str(body["statement"]))) < LARGEST_STATEMENT
    assert put(owner, body)["bio"] == words["bio"]
