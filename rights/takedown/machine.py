"""Which step of a case follows which, by what happened. Data; one action obeys it.

reported > evidence > assessed > drafted > signed > sent > acknowledged > removed > monitored
> closed, with reminders and escalation where nobody answers, and a way back where a copy
reappears.
"""

from __future__ import annotations

from enum import StrEnum

from rights.models.takedown import TakedownStep as S


class Deed(StrEnum):
    """What happens in a case. Kept in its events, so never renamed."""

    GATHER = "gathered"
    ASSESS = "assessed"
    DRAFT = "drafted"
    SIGN = "signed"
    SEND = "sent"
    ACKNOWLEDGE = "acknowledged"
    REMIND = "reminded"
    ESCALATE = "escalated"
    REFUSE = "refused"
    COUNTER = "countered"
    RESTORE = "restored"
    VERIFY = "removal_verified"
    MONITOR = "monitored"
    REAPPEAR = "reappeared"
    GIVE_UP = "given_up"
    CLOSE = "closed"
    WITHDRAW = "withdrawn"


_WITH_THEM = (S.SENT, S.ACKNOWLEDGED, S.ESCALATED)
_BEFORE = (S.REPORTED, S.EVIDENCE, S.ASSESSED, S.DRAFTED, S.REOPENED)


def _from(steps: tuple[S, ...], deed: Deed, to: S) -> dict[tuple[S, Deed], S]:
    return {(step, deed): to for step in steps}


TRANSITIONS: dict[tuple[S, Deed], S] = {
    (S.REPORTED, Deed.GATHER): S.EVIDENCE,
    # Without waiting for the fetcher: the person may have uploaded what they saw.
    **_from(_BEFORE, Deed.ASSESS, S.ASSESSED),
    **_from((S.ASSESSED,), Deed.DRAFT, S.DRAFTED),
    (S.DRAFTED, Deed.SIGN): S.SIGNED,
    (S.SIGNED, Deed.SEND): S.SENT,
    **_from(_WITH_THEM, Deed.ACKNOWLEDGE, S.ACKNOWLEDGED),
    (S.SENT, Deed.REMIND): S.SENT,
    (S.ESCALATED, Deed.REMIND): S.ESCALATED,
    **_from((*_WITH_THEM, S.REFUSED), Deed.ESCALATE, S.ESCALATED),
    **_from(_WITH_THEM, Deed.REFUSE, S.REFUSED),
    **_from((*_WITH_THEM, S.REMOVED, S.MONITORED), Deed.COUNTER, S.COUNTERED),
    **_from((S.COUNTERED, S.REMOVED, S.MONITORED), Deed.RESTORE, S.RESTORED),
    **_from((*_WITH_THEM, S.REFUSED, S.UNRESOLVED), Deed.VERIFY, S.REMOVED),
    (S.REMOVED, Deed.MONITOR): S.MONITORED,
    **_from((S.REMOVED, S.MONITORED, S.CLOSED), Deed.REAPPEAR, S.REOPENED),
    **_from((*_WITH_THEM, S.REFUSED), Deed.GIVE_UP, S.UNRESOLVED),
    **_from(
        (S.MONITORED, S.REFUSED, S.COUNTERED, S.RESTORED, S.UNRESOLVED), Deed.CLOSE, S.CLOSED
    ),
    **{(step, Deed.WITHDRAW): S.CLOSED for step in S if step is not S.CLOSED},
}


def step_after(step: str, deed: Deed) -> S | None:
    """Where a case goes from this step, or None: that cannot happen there."""
    return TRANSITIONS.get((S(step), deed))
