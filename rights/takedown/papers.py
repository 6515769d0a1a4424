"""What a person states in a case, and which elements of a notice that makes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from rights.takedown.regimes import Element

# A line, a paragraph.
MOST_LINE, MOST_TEXT = 200, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The statements, as text and as yes or no. Empty and no are what nobody has said yet."""

    name: str = ""
    email: str = ""
    address: str = ""
    phone: str = ""
    work: str = ""
    reasons: str = ""
    rule: str = ""
    query: str = ""
    erasure_ground: str = ""
    not_consensual: str = ""
    is_good_faith: bool = False
    is_accurate: bool = False
    is_authorised: bool = False
    is_bona_fide: bool = False
    is_depicted: bool = False
    has_no_licence: bool = False
    has_considered_fair_use: bool = False
    is_warned: bool = False
    signature: str = ""

    def to_json(self) -> bytes:
        """For sealing."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Paper:
        """What was sealed; members that are no longer known are passed over."""
        said = json.loads(data)
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})


def is_same_name(signature: str, name: str) -> bool:
    """Whether somebody typed the legal name they gave: spaces and capitals do not count."""
    return bool(name.strip()) and _plain(signature) == _plain(name)


def elements_of(paper: Paper, *, addresses: int) -> int:
    """The bits of what this paper has. The signature counts only if it is the name."""
    has = {
        Element.SIGNATURE: is_same_name(paper.signature, paper.name),
        Element.WORK: paper.work,
        Element.LOCATION: addresses,
        Element.NAME: paper.name,
        Element.EMAIL: paper.email,
        Element.ADDRESS: paper.address or paper.phone,
        Element.GOOD_FAITH: paper.is_good_faith,
        Element.ACCURATE: paper.is_accurate,
        Element.AUTHORISED: paper.is_authorised,
        Element.REASONS: paper.reasons,
        Element.BONA_FIDE: paper.is_bona_fide,
        Element.NOT_CONSENSUAL: paper.not_consensual,
        Element.DEPICTED: paper.is_depicted,
        Element.ERASURE_GROUND: paper.erasure_ground,
        Element.RULE: paper.rule,
        Element.QUERY: paper.query,
        Element.NO_LICENCE: paper.has_no_licence,
        Element.FAIR_USE: paper.has_considered_fair_use,
        Element.WARNED: paper.is_warned,
    }
    return sum(1 << element for element, value in has.items() if _is_said(value))


def _is_said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
