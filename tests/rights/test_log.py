"""The log as it is written: a single writer, no gap, no entry twice, proofs that lead home."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel import rotation
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.models import EpochKey
from rights.actions.issuing import keep_log
from rights.actions.keeping_log import append_owed, found_log
from rights.actions.logging_facts import state, state_epochs
from rights.actions.receipts import forget_old_receipts, owe_receipt, take_receipt
from rights.log.hashing import Tree, leaf_hash, root_of
from rights.log.notes import open_checkpoint
from rights.log.proofs import check_proof, read_proof
from rights.log_reading import newest_checkpoint, proof_of, read_tile, verifier_key
from rights.models import (
    FactKind,
    LogEntry,
    LogNode,
    OwedEntry,
    Receipt,
    ReceiptBody,
    ReceiptKind,
)
from rights.receipt_errors import ReceiptNotReadyError
from tests.rights.conftest import DELETED, GiveReceipt

pytestmark = pytest.mark.django_db


def state_many(count: int) -> None:
    for number in range(count):
        state(FactKind.DRILL_HELD, {"number": number})


def test_entries_come_in_as_they_were_owed_and_are_owed_no_more() -> None:
    keep_log()
    start = LogEntry.objects.count()
    state_many(3)

    checkpoint = keep_log()

    entries = [json.loads(bytes(each.entry)) for each in LogEntry.objects.filter(index__gte=start)]
    assert [each["facts"]["number"] for each in entries] == [0, 1, 2]
    assert not OwedEntry.objects.exists()
    assert checkpoint.size == start + 3
    assert keep_log() == checkpoint


@pytest.mark.parametrize("sizes", [(1, 1, 1), (255, 1, 1), (256, 256), (300, 400), (1000,)])
def test_the_root_is_the_root_over_all_leaves_however_they_came(sizes: tuple[int, ...]) -> None:
    for size in sizes:
        state_many(size)
        checkpoint = keep_log()

    key = verifier_key()
    assert key is not None
    leaves = [leaf_hash(bytes(each.entry)) for each in LogEntry.objects.order_by("index")]
    assert open_checkpoint(checkpoint.note, key).root == root_of(leaves)
    assert LogNode.objects.filter(level=1).count() == len(leaves) // 256


def test_a_tree_of_three_levels_has_its_nodes_right() -> None:
    """65,536 leaves make a node of the second level: the hashes stand for their rows here."""
    head = found_log()
    before = LogEntry.objects.count()
    state_many(600)
    keep_log()
    head.refresh_from_db()
    leaves = [bytes(each.leaf_hash) for each in LogEntry.objects.order_by("index")]
    tree = Tree(head.size, read_tile)

    for index in (0, before, 255, 256, head.size - 1):
        proof = proof_of(LogEntry.objects.get(index=index), keep_log())
        key = verifier_key()
        assert key is not None
        assert check_proof(proof, bytes(LogEntry.objects.get(index=index).entry), key)
    assert tree.root() == root_of(leaves)


def test_days_never_run_backwards() -> None:
    state_many(1)
    keep_log()
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        state_many(1)
        keep_log()

    days = [json.loads(bytes(each.entry))["on"] for each in LogEntry.objects.order_by("index")]
    assert days == sorted(days)


def test_a_fact_stated_once_is_not_stated_again() -> None:
    for _ in range(2):
        state(FactKind.RESTORED, {"number": 1}, once="1")

    keep_log()

    assert kinds().count("restored") == 1


def test_epoch_keys_are_stated_when_made_and_when_destroyed() -> None:
    first = EpochKey.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        rotation.keep_epochs_in_order()
    with time_machine.travel(timezone.now() + timedelta(days=23)):
        rotation.keep_epochs_in_order()
        state_epochs()
        keep_log()

    facts = [json.loads(bytes(each.entry)) for each in LogEntry.objects.order_by("index")]
    made = [each["facts"]["number"] for each in facts if each["kind"] == "epoch.made"]
    gone = [each["facts"]["number"] for each in facts if each["kind"] == "epoch.destroyed"]
    assert made == [first.number, first.number + 1, first.number + 2]
    assert gone == [first.number]
    assert facts[0]["facts"]["key_sha256"] == bytes(first.fingerprint).hex()


def test_a_receipt_is_owed_once_for_each_thing(give_receipt: GiveReceipt) -> None:
    receipt = give_receipt()
    owe_receipt(
        ReceiptKind.DELETED_ACTIVE, account_id=None, about=receipt.about, facts={"another": 1}
    )
    keep_log()

    assert Receipt.objects.get() == receipt
    assert kinds().count("deleted.active") == 1


def test_the_leaf_of_a_promise_says_which_and_by_when(give_receipt: GiveReceipt) -> None:
    promise, due = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", timezone.now() + timedelta(days=22)
    give_receipt(promise_id=promise, due_at=due)
    give_receipt(ReceiptKind.DELETED_FINAL, promise_id=promise)

    said = [json.loads(bytes(each.entry)) for each in LogEntry.objects.order_by("index")]
    active, final = (each for each in said if each["kind"].startswith("deleted."))
    assert (active["promise"], active["due_on"]) == (promise, due.date().isoformat())
    assert final["promise"] == promise
    assert "due_on" not in final


def test_the_log_says_nothing_of_whom_or_what(give_receipt: GiveReceipt) -> None:
    receipt = give_receipt()
    body = json.loads(receipt.body.open())

    stored = bytes(LogEntry.objects.get(commitment=receipt.body.commitment).entry).decode()

    for secret in (str(receipt.pk), str(receipt.about), DELETED["images"][0], body["opening"]):
        assert secret not in stored


def test_a_receipt_opens_its_commitment_by_hand(give_receipt: GiveReceipt) -> None:
    """As ``docs/log.md`` says it: nothing of ours is used but the rows."""
    receipt = give_receipt()
    content = json.loads(receipt.body.open())
    spelled = json.dumps(
        content["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()

    found = hashlib.sha256(
        b"pocketvault.commitment/1\0" + from_base64url(content["opening"]) + spelled
    ).digest()

    assert found == bytes(receipt.body.commitment)


def test_what_was_taken_is_shredded_and_points_nowhere(give_receipt: GiveReceipt) -> None:
    receipt = give_receipt()

    for _ in range(2):
        take_receipt(receipt)
        receipt.refresh_from_db()

    assert receipt.taken_at is not None
    assert not ReceiptBody.objects.exists()


def test_nothing_is_shredded_before_it_was_signed(alice: object, db: None) -> None:
    owe_receipt(ReceiptKind.STORED, account_id=None, about=found_about(), facts={"a": 1})
    receipt = Receipt.objects.get()

    with pytest.raises(ReceiptNotReadyError):
        take_receipt(receipt)

    assert ReceiptBody.objects.filter(pk=receipt.pk).exists()


def test_what_nobody_took_is_forgotten_after_90_days(give_receipt: GiveReceipt) -> None:
    give_receipt()
    later = timezone.now() + timedelta(days=90, minutes=1)

    assert forget_old_receipts(later - timedelta(minutes=2)) == 0
    assert forget_old_receipts(later) > 0
    assert not Receipt.objects.exists()
    assert not ReceiptBody.objects.exists()


def test_what_could_not_be_signed_is_owed_however_long_it_takes(
    give_receipt: GiveReceipt, alice: Account
) -> None:
    """The log's key may be away for months: nobody could have taken it yet."""
    signed = give_receipt()
    owe_receipt(ReceiptKind.DELETED_FINAL, account_id=alice.pk, about=found_about(), facts={"a": 1})
    later = timezone.now() + timedelta(days=200)

    forget_old_receipts(later)

    [left] = Receipt.objects.all()
    assert left.kind == ReceiptKind.DELETED_FINAL
    assert ReceiptBody.objects.filter(pk=left.pk).exists()
    assert not Receipt.objects.filter(pk=signed.pk).exists()


def test_a_proof_reads_back(give_receipt: GiveReceipt) -> None:
    receipt = give_receipt()
    entry = LogEntry.objects.get(commitment=receipt.body.commitment)
    checkpoint, key = newest_checkpoint(), verifier_key()
    assert checkpoint is not None
    assert key is not None

    proof = read_proof(proof_of(entry, checkpoint).text())

    assert check_proof(proof, bytes(entry.entry), key).size == checkpoint.size


def test_appending_in_parts_leaves_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    keep_log()
    monkeypatch.setattr("rights.actions.keeping_log.BATCH_ENTRIES", 7)
    state_many(30)
    while append_owed():
        pass

    indices = list(LogEntry.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(len(indices)))


def kinds() -> list[str]:
    return [json.loads(bytes(each.entry))["kind"] for each in LogEntry.objects.order_by("index")]


def found_about() -> str:
    return "0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17"
