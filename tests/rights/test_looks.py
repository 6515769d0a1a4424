"""Who at the desk looked at what is about a person, and when the person is told."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account, Role
from pocketvault.kernel.ids import uuid7
from rights.actions.looking import note_look, tell_of_looks
from rights.models import DeskLook, LookedAt
from tests.factories import app_of, give_roles

pytestmark = pytest.mark.django_db


def told(app: APIClient) -> list[dict[str, object]]:
    """What the person reads, the newest first."""
    items: list[dict[str, object]] = app.get("/api/v1/me/looks").json()["items"]
    return items


def look(person: Account, actor: Account, *, is_gagged: bool = False) -> UUID:
    """Somebody looks at a case of theirs; which."""
    case_id = uuid7()
    note_look(person.pk, LookedAt.ORDER, actor=actor, case_id=case_id, is_gagged=is_gagged)
    return case_id


def test_a_look_is_told_at_once_with_the_role_and_the_case_and_no_name(
    alice: Account, bob: Account, grace: Account
) -> None:
    give_roles(grace, Role.DPO, Role.COUNSEL)
    case_id = look(alice, grace)
    [item] = told(app_of(alice))
    assert (item["looked_at"], item["case"]) == ("order", str(case_id))
    assert item["roles"] == ["counsel", "dpo"]
    assert grace.email not in str(item)
    assert str(grace.pk) not in str(item)
    assert told(app_of(bob)) == []


def test_a_look_under_a_gag_is_told_when_that_gag_ends_and_no_other(
    alice: Account, grace: Account
) -> None:
    first, second = (look(alice, grace, is_gagged=True) for _ in range(2))
    assert told(app_of(alice)) == []

    assert tell_of_looks(first) == 1
    assert [item["case"] for item in told(app_of(alice))] == [str(first)]
    assert DeskLook.objects.get(case_id=second).shown_from is None


def test_telling_again_leaves_the_day_on_which_it_was_told(alice: Account, grace: Account) -> None:
    case_id = look(alice, grace, is_gagged=True)
    tell_of_looks(case_id)
    day = DeskLook.objects.get().shown_from
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert tell_of_looks(case_id) == 0
    assert DeskLook.objects.get().shown_from == day
