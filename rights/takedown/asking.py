"""What somebody without an account writes when they ask for help with a copy of a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Literal

from django.utils.translation import gettext, gettext_noop

from rights.takedown.papers import MOST_LINE, MOST_TEXT, Paper, elements_of
from rights.takedown.regimes import REGIMES, WORDS, Element, missing

# What a guest can ask under; the others are for those who know what they are.
LANES = ("tida", "gdpr", "dmca", "dsa")
MOST_ADDRESSES = 10
# A mail address has its own rules.
_EMAIL_LETTERS = 254
Kind = Literal["line", "text", "tick"]

# Which field makes which element, in the order in which people are asked.
_FIELDS: dict[Element, tuple[str, Kind]] = {
    Element.WORK: ("work", "text"),
    Element.NOT_CONSENSUAL: ("not_consensual", "text"),
    Element.REASONS: ("reasons", "text"),
    Element.ERASURE_GROUND: ("erasure_ground", "line"),
    Element.NAME: ("name", "line"),
    Element.EMAIL: ("email", "line"),
    Element.ADDRESS: ("address", "text"),
    Element.DEPICTED: ("is_depicted", "tick"),
    Element.GOOD_FAITH: ("is_good_faith", "tick"),
    Element.ACCURATE: ("is_accurate", "tick"),
    Element.AUTHORISED: ("is_authorised", "tick"),
    Element.BONA_FIDE: ("is_bona_fide", "tick"),
    Element.NO_LICENCE: ("has_no_licence", "tick"),
    Element.FAIR_USE: ("has_considered_fair_use", "tick"),
    Element.WARNED: ("is_warned", "tick"),
    Element.SIGNATURE: ("signature", "line"),
}
_HINTS = {
    "email": gettext_noop("We mail a code there first. It stands in the notice, too."),
    "signature": gettext_noop("Exactly as you gave it above. It counts once the code came back."),
    "erasure_ground": gettext_noop("Most often (a), (c) or (d)."),
    "work": gettext_noop("Describe it, or say where it can be seen. Attach nothing."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the form, as it was filled in."""

    name: str
    kind: Kind
    label: str
    paragraph: str
    hint: str
    most: int
    value: str
    is_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A whole form: the law, the addresses, and all that is stated."""

    regime: str
    urls: tuple[str, ...]
    paper: Paper

    def to_json(self) -> bytes:
        """For sealing."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Asked:
        """What was sealed."""
        said = json.loads(data)
        paper = Paper.from_json(json.dumps(said["paper"]).encode())
        return cls(regime=said["regime"], urls=tuple(said["urls"]), paper=paper)

    def with_email(self, email: str) -> Asked:
        """The same, with the address in its one form."""
        return replace(self, paper=replace(self.paper, email=email))

    @property
    def lacks(self) -> frozenset[Element]:
        """What the law wants and is not there."""
        found = elements_of(self.paper, addresses=len(self.urls))
        return frozenset(each.element for each in missing(REGIMES[self.regime], found))


def read_form(form: Mapping[str, str], regime: str) -> Asked | None:
    """The form, or None for one that no page of ours can send: too long, or with what is no text.
    What it lacks stands in `Asked.lacks`.
    """
    said: dict[str, str | bool] = {}
    for name, kind, most in _wanted(regime):
        value = form.get(name, "").strip()
        if len(value) > most or "\0" in value:
            return None
        said[name] = value == "on" if kind == "tick" else value
    known = {each.name for each in fields(Paper)}
    paper = Paper(**{name: value for name, value in said.items() if name in known})  # type: ignore[arg-type]
    return Asked(regime=regime, urls=tuple(form.get("urls", "").split()), paper=paper)


def fields_of(
    regime: str, form: Mapping[str, str], lacks: frozenset[Element] = frozenset()
) -> list[Field]:
    """What the form of a law shows, with what was typed, and what is missing of it."""
    paragraphs = {need.element: need.paragraph for need in REGIMES[regime].needs}
    return [
        Field(
            name=name, kind=kind, label=gettext(WORDS[element]), paragraph=paragraphs[element],
            hint=gettext(_HINTS[name]) if name in _HINTS else "", most=_most(name, kind),
            value=form.get(name, ""), is_missing=element in lacks,
        )
        for element, (name, kind) in _FIELDS.items()
        if element in paragraphs
    ]  # fmt: skip


def _wanted(regime: str) -> list[tuple[str, Kind, int]]:
    wanted = {need.element for need in REGIMES[regime].needs}
    return [
        (name, kind, _most(name, kind))
        for element, (name, kind) in _FIELDS.items()
        if element in wanted
    ]


def _most(name: str, kind: Kind) -> int:
    if name == "email":
        return _EMAIL_LETTERS
    return MOST_TEXT if kind == "text" else MOST_LINE
