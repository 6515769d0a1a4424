"""What the law lets somebody ask is answered from the registries, and from nothing else."""

from __future__ import annotations

import pytest

from accounts.models import Account
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.purposes import all_purposes
from rights.actions.processors import announce_processor
from tests.factories import app_of
from tests.proofs.test_p14_processors import draft

pytestmark = pytest.mark.django_db


def test_every_paragraph_is_answered_from_its_registry(alice: Account) -> None:
    announce_processor(draft())

    answer = app_of(alice).get("/api/v1/me/about-my-data").json()

    assert {each["name"] for each in answer["purposes"]} == {p.name for p in all_purposes()}
    kept = {
        f"{c.app_label}.{k.model}" for c in custodians() for k in c.keeps if k.owner_path
    }
    assert {each["what"] for each in answer["kept"]} == kept
    assert all(each["retention"] and each["categories"] for each in answer["kept"])
    assert [each["name"] for each in answer["recipients"]["processors"]] == ["Deliver & Co"]
    assert answer["recipients"]["countries"] == ["IE"]
    assert {each["article"] for each in answer["rights"]} >= {"15", "16", "17", "18", "20", "21"}
    assert answer["complaint"]
    assert answer["sources"]
    assert answer["automated_decisions"]["exist"] is False


def test_nobody_else_is_a_recipient(alice: Account) -> None:
    answer = app_of(alice).get("/api/v1/me/about-my-data").json()

    assert answer["recipients"]["processors"] == []
    assert answer["account_id"] == str(alice.pk)
