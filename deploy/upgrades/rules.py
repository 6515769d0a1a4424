"""What a migration may do while the release before it still answers, on tables it knows.

Three things are asked of each operation: does code that does not know of it still read and write?
Does PostgreSQL let others read and write meanwhile? Killed, can it be run again? What is not listed
here is refused, so that a new kind of operation is judged before it is used.

A table that no release has yet is anybody's to change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import (
    CharField,
    CheckConstraint,
    Field,
    GeneratedField,
    Q,
    TextField,
    UniqueConstraint,
    Value,
)
from django.db.models.functions import Now

from deploy.upgrades import releases
from deploy.upgrades.releases import Key
from pocketvault.kernel import schema_changes as kept

_LOCKING = re.compile(
    r"\b(ALTER\s+TABLE|CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+(TABLE|INDEX)|TRUNCATE|LOCK)\b",
    re.IGNORECASE,
)
_HARMLESS = (
    ops.CreateModel,
    ops.AlterModelOptions,
    ops.AlterModelManagers,
    ops.AlterModelTableComment,
    ops.RemoveIndex,
    ops.RenameIndex,
)


@dataclass(slots=True)
class Scene:
    """What is known when an operation is judged. ``left`` grows as migrations are read."""

    releases: Mapping[str, set[Key]]
    tables: set[tuple[str, str]]
    left: dict[tuple[str, str], Key] = field(default_factory=dict)
    app: str = ""
    before: ProjectState = field(default_factory=ProjectState)

    def knows(self, model: str) -> bool:
        """Whether the release before has this table."""
        return (self.app, model.lower()) in self.tables

    def field_of(self, model: str, name: str) -> Field[Any, Any]:
        """As it is before the operation."""
        found: Field[Any, Any] = self.before.models[self.app, model.lower()].fields[name]
        return found

    def is_left_in(self, release: str, table: str, column: str) -> bool:
        """Whether that release brought the migration that left it."""
        return self.left.get((table, column)) in self.releases.get(release, ())


def refusals() -> list[str]:
    """One sentence for each thing that is wrong with migrations which no release has brought."""
    loader = MigrationLoader(None)
    known = releases.read(loader, releases.LIST.read_text(encoding="utf-8"))
    graph = loader.graph
    plan = [key for leaf in sorted(graph.leaf_nodes()) for key in graph.forwards_plan(leaf)]
    ours = {"kernel", *settings.VAULT_APPS}
    migrations = [graph.nodes[key] for key in dict.fromkeys(plan) if key[0] in ours]
    return list(judge_all(migrations, known))


def judge_all(migrations: Sequence[Migration], known: Mapping[str, set[Key]]) -> Iterator[str]:
    """All of them in their order, from the first; sentences about those of no release."""
    last = set(list(known.values())[-1])
    state, scene = ProjectState(), Scene(releases=known, tables=set())
    # Released ones first: nothing that is older than the release builds on what is newer.
    for migration in sorted(migrations, key=lambda each: _key(each) not in last):
        is_new = _key(migration) not in last
        if is_new and not scene.tables:
            scene.tables = set(state.models)
        if is_new:
            yield from (f"{migration.app_label}.{migration.name}: {s}" for s in _mixed(migration))
        scene.app = migration.app_label
        for operation in migration.operations:
            scene.before = state
            if is_new:
                yield from (
                    f"{migration.app_label}.{migration.name}: {operation.describe()}: {sentence}"
                    for sentence in judge(operation, scene)
                )
            _note_left(operation, scene, migration)
            state = state.clone()
            operation.state_forwards(migration.app_label, state)


def judge(operation: Any, scene: Scene) -> Iterator[str]:
    """Why this operation is refused; nothing when it is not."""
    for kinds, rule in _RULES:
        if type(operation) in kinds:
            yield from rule(operation, scene)
            return
    yield "nobody has judged this kind of operation: add it to deploy/upgrades/rules.py"


def _mixed(migration: Migration) -> Iterator[str]:
    operations = migration.operations
    moves = [each for each in operations if isinstance(each, ops.RunPython)]
    asides = [each for each in operations if isinstance(each, kept.Aside)]
    if moves and len(operations) > 1:
        yield "rows are changed in a migration of their own, or locks are held until all are"
    if asides and migration.atomic:
        yield "what is built aside needs atomic = False"
    if not migration.atomic and len(operations) > len(asides) + len(moves):
        yield "atomic = False is for what is built aside, or one RunPython: killed, half is done"


def _add_field(operation: ops.AddField, scene: Scene) -> Iterator[str]:
    added: Any = operation.field
    if added.many_to_many or not scene.knows(operation.model_name):
        return
    if isinstance(added, GeneratedField):
        yield "PostgreSQL writes the whole table anew meanwhile; fill a plain column instead"
        return
    default = added.db_default if added.has_db_default() else None
    is_empty = default is None or (isinstance(default, Value) and default.value is None)
    if not added.null and is_empty:
        yield "the release before inserts rows without it: give it a db_default, or null=True"
    if hasattr(default, "resolve_expression") and not isinstance(default, Value | Now):
        yield "its db_default differs from row to row, so PostgreSQL writes the whole table anew"
    if added.remote_field and not is_empty:
        yield "PostgreSQL looks every row up meanwhile: a key begins empty"
    if added.unique or added.db_index:
        yield "its index is built while nobody can write: db_index=False, then AddIndexAside"


def _alter_field(operation: ops.AlterField, scene: Scene) -> Iterator[str]:
    if not scene.knows(operation.model_name):
        return
    old, new = scene.field_of(operation.model_name, operation.name), operation.field
    was, becomes = _in_database(old, operation.name), _in_database(new, operation.name)
    if was == becomes or _is_wider(was, becomes):
        return
    model = scene.before.models[scene.app, operation.model_name.lower()]
    is_checked = any(
        isinstance(each, CheckConstraint)
        and each.condition == Q((f"{operation.name}__isnull", False))
        for each in model.options.get("constraints", [])
    )
    if _is_wider(was | {"null": False}, becomes) and becomes.get("null", False) is False:
        if not is_checked:
            yield "first AddConstraintAside(CheckConstraint(condition=Q(…__isnull=False)))"
        return
    yield "it takes less than before, or PostgreSQL writes the table anew: add another column"


def _in_database(of: Field[Any, Any], name: str) -> dict[str, Any]:
    _, path, _, named = of.deconstruct()
    plain = {word: value for word, value in named.items() if word not in of.non_db_attrs}
    return {**plain, "path": path, "db_column": _column(of, name)}


def _is_wider(was: Mapping[str, Any], becomes: Mapping[str, Any]) -> bool:
    """More may stand in the column, and PostgreSQL only notes that."""
    texts = {f"django.db.models.{each.__name__}" for each in (CharField, TextField)}
    free = {"null", "max_length", "db_default", "default", "path"}
    rest = [{k: v for k, v in each.items() if k not in free} for each in (was, becomes)]
    is_longer = becomes["path"] == was["path"] or (
        {was["path"], becomes["path"]} <= texts and becomes["path"].endswith("TextField")
    )
    longest = becomes.get("max_length") or float("inf")
    return (
        rest[0] == rest[1]
        and is_longer
        and longest >= (was.get("max_length") or (0 if was["path"] in texts else longest))
        and (becomes.get("null", False) or not was.get("null", False))
        and (becomes.get("null", False) or "db_default" in becomes or "db_default" not in was)
    )


def _rename_field(operation: ops.RenameField, scene: Scene) -> Iterator[str]:
    if scene.knows(operation.model_name):
        old = scene.field_of(operation.model_name, operation.old_name)
        if old.db_column is None:
            yield "the release before asks for the old name: pin it with db_column first"


def _rename_model(operation: Any, scene: Scene) -> Iterator[str]:
    name = operation.old_name if isinstance(operation, ops.RenameModel) else operation.name
    if scene.knows(name):
        model = scene.before.models[scene.app, name.lower()]
        pinned = model.options.get("db_table")
        wanted = pinned if isinstance(operation, ops.RenameModel) else operation.table
        if wanted is None or wanted != _table(scene, name):
            yield "the release before asks for the old table: pin it with db_table first"


def _at_once(advice: str) -> Callable[[Any, Scene], Iterator[str]]:
    def rule(operation: Any, scene: Scene) -> Iterator[str]:
        name = getattr(operation, "model_name", None) or operation.name
        if scene.knows(name):
            yield advice

    return rule


def _add_constraint(operation: kept.AddConstraintAside, scene: Scene) -> Iterator[str]:
    if scene.knows(operation.model_name) and operation.obeyed_since not in scene.releases:
        yield f"obeyed_since={operation.obeyed_since!r} is no release of releases.txt"


def _remove_constraint(operation: ops.RemoveConstraint, scene: Scene) -> Iterator[str]:
    if not scene.knows(operation.model_name):
        return
    model = scene.before.models[scene.app, operation.model_name.lower()]
    constraint = model.get_constraint_by_name(operation.name)
    if isinstance(operation, kept.RemoveUniqueConstraint):
        if operation.unused_since not in scene.releases:
            yield f"unused_since={operation.unused_since!r} is no release of releases.txt"
    elif isinstance(constraint, UniqueConstraint):
        yield "the release before may insert with its help: RemoveUniqueConstraint"


def _drop(operation: Any, scene: Scene) -> Iterator[str]:
    if isinstance(operation, kept.DropLeftTable):
        place = (operation.table, "")
    else:
        place = (_table(scene, operation.model_name), operation.column)
    if not scene.is_left_in(operation.left_in, *place):
        yield f"the release {operation.left_in!r} did not leave it: LeaveField or LeaveModel first"


def _run_sql(operation: ops.RunSQL, _scene: Scene) -> Iterator[str]:
    if not operation.reversible:
        yield "it has no reverse_sql"
    if _LOCKING.search(str(operation.sql)):
        yield "it changes or locks a table where nobody can judge it: use an operation"


def _run_python(operation: ops.RunPython, _scene: Scene) -> Iterator[str]:
    if not operation.reversible:
        yield "it has no reverse_code; RunPython.noop where nothing is to be undone"


def _nothing(_operation: Any, _scene: Scene) -> Iterator[str]:
    yield from ()


def _note_left(operation: Any, scene: Scene, migration: Migration) -> None:
    if isinstance(operation, kept.LeaveField):
        column = _column(scene.field_of(operation.model_name, operation.name), operation.name)
        place = (_table(scene, operation.model_name), column)
    elif isinstance(operation, kept.LeaveModel):
        place = (_table(scene, operation.name), "")
    else:
        return
    scene.left[place] = _key(migration)


def _column(of: Field[Any, Any], name: str) -> str:
    return of.db_column or (f"{name}_id" if of.remote_field else name)


def _table(scene: Scene, model: str) -> str:
    state = scene.before.models[scene.app, model.lower()]
    return str(state.options.get("db_table") or f"{scene.app}_{model.lower()}")


def _key(migration: Migration) -> Key:
    return migration.app_label, migration.name


# By their very class: what is made of one of these may do something else.
_RULES: Sequence[tuple[tuple[type[Any], ...], Callable[[Any, Scene], Iterator[str]]]] = (
    ((kept.LeaveField, kept.LeaveModel, kept.AddIndexAside), _nothing),
    ((kept.AddConstraintAside,), _add_constraint),
    ((kept.DropLeftColumn, kept.DropLeftTable), _drop),
    ((ops.AddField,), _add_field),
    ((ops.AlterField,), _alter_field),
    ((ops.RenameField,), _rename_field),
    ((ops.RenameModel, ops.AlterModelTable), _rename_model),
    ((ops.RemoveField,), _at_once("the release before asks for it: first LeaveField")),
    ((ops.DeleteModel,), _at_once("the release before asks for it: first LeaveModel")),
    ((ops.AddIndex,), _at_once("nobody can write while it is built: AddIndexAside")),
    ((ops.AddConstraint,), _at_once("nobody can write while rows are read: AddConstraintAside")),
    (
        (ops.AlterUniqueTogether, ops.AlterIndexTogether, ops.AlterOrderWithRespectTo),
        _at_once("use constraints, indexes and columns of their own, which can be judged"),
    ),
    ((ops.RemoveConstraint, kept.RemoveUniqueConstraint), _remove_constraint),
    ((ops.RunSQL,), _run_sql),
    ((ops.RunPython,), _run_python),
    (_HARMLESS, _nothing),
)
