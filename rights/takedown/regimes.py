"""What the law, or a platform's own rules, want in a notice. Data, with where it was read.

A regime names the elements without which a notice under it is void, each with its paragraph, and
the gates: what the person must have answered before they sign. Each element has a bit that never
changes, because rows keep them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from django.utils.translation import gettext_noop

from rights.clocks import Period


class Element(IntEnum):
    """A statement of a notice, or a gate before it: the number of its bit. Never renumbered."""

    SIGNATURE = 0
    WORK = 1
    LOCATION = 2
    NAME = 3
    EMAIL = 4
    ADDRESS = 5
    GOOD_FAITH = 6
    ACCURATE = 7
    AUTHORISED = 8
    REASONS = 9
    BONA_FIDE = 10
    NOT_CONSENSUAL = 11
    DEPICTED = 12
    ERASURE_GROUND = 13
    RULE = 14
    QUERY = 15
    NO_LICENCE = 16
    FAIR_USE = 17
    WARNED = 18


# As each is asked for, in words.
WORDS: dict[Element, str] = {
    Element.SIGNATURE: gettext_noop("Your signature: your legal name, typed"),
    Element.WORK: gettext_noop("Which picture of yours it is"),
    Element.LOCATION: gettext_noop("The exact address of every copy"),
    Element.NAME: gettext_noop("Your legal name"),
    Element.EMAIL: gettext_noop("An e-mail address for the answer"),
    Element.ADDRESS: gettext_noop("A postal address or a telephone number"),
    Element.GOOD_FAITH: gettext_noop(
        "Your good faith belief that neither you nor your agent nor the law allows it"
    ),
    Element.ACCURATE: gettext_noop("That what the notice says is accurate"),
    Element.AUTHORISED: gettext_noop(
        "Under penalty of perjury: that the right is yours, or that you may act for its owner"
    ),
    Element.REASONS: gettext_noop("Why it is unlawful, with the facts"),
    Element.BONA_FIDE: gettext_noop(
        "That you believe what you say to be accurate and complete"
    ),
    Element.NOT_CONSENSUAL: gettext_noop(
        "That the picture was published without your consent, and how one can tell"
    ),
    Element.DEPICTED: gettext_noop("That the picture shows you"),
    Element.ERASURE_GROUND: gettext_noop("Which ground of article 17(1) applies"),
    Element.RULE: gettext_noop("Which of the platform's own rules it breaks"),
    Element.QUERY: gettext_noop("The words of the search that finds it"),
    Element.NO_LICENCE: gettext_noop("That you gave nobody a licence that covers this"),
    Element.FAIR_USE: gettext_noop(
        "That you considered whether it is fair use: criticism, news, teaching, parody"
    ),
    Element.WARNED: gettext_noop(
        "That you know: who knowingly misrepresents pays damages (17 USC 512(f))"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An element and the paragraph that wants it; gates of ours have none."""

    element: Element
    paragraph: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One set of rules. ``source`` is where it was read, on ``read_on``. ``answer_within`` is what
    the rules give the receiver, and ``reminders`` when they are reminded, both after sending.
    """

    name: str
    title: str
    source: str
    read_on: str
    needs: tuple[Need, ...]
    reminders: tuple[Period, ...] = (Period(days=3), Period(days=7), Period(days=14))
    answer_within: Period | None = None


def _needs(*pairs: tuple[Element, str]) -> tuple[Need, ...]:
    return tuple(Need(element=element, paragraph=paragraph) for element, paragraph in pairs)


_E = Element
_READ_ON = "2026-11-27"

REGIMES: dict[str, Regime] = {
    each.name: each
    for each in (
        Regime(
            name="dmca",
            title=gettext_noop("Copyright, United States (DMCA)"),
            source="http://codes.lp.findlaw.com/uscode/17/5/512",
            read_on=_READ_ON,
            needs=_needs(
                (_E.SIGNATURE, "17 USC 512(c)(3)(A)(i)"),
                (_E.WORK, "17 USC 512(c)(3)(A)(ii)"),
                (_E.LOCATION, "17 USC 512(c)(3)(A)(iii)"),
                (_E.NAME, "17 USC 512(c)(3)(A)(iv)"),
                (_E.EMAIL, "17 USC 512(c)(3)(A)(iv)"),
                (_E.ADDRESS, "17 USC 512(c)(3)(A)(iv)"),
                (_E.GOOD_FAITH, "17 USC 512(c)(3)(A)(v)"),
                (_E.ACCURATE, "17 USC 512(c)(3)(A)(vi)"),
                (_E.AUTHORISED, "17 USC 512(c)(3)(A)(vi)"),
                (_E.NO_LICENCE, ""),
                (_E.FAIR_USE, "Lenz v. Universal Music, 9th Cir. 2015"),
                (_E.WARNED, "17 USC 512(f)"),
            ),
        ),
        Regime(
            name="dsa",
            title=gettext_noop("Illegal content, European Union (DSA)"),
            source="https://www.eu-digital-services-act.com/Digital_Services_Act_Article_16.html",
            read_on=_READ_ON,
            needs=_needs(
                (_E.REASONS, "Article 16(2)(a)"),
                (_E.LOCATION, "Article 16(2)(b)"),
                (_E.NAME, "Article 16(2)(c)"),
                (_E.EMAIL, "Article 16(2)(c)"),
                (_E.BONA_FIDE, "Article 16(2)(d)"),
                (_E.SIGNATURE, ""),
                (_E.NO_LICENCE, ""),
            ),
        ),
        Regime(
            name="tida",
            title=gettext_noop("Intimate picture, United States (TAKE IT DOWN Act)"),
            source="https://www.xbiz.com/news/297811/"
            "fsc-take-it-down-act-provisions-take-effect-may-19",
            read_on=_READ_ON,
            needs=_needs(
                (_E.SIGNATURE, "Section 3(a)"),
                (_E.LOCATION, "Section 3(a)"),
                (_E.NOT_CONSENSUAL, "Section 3(a)"),
                (_E.GOOD_FAITH, "Section 3(a)"),
                (_E.NAME, "Section 3(a)"),
                (_E.EMAIL, "Section 3(a)"),
            ),
            reminders=(Period(hours=48), Period(days=7), Period(days=14)),
            answer_within=Period(hours=48),
        ),
        Regime(
            name="gdpr",
            title=gettext_noop("Erasure of a picture of you, European Union (GDPR)"),
            source="https://privacy-web.nl/en/wetgeving/"
            "algemene-verordening-gegevensbescherming-avg-2/artikel-17/",
            read_on=_READ_ON,
            needs=_needs(
                (_E.NAME, ""),
                (_E.EMAIL, ""),
                (_E.LOCATION, ""),
                (_E.DEPICTED, "Article 17(1)"),
                (_E.ERASURE_GROUND, "Article 17(1)(a)-(f)"),
                (_E.SIGNATURE, ""),
            ),
            answer_within=Period(months=1),
        ),
        Regime(
            name="terms",
            title=gettext_noop("A platform's own rules"),
            source="",
            read_on=_READ_ON,
            needs=_needs(
                (_E.LOCATION, ""), (_E.RULE, ""), (_E.REASONS, ""), (_E.NAME, ""),
                (_E.EMAIL, ""), (_E.SIGNATURE, ""),
            ),
        ),
        Regime(
            name="search",
            title=gettext_noop("Removal from a search engine's results"),
            source="https://support.google.com/websearch/answer/9673730",
            read_on=_READ_ON,
            needs=_needs(
                (_E.LOCATION, ""), (_E.QUERY, ""), (_E.REASONS, ""), (_E.NAME, ""),
                (_E.EMAIL, ""), (_E.SIGNATURE, ""),
            ),
        ),
    )
}


def mask_of(regime: Regime) -> int:
    """The bits that a notice under this regime must have."""
    mask = 0
    for need in regime.needs:
        mask |= 1 << need.element
    return mask


def missing(regime: Regime, elements: int) -> tuple[Need, ...]:
    """What a notice with these elements still lacks."""
    return tuple(need for need in regime.needs if not elements >> need.element & 1)
