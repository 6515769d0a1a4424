"""What a migration may do while the release before still answers: each rule refuses what breaks
it, and takes the form that does not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now, Random
from pytest_django import Settings

from deploy.upgrades import releases, rules
from pocketvault.kernel.schema_changes import (
    AddConstraintAside,
    AddIndexAside,
    DropLeftColumn,
    DropLeftTable,
    LeaveField,
    LeaveModel,
    RemoveUniqueConstraint,
)

RELEASE = "2026-11-28"
INDEX = models.Index(fields=["bytes"], name="by_size")
POSITIVE = models.CheckConstraint(condition=models.Q(bytes__gt=0), name="has_bytes")
UNIQUE = models.UniqueConstraint(fields=["blob_key", "name"], name="one_blob")
NOTED = models.CheckConstraint(condition=models.Q(verified_at__isnull=False), name="verified")


@cache
def history() -> tuple[list[Migration], dict[str, set[releases.Key]]]:
    """That of ``images`` and what it builds on, and what the last release had of it."""
    loader = MigrationLoader(None)
    known = releases.read(loader, releases.LIST.read_text())
    [leaf] = loader.graph.leaf_nodes("images")
    plan = [loader.graph.nodes[key] for key in loader.graph.forwards_plan(leaf)]
    return plan, {RELEASE: set(known[RELEASE])}


def refused(*operations: Any, atomic: bool = True, after: Any = ()) -> list[str]:
    """What is said of a new migration of ``images``, after others that were released."""
    old, known = history()
    released = []
    for number, each in enumerate(after):
        before = made(f"before_{number}", each)
        known = {**known, f"release-{number}": [*known.values()][-1] | {("images", before.name)}}
        released.append(before)
    return list(rules.judge_all([*old, *released, made("new", *operations, atomic=atomic)], known))


def made(name: str, *operations: Any, atomic: bool = True) -> Migration:
    migration = Migration(name, "images")
    migration.operations = list(operations)
    migration.atomic = atomic
    return migration


def test_every_migration_that_no_release_has_brought_keeps_the_rules() -> None:
    assert rules.refusals() == []


def test_those_of_the_next_release_in_tests_keep_them_too(settings: Settings) -> None:
    """So that what tests try on databases is what the rules allow."""
    settings.MIGRATION_MODULES = {"images": "tests.next_release.migrations"}
    assert len({key for key in MigrationLoader(None).graph.nodes if key[1] > "0100"}) >= 5
    assert rules.refusals() == []


def add(model: str, field: models.Field[Any, Any]) -> Any:
    return migrations.AddField(model, "new", field)


def key(**options: Any) -> models.Field[Any, Any]:
    return models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", **options)


def alter(field: models.Field[Any, Any], *, name: str = "blob_key") -> Any:
    return migrations.AlterField("imagepart", name, field)


BLOB_KEY = {"unique": True}
PINNED = models.BinaryField(null=True, db_column="marks")

GOOD = {
    "a column that fills itself": add("image", models.IntegerField(db_default=0)),
    "one that says when": add("image", models.DateTimeField(db_default=Now())),
    "one that may be empty": add("image", models.TextField(null=True)),
    "a key without an index": add("image", key(null=True, db_index=False)),
    "more room": alter(models.CharField(max_length=300, **BLOB_KEY)),
    "as much room as wanted": alter(models.TextField(**BLOB_KEY)),
    "empty from now on": alter(models.CharField(max_length=200, null=True, **BLOB_KEY)),
    "a default": alter(models.CharField(max_length=200, db_default="", **BLOB_KEY)),
    "other words for people": alter(models.CharField("where", max_length=200, **BLOB_KEY)),
    "a field left": LeaveField("imageversion", "stored_at"),
    "a model left": LeaveModel("Correction"),
    "a name pinned": migrations.AlterField("image", "marks", PINNED),
    "a key's name pinned": migrations.AlterField("album", "owner", key(db_column="owner_id")),
    "a table's name pinned": migrations.AlterModelTable("tombstone", "images_tombstone"),
    "a question": migrations.RunSQL("SELECT 1", "SELECT 1"),
    "rows": migrations.RunPython(print, print),
    "a table": migrations.CreateModel("N", [("id", models.BigAutoField(primary_key=True))]),
    "an index less": migrations.RemoveIndex("imagepart", "part_by_reading"),
}  # fmt: skip

BAD = {
    "inserts rows without it": add("image", models.IntegerField(default=0)),
    "or null=True": add("image", models.IntegerField(db_default=models.Value(None))),
    "differs from row to row": add("image", models.FloatField(db_default=Random())),
    "whole table anew": add(
        "image",
        models.GeneratedField(
            expression=models.F("version_number"), output_field=models.IntegerField(),
            db_persist=True,
        ),
    ),
    "db_index=False": add("image", key(null=True)),
    "can write: db_index": add("image", models.UUIDField(null=True, unique=True)),
    "a key begins empty": add("image", key(db_default=1, db_index=False)),
    "LeaveField": migrations.RemoveField("image", "marks"),
    "LeaveModel": migrations.DeleteModel("Tombstone"),
    "pin it with db_column": migrations.RenameField("image", "marks", "signs"),
    "pin it with db_table": migrations.RenameModel("Tombstone", "Grave"),
    "old table: pin": migrations.AlterModelTable("tombstone", "graves"),
    "less than before": alter(models.CharField(max_length=100, **BLOB_KEY)),
    "less than before, or": migrations.AlterField(
        "image", "marks", models.BinaryField(null=True, db_column="signs")
    ),
    "add another column": alter(models.BinaryField(**BLOB_KEY)),
    "writes the table anew": alter(models.BigIntegerField(), name="version"),
    "takes less": alter(models.PositiveBigIntegerField(unique=True), name="bytes"),
    "isnull=False": alter(models.DateTimeField(), name="verified_at"),
    "AddIndexAside": migrations.AddIndex("imagepart", INDEX),
    "AddConstraintAside": migrations.AddConstraint("imagepart", POSITIVE),
    "read: AddConstraintAside": migrations.AddConstraint("imagepart", UNIQUE),
    "of their own, which can be judged": migrations.AlterUniqueTogether("imagepart", {("bytes",)}),
    "no reverse_sql": migrations.RunSQL("SELECT 1"),
    "use an operation": migrations.RunSQL("create unique index a on b (c)", "SELECT 1"),
    "locks a table": migrations.RunSQL("ALTER TABLE images_image SET (fillfactor = 90)", ""),
    "no reverse_code": migrations.RunPython(print),
    "nobody has judged": migrations.SeparateDatabaseAndState([], []),
    "judged this kind": AddIndexConcurrently("imagepart", INDEX),
    "did not leave it": DropLeftColumn("imageversion", "stored_at", left_in=RELEASE),
    "LeaveModel first": DropLeftTable("images_correction", left_in=RELEASE),
    "with its help": migrations.RemoveConstraint("imageversion", "one_row_per_version"),
    "no release of": RemoveUniqueConstraint(
        "imageversion", "one_row_per_version", unused_since="9"
    ),
}  # fmt: skip


@pytest.mark.parametrize("operation", GOOD.values(), ids=GOOD)
def test_what_the_release_before_does_not_notice_is_taken(operation: Any) -> None:
    assert refused(operation) == []


@pytest.mark.parametrize(("words", "operation"), BAD.items(), ids=BAD)
def test_what_breaks_it_or_locks_it_out_is_refused(words: str, operation: Any) -> None:
    [sentence] = refused(operation)
    assert sentence.startswith("images.new: ")
    for part in words.split(": "):
        assert part in sentence


def test_a_table_that_no_release_has_is_anybodys_to_change() -> None:
    table = migrations.CreateModel(
        "Fresh", [("id", models.BigAutoField(primary_key=True)), ("bytes", models.IntegerField())]
    )
    assert not refused(
        table, migrations.AddField("fresh", "word", models.TextField(default="")),
        migrations.AddIndex("fresh", INDEX), migrations.AddConstraint("fresh", POSITIVE),
        migrations.RemoveField("fresh", "word"), migrations.DeleteModel("Fresh"),
    )  # fmt: skip


def test_what_is_built_aside_stands_alone_outside_a_transaction() -> None:
    index = AddIndexAside("imagepart", INDEX)
    unique = AddConstraintAside("imagepart", UNIQUE, obeyed_since=RELEASE)
    check = AddConstraintAside("imagepart", POSITIVE, obeyed_since=RELEASE)
    assert refused(index, unique, check, atomic=False) == []
    assert "atomic = False" in refused(index)[0]
    assert "killed" in refused(index, GOOD["one that may be empty"], atomic=False)[0]


def test_a_rule_names_the_release_since_which_it_is_obeyed() -> None:
    nobody = AddConstraintAside("imagepart", UNIQUE, obeyed_since="0.9")
    assert "obeyed_since='0.9' is no release" in refused(nobody, atomic=False)[0]


def test_rows_are_changed_apart_from_tables() -> None:
    rows = migrations.RunPython(print, print)
    assert refused(rows, atomic=False) == []
    assert "of their own" in refused(GOOD["one that may be empty"], rows)[0]


def test_nothing_is_empty_any_more_once_a_check_holds_it() -> None:
    required = alter(models.DateTimeField(), name="verified_at")
    check = AddConstraintAside("imagepart", NOTED, obeyed_since=RELEASE)
    assert refused(required, after=[check]) == []


def test_a_pinned_name_may_change_in_python() -> None:
    pin = migrations.AlterField("image", "marks", PINNED)
    assert refused(migrations.RenameField("image", "marks", "signs"), after=[pin]) == []
    table = migrations.AlterModelTable("tombstone", "images_tombstone")
    assert refused(migrations.RenameModel("Tombstone", "Grave"), after=[table]) == []


def test_what_one_release_left_the_next_may_drop() -> None:
    column, table = LeaveField("imageversion", "stored_at"), LeaveModel("Correction")
    key_of_owner = LeaveField("album", "owner")
    assert not refused(
        DropLeftColumn("imageversion", "stored_at", left_in="release-0"),
        DropLeftTable("images_correction", left_in="release-1"),
        DropLeftColumn("album", "owner_id", left_in="release-2"),
        after=[column, table, key_of_owner],
    )
    # Not the release that leaves it, nor one that went out before.
    early = DropLeftColumn("imageversion", "stored_at", left_in=RELEASE)
    assert "did not leave it" in refused(early, after=[column])[0]
    assert "did not leave it" in refused(column, DropLeftColumn(
        "imageversion", "stored_at", left_in=RELEASE
    ))[0]  # fmt: skip


def test_a_release_is_noted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "releases.txt"
    path.write_text(releases.LIST.read_text())
    monkeypatch.setattr(releases, "LIST", path)
    releases.note("1.0")
    loader = MigrationLoader(None)
    known = releases.read(loader, path.read_text())
    assert list(known)[-1] == "1.0"
    assert known["1.0"] == set(loader.graph.nodes)
    for name in ("1.0", "two words", "#"):
        with pytest.raises(releases.UnreadableListError):
            releases.note(name)
    with pytest.raises(releases.UnreadableListError):
        releases.read(loader, "1.0\nimages 0099_nowhere\n")


def test_the_handbook_says_how_each_change_is_made() -> None:
    document = (Path(current.BASE_DIR) / "docs" / "operations.md").read_text()
    for each in (
        AddConstraintAside, AddIndexAside, DropLeftColumn, DropLeftTable, LeaveField, LeaveModel,
        RemoveUniqueConstraint,
    ):
        assert f"`{each.__name__}" in document
