"""Reports and what is reported, as the product makes them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Account, Role
from rights.models import ReportCase
from rights.reports.actions import deciding
from sharing.actions.strangers import file_report
from sharing.actions.withholding import WITHHELD_BEFORE
from sharing.models import (
    BlockedPicture,
    Profile,
    Publication,
    PublicationState,
    ReportReason,
)
from tests.factories import make_account
from tests.sharing.visitors.live import open_profile, publish

GIVEN: dict[ReportReason, dict[str, str | bool]] = {
    ReportReason.MINE: {
        "name": "Carol Carver", "work": "https://carol.example.org/heron", "good_faith": True,
        "postal": "1 Elm Street, Springfield; +1 555 0100", "accurate": True,
    },
    ReportReason.INTIMATE: {"name": "Carol Carver", "no_consent": True},
    ReportReason.ILLEGAL: {"name": "Carol Carver", "good_faith": True},
}  # fmt: skip
COUNTER: dict[str, str | bool] = {
    "name": "Alice Aas", "postal": "2 Oak Street, Aarhus; +45 5550101",
    "text": "I took it myself.", "mistake": True, "jurisdiction": True,
}  # fmt: skip


def publisher(email: str = "marit@example.org", name: str = "marit") -> Account:
    """Somebody with an open profile."""
    owner = make_account(email)
    open_profile(owner, name)
    return owner


def shown(owner: Account, number: int = 1, *, pdq: bytes = b"") -> Publication:
    """A live photo of theirs; ``pdq`` as the pipeline would have found it."""
    return publish(owner, number, long_edge=64, pdq=pdq)


def reported(
    photo: Publication, reason: ReportReason = ReportReason.SHOWS_ME,
    *, email: str = "carol@example.org",
) -> ReportCase:  # fmt: skip
    """The case of a report about a photo."""
    report = file_report(
        Profile.objects.get(pk=photo.owner_id), photo, reason=reason, text="That is me.",
        email=email, tells=bool(email), given=GIVEN.get(reason, {}),
    )  # fmt: skip
    return ReportCase.objects.get(report_id=report.pk)


def withheld(photo: Publication) -> ReportCase:
    """A notice about copyright that was followed."""
    return deciding.withhold_reported(
        reported(photo, ReportReason.MINE).pk, ground="copyright", facts="It is hers.",
        actor=worker("rita-reviews@example.org"),
    )  # fmt: skip


def refused(photo: Publication) -> Publication:
    """The same photo, refused because it looks like one that was withheld."""
    case = withheld(photo)
    pdq = bytes(range(32))
    BlockedPicture.objects.create(
        pdq=pdq, case_id=case.pk, blocked_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    Publication.objects.filter(pk=photo.pk).update(
        state=PublicationState.REFUSED, refusal=WITHHELD_BEFORE, pdq=pdq
    )
    photo.refresh_from_db()
    return photo


def worker(email: str, *roles: Role) -> Account:
    """Somebody who works here, with these roles."""
    known = Account.objects.filter(email=email).first()
    return known or make_account(email, roles=roles or (Role.REVIEWER,))


def make_case() -> dict[str, dict[str, UUID]]:
    """One case, for whoever walks every page of the desk: names of pages, and what their
    addresses take.
    """
    case = reported(shown(publisher("reported@example.org", "reported")))
    return {"reports": {}, "reports-rules": {}, "report": {"report_case_id": case.pk}}
