"""That a database came out of a backup: the service says it, and hands on what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from pocketvault.kernel.models import Restoration, RestorationProof
from rights.actions.issuing import keep_log
from rights.actions.logging_facts import state
from rights.actions.proving import prove_restoration
from rights.models import FactKind
from tests.reference_client.crypto.receipt import check_entry
from tests.rights.places import backed_up, own_places, restored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]


def said(client: Client) -> Mapping[str, Any] | None:
    answer: dict[str, Any] = client.get("/api/v1/server").json()
    restoration: Mapping[str, Any] | None = answer["restoration"]
    return restoration


def test_a_restored_service_hands_on_its_entry_and_the_proof(
    alice: Account, client: Client
) -> None:
    assert said(client) is None
    keep_log()
    with restored(backed_up()):
        before = said(client)
        assert before is not None
        assert (before["entry"], before["proof"]) == (None, None)
        for number in range(3):
            state(FactKind.DRILL_HELD, {"number": number})
        keep_log()

        after = said(client)
        assert after is not None
        facts = after["entry"]["facts"]
        assert facts["restored_at"][:19] == after["restored_at"][:19]
        assert facts["restored_to"][:19] == after["restored_to"][:19]
        key = client.get("/log/key").content.decode().strip()
        check_entry(after["entry"], after["proof"], key)

        state(FactKind.DRILL_HELD, {"number": 3})
        keep_log()
        assert said(client) == after  # a proof holds for good, and is made once


def test_a_row_that_the_log_does_not_know_is_never_proven(alice: Account, client: Client) -> None:
    with restored(backed_up()):
        keep_log()
        assert RestorationProof.objects.count() == 1
        row = Restoration.objects.get()
        earlier = row.restored_to - timedelta(days=1)
        Restoration.objects.create(
            restored_at=row.restored_at, restored_to=earlier, replayed_at=row.replayed_at
        )
        keep_log()

        claimed = said(client)
        assert claimed is not None
        assert (claimed["entry"], claimed["proof"]) == (None, None)


def test_looking_for_it_costs_nothing_once_it_is_there(
    alice: Account, django_assert_max_num_queries: Any
) -> None:
    with restored(backed_up()):
        checkpoint = keep_log()
        with django_assert_max_num_queries(2):
            assert not prove_restoration(checkpoint)
