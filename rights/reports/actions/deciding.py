"""What somebody at the desk decides about a report. Each decision has a reason.

Locked in this order: the case, then publications.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Account
from rights.actions.case_journal import journaled
from rights.actions.sounding import sound
from rights.models import (
    ReportCase,
    ReportEventTag,
    ReportState,
    WithheldPublication,
)
from rights.reports.actions.noting import (
    as_its_owner_reads,
    day_of,
    insist,
    is_of_profile,
    locked_case,
    note,
    tell_owner,
    tell_reporter,
)
from rights.reports.actions.standing import profile_cases
from rights.reports.actions.striking import cancel_strike, give_strike
from rights.reports.errors import BadGroundError, NothingToWithholdError
from rights.reports.grounds import GROUNDS, Ground
from rights.reports.reading import given_of, photo_of, was_just_noted
from rights.reports.strikes import BARRED_FOR, MOST
from sharing.actions.withholding import (
    block_pictures,
    publications_like,
    reinstate,
    reinstate_profile,
    settle_report,
    unblock_pictures,
    withhold,
    withhold_profile,
)
from sharing.models import Profile, Publication, ReportReason
from sharing.models.visitors import new_report_number

# How long the hash of a withheld picture is kept, to know it again.
BLOCKED_FOR = timedelta(days=730)
# Of these the same picture is withheld wherever else it is public, in the same step.
EVERYWHERE = (ReportReason.INTIMATE, ReportReason.CHILD)


@journaled()
def withhold_reported(
    case_id: UUID, *, ground: str, facts: str, actor: Account
) -> ReportCase:
    """Show the photo, or the whole profile, to nobody but its owner, tell them why, and know the
    picture again.

    Raises `BadGroundError`, `NothingToWithholdError`, `ReportDecidedError`.
    """
    if ground not in GROUNDS:
        raise BadGroundError
    case = locked_case(case_id)
    insist(case.is_undecided)
    withhold_case(case, ground=ground, facts=facts, actor=actor)
    return case


def withhold_case(case: ReportCase, *, ground: str, facts: str, actor: Account) -> None:
    """The same, of a case that is locked. Raises `NothingToWithholdError` before it writes."""
    photo = photo_of(case)
    if photo is None and not _has_profile(case):
        raise NothingToWithholdError
    _decide(case, ReportState.WITHHELD, actor, ground=ground)
    if photo is None:
        assert case.owner_id is not None
        withhold_profile(case.owner_id, at=timezone.now(), actor=actor)
    else:
        _withhold(case, [photo.pk], actor)
        if case.regime in EVERYWHERE:
            _withhold_copies(case, photo, actor)
    note(case, ReportEventTag.WITHHELD, facts, actor_id=actor.pk)
    give_strike(case)
    _tell_why(case, photo, GROUNDS[ground], facts)
    tell_reporter(case, "withheld")
    _settle(case)


def _has_profile(case: ReportCase) -> bool:
    return is_of_profile(case) and Profile.objects.filter(pk=case.owner_id).exists()


@journaled()
def dismiss_report(case_id: UUID, *, reason: str, actor: Account) -> ReportCase:
    """Leave what was reported as it is. Raises `ReportDecidedError`."""
    case = locked_case(case_id)
    insist(case.is_undecided)
    _decide(case, ReportState.DISMISSED, actor)
    note(case, ReportEventTag.DISMISSED, reason, actor_id=actor.pk)
    tell_reporter(case, "dismissed", reason)
    _settle(case)
    return case


@journaled()
def ask_reporter(case_id: UUID, *, question: str, actor: Account) -> ReportCase:
    """Ask whoever reported it. The clock runs on. The same words right after one another are one
    question: a browser that hears nothing sends a form again. Raises `ReportDecidedError`.
    """
    case = locked_case(case_id)
    insist(case.is_undecided)
    if was_just_noted(case, ReportEventTag.ASKED, question):
        return case
    case.state = ReportState.ASKED
    case.save(update_fields=["state"])
    note(case, ReportEventTag.ASKED, question, actor_id=actor.pk)
    tell_reporter(case, "asked", question)
    return case


@journaled()
def escalate_report(case_id: UUID, *, reason: str, actor: Account) -> ReportCase:
    """Ask for somebody else, by mail, without a word of what it is about. The same words right
    after one another are one. Raises `ReportDecidedError`.
    """
    case = locked_case(case_id)
    insist(case.is_undecided)
    if was_just_noted(case, ReportEventTag.ESCALATED, reason):
        return case
    case.state = ReportState.ESCALATED
    case.save(update_fields=["state"])
    note(case, ReportEventTag.ESCALATED, reason, actor_id=actor.pk)
    sound(f"Report {case.number} was escalated", f"/desk/reports/{case.pk}/")
    return case


@journaled()
def reinstate_reported(case_id: UUID, *, reason: str, actor: Account) -> ReportCase:
    """Show what was withheld again. Raises `ReportDecidedError`."""
    case = locked_case(case_id)
    insist(case.state == ReportState.WITHHELD and not is_under_complaint(case))
    show_again(case, actor_id=actor.pk, tag=ReportEventTag.REINSTATED, reason=reason, actor=actor)
    return case


def is_under_complaint(case: ReportCase) -> bool:
    """Whether somebody who did not decide it has to look at it first."""
    return case.complained_at is not None and case.complaint_decided_at is None


def show_again(
    case: ReportCase, *, tag: ReportEventTag, reason: str, actor_id: UUID | None,
    actor: Account | None,
) -> None:  # fmt: skip
    """Reverse a decision that withheld something. The case is locked."""
    case.state = ReportState.REINSTATED
    case.save(update_fields=["state"])
    withheld = list(case.withheld.values_list("publication_id", flat=True))
    reinstate(set(withheld) - _withheld_otherwise(case, withheld), actor=actor)
    owner_id = case.owner_id if is_of_profile(case) else None
    if owner_id is not None and not profile_cases(owner_id).exists():
        reinstate_profile(owner_id, actor=actor)
    unblock_pictures(case.pk)
    cancel_strike(case)
    note(case, tag, reason, actor_id=actor_id)
    tell_owner(case, "reinstated", is_back=True, refused=case.is_of_refusal, reason=reason)
    tell_reporter(case, "reinstated")


def _withheld_otherwise(case: ReportCase, publication_ids: Sequence[UUID]) -> set[UUID]:
    """Those that another case withholds too: they stay withheld."""
    others = WithheldPublication.objects.filter(
        publication_id__in=publication_ids, case__state=ReportState.WITHHELD
    ).exclude(case=case)
    return set(others.values_list("publication_id", flat=True))


def _decide(case: ReportCase, state: ReportState, actor: Account, *, ground: str = "") -> None:
    case.state, case.ground = state, ground
    case.decided_at, case.decider_id = timezone.now(), actor.pk
    case.save(update_fields=["state", "ground", "decided_at", "decider_id"])


def _withhold(case: ReportCase, publication_ids: Sequence[UUID], actor: Account) -> None:
    WithheldPublication.objects.bulk_create(
        [WithheldPublication(case=case, publication_id=each) for each in publication_ids],
        ignore_conflicts=True,
    )
    now = timezone.now()
    withhold(publication_ids, at=now, actor=actor)
    block_pictures(publication_ids, case_id=case.pk, ends_at=now + BLOCKED_FOR)


def _withhold_copies(case: ReportCase, photo: Publication, actor: Account) -> None:
    """The same picture, published by anybody."""
    copies = [each for each in publications_like(photo.ways) if each != photo.pk]
    if copies:
        _withhold(case, copies, actor)
        note(case, ReportEventTag.ALSO_WITHHELD, str(len(copies)), actor_id=actor.pk)
    for copy in Publication.objects.filter(pk__in=copies).exclude(owner=case.owner_id):
        _open_for_copy(case, copy, actor)


def _open_for_copy(case: ReportCase, copy: Publication, actor: Account) -> None:
    """Whoever published a copy is told why, and can complain, as the first one can."""
    now = timezone.now()
    theirs = ReportCase.objects.create(
        regime=case.regime, state=ReportState.WITHHELD, publication_id=copy.pk,
        owner_id=copy.owner_id, opened_at=now, due_at=now, ground=case.ground, decided_at=now,
        decider_id=actor.pk, number=new_report_number(),
    )  # fmt: skip
    WithheldPublication.objects.create(case=theirs, publication_id=copy.pk)
    WithheldPublication.objects.filter(case=case, publication_id=copy.pk).delete()
    with as_its_owner_reads(theirs):
        facts = gettext("It is the same picture as one that somebody reported.")
    note(theirs, ReportEventTag.WITHHELD, facts, actor_id=actor.pk)
    _tell_why(theirs, copy, GROUNDS[case.ground], facts)


def _tell_why(
    case: ReportCase, photo: Publication | None, ground: Ground, facts: str
) -> None:
    """The statement of reasons that DSA Art. 17 wants."""
    given = given_of(case) if case.regime == ReportReason.MINE else {}
    strike = getattr(case, "strike", None)
    profile = Profile.objects.filter(pk=case.owner_id).first()
    rest = f"/{photo.public_id}" if photo else ""
    place = f"{settings.PROFILES_URL}/u/{profile.name}{rest}" if profile else ""
    with as_its_owner_reads(case):
        tell_owner(
            case, "statement-of-reasons", day=day_of(case.decided_at),
            caption=photo.caption or "-" if photo else "",
            place=place, words=gettext(ground.words), facts=facts, source=ground.source,
            is_law=ground.is_law, report=case.report_id is not None, name=given.get("name", ""),
            work=given.get("work", ""), counts=strike is not None, most=MOST,
            days=BARRED_FOR.days, until=day_of(strike.ends_at) if strike else "",
            counter=case.may_counter,
        )  # fmt: skip


def _settle(case: ReportCase) -> None:
    if case.report_id is not None:
        settle_report(case.report_id)
