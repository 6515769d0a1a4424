"""The operations themselves, on whichever database this is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from images.models import DiscardedBlob
from pocketvault.kernel import upgrading
from pocketvault.kernel.schema_changes import (
    AddConstraintAside,
    AddIndexAside,
    DropLeftColumn,
    DropLeftTable,
    LeaveField,
    LeaveModel,
)
from tests.rights.made import made_database

pytestmark = pytest.mark.django_db
SINCE = "2026-11-28"
ONCE = models.UniqueConstraint(fields=["discarded_at"], name="one_at_a_time")
ONCE_HELD = models.UniqueConstraint(
    fields=["discarded_at"], condition=models.Q(is_held=True), name="one_held_at_a_time"
)
NAMED = models.CheckConstraint(condition=~models.Q(blob_key="nothing"), name="is_named")


@pytest.fixture
def state() -> Iterator[Any]:
    """That of this release, on a database of its own."""
    with made_database():
        yield MigrationExecutor(connection).loader.project_state()


def run(state: Any, *operations: Any) -> Any:
    """As the executor does it; the state afterwards."""
    upgrading.WholeExecutor(connection)
    for operation in operations:
        after = state.clone()
        operation.state_forwards("images", after)
        with connection.schema_editor(atomic=connection.vendor == "sqlite") as editor:
            operation.database_forwards("images", editor, state, after)
        state = after
    return state


def discard(key: str, moment: Any, *, is_held: bool = False) -> DiscardedBlob:
    return DiscardedBlob.objects.create(blob_key=key, discarded_at=moment, is_held=is_held)


@pytest.mark.parametrize("constraint", [ONCE, ONCE_HELD, NAMED], ids=lambda each: each.name)
def test_a_rule_that_rows_break_is_not_made_until_they_are_mended(
    state: Any, constraint: Any
) -> None:
    """What PostgreSQL half built and gave up does not stand in the way of the next run."""
    now = timezone.now()
    discard("something", now, is_held=True)
    breaking = discard("nothing", now, is_held=True)
    operation = AddConstraintAside("discardedblob", constraint, obeyed_since=SINCE)
    with pytest.raises(IntegrityError):
        run(state, operation)
    with pytest.raises(IntegrityError):
        run(state, operation)
    breaking.delete()
    run(state, operation)
    if connection.vendor == "postgresql":
        run(state, operation)  # as after a kill between the work and its note
    with pytest.raises(IntegrityError), transaction.atomic():
        discard("nothing", now, is_held=True)


def test_an_index_is_built_once(state: Any) -> None:
    index = models.Index(fields=["discarded_at"], name="by_discarding")
    run(state, AddIndexAside("discardedblob", index))
    if connection.vendor == "postgresql":
        run(state, AddIndexAside("discardedblob", index))
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "images_discardedblob")
    assert found["by_discarding"]["index"]


def test_what_is_built_aside_says_when_it_stands_in_a_transaction(state: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite builds nothing aside")
    index = models.Index(fields=["discarded_at"], name="by_discarding")
    with (
        pytest.raises(NotSupportedError, match="atomic = False"),
        connection.schema_editor(atomic=True) as editor,
    ):
        AddIndexAside("discardedblob", index).database_forwards("images", editor, state, state)


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {
            each.name for each in connection.introspection.get_table_description(cursor, table)
        }


def test_what_was_left_stays_until_it_is_dropped(state: Any) -> None:
    left = run(state, LeaveField("imageversion", "stored_at"), LeaveModel("Correction"))
    assert "stored_at" not in left.models["images", "imageversion"].fields
    assert "stored_at" in columns("images_imageversion")
    assert "image_id" in columns("images_correction")
    run(
        left,
        DropLeftColumn("imageversion", "stored_at", left_in=SINCE),
        DropLeftTable("images_correction", left_in=SINCE),
    )
    assert "stored_at" not in columns("images_imageversion")
    assert "images_correction" not in connection.introspection.table_names()
    # Killed before it was noted, it is run again.
    run(
        left,
        DropLeftColumn("imageversion", "stored_at", left_in=SINCE),
        DropLeftTable("images_correction", left_in=SINCE),
    )


def test_what_carries_a_row_cannot_be_left(state: Any) -> None:
    with pytest.raises(NotSupportedError):
        run(state, LeaveField("image", "id"))
