"""Why something is withheld: the table from which a statement of reasons is written.

Regulation (EU) 2022/2065 (DSA), Art. 17(3)(d) and (e), read on 27 November 2026: where content is
illegal, the law and why; where it breaks the terms, the rule and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One ground. ``words`` finish the sentence "It was withheld because"."""

    key: str
    words: str
    source: str
    is_law: bool
    counts: bool


GROUNDS: Mapping[str, Ground] = {
    each.key: each
    for each in (
        Ground(
            key="copyright", source="17 USC 512(c)(1)(C)", is_law=True, counts=True,
            words=gettext_noop("somebody says that they own it and did not allow this use"),
        ),
        Ground(
            key="intimate", source="Pub. L. 119-12, 3(a)(3)", is_law=True, counts=True,
            words=gettext_noop("it shows somebody in an intimate way without their consent"),
        ),
        Ground(
            key="child", source="18 USC 2258A; DSA Art. 18", is_law=True, counts=True,
            words=gettext_noop("it harms a child"),
        ),
        Ground(
            key="privacy", source="GDPR Art. 17", is_law=True, counts=False,
            words=gettext_noop("it shows somebody who did not agree and may object"),
        ),
        Ground(
            key="illegal", source="DSA Art. 16(6)", is_law=True, counts=True,
            words=gettext_noop("it is against the law"),
        ),
        Ground(
            key="terms", source="Terms of use", is_law=False, counts=True,
            words=gettext_noop("it breaks the rules of this service"),
        ),
    )
}
