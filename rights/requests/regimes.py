"""What each law lets people ask, and how long the answer may take: data, so that counsel can
read and change it without code. Shown on the desk and in docs/requests.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop

from rights.clocks import Period
from rights.models import IdentityLevel, RequestKind, RequestRegime

K = RequestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One right of one law. Periods count from the day on which the request came.

    ``confirm`` is by when the person must be told that it came; ``longest`` is how long it may
    take altogether once it was extended, by a reasoned letter within ``answer``. ``identity`` is
    what must be known of who asks before anything about an account is done or told.
    """

    article: str
    title: str
    answer: Period
    confirm: Period | None = None
    longest: Period | None = None
    identity: IdentityLevel = IdentityLevel.EMAIL
    source: str
    read_on: date


_READ_ON = date(2026, 11, 27)
_ART_12 = "Regulation (EU) 2016/679, Art. 12(3); periods: Regulation (EEC, Euratom) 1182/71, Art. 3"
_MONTH, _THREE_MONTHS = Period(months=1), Period(months=3)
_CCPA = "California Civil Code 1798.130(a)(2)(A); 11 CCR 7021"
_CCPA_STOP = "California Civil Code 1798.120, 1798.121; 11 CCR 7026(f), 7027(g)"


def _gdpr(article: str, title: str, identity: IdentityLevel = IdentityLevel.EMAIL) -> Rule:
    return Rule(
        article=article, title=title, answer=_MONTH, longest=_THREE_MONTHS, identity=identity,
        source=_ART_12, read_on=_READ_ON,
    )


def _ccpa(article: str, title: str) -> Rule:
    return Rule(
        article=article, title=title, confirm=Period(business_days=10), answer=Period(days=45),
        longest=Period(days=90), identity=IdentityLevel.ACCOUNT, source=_CCPA, read_on=_READ_ON,
    )


def _ccpa_stop(article: str, title: str) -> Rule:
    return Rule(
        article=article, title=title, answer=Period(business_days=15),
        identity=IdentityLevel.NONE, source=_CCPA_STOP, read_on=_READ_ON,
    )


RULES: dict[tuple[RequestRegime, RequestKind], Rule] = {
    (RequestRegime.GDPR, kind): rule
    for kind, rule in {
        K.ACCESS: _gdpr("Art. 15", gettext_noop(
            "See what is kept about me"
        ), IdentityLevel.ACCOUNT),
        K.PORTABILITY: _gdpr("Art. 20", gettext_noop(
            "Take my data with me"
        ), IdentityLevel.ACCOUNT),
        K.ERASURE: _gdpr("Art. 17", gettext_noop("Have something erased"), IdentityLevel.ACCOUNT),
        K.RECTIFICATION: _gdpr("Art. 16", gettext_noop(
            "Have something corrected"
        ), IdentityLevel.ACCOUNT),
        K.RESTRICTION: _gdpr("Art. 18", gettext_noop("Have something kept but not used")),
        K.OBJECTION: _gdpr("Art. 21", gettext_noop("Object to a use")),
        K.WITHDRAWAL: _gdpr("Art. 7(3)", gettext_noop("Take back a consent")),
        K.DECISION: _gdpr("Art. 22", gettext_noop("Have a person look at what a machine decided")),
    }.items()
} | {
    (RequestRegime.CCPA, kind): rule
    for kind, rule in {
        K.KNOW: _ccpa("1798.110", gettext_noop("Know what is collected about me")),
        K.DELETE: _ccpa("1798.105", gettext_noop("Have it deleted")),
        K.CORRECT: _ccpa("1798.106", gettext_noop("Have it put right")),
        K.OPT_OUT: _ccpa_stop("1798.120", gettext_noop("Opt out of sale and sharing")),
        K.LIMIT: _ccpa_stop("1798.121", gettext_noop("Limit the use of sensitive data")),
    }.items()
}  # fmt: skip

# What may be asked of somebody of whom no more is known than this:
# Art. 12(6) GDPR, 11 CCR 7060 to 7062.
# Never a passport or a photo of the face: the first proves too much and the second is a new copy.
MAY_ASK: dict[IdentityLevel, str] = {
    IdentityLevel.NONE: gettext_noop(
        "a reply to the code that was sent to the address, and nothing else"
    ),
    IdentityLevel.EMAIL: gettext_noop(
        "signing in to the account the request is about, with the second factor where there is "
        "one, and nothing on paper"
    ),
    IdentityLevel.ACCOUNT: gettext_noop(
        "nothing: whoever signed in and stepped up is known well enough"
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When something is due. ``longest`` is None where the law gives no extension."""

    confirm: datetime | None
    answer: datetime
    longest: datetime | None


def rule_of(regime: str, kind: str) -> Rule | None:
    """The rule, or None where that law has no such right."""
    try:
        return RULES.get((RequestRegime(regime), RequestKind(kind)))
    except ValueError:
        return None


def deadlines(rule: Rule, received_at: datetime, country: str) -> Deadlines:
    """By a country's holidays; without one only weekends count."""

    def end(period: Period | None) -> datetime | None:
        return None if period is None else _in(period, country).end(received_at)

    return Deadlines(
        confirm=end(rule.confirm),
        answer=_in(rule.answer, country).end(received_at),
        longest=end(rule.longest),
    )


def _in(period: Period, country: str) -> Period:
    return Period(
        months=period.months, days=period.days, business_days=period.business_days,
        hours=period.hours, country=country or None,
    )
