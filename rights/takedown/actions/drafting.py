"""From what a person states to a signed notice."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.models import Takedown, TakedownPaper, TakedownStep
from rights.takedown.actions.moving import locked, move_case, note_event, paper_of
from rights.takedown.actions.reporting import case_of
from rights.takedown.errors import NotForLumenError, NotNowError, WrongSignatureError
from rights.takedown.lumen import can_go_there
from rights.takedown.machine import Deed, step_after
from rights.takedown.papers import Paper, elements_of, is_same_name
from rights.takedown.schedule import IN_WORK_WAIT

# A signed notice is taken back by drafting anew only before it went out.
_CAN_CHANGE = (
    TakedownStep.REPORTED, TakedownStep.EVIDENCE, TakedownStep.ASSESSED, TakedownStep.DRAFTED,
    TakedownStep.REOPENED,
)  # fmt: skip


@journaled()
def draft_notice(case_id: UUID, regime: str, paper: Paper, *, actor: Account) -> Takedown:
    """Keep what the person states under these rules. It may lack things: signing may not.

    Any signature on it goes: it was for other words. Raises `NotFoundError`, `NotNowError`.
    """
    return state_in(case_of(actor, case_id), regime, paper, actor_id=actor.pk)


@journaled()
def state_in(case: Takedown, regime: str, paper: Paper, *, actor_id: UUID | None) -> Takedown:
    """The same, for whoever may draft this case. Raises `NotNowError`."""
    if case.step not in _CAN_CHANGE:
        raise NotNowError(step=case.step)
    unsigned = replace(paper, signature="")

    def state(row: Takedown) -> None:
        row.regime, row.signed_at = regime, None
        row.is_for_lumen = row.is_for_lumen and can_go_there(regime)
        row.elements = elements_of(unsigned, addresses=row.targets.count())
        _keep(row, unsigned)

    if step_after(case.step, Deed.ASSESS) is not None:
        move_case(case.pk, Deed.ASSESS, actor_id=actor_id, change=state)
    return move_case(case.pk, Deed.DRAFT, actor_id=actor_id)


@journaled()
def sign_notice(case_id: UUID, signature: str, *, actor: Account) -> Takedown:
    """The person signs with their legal name. Whoever calls has checked that they stepped up.

    Raises `NotFoundError`, `NotNowError`, `WrongSignatureError` and `IncompleteNoticeError`.
    """
    return sign_in(case_of(actor, case_id), signature, actor=actor)


@journaled()
def sign_in(case: Takedown, signature: str, *, actor: Account | None) -> Takedown:
    """The same, for whoever may sign in this case: without an account, by the code that came
    back from their address. Raises as `sign_notice` does.
    """
    paper = paper_of(case)
    if step_after(case.step, Deed.SIGN) is None:
        raise NotNowError(step=case.step)
    if not is_same_name(signature, paper.name):
        raise WrongSignatureError

    def put_name(row: Takedown) -> None:
        row.signed_at = timezone.now()
        _keep(row, replace(paper, signature=" ".join(signature.split())))

    actor_id = None if actor is None else actor.pk
    signed = move_case(case.pk, Deed.SIGN, actor_id=actor_id, change=put_name)
    audit.record(AuditTag.TAKEDOWN_SIGNED, actor=actor, subject_id=case.pk)
    enqueue_on_commit("rights.send_notice_out", str(case.pk), key=f"send:{case.pk}")
    return signed


@journaled()
def choose_lumen(case_id: UUID, *, is_wanted: bool, actor: Account) -> Takedown:
    """Let the notice go, redacted, to a public collection, or no more. Safe to repeat.

    Raises `NotFoundError`, and `NotForLumenError` for rules under which nothing ever goes there.
    """
    case = locked(case_of(actor, case_id).pk)
    if is_wanted and not can_go_there(case.regime):
        raise NotForLumenError
    if case.is_for_lumen != is_wanted:
        case.is_for_lumen = is_wanted
        case.save(update_fields=["is_for_lumen"])
        note_event(case, "lumen_chosen" if is_wanted else "lumen_declined", actor_id=actor.pk)
    return case


def note_answer(case_id: UUID, deed: Deed, *, actor_id: UUID, note: str) -> Takedown:
    """Somebody says what the other side answered. Raises `NotNowError`, `NotFoundError`."""

    def wait(row: Takedown) -> None:
        is_in_work = deed is Deed.ACKNOWLEDGE
        row.next_letter_at = timezone.now() + IN_WORK_WAIT if is_in_work else None

    return move_case(case_id, deed, actor_id=actor_id, note=note, change=wait)


def _keep(case: Takedown, paper: Paper) -> None:
    row = TakedownPaper(takedown=case).seal(paper.to_json())
    TakedownPaper.objects.update_or_create(
        takedown=case, defaults={"epoch_number": row.epoch_number, "sealed": row.sealed}
    )
