"""What an owner signs about a publication, and what is taken for none."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from pocketvault.kernel.ids import uuid7
from sharing.publication_errors import BadStatementError
from sharing.publication_statements import SaidPlace, Signer, read_statement
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import Copy
from tests.sharing.signing_albums import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


@pytest.fixture
def copy(owner: Person) -> Copy:
    return Copy(image=store_image(owner.account))


def refused(raw: bytes) -> bool:
    try:
        read_statement(raw)
    except BadStatementError:
        return True
    return False


def test_a_statement_says_what_it_says(copy: Copy) -> None:
    said = read_statement(copy.statement(number=7, watermark=0, caption="Æbler\n🍎"))

    assert (said.number, said.is_watermarked, said.caption) == (7, False, "Æbler\n🍎")
    assert (said.publication_id, said.image_id) == (copy.publication_id, copy.image.pk)


@pytest.mark.parametrize("change", [
    {"kind": "photo"}, {"number": 0}, {"number": True}, {"number": 1.0}, {"number": 2**31},
    {"watermark": 2}, {"watermark": None}, {"copy": "A" * 42}, {"copy": "A" * 42 + "B"},
    {"image": "not an id"}, {"image": str(uuid7()).upper()}, {"publication": 5},
    {"caption": "c" * 301}, {"creator": "c" * 81}, {"licence": "l" * 201}, {"caption": "a\0b"},
    {"creator": "two\nlines"}, {"creator": "\u202egpj.exe"}, {"caption": None},
    {"made_at": "2026-11-27T14:00:00"}, {"made_at": "2026-13-27T14:00:00Z"},
    {"made_at": "2026-11-27T14:00:00.5Z"}, {"made_at": "0001-1-1T1:1:1Z"}, {"made_at": 1},
    {"extra": "member"}, {"album": "none"}, {"album": 0}, {"position": -1},
    {"position": 2**31}, {"position": None}, {"position": 1.0},
])  # fmt: skip
def test_a_statement_of_another_form_is_none(copy: Copy, change: dict[str, object]) -> None:
    assert not refused(copy.statement())
    assert refused(copy.statement(**change))


def test_only_one_spelling_is_a_statement(copy: Copy) -> None:
    raw = copy.statement()
    members = json.loads(raw)
    without = {name: value for name, value in members.items() if name != "licence"}
    spellings = [
        json.dumps(members, sort_keys=True).encode(),
        json.dumps(dict(reversed(members.items())), separators=(",", ":")).encode(),
        raw.replace(b'"caption"', b'"caption":"other","caption"', 1),
        raw.replace(b"Alice", b"\\u0041lice"),
        raw + b"\n",
        b"\xef\xbb\xbf" + raw,
        raw.replace(b"Alice", b"\xff"),
        raw.replace(b'"Alice"', b'"\\ud800"'),
        raw.replace(b'"number":1', b'"number":NaN'),
        json.dumps(without, sort_keys=True, separators=(",", ":")).encode(),
        b"[" * 4000, b"[]", b"1" * 4096, b"", b"null",
    ]  # fmt: skip

    assert [each for each in spellings if not refused(each)] == []


def test_only_its_owners_signature_over_exactly_this_counts(
    owner: Person, friend: Person, copy: Copy
) -> None:
    raw = copy.statement()
    good = publicity.sign(owner, copy, raw)
    other = Copy(image=copy.image)
    signer, its = Signer.of(owner.pk), copy.publication_id
    assert signer.read(raw, good, publication_id=its) == read_statement(raw)

    wrong = [
        (signer, raw, publicity.sign(friend, copy, raw), its),
        (signer, raw, publicity.sign(owner, other, raw), its),
        (signer, raw, publicity.sign(owner, copy, raw, number=2), its),
        (signer, copy.statement(caption="another"), good, its),
        (signer, copy.statement(position=1), good, its),
        (signer, raw, b"\x02" + good[1:], its),
        (signer, raw, good[:-1], its),
        (signer, raw, b"", its),
        (signer, raw, good, other.publication_id),
        (Signer.of(friend.pk), raw, good, its),
        (Signer(friend.pk, signer.identity), raw, good, its),
    ]

    for by, statement, signature, publication_id in wrong:
        with pytest.raises(BadStatementError):
            by.read(statement, signature, publication_id=publication_id)
    with pytest.raises(BadStatementError):
        Signer.of(uuid7())


def test_a_statement_from_before_places_were_signed_says_none_and_is_not_signed_any_more(
    owner: Person, copy: Copy
) -> None:
    members = json.loads(copy.statement(album=str(uuid7()), position=7))
    album = members.pop("album")
    placed = read_statement(copy.statement(album=album, position=7))
    del members["position"]
    raw = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()

    assert placed.place == SaidPlace(UUID(album), 7)
    assert read_statement(raw).place is None
    signer, signature = Signer.of(owner.pk), publicity.sign(owner, copy, raw)
    with pytest.raises(BadStatementError):
        signer.read(raw, signature, publication_id=copy.publication_id)
