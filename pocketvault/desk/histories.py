"""What happened in a case, told alike for every subject."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import Account


class Event(Protocol):
    """What the events of all subjects have in common; the note is sealed."""

    at: datetime
    tag: str
    actor_id: UUID | None

    def open(self) -> bytes:
        """The note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line: when, what, by whom, and what was written with it."""

    at: datetime
    what: str
    who: str
    notes: tuple[str, ...]


def history_of(events: Iterable[Event]) -> list[Happening]:
    """In the order of the events. One query beside theirs: colleagues are named by their address,
    and of people no more is said than that it was them.
    """
    rows = list(events)
    names = names_of({each.actor_id for each in rows})
    return [
        Happening(
            at=each.at, what=words_of(each.tag), who=names[each.actor_id],
            notes=_lines_of(each.open().decode()),
        )
        for each in rows
    ]  # fmt: skip


def names_of(actors: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Who these are, as the desk calls them. One query."""
    wanted = {each for each in actors if each is not None}
    found = Account.objects.filter(pk__in=wanted)
    known = {
        pk: email if is_staff else gettext("the person")
        for pk, email, is_staff in found.values_list("pk", "email", "is_staff")
    }
    left = gettext("somebody who left")
    named: dict[UUID | None, str] = {each: known.get(each, left) for each in wanted}
    return named | {None: gettext("by itself")}


def words_of(tag: str) -> str:
    """A tag as it is read: ``check.signed.yes`` is "Check: signed: yes"."""
    return tag.replace("_", " ").replace(".", ": ").capitalize()


def _lines_of(note: str) -> tuple[str, ...]:
    """A note, or what a form said, field by field."""
    try:
        said = json.loads(note)
    except ValueError:
        said = None
    if isinstance(said, dict):
        return tuple(f"{words_of(name)}: {value}" for name, value in said.items())
    return (note,) if note else ()
