"""A copy of the vault, made on a device: its owner hears of it; a stranger gets no copy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent
from pocketvault.kernel import work
from tests.factories import open_session, with_token

pytestmark = pytest.mark.django_db


def stepped_up(account: Account, *, minutes: int) -> APIClient:
    until = timezone.now() + timedelta(minutes=minutes)
    return with_token(open_session(account, step_up_until=until))


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(tag=AuditTag.EXPORT_BEGUN))


def test_an_export_is_noted_and_its_owner_told(alice: Account) -> None:
    assert stepped_up(alice, minutes=5).post("/api/v1/exports").status_code == 204

    work.run_due_jobs()
    assert [event.actor_id for event in events()] == [alice.pk]
    [letter] = mail.outbox
    assert letter.to == [alice.email]
    assert "copy of what is in your vault was begun" in letter.body


def test_without_a_fresh_proof_nothing_begins(alice: Account) -> None:
    refused = stepped_up(alice, minutes=-1).post("/api/v1/exports")

    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert events() == []
    assert mail.outbox == []


def test_a_vault_that_a_reset_shut_is_not_carried_away(alice: Account) -> None:
    app = stepped_up(alice, minutes=5)
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())

    assert app.post("/api/v1/exports").json()["code"] == "vault_shut"
    assert events() == []
