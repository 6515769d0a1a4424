"""On which grounds a request may be refused, and what somebody can do about it: data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from rights.models import RequestRegime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground, as the law numbers it and as the letter says it."""

    name: str
    article: str
    words: str
    regime: RequestRegime


GDPR, CCPA = RequestRegime.GDPR, RequestRegime.CCPA
GROUNDS: tuple[Ground, ...] = (
    Ground(
        name="unfounded", article="Art. 12(5)(b) GDPR", regime=GDPR,
        words=gettext_noop("The request is manifestly unfounded."),
    ),
    Ground(
        name="excessive", article="Art. 12(5)(b) GDPR", regime=GDPR,
        words=gettext_noop("The same was asked again and again, and was answered."),
    ),
    Ground(
        name="not_identified", article="Art. 11(2), 12(2) GDPR", regime=GDPR,
        words=gettext_noop(
            "We cannot tell whose data it is about, and asked in vain for what would show it."
        ),
    ),
    Ground(
        name="others", article="Art. 15(4), 20(4) GDPR", regime=GDPR,
        words=gettext_noop(
            "What was asked for belongs to other people as well, and their rights weigh more."
        ),
    ),
    Ground(
        name="legal_duty", article="Art. 17(3)(b) GDPR", regime=GDPR,
        words=gettext_noop("A law makes us keep it."),
    ),
    Ground(
        name="legal_claims", article="Art. 17(3)(e), 18(2), 21(1) GDPR", regime=GDPR,
        words=gettext_noop("It is needed to bring or to defend a legal claim."),
    ),
    Ground(
        name="not_verified", article="11 CCR 7060", regime=CCPA,
        words=gettext_noop("We could not verify who asks."),
    ),
    Ground(
        name="exception", article="California Civil Code 1798.105(d), 1798.145", regime=CCPA,
        words=gettext_noop("The law makes an exception for what was asked."),
    ),
    Ground(
        name="repeated", article="California Civil Code 1798.145(h)(3)", regime=CCPA,
        words=gettext_noop("The same was asked again and again, and was answered."),
    ),
)  # fmt: skip

# Art. 12(4) GDPR asks for both in every refusal; a Californian is told their own two.
REMEDIES: dict[RequestRegime, tuple[str, ...]] = {
    GDPR: (
        gettext_noop(
            "You can complain to a data protection authority: where you live, where you work, or "
            "where you think the law was broken (Art. 77 GDPR). It costs nothing."
        ),
        gettext_noop("You can go to court against us (Art. 79 GDPR)."),
    ),
    CCPA: (
        gettext_noop(
            "You can complain to the California Privacy Protection Agency or to the Attorney "
            "General of California."
        ),
        gettext_noop("Where the law allows it, you can go to court against us."),
    ),
}  # fmt: skip


def ground_named(name: str, regime: str) -> Ground | None:
    """The ground of that law, if there is one."""
    return next((g for g in GROUNDS if g.name == name and g.regime == regime), None)


def grounds_of(regime: str) -> list[Ground]:
    """All grounds that law knows."""
    return [ground for ground in GROUNDS if ground.regime == regime]
