"""A case in plain words, for somebody without an account: how it stands, what comes next and when,
and what happened. Whoever has an account reads the same words in ``takedown-words.ts``.

The addresses themselves are not told: whoever else comes by the link could look at the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext, gettext_noop

from pocketvault.kernel.languages import dated, long_day
from rights.models import Takedown, TakedownEvent, TakedownLevel, TakedownStep, TargetState
from rights.takedown import schedule
from rights.takedown.actions.forgetting import KEPT
from rights.takedown.actions.sending import number_of
from rights.takedown.regimes import REGIMES

Facts = dict[str, Any]
_WITH_THEM = (TakedownStep.SENT, TakedownStep.ACKNOWLEDGED, TakedownStep.ESCALATED)
# Pub. L. 119-12, 3(a)(3): from the notice on.
_TIDA_HOURS = timedelta(hours=48)

STEPS: dict[str, str] = {
    TakedownStep.REPORTED: gettext_noop("Looking at the addresses"),
    TakedownStep.EVIDENCE: gettext_noop("Evidence kept. Next: the notice"),
    TakedownStep.ASSESSED: gettext_noop("The notice is begun"),
    TakedownStep.DRAFTED: gettext_noop("The notice waits for your signature"),
    TakedownStep.SIGNED: gettext_noop("Signed, going out"),
    TakedownStep.SENT: gettext_noop("Sent, waiting for an answer"),
    TakedownStep.ACKNOWLEDGED: gettext_noop("They are looking into it"),
    TakedownStep.ESCALATED: gettext_noop("Nobody answered: taken further"),
    TakedownStep.REFUSED: gettext_noop("They refused"),
    TakedownStep.COUNTERED: gettext_noop("Somebody objects to the removal"),
    TakedownStep.RESTORED: gettext_noop("They put it back"),
    TakedownStep.REMOVED: gettext_noop("Removed. We looked, and it is gone"),
    TakedownStep.MONITORED: gettext_noop("Removed, and looked at again"),
    TakedownStep.REOPENED: gettext_noop("It is back"),
    TakedownStep.UNRESOLVED: gettext_noop("Nobody removed it"),
    TakedownStep.CLOSED: gettext_noop("Closed"),
}
SEEN: dict[str, str] = {
    TargetState.UNKNOWN: gettext_noop("Not seen yet"), TargetState.THERE: gettext_noop("There"),
    TargetState.GONE: gettext_noop("Gone"),
}  # fmt: skip
TAGS: dict[str, str] = {
    "reported": gettext_noop("You reported it"),
    "looked": gettext_noop("We looked at an address"),
    "gathered": gettext_noop("Evidence is kept"),
    "receivers_found": gettext_noop("We looked for whom to write to"),
    "signed": gettext_noop("You signed"),
    "sent": gettext_noop("The notice went out"),
    "reminded": gettext_noop("A reminder went out"),
    "escalated": gettext_noop("Taken further"),
    "by_hand": gettext_noop("This one has a form only"),
    "checked": gettext_noop("We looked again"),
    "removal_verified": gettext_noop("The copy is gone"),
    "monitored": gettext_noop("Still gone"),
    "reappeared": gettext_noop("The copy is back"),
    "acknowledged": gettext_noop("They answered"),
    "refused": gettext_noop("They refused"),
    "countered": gettext_noop("They passed on an objection"),
    "restored": gettext_noop("They put it back"),
    "given_up": gettext_noop("Nobody is left to write to"),
    "closed": gettext_noop("Closed"),
    "withdrawn": gettext_noop("You closed it"),
    "traced": gettext_noop("Its invisible mark was looked for"),
    "stamped": gettext_noop("The evidence has a time-stamp"),
    "not_stamped": gettext_noop("No time-stamp yet. We ask again"),
    "never_stamped": gettext_noop("No time-stamp could be had"),
    "not_drawn": gettext_noop("No picture of the page could be drawn"),
    "answered": gettext_noop("They answered us, and it is really from them"),
    "answer_unproved": gettext_noop("A mail came in answer. Anybody may have written it"),
    "links_ended": gettext_noop("You had a new link to this page sent"),
}
# Which the one form does in one go with the signature, and nobody sees as steps.
_OF_THE_FORM = ("assessed", "drafted")
# Whose notes are for people; the others are numbers and states.
_WITH_NOTE = frozenset({
    "sent", "reminded", "escalated", "by_hand", "acknowledged", "refused", "countered", "restored",
    "closed", "withdrawn", "answered", "answer_unproved",
})  # fmt: skip


def guest_facts(case: Takedown) -> Facts:
    """What the page of a case says: two queries, however long its history."""
    targets = case.targets.order_by("number").values_list("number", "state")
    return {
        "number": number_of(case), "host": case.host, "state": gettext(STEPS[case.step]),
        "is_closed": case.closed_at is not None, "is_back": case.step == TakedownStep.REOPENED,
        "law": gettext(REGIMES[case.regime].title) if case.regime else "",
        "addresses": [
            {"number": number + 1, "seen": gettext(SEEN[state])} for number, state in targets
        ],
        "next": list(next_of(case)),
        "events": [
            _event(each) for each in case.events.exclude(tag__in=_OF_THE_FORM).order_by("pk")
        ],
    }  # fmt: skip


def next_of(case: Takedown) -> Iterator[str]:
    """What comes next, each with its day."""
    yield from _until(case)
    if case.step in _NEXT:
        yield gettext(_NEXT[case.step])
    if case.step in _WITH_THEM and case.next_letter_at is not None:
        yield _letter(case).format(day=long_day(case.next_letter_at))
    if case.next_check_at is not None:
        yield gettext("We look again on {day}.").format(day=long_day(case.next_check_at))
    if case.removed_at is not None and case.closed_at is None:
        last = long_day(case.removed_at + schedule.CHECKS[-1])
        yield gettext("We go on looking until {day}.").format(day=last)
    if case.closed_at is not None:
        said = gettext("Nothing more comes. We keep the case until {day}, and delete it then.")
        yield said.format(day=long_day(case.closed_at + KEPT))


_NEXT: dict[str, str] = {
    TakedownStep.SIGNED: gettext_noop(
        "We look for whom to write to and send the notice, most often within minutes. Where they "
        "have a form and no e-mail address, somebody here fills it in."
    ),
    TakedownStep.REFUSED: gettext_noop(
        "Somebody here reads their answer, and takes it further or ends the case."
    ),
    TakedownStep.COUNTERED: gettext_noop(
        "Somebody here reads it. In the United States a host may put the picture back after 10 to "
        "14 business days, unless you go to court: ask a lawyer soon."
    ),
    TakedownStep.RESTORED: gettext_noop(
        "Letters can do no more. A court can: ask a lawyer, and name the number of this case."
    ),
    TakedownStep.REOPENED: gettext_noop(
        "What you signed was for the first time. Fill in the form again, and a new notice goes out."
    ),
    TakedownStep.UNRESOLVED: gettext_noop(
        "Everybody whom we could write to was written to. Somebody here looks at it once more. You "
        "can also go to the police, to a data protection authority, or to a court."
    ),
}


def _until(case: Takedown) -> Iterator[str]:
    """The time that the law gives them, where it gives one in hours."""
    is_host = case.level == TakedownLevel.HOST
    if case.regime == "tida" and is_host and case.step in _WITH_THEM and case.sent_at is not None:
        moment = dated(case.sent_at + _TIDA_HOURS, "j F Y, H:i")
        said = gettext("The law gives platforms 48 hours: until {moment} UTC.")
        yield said.format(moment=moment)


def _letter(case: Takedown) -> str:
    is_waiting = case.step != TakedownStep.ACKNOWLEDGED
    if is_waiting and schedule.has_reminder(case.regime, case.reminders):
        return gettext("If it is still there on {day}, we remind them.")
    return gettext("If it is still there on {day}, we turn to whoever can act next.")


def _event(event: TakedownEvent) -> Facts:
    what = gettext(TAGS[event.tag]) if event.tag in TAGS else ""
    if event.tag == "withdrawn" and event.actor_id is not None:
        what = gettext("We closed this case")
    note = event.open().decode() if event.tag in _WITH_NOTE else ""
    return {"at": event.at, "what": what, "note": note}
