"""Which commits wait for the disk: all of them, except where somebody said otherwise."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from pocketvault.kernel.durability import without_waiting
from pocketvault.kernel.models import PeriodicRun

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = {"sqlite": ("PRAGMA synchronous", 2), "postgresql": ("SHOW synchronous_commit", "on")}


def is_waiting() -> bool:
    """Whether a commit would wait for the disk now."""
    question, waits = WAITS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        return bool(cursor.fetchone()[0] == waits)


def write(name: str) -> None:
    PeriodicRun.objects.create(task=name, offered_at=timezone.now())


def write_and_fail() -> None:
    with without_waiting():
        write("inside")
        raise LookupError


def test_only_the_block_itself_does_not_wait() -> None:
    assert is_waiting()
    with without_waiting():
        assert not is_waiting()
        write("inside")

    assert is_waiting()
    assert PeriodicRun.objects.filter(task="inside").exists()


def test_a_failure_inside_undoes_the_block_and_the_next_commit_waits() -> None:
    with pytest.raises(LookupError):
        write_and_fail()

    assert is_waiting()
    assert not PeriodicRun.objects.exists()


def test_inside_another_transaction_it_waits_with_that_one() -> None:
    with transaction.atomic():
        with without_waiting():
            assert is_waiting()
            write("inside")
        assert is_waiting()
