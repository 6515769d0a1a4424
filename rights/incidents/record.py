"""What the register holds about a breach: Regulation (EU) 2016/679, Art. 33(3) and (5), Art. 34,
read on 27 November 2026. The table is the form, and the letter is written from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop

# Art. 33(1), from the moment at which we knew.
TELL_WITHIN = timedelta(hours=72)
ALARM_HOURS = (24, 48, 66)
MOST_LETTERS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing that is written down, and where the law says so."""

    name: str
    words: str
    law: str


FIELDS: tuple[Field, ...] = (
    Field(name="what", words=gettext_noop("What happened"), law="Art. 33(3)(a)"),
    Field(
        name="categories", law="Art. 33(3)(a)",
        words=gettext_noop("Which kinds of people, and which kinds of data"),
    ),
    Field(name="numbers", words=gettext_noop("About how many of each"), law="Art. 33(3)(a)"),
    Field(name="consequences", words=gettext_noop("What may come of it"), law="Art. 33(3)(c)"),
    Field(
        name="measures", words=gettext_noop("What was done, and what will be"),
        law="Art. 33(3)(d)",
    ),
    Field(
        name="authority", law="Art. 33(1)",
        words=gettext_noop("Which authority was told, or why none has to be"),
    ),
    Field(
        name="people", law="Art. 34",
        words=gettext_noop("Who was told, or why nobody has to be"),
    ),
)
NEEDED_FOR_A_BREACH = tuple(field.name for field in FIELDS)
