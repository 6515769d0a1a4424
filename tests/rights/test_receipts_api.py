"""Receipts over the API, and the public log: what is handed out, and to whom it proves what."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Account
from images.actions.disposal import purge_image
from images.models import ImagePart
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.ids import uuid7
from rights.actions.issuing import keep_log
from rights.actions.keeping_log import append_owed
from rights.actions.logging_facts import state
from rights.actions.receipts import owe_receipt
from rights.log.canonical import spell
from rights.log.hashing import ReadTile, Tree, root_by_inclusion, width_of
from rights.log.notes import VerifierKey, open_checkpoint
from rights.log.proofs import check_proof, read_proof
from rights.log.receipts import check_signature, commit_to
from rights.log.tiles import entries_in, hashes_in, spell_number
from rights.models import FactKind, LogEntry, Receipt, ReceiptBody, ReceiptKind
from tests.factories import app_of
from tests.images.making import store_image
from tests.rights.conftest import GiveReceipt

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def check(file: dict[str, object], log: Client) -> None:
    """As somebody does who trusts nothing but the log's key."""
    key = VerifierKey.read(log.get("/log/key").content.decode())
    receipt, entry = file["receipt"], file["entry"]
    assert file["key"] == str(key)
    check_signature(receipt, from_base64url(file["signature"]), key.public_key)
    committed = commit_to(receipt, from_base64url(file["opening"]))
    assert from_base64url(entry["commitment"]) == committed
    assert entry["kind"] == receipt["kind"]
    check_proof(read_proof(file["proof"]), spell(entry), key)


def test_a_receipt_is_listed_read_checked_and_taken(
    alice: Account, give_receipt: GiveReceipt, client: Client
) -> None:
    receipt, app = give_receipt(), app_of(alice)
    [listed] = app.get(f"{API}/receipts").json()["items"]
    read = app.get(f"{API}/receipts/{receipt.pk}").json()
    check(read["file"], client)

    taken = app.post(f"{API}/receipts/{receipt.pk}/taken")

    assert listed["standing"] == read["standing"] == "ready"
    assert taken.status_code == 204
    after = app.get(f"{API}/receipts/{receipt.pk}").json()
    assert (after["standing"], after["file"]) == ("taken", None)
    assert app.post(f"{API}/receipts/{receipt.pk}/taken").status_code == 204


def test_what_is_not_in_the_log_yet_cannot_be_taken(alice: Account) -> None:
    owe_receipt(ReceiptKind.ACCOUNT_ERASED, account_id=alice.pk, about=uuid7(), facts={"a": 1})
    receipt, app = Receipt.objects.get(), app_of(alice)

    answer = app.post(f"{API}/receipts/{receipt.pk}/taken")

    assert (answer.status_code, answer.json()["code"]) == (409, "receipt_not_ready")
    read = app.get(f"{API}/receipts/{receipt.pk}").json()
    assert (read["standing"], read["file"]) == ("owed", None)


