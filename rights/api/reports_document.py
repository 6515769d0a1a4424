"""Reports of somebody's publications, as they are answered: in a constant number of queries."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext

from accounts.models import Account
from rights.models import (
    UNDECIDED,
    ReportCase,
    ReportEvent,
    ReportEventTag,
    ReportState,
    Strike,
)
from rights.reports.actions.striking import strikes_of
from rights.reports.grounds import GROUNDS
from rights.reports.reading import given_in_all
from rights.reports.strikes import BARRED_FOR, COUNTS_FOR, MOST
from sharing.actions.withholding import WITHHELD_BEFORE
from sharing.models import Profile, Publication

MOST_SHOWN = 200


def reports_document(account: Account) -> dict[str, object]:
    """What was decided about an account's publications. What nobody decided is no matter yet."""
    found = ReportCase.objects.filter(owner_id=account.pk)
    hidden = (*UNDECIDED, ReportState.DISMISSED, ReportState.GONE)
    cases = list(found.exclude(state__in=hidden).order_by("-pk")[:MOST_SHOWN])
    facts, given = _facts_of(cases), given_in_all(cases)
    strikes = {each.case_id: each for each in Strike.objects.filter(case__in=cases)}
    barred = Profile.objects.filter(pk=account.pk).aggregate(until=Max("barred_until"))
    return {
        "reports": [
            _document(case, facts.get(case.pk, ""), given.get(case.pk, {}), strikes.get(case.pk))
            for case in cases
        ],
        "refused": _refused(account),
        "strikes": strikes_of(account.pk),
        "policy": {
            "counts_days": COUNTS_FOR.days, "most": MOST, "barred_days": BARRED_FOR.days,
        },
        "barred_until": barred["until"],
    }  # fmt: skip


def _refused(account: Account) -> list[dict[str, object]]:
    photos = Publication.objects.owned_by(account).filter(refusal=WITHHELD_BEFORE)
    said = ReportCase.objects.filter(owner_id=account.pk, is_of_refusal=True)
    waiting = photos.exclude(pk__in=said.values("publication_id")).order_by("-pk")[:MOST_SHOWN]
    return [
        {"publication": row.pk, "caption": row.caption, "made_at": row.made_at} for row in waiting
    ]


def _document(
    case: ReportCase, facts: str, given: dict[str, object], strike: Strike | None
) -> dict[str, object]:
    ground = GROUNDS[case.ground]
    return {
        "id": case.pk, "number": case.number or "", "regime": case.regime, "state": case.state,
        "publication": case.publication_id, "decided_at": case.decided_at, "ground": case.ground,
        "words": gettext(ground.words), "law": ground.source, "facts": facts,
        "signed_by": given.get("name", ""), "work": given.get("work", ""),
        "may_complain": case.may_complain, "complained_at": case.complained_at,
        "complaint_decided_at": case.complaint_decided_at,
        "is_complaint_upheld": case.is_complaint_upheld, "may_counter": case.may_counter,
        "countered_at": case.countered_at, "restore_from": case.restore_from,
        "restore_by": case.restore_by, "suit_told_at": case.suit_told_at,
        "strike": strike and {
            "given_at": strike.given_at, "ends_at": strike.ends_at,
            "cancelled_at": strike.cancelled_at,
        },
    }  # fmt: skip


def _facts_of(cases: list[ReportCase]) -> dict[UUID, str]:
    events = ReportEvent.objects.filter(case__in=cases, tag=ReportEventTag.WITHHELD)
    return {event.case_id: event.open().decode() for event in events.order_by("pk")}
