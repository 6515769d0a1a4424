"""What each kind of paper may reach, and where that is written. Data: counsel reads and mends it.

``checked_on`` is when somebody last read the source. A class that an instrument does not reach
is never given under it, whatever the paper says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop

from rights.models import DataClass, Instrument

_RECORDS = frozenset({DataClass.SUBSCRIBER, DataClass.SIGN_INS, DataClass.PUBLIC})
_LISTED = _RECORDS | {DataClass.STORED}
_ALL = frozenset(DataClass)
_CHECKED = date(2026, 11, 27)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``gags_by_itself``: the person is not told before the authority releases it. ``band``: the
    law lets only ranges of this width be published.
    """

    instrument: Instrument
    title: str
    reaches: frozenset[DataClass]
    source: str
    checked_on: date = _CHECKED
    gags_by_itself: bool = False
    band: int = 0


RULES: tuple[Rule, ...] = (
    Rule(
        instrument=Instrument.WARRANT, title=gettext_noop("Search warrant"), reaches=_ALL,
        source="18 USC 2703(a), (b)(1)(A), (c)(1)(A)",
    ),
    Rule(
        instrument=Instrument.COURT_ORDER, title=gettext_noop("Court order"), reaches=_LISTED,
        source="The law that the order names; content only by a warrant or its equivalent",
    ),
    Rule(
        instrument=Instrument.ORDER_2703D, title=gettext_noop("Order under 2703(d)"),
        reaches=_LISTED, source="18 USC 2703(d), (c)(1)(B)",
    ),
    Rule(
        instrument=Instrument.SUBPOENA, title=gettext_noop("Subpoena"), reaches=_RECORDS,
        source="18 USC 2703(c)(2)",
    ),
    Rule(
        instrument=Instrument.EPOC, title=gettext_noop("European Production Order"),
        reaches=_ALL, source="Regulation (EU) 2023/1543, Art. 5, 13(4)", gags_by_itself=True,
    ),
    Rule(
        instrument=Instrument.NSL, title=gettext_noop("National security letter"),
        reaches=frozenset({DataClass.SUBSCRIBER}), source="18 USC 2709(b); 50 USC 1874(a)(2)",
        band=500,
    ),
    Rule(
        instrument=Instrument.PRESERVATION, title=gettext_noop("Preservation request"),
        reaches=frozenset(), source="18 USC 2703(f); Regulation (EU) 2023/1543, Art. 6",
    ),
    Rule(
        instrument=Instrument.EMERGENCY, title=gettext_noop("Emergency without an order"),
        reaches=frozenset(), source="Our policy: valid legal orders only",
    ),
    Rule(
        instrument=Instrument.INFORMAL, title=gettext_noop("Informal request"),
        reaches=frozenset(), source="Our policy: valid legal orders only",
    ),
)  # fmt: skip
_BY_INSTRUMENT = {Instrument(rule.instrument): rule for rule in RULES}


def rule_for(instrument: str) -> Rule:
    """The rule of an instrument."""
    return _BY_INSTRUMENT[Instrument(instrument)]


def fits(instrument: str, classes: Collection[str]) -> bool:
    """Whether the instrument reaches all of these classes."""
    return {DataClass(each) for each in classes} <= rule_for(instrument).reaches


# As people are told.
SAID: dict[str, str] = {
    DataClass.SUBSCRIBER: gettext_noop("your address and when the account was made"),
    DataClass.SIGN_INS: gettext_noop("when you last signed in"),
    DataClass.PUBLIC: gettext_noop("what you show to everyone"),
    DataClass.STORED: gettext_noop("how many photos are kept, and how large they are"),
    DataClass.CONTENT: gettext_noop("your photos, of which we have encrypted copies only"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the checklist. ``may_not_apply``: "n/a" is an answer."""

    item: str
    text: str
    may_not_apply: bool = False


GENUINE = "genuine"
QUESTIONS: tuple[Question, ...] = (
    Question(item=GENUINE, text=gettext_noop(
        "Genuine: called back under the number of the directory, and confirmed")),
    Question(item="competent", text=gettext_noop("The authority is competent for it")),
    Question(item="instrument", text=gettext_noop(
        "The instrument fits the data: content needs a warrant or its equivalent")),
    Question(item="signed", text=gettext_noop("It is signed by whoever has to sign it")),
    Question(item="names_us", text=gettext_noop("It is addressed to us")),
    Question(item="particular", text=gettext_noop(
        "It names the accounts and the period, and is no fishing")),
    Question(item="in_time", text=gettext_noop("It is in force, and not run out")),
    Question(item="served", text=gettext_noop("It was served as it has to be")),
    Question(item="no_conflict", text=gettext_noop("No other law forbids answering it"),
             may_not_apply=True),
)  # fmt: skip
