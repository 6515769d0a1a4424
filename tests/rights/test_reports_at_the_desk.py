"""Reports and incidents at the desk: who looks, who acts, what is written down, and no pixels."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.desk import roles_of
from accounts.models import Account, Role
from pocketvault.desk import incidents, reports
from rights.incidents.actions.recording import open_incident
from rights.incidents.record import FIELDS
from rights.models import Cause, DeskLook, Incident, LookedAt, ReportCase
from sharing.models import Publication, ReportReason
from tests.factories import add_passkey, browser_of
from tests.rights.making_incidents import make_case as make_incident
from tests.rights.making_reports import publisher, reported, shown, worker

pytestmark = pytest.mark.django_db
GONE = "01a21ee7-499e-7f53-9cf5-ab1ab6261bb4"
LOOKERS = (Role.DPO, Role.REVIEWER, Role.COUNSEL, Role.SUPPORT, Role.AUDITOR)


def at_desk(*roles: Role) -> tuple[Account, APIClient]:
    account = worker(f"{roles[0]}-{Account.objects.count()}@example.org", *roles)
    add_passkey(account)
    return account, browser_of(account)


@pytest.fixture
def photo() -> Publication:
    return shown(publisher())


def path_of(case: ReportCase) -> str:
    return f"/desk/reports/{case.pk}/"


@pytest.mark.parametrize("role", LOOKERS)
def test_everybody_at_the_desk_looks_and_two_roles_act(role: Role, photo: Publication) -> None:
    case = reported(photo)
    account, browser = at_desk(role)
    page = browser.get(path_of(case)).content.decode()
    may = role in (Role.DPO, Role.REVIEWER)
    sent = browser.post(
        path_of(case), {"act": "dismiss", "reason": "Nothing wrong."}
    )

    assert (">Withhold<" in page) is may
    assert sent.status_code == (302 if may else 404)
    case.refresh_from_db()
    assert (case.state == "dismissed") is may
    assert DeskLook.objects.filter(
        account_id=photo.owner_id, looked_at=LookedAt.REPORT, actor_id=account.pk, case_id=case.pk
    ).exists()


def test_a_decision_without_a_reason_or_ground_is_refused_on_the_page(photo: Publication) -> None:
    case = reported(photo)
    _, browser = at_desk(Role.REVIEWER)
    for form, said in (
        ({"act": "withhold", "ground": "privacy"}, "Say why"),
        ({"act": "withhold", "reason": "So."}, "Choose the ground"),
    ):
        answer = browser.post(path_of(case), form)
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert browser.post(path_of(case), {"act": "x", "reason": "So."}).status_code == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_whoever_decided_is_not_offered_the_complaint(photo: Publication) -> None:
    case = reported(photo)
    _, browser = at_desk(Role.REVIEWER)
    decide = {"act": "withhold", "ground": "privacy", "reason": "She is in it."}
    assert browser.post(path_of(case), decide).status_code == 302
    ReportCase.objects.update(complained_at=case.opened_at)
    assert "somebody else has to look" in browser.get(path_of(case)).content.decode()
    refused = browser.post(path_of(case), {"act": "uphold", "reason": "Fine."})
    assert refused.status_code == 403
    _, other = at_desk(Role.REVIEWER)
    assert other.post(path_of(case), {"act": "uphold", "reason": "Fine."}).status_code == 302


@pytest.mark.parametrize("reason", list(ReportReason))
def test_a_case_page_says_everything_and_shows_no_picture(
    reason: ReportReason, photo: Publication
) -> None:
    case = reported(photo, reason)
    _, browser = at_desk(Role.REVIEWER)
    page = browser.get(path_of(case)).content.decode()

    assert f"/u/marit/{photo.public_id}" in page
    assert "That is me." in page
    assert "<img" not in page
    # The frame of every page brings the one script of the site.
    assert "<script" not in page.partition("<main")[2]
    assert "carol@example.org" not in page


def test_lists_and_inboxes_cost_the_same_however_much_waits(photo: Publication) -> None:
    _, browser = at_desk(Role.REVIEWER, Role.DPO)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/desk/reports/").status_code == 200
            assert browser.get("/desk/incidents/").status_code == 200
            roles = frozenset({Role.DPO})
            list(reports.inbox(roles))
            list(incidents.inbox(roles))
        return len(seen)

    reported(photo)
    make_incident()
    few = queries()
    for _ in range(5):
        reported(photo)
        make_incident()
    assert queries() == few


def test_the_inbox_is_for_those_who_act(photo: Publication) -> None:
    case = reported(photo, ReportReason.INTIMATE)
    incident = Incident.objects.get(pk=make_incident()["incident"]["incident_id"])

    [item] = reports.inbox(frozenset({Role.REVIEWER}))
    assert (item.number, item.due_at, item.address) == (case.number, case.due_at, path_of(case))
    assert list(reports.inbox(frozenset({Role.AUDITOR}))) == []
    [other] = incidents.inbox(frozenset({Role.DPO}))
    assert (other.number, other.due_at) == (incident.number, incident.due_at)
    assert list(incidents.inbox(frozenset({Role.REVIEWER}))) == []


def test_the_rules_are_shown_as_they_are() -> None:
    _, browser = at_desk(Role.AUDITOR)
    page = browser.get("/desk/reports/rules/").content.decode()
    for part in ("48 hours", "24 h, 36 h, 44 h", "17 USC 512(c)(3)(A)(vi)", "180 days", "730 days"):
        assert part in page


def test_an_incident_is_opened_filled_in_and_closed_at_the_desk() -> None:
    dora, browser = at_desk(Role.DPO)
    assert Role.DPO in roles_of(dora)
    made = browser.post("/desk/incidents/", {"reason": "A laptop was lost."})
    incident = Incident.objects.get()
    address = f"/desk/incidents/{incident.pk}/"
    assert (made.status_code, made["Location"]) == (302, address)

    early = browser.post(address, {"act": "close", "reason": "Done."})
    assert early.status_code == 409
    record = {field.name: f"About {field.name}." for field in FIELDS}
    for form in (
        {"act": "write", "reason": "Known now.", "is_breach": "yes", **record},
        {"act": "authority", "reason": "By their form."}, {"act": "people", "reason": "By mail."},
        {"act": "close", "reason": "Over."},
    ):  # fmt: skip
        assert browser.post(address, form).status_code == 302
    page = browser.get(address).content.decode()
    assert "About measures." in page
    incident.refresh_from_db()
    assert None not in (
        incident.closed_at, incident.authority_told_at, incident.people_told_at
    )


@pytest.mark.parametrize(
    ("cause", "key", "said"),
    [
        (Cause.LATE_DESTRUCTION, "epoch:17", "Epoch key 17"),
        (Cause.FAILED_DRILL, "drill:9000", "A drill failed"),
        (Cause.STUCK_DELETION, f"deletion:{GONE}", "A deletion is stuck"),
        (Cause.EXPIRED_CONTRACT, f"processor:{GONE}:2026-11-01", "contract ended"),
        (Cause.REPORTED, f"reported:{GONE}", "Somebody reported it"),
    ],
)
def test_a_cause_is_said_in_words(cause: Cause, key: str, said: str) -> None:
    """Also of what is gone by now; the key is the machine's own."""
    incident = open_incident(cause, key)
    _, browser = at_desk(Role.AUDITOR)
    page = browser.get(f"/desk/incidents/{incident.pk}/").content.decode()
    assert said in page
    assert key not in page


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.SUPPORT, Role.COUNSEL])
def test_only_the_dpo_writes_the_register(role: Role) -> None:
    incident_id = make_incident()["incident"]["incident_id"]
    _, browser = at_desk(role)
    address = f"/desk/incidents/{incident_id}/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"act": "close", "reason": "Over."}).status_code == 404
    assert browser.post("/desk/incidents/", {"reason": "Hm."}).status_code == 404
