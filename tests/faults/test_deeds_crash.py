"""Deeds of the desk that write to somebody, killed before each of their steps: whoever repeats
one finds it done or does it, and its letters are owed once; what is owed leaves, and a copy that
leaves twice is known as the same letter.

``FAULT_POINTS`` sets at how many steps each is killed (SIGKILL): a few by default, spread evenly;
a large number means at every step there is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, OutgoingMail, Role
from pocketvault.kernel import epochs, sealing
from rights.legal.actions.gagging import release_gag
from rights.models import DataRequest, ReportCase, Takedown
from rights.reports.actions import deciding
from sharing.models import ReportReason
from tests.factories import make_account
from tests.faults import nursery
from tests.faults.nursery import NEVER, points_of
from tests.faults.test_rotation_crash import environment, shared_database
from tests.rights.local_site import local_site
from tests.rights.making_legal import WHY, check_all, gag, order_about, reviews
from tests.rights.making_reports import publisher, reported, shown, worker
from tests.rights.making_requests import make_request
from tests.rights.making_takedown import gathered, sent, signed
from tests.rights.making_takedown import reported as reported_elsewhere

__all__ = ["shared_database"]

POINTS = nursery.how_many(2)
TEAM = "team@example.org"
_made = iter(range(10**6))


@pytest.fixture(autouse=True)
def own_places(shared_database: None, settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.ALARM_EMAILS = [TEAM]
    make_officer()


def make_officer() -> Account:
    return worker("olga@example.org", Role.DPO)


def run(step: int, *words: str) -> int | None:
    """Run one act in a child that dies before this step; how many steps there were if it lived."""
    connection.close()
    env = environment() | {
        "BLOB_URL": f"file://{settings.BLOBS['root']}", "ALARM_EMAIL": TEAM,
        "EMAIL_URL": "", "VAR_DIR": str(folder()),
    }  # fmt: skip
    steps = nursery.run("deciding_child.py", env, step, *words)
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()
    connection.close()
    return steps


def folder() -> Path:
    """The child's data folder: SQLite's file lies in it, and what it handed over."""
    found = Path(settings.BLOBS["root"]).parent
    found.mkdir(exist_ok=True)
    return found


def owed() -> Counter[str]:
    """To whom something is owed, and how often."""
    return Counter(json.loads(mail.open())["email"] for mail in OutgoingMail.objects.all())


# A case that waits for each deed.


def a_photo() -> tuple[Account, ReportCase]:
    number = next(_made)
    owner = publisher(f"marit{number}@example.org", f"marit{number}")
    photo = shown(owner, pdq=number.to_bytes(32))
    return owner, reported(photo, ReportReason.MINE, email=f"carol{number}@example.org")


def a_request() -> UUID:
    return make_request().pk


def a_request_nobody_confirmed() -> UUID:
    request = make_request()
    DataRequest.objects.filter(pk=request.pk).update(confirmed_at=None)
    return request.pk


def a_request_in_time() -> UUID:
    """Half of its time, and somebody has it."""
    DataRequest.objects.all().delete()
    request = make_request()
    now = timezone.now()
    DataRequest.objects.filter(pk=request.pk).update(
        received_at=now - timedelta(days=20), due_at=now + timedelta(days=10)
    )
    return request.pk


def a_withheld_photo() -> UUID:
    _, case = a_photo()
    deciding.withhold_reported(
        case.pk, ground="copyright", facts=WHY, actor=worker("rita@example.org")
    )
    return case.pk


def a_dismissal() -> UUID:
    _, case = a_photo()
    return deciding.dismiss_report(case.pk, reason=WHY, actor=worker("rita@example.org")).pk


def an_urgent_photo() -> UUID:
    ReportCase.objects.filter(alarms=0).update(alarms=3)
    number = next(_made)
    photo = shown(publisher(f"marit{number}@example.org", f"marit{number}"))
    case = reported(photo, ReportReason.INTIMATE)
    ReportCase.objects.filter(pk=case.pk).update(
        opened_at=timezone.now() - timedelta(hours=25)
    )
    return case.pk


def a_signed_notice() -> UUID:
    with local_site() as site:
        site.shows("/page", b"<html>nothing</html>")
        case = gathered(reported_elsewhere(somebody()), site)
    return signed(case).pk


def a_late_notice() -> UUID:
    with local_site() as site:
        site.shows("/page", b"<html>nothing</html>")
        case = sent(somebody(), site)
    case.contacts.filter(level="search").update(email="search@example.org", form_url="")
    Takedown.objects.filter(pk=case.pk).update(next_letter_at=timezone.now())
    return case.pk


def somebody() -> Account:
    return make_account(f"person{next(_made)}@example.org")


def an_order_to_tell() -> UUID:
    order = order_about(somebody(), somebody(), gag=gag(3))
    check_all(order)
    release_gag(order.pk, reason=WHY, session=reviews())
    return order.pk


Making = Callable[[], UUID]
DEEDS: dict[str, tuple[Making, int]] = {
    "answer": (a_request, 1), "refuse": (a_request, 1), "extend": (a_request, 1),
    "identity": (a_request, 1), "confirm": (a_request_nobody_confirmed, 1),
    "remind": (a_request_in_time, 1),
    "withhold": (lambda: a_photo()[1].pk, 2), "dismiss": (lambda: a_photo()[1].pk, 1),
    "ask": (lambda: a_photo()[1].pk, 1), "escalate": (lambda: a_photo()[1].pk, 1),
    "reinstate": (a_withheld_photo, 2), "counter": (a_withheld_photo, 2),
    "complain": (a_withheld_photo, 1), "complain-of-dismissal": (a_dismissal, 1),
    "alarm": (an_urgent_photo, 1), "notice": (a_signed_notice, 1), "reminder": (a_late_notice, 1),
    "next-level": (a_late_notice, 1), "tell": (an_order_to_tell, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_that_was_killed_is_repeated_and_writes_once(name: str) -> None:
    make, letters = DEEDS[name]
    officer = make_officer()
    first = make()
    OutgoingMail.objects.all().delete()
    steps = run(NEVER, "deed", name, str(first), str(officer.pk))
    assert steps is not None
    assert owed().total() == letters
    assert run(NEVER, "deed", name, str(first), str(officer.pk)) is not None
    assert owed().total() == letters, "done again, after all was done and nobody was told"
    for point in points_of(steps, POINTS):
        case_id = make()
        OutgoingMail.objects.all().delete()
        run(point, "deed", name, str(case_id), str(officer.pk))
        assert owed().total() in (0, letters)
        assert run(NEVER, "deed", name, str(case_id), str(officer.pk)) is not None
        assert owed().total() == letters, f"killed before step {point}"


def test_what_is_owed_leaves_and_a_second_copy_is_known_as_one() -> None:
    officer = make_officer()
    steps = 0
    for point in [NEVER, *points_of(40, max(POINTS, 8))]:
        OutgoingMail.objects.all().delete()
        for name in ("answer", "withhold", "notice"):
            make, _ = DEEDS[name]
            assert run(NEVER, "deed", name, str(make()), str(officer.pk)) is not None
        wanted = Counter(dict(owed()))
        handed = len(letters_that_left())
        run(point, "send")
        steps = run(NEVER, "send") or steps
        assert not OutgoingMail.objects.exists()
        left = letters_that_left()[handed:]
        names = {letter["Message-ID"]: letter["To"] for letter in left}
        assert Counter(names.values()) == wanted
        assert len(left) <= len(names) + 1  # whatever was on its way when it was killed


def letters_that_left() -> Sequence[dict[str, str]]:
    """In their order; each time that it left."""
    found = sorted((folder() / "handed-over").glob("*.eml"))
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]
    return [{"Message-ID": each["Message-ID"], "To": each["To"]} for each in read]
