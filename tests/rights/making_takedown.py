"""Cases for tests, brought to a step through the product's own actions."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from accounts.models import Account
from rights.models import Takedown
from rights.takedown.actions.drafting import draft_notice, sign_notice
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.receiving import find_receivers
from rights.takedown.actions.reporting import Report, report_copies
from rights.takedown.actions.sending import send_notice_out
from rights.takedown.papers import Paper
from tests.factories import make_account
from tests.rights.local_site import Site, local_site

PAGE = "http://copies.example.org/page"
PAPER = Paper(
    name="Alice Adams", email="alice@example.org", address="1 High Street, Bath", phone="",
    work="My photo of the bridge, of 3 May 2026",
    reasons="It is mine, and I gave nobody leave to show it.", rule="Section 4: no copied pictures",
    query="alice adams bridge", erasure_ground="Article 17(1)(d)",
    not_consensual="I never agreed; it was taken from my phone.",
    is_good_faith=True, is_accurate=True, is_authorised=True, is_bona_fide=True, is_depicted=True,
    has_no_licence=True, has_considered_fair_use=True, is_warned=True,
)  # fmt: skip


def nobody_answers(url: str) -> None:
    """A register that does not answer."""
    del url


def reported(owner: Account, *urls: str, hashes: tuple[bytes, ...] = ()) -> Takedown:
    """A case about these addresses at one host."""
    [case] = report_copies(Report(urls=urls or (PAGE,), hashes=hashes), actor=owner)
    return case


def gathered(case: Takedown, site: Site) -> Takedown:
    """With its evidence, from this site, and with receivers."""
    gather_evidence(case.pk, fetcher=site.fetcher)
    find_receivers(case.pk, ask=nobody_answers)
    return fresh(case)


def signed(case: Takedown, regime: str = "dmca", **other: object) -> Takedown:
    """Drafted in full and signed."""
    paper = replace(PAPER, **other)  # type: ignore[arg-type]
    draft_notice(case.pk, regime, paper, actor=case.owner)
    return sign_notice(case.pk, paper.name, actor=case.owner)


def sent(owner: Account, site: Site, *urls: str, hashes: tuple[bytes, ...] = ()) -> Takedown:
    """A case whose notice went out."""
    case = signed(gathered(reported(owner, *urls, hashes=hashes), site))
    send_notice_out(case.pk)
    return fresh(case)


def fresh(case: Takedown) -> Takedown:
    """As the database has it now."""
    return Takedown.objects.select_related("owner").get(pk=case.pk)


def make_case() -> dict[str, dict[str, UUID]]:
    """One of each page's kind, for walking the desk."""
    with local_site() as site:
        site.shows("/page", b"<html>nothing</html>")
        case = sent(make_account("takedown-case@example.org"), site)
    return {"takedown": {"case_id": case.pk}, "takedown-letter": {"case_id": case.pk}}
