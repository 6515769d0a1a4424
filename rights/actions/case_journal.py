"""Cases in the journal: what a restored backup may not forget of orders, reports, requests and
takedowns.

Whoever changes a case does it inside `journaled`; what notes an event of it says so with
`mark_changed`. At the end, and before anything commits, the whole case as it is then goes into
the journal: its row, what the row leans on, and all that hangs on it. Sealed words are opened and
lie under the entry's epoch, like changed keys, and are as unreadable as those by day 22.

An entry is a state and no step. Brought back twice it changes nothing more, an older one never
replaces a newer, and one that nobody knows to have been rolled back is replaced by the next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core import serializers
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Max

from pocketvault.kernel import journal
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.sealing import SealedModel
from rights.guards import unguarded

logger = logging.getLogger(__name__)

# What the journal calls it.
CHANGED = "case:changed"
Row = dict[str, Any]
Part = tuple[type[models.Model], str]


def _nothing_follows(case_id: UUID) -> None:
    del case_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseKind:
    """Of what a kind of case consists. A part is a model and its column with the case's id.

    ``leans_on`` finds rows that have to be there before the case. ``person`` is the column that
    is emptied when the person is erased. ``needs`` are columns that may be empty, but whoever one
    of them names has to be there. ``then`` does what follows from a case that came back.
    """

    name: str
    root: type[models.Model]
    events: Part
    parts: tuple[Part, ...]
    leans_on: Callable[[Any], Sequence[models.Model]] = lambda _: ()
    person: str = ""
    needs: tuple[str, ...] = ()
    then: Callable[[UUID], None] = _nothing_follows

    def all_parts(self) -> tuple[Part, ...]:
        """Everything that hangs on the case, its history last."""
        return (*self.parts, self.events)


Changed = dict[tuple[str, UUID], CaseKind]
_changed: ContextVar[Changed | None] = ContextVar("changed_cases", default=None)


@contextmanager
def journaled() -> Iterator[None]:
    """A transaction that leaves each case it changed in the journal. Inside another, that one
    does. Raises `StorageUnavailableError`, and then nothing has changed.
    """
    if _changed.get() is not None:
        with transaction.atomic():
            yield
        return
    changed: Changed = {}
    token = _changed.set(changed)
    try:
        with transaction.atomic():
            yield
            for (_, case_id), kind in changed.items():
                _write_down(kind, case_id)
    finally:
        _changed.reset(token)


def mark_changed(kind: CaseKind, case_id: UUID) -> None:
    """Say that a case changes. Raises ``RuntimeError`` outside of `journaled`: a restore would
    know nothing of it.
    """
    changed = _changed.get()
    if changed is None:
        raise RuntimeError(f"a case of {kind.name} changes where the journal does not hear of it")
    changed[kind.name, case_id] = kind


def _write_down(kind: CaseKind, case_id: UUID) -> None:
    case = kind.root._default_manager.filter(pk=case_id).first()
    if case is None:
        return
    found = [*kind.leans_on(case), case]
    for model, column in kind.all_parts():
        found += model._default_manager.filter(**{column: case_id}).order_by("pk")
    newest = _newest(kind, case_id)
    journal.write(
        CHANGED, case=kind.name, id=str(case_id), rows=[_spelled(each) for each in found],
        newest=None if newest is None else [newest[0].isoformat(), newest[1]],
    )  # fmt: skip


def _spelled(found: models.Model) -> Row:
    (row,) = serializers.serialize("python", [found])
    fields = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row["fields"].items()
    }
    if found._meta.auto_field is not None:  # the number is the database's own, and names nothing
        del row["pk"]
    if isinstance(found, SealedModel):
        del fields["sealed"], fields["epoch_number"]
        row["words"] = to_base64url(found.open())
    return {**row, "fields": fields}


def _read(row: Row) -> models.Model:
    sealed = {"sealed": "", "epoch_number": 0} if "words" in row else {}
    spelled = {"model": row["model"], "fields": {**row["fields"], **sealed}}
    if "pk" in row:
        spelled["pk"] = row["pk"]
    (read,) = serializers.deserialize("python", [spelled])
    found: models.Model = read.object
    if isinstance(found, SealedModel):
        found.seal(from_base64url(row["words"]))
    return found


def _newest(kind: CaseKind, case_id: UUID) -> tuple[datetime, int] | None:
    """When the last event of a case was, and how many there are."""
    model, column = kind.events
    events = model._default_manager.filter(**{column: case_id})
    told = events.aggregate(at=Max("at"), count=Count("pk"))
    return None if told["at"] is None else (told["at"], told["count"])


def _newest_of(facts: Mapping[str, Any]) -> tuple[datetime, int] | None:
    told = facts["newest"]
    return None if told is None else (datetime.fromisoformat(told[0]), told[1])


def has_happened(kind: CaseKind, facts: Mapping[str, Any]) -> bool:
    """Whether what an entry says was committed. A history that was erased since says nothing."""
    case_id, said = UUID(facts["id"]), _newest_of(facts)
    if not kind.root._default_manager.filter(pk=case_id).exists():
        return False
    here = _newest(kind, case_id)
    return said is None or here is None or here >= said


def bring_back(kind: CaseKind, facts: Mapping[str, Any], *, is_before: bool) -> None:
    """Make a case what it was, on a restored database. Safe to repeat.

    ``is_before`` is said of an entry from before the backup, which may have seen it: then only
    what the backup does not know counts.
    """
    case_id = UUID(facts["id"])
    if _is_superseded(kind, case_id, facts, is_before=is_before):
        return
    tables = [model for model, _ in kind.all_parts()]
    try:
        with transaction.atomic(), unguarded([kind.root, *tables]):
            _put_all(kind, case_id, facts["rows"])
    except IntegrityError:
        # Its person is unknown here, or the same was asked again after a rollback.
        logger.exception("a case cannot come back", extra={"case": str(case_id)})
        return
    kind.then(case_id)


def _is_superseded(
    kind: CaseKind, case_id: UUID, facts: Mapping[str, Any], *, is_before: bool
) -> bool:
    """Whether this database knows better, or the person was erased from the case since."""
    there = kind.root._default_manager.filter(pk=case_id).first()
    if there is None:
        return False
    if kind.person and getattr(there, kind.person) is None and _person_in(kind, facts):
        return True
    here, said = _newest(kind, case_id), _newest_of(facts)
    if said is None:
        return True  # it was opened, and it is there
    return here is not None and (here >= said if is_before else here > said)


def _person_in(kind: CaseKind, facts: Mapping[str, Any]) -> bool:
    label, name = kind.root._meta.label_lower, kind.person.removesuffix("_id")
    (root,) = [row for row in facts["rows"] if row["model"] == label]
    fields = root["fields"]
    return (fields[kind.person] if kind.person in fields else fields[name]) is not None


def _put_all(kind: CaseKind, case_id: UUID, rows: Sequence[Row]) -> None:
    parts = {model._meta.label_lower for model, _ in kind.all_parts()}
    for row in rows:
        if row["model"] not in parts:
            _put(_without_lost(_read(row), but=kind.needs))
    for model, column in kind.all_parts():
        _put_part(model, column, case_id, [
            _read(row) for row in rows if row["model"] == model._meta.label_lower
        ])  # fmt: skip
    tables = [kind.root, *(model for model, _ in kind.all_parts())]
    connection.check_constraints([model._meta.db_table for model in tables])


def _put_part(
    model: type[models.Model], column: str, case_id: UUID, wanted: Sequence[models.Model]
) -> None:
    """Exactly these rows hang on the case afterwards."""
    there = model._default_manager.filter(**{column: case_id})
    there.exclude(pk__in=[each.pk for each in wanted if each.pk is not None]).delete()
    for each in wanted:
        _put(each)


def _put(found: models.Model) -> None:
    if found._meta.auto_field is not None:
        for field in found._meta.concrete_fields:
            if isinstance(field, models.OneToOneField):
                mine = {field.attname: getattr(found, field.attname)}
                type(found)._default_manager.filter(**mine).delete()
    # Raw: nothing is filled in, a time that fills itself in least of all.
    found.save_base(raw=True)


def _without_lost(found: models.Model, *, but: Sequence[str]) -> models.Model:
    """The row without keys that lead to what the restore lost, where it may be without."""
    for field in found._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.null and field.name not in but:
            there = field.remote_field.model._default_manager
            if not there.filter(pk=getattr(found, field.attname)).exists():
                setattr(found, field.attname, None)
    return found
