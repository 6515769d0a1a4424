"""The letters of a case: a notice under its regime, reminders, and what forms are filled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rights.letters.writing import Letter, write_letter
from rights.takedown.papers import Paper
from rights.takedown.regimes import REGIMES, Element

# As the rules want them said. English: receivers are anywhere.
_STATEMENTS: dict[Element, str] = {
    Element.GOOD_FAITH: "I have a good faith belief that the use of the material as complained of "
    "is not authorised by its owner, the owner's agent, or the law.",
    Element.ACCURATE: "The information in this notice is accurate.",
    Element.AUTHORISED: "Under penalty of perjury: I own the exclusive right that is infringed, or "
    "am authorised to act for its owner.",
    Element.BONA_FIDE: "I believe in good faith that the information and allegations in this "
    "notice are accurate and complete.",
    Element.DEPICTED: "The picture shows me.",
    Element.NO_LICENCE: "I gave no licence that covers this use.",
    Element.FAIR_USE: "I considered whether this is fair use before I signed.",
}
_NOT_CONSENSUAL = (
    "I have a good faith belief that the picture was published without the consent of the person "
    "it shows."
)


def notice(
    paper: Paper, regime: str, urls: Sequence[str], *, number: str, receiver: str,
    signed_at: datetime,
) -> Letter:
    """The notice to one receiver. ``number`` names the case to both sides."""
    return write_letter(
        "takedown-notice", 1,
        {
            "regime": regime, "urls": list(urls), "number": number, "receiver": receiver,
            "statements": statements(regime), "signed_on": f"{signed_at:%Y-%m-%d}",
            "work": paper.work, "reasons": paper.reasons, "rule": paper.rule,
            "not_consensual": paper.not_consensual, "query": paper.query,
            "erasure_ground": paper.erasure_ground, "name": paper.name, "email": paper.email,
            "address": paper.address, "phone": paper.phone, "signature": paper.signature,
        },
        language="en",
    )  # fmt: skip


def reminder(
    paper: Paper, urls: Sequence[str], *, number: str, receiver: str, sent_at: datetime, count: int
) -> Letter:
    """What follows a notice that nobody answered."""
    return write_letter(
        "takedown-reminder", 1,
        {
            "urls": list(urls), "number": number, "receiver": receiver, "count": count,
            "sent_on": f"{sent_at:%Y-%m-%d}", "email": paper.email,
        },
        language="en",
    )  # fmt: skip


def statements(regime: str) -> list[str]:
    """The sentences a signature stands under, in the order of the rules."""
    needed = [need.element for need in REGIMES[regime].needs]
    said = [_STATEMENTS[each] for each in needed if each in _STATEMENTS]
    if Element.NOT_CONSENSUAL in needed:
        said.insert(0, _NOT_CONSENSUAL)
    return said