def test_pages_hold_every_receipt_once(alice: Account) -> None:
    for _ in range(5):
        owe_receipt(ReceiptKind.DELETED_FINAL, account_id=alice.pk, about=uuid7(), facts={"a": 1})
    app, seen, cursor = app_of(alice), [], ""
    while cursor is not None:
        page = app.get(f"{API}/receipts", {"limit": 2, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["cursor"]

    assert len(seen) == len(set(seen)) == 5
    assert seen == [str(each.pk) for each in Receipt.objects.order_by("-owed_at", "-pk")]


def test_a_receipt_for_stored_photos_names_their_ciphertexts(
    alice: Account, client: Client
) -> None:
    images = [store_image(alice) for _ in range(2)]

    file = app_of(alice).post(
        f"{API}/receipts/stored", {"image_ids": [str(i.pk) for i in images]}, format="json"
    ).json()

    check(file, client)
    facts = {each["id"]: each for each in file["receipt"]["facts"]["images"]}
    for image in images:
        stored = ImagePart.objects.filter(image=image)
        assert facts[str(image.pk)]["sha256"] == {p.name: bytes(p.sha256).hex() for p in stored}
        assert facts[str(image.pk)]["version"] == 1
    assert not Receipt.objects.exists()
    assert not ReceiptBody.objects.exists()


@pytest.mark.parametrize("what", ["mallorys", "purged", "unknown"])
def test_no_receipt_says_that_somebody_elses_photo_is_stored(
    what: str, alice: Account, mallory: Account
) -> None:
    keep_log()
    image = store_image(mallory if what == "mallorys" else alice)
    ids = [str(store_image(alice).pk), str(uuid7() if what == "unknown" else image.pk)]
    if what == "purged":
        purge_image(image, actor=alice)
    before = LogEntry.objects.count()

    answer = app_of(alice).post(f"{API}/receipts/stored", {"image_ids": ids}, format="json")

    assert answer.status_code == 404
    assert LogEntry.objects.count() == before


@pytest.mark.parametrize("ids", [[], ["no"], ["0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17"] * 501])
def test_bad_lists_are_refused(ids: list[str], alice: Account) -> None:
    answer = app_of(alice).post(f"{API}/receipts/stored", {"image_ids": ids}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_without_the_logs_key_nothing_is_signed_and_nothing_lost(
    alice: Account, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_log()
    image, folders = store_image(alice), settings.LOG_DIRS
    settings.LOG_DIRS = [tmp_path / "elsewhere"]
    monkeypatch.setattr("rights.log_key._in_memory", {})

    answer = app_of(alice).post(
        f"{API}/receipts/stored", {"image_ids": [str(image.pk)]}, format="json"
    )

    assert (answer.status_code, answer.json()["code"]) == (503, "log_away")
    settings.LOG_DIRS = folders
    assert keep_log().size


# The public log.


def follow(client: Client) -> tuple[list[bytes], bytes]:
    """Every entry, and the root over the hashes in the tiles, as a follower reads them."""
    key = VerifierKey.read(client.get("/log/key").content.decode())
    checkpoint = open_checkpoint(client.get("/log/checkpoint").content.decode(), key)

    def tile(level: int, number: int, width: int) -> list[bytes]:
        part = "" if width == 256 else f".p/{width}"
        return hashes_in(client.get(f"/log/tile/{level}/{spell_number(number)}{part}").content)

    entries: list[bytes] = []
    for number in range(-(-checkpoint.size // 256)):
        width = width_of(checkpoint.size, 0, number)
        part = "" if width == 256 else f".p/{width}"
        entries += entries_in(
            client.get(f"/log/tile/entries/{spell_number(number)}{part}").content
        )
    assert Tree(checkpoint.size, tile).root() == checkpoint.root
    return entries, checkpoint.root


@pytest.mark.parametrize("count", [1, 255, 256, 700])
def test_a_follower_reads_the_whole_log(count: int, client: Client) -> None:
    for number in range(count):
        state(FactKind.DRILL_HELD, {"number": number})
    checkpoint = keep_log()

    entries, root = follow(client)

    assert len(entries) == checkpoint.size
    leaves = [hashlib.sha256(b"\0" + each).digest() for each in entries]
    path = Tree(len(leaves), reading(leaves)).inclusion(0)
    assert root_by_inclusion(0, len(leaves), leaves[0], path) == root


def reading(leaves: list[bytes]) -> ReadTile:
    """Tiles made from the leaves alone, by the definition in the specification."""

    def mth(level: int, at: int) -> bytes:
        if level == 0:
            return leaves[at]
        hashes = [mth(level - 1, at * 256 + each) for each in range(256)]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        return hashes[0]

    return lambda level, number, width: [mth(level, number * 256 + at) for at in range(width)]


@pytest.mark.parametrize(
    "tile",
    ["0/000", "1/000", "entries/000", "0/001.p/1", "0/000.p/0", "0/000.p/256", "0/000.p/300",
     "0/000.p/01", "00/000.p/1", "64/000.p/1", "0/0.p/1", "0/x000/000.p/1", "0/1000.p/1",
     "entries/000.p/99", "data/000.p/1", "", "0/000.p/1/", "0/000/1", "-1/000.p/1"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(tile: str, client: Client) -> None:
    keep_log()

    assert client.get(f"/log/tile/{tile}").status_code == 404


def test_nothing_is_shown_that_no_checkpoint_covers(client: Client) -> None:
    size = keep_log().size
    state(FactKind.DRILL_HELD, {"number": 1})
    append_owed()

    assert client.get(f"/log/tile/entries/000.p/{size}").status_code == 200
    assert client.get(f"/log/tile/entries/000.p/{size + 1}").status_code == 404


def test_caches_may_keep_a_full_tile_for_good_and_a_checkpoint_for_a_moment(
    client: Client,
) -> None:
    for number in range(256):
        state(FactKind.DRILL_HELD, {"number": number})
    keep_log()
    full, part, checkpoint = (
        client.get(f"/log/{path}") for path in ("tile/0/000", "tile/0/000.p/7", "checkpoint")
    )

    assert "immutable" in full["Cache-Control"]
    assert "immutable" not in part["Cache-Control"]
    assert checkpoint["Cache-Control"] == "public, max-age=5"
    assert {each["Access-Control-Allow-Origin"] for each in (full, part, checkpoint)} == {"*"}
    assert not any("Set-Cookie" in each for each in (full, part, checkpoint))
    assert full["Content-Type"] == "application/octet-stream"
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"


def test_a_long_log_costs_no_more_questions_than_a_short_one(
    alice: Account, give_receipt: GiveReceipt, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1500):
        state(FactKind.DRILL_HELD, {"number": number})
    receipt, app = give_receipt(), app_of(alice)

    with django_assert_max_num_queries(14):
        assert app.get(f"{API}/receipts/{receipt.pk}").json()["standing"] == "ready"


def test_a_receipt_proves_itself_long_after_the_log_went_on(
    alice: Account, give_receipt: GiveReceipt, client: Client
) -> None:
    receipt = give_receipt()
    file = app_of(alice).get(f"{API}/receipts/{receipt.pk}").json()["file"]
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        for number in range(300):
            state(FactKind.DRILL_HELD, {"number": number})
        keep_log()
        check(file, client)
