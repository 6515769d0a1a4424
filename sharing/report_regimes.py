"""What a report needs, by what it is about. The table is the rule: form, check and desk read it.

| regime | source, read on 27 November 2026 |
|---|---|
| ``mine`` | 17 U.S.C. 512(c)(3)(A)(i)-(vi) |
| ``intimate`` | TAKE IT DOWN Act, Pub. L. 119-12, sec. 3(a)(1)(B) |
| ``illegal`` | Regulation (EU) 2022/2065, Art. 16(2)(a)-(d) |
| ``shows-me`` | Regulation (EU) 2016/679, Art. 17 and 21 |

Where the photo is, every law asks first: the form is about one, so nobody has to say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop

from sharing.models.visitors import ReportReason

MOST_LETTERS = 300


class Kind(Enum):
    """How somebody gives an element."""

    LINE = "line"
    TICK = "tick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One thing that a regime asks for. ``law`` is where it says so."""

    name: str
    words: str
    kind: Kind
    law: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One kind of report. ``text`` and ``email`` say whether those two must be given."""

    reason: ReportReason
    words: str
    law: str = ""
    hint: str = ""
    elements: tuple[Element, ...] = ()
    needs_text: bool = False
    needs_email: bool = False


_NAME = gettext_noop("Your full name; it stands for your signature")
_DMCA, _TIDA, _DSA = "17 USC 512(c)(3)(A)", "Pub. L. 119-12, 3(a)(1)(B)", "DSA Art. 16(2)"

REGIMES: Mapping[ReportReason, Regime] = {
    each.reason: each
    for each in (
        Regime(
            reason=ReportReason.SHOWS_ME,
            words=gettext_noop("It shows me, and I did not agree"),
            law="GDPR Art. 17",
            hint=gettext_noop("Say by what you can be known in the photo."),
        ),
        Regime(
            reason=ReportReason.MINE,
            words=gettext_noop("I took this photo, and it is used without asking"),
            law=_DMCA,
            hint=gettext_noop(
                "This is a notice under the DMCA. Whoever published the photo gets it with your "
                "name, and may object."
            ),
            elements=(
                Element(name="name", words=_NAME, kind=Kind.LINE, law=f"{_DMCA}(i)"),
                Element(
                    name="work", kind=Kind.LINE, law=f"{_DMCA}(ii)",
                    words=gettext_noop("Your photo: where it can be seen, or what it is"),
                ),
                Element(
                    name="postal", kind=Kind.LINE, law=f"{_DMCA}(iv)",
                    words=gettext_noop("Your postal address and telephone number"),
                ),
                Element(
                    name="good_faith", kind=Kind.TICK, law=f"{_DMCA}(v)",
                    words=gettext_noop(
                        "I believe in good faith that neither the owner of the copyright, nor "
                        "their agent, nor the law allows this use."
                    ),
                ),
                Element(
                    name="accurate", kind=Kind.TICK, law=f"{_DMCA}(vi)",
                    words=gettext_noop(
                        "What I say is accurate, and under penalty of perjury: I own the right "
                        "that is infringed, or may act for whoever does."
                    ),
                ),
            ),
            needs_email=True,
        ),
        Regime(
            reason=ReportReason.INTIMATE,
            words=gettext_noop("It is intimate, and shown without consent"),
            law=_TIDA,
            hint=gettext_noop(
                "We decide within 48 hours, and look for the same picture elsewhere here."
            ),
            elements=(
                Element(name="name", words=_NAME, kind=Kind.LINE, law=f"{_TIDA}(i)"),
                Element(
                    name="no_consent", kind=Kind.TICK, law=f"{_TIDA}(iii)",
                    words=gettext_noop(
                        "I believe in good faith that the person shown did not agree to this, "
                        "and I am that person or act for them."
                    ),
                ),
            ),
            needs_email=True,
        ),
        Regime(
            reason=ReportReason.CHILD,
            words=gettext_noop("It harms a child"),
            law="18 USC 2258A; DSA Art. 18",
            hint=gettext_noop("You need not give a name. Do not send the picture to anybody."),
        ),
        Regime(
            reason=ReportReason.ILLEGAL,
            words=gettext_noop("It is against the law in another way"),
            law=_DSA,
            hint=gettext_noop("Say which law, and why, in the field above."),
            elements=(
                Element(
                    name="name", kind=Kind.LINE, law=f"{_DSA}(c)",
                    words=gettext_noop("Your name"),
                ),
                Element(
                    name="good_faith", kind=Kind.TICK, law=f"{_DSA}(d)",
                    words=gettext_noop(
                        "I believe in good faith that what I say is accurate and complete."
                    ),
                ),
            ),
            needs_text=True,
            needs_email=True,
        ),
        Regime(
            reason=ReportReason.TERMS,
            words=gettext_noop("It breaks the rules of this service"),
            hint=gettext_noop("Say which rule, in the field above."),
            needs_text=True,
        ),
        Regime(reason=ReportReason.OTHER, words=gettext_noop("Something else")),
    )
}


def given_in(regime: Regime, form: Mapping[str, str]) -> dict[str, str | bool]:
    """What of the regime's elements a form holds. Fields are called ``REASON-NAME``."""
    found: dict[str, str | bool] = {}
    for element in regime.elements:
        value = " ".join(form.get(f"{regime.reason.value}-{element.name}", "").split())
        found[element.name] = bool(value) if element.kind is Kind.TICK else value
    return found


def is_complete(regime: Regime, given: Mapping[str, str | bool], text: str, email: str) -> bool:
    """Whether a report has everything that its regime needs."""
    if (regime.needs_text and not text) or (regime.needs_email and not email):
        return False
    return all(given.get(element.name) for element in regime.elements)
