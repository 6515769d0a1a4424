"""The privacy policy: versions that nobody rewrites, and that nobody is surprised by."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel import work
from rights.actions import notices
from rights.actions.policies import publish_policies
from rights.actions.processors import announce_processor
from rights.models import Notice, NoticeKind, OwedEntry, PublishedPolicy
from rights.policy_texts import PolicyTextError, blocks, compare, policy_texts
from tests.factories import make_account
from tests.proofs.test_p14_processors import draft
from tests.rights.policies import CHANGED, CHANGES, TEXT, with_shipped, write_version

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)

# What was published, for good. A text that should read differently is the next version: add its
# file and a line here, and change neither of those before.
PUBLISHED = {
    1: "6f405a6e12034933cc3af1bb5309f76ab1e0f32cc11a5b684da1adf20f45e6fc",
}


def test_a_published_text_is_never_rewritten() -> None:
    assert {each.number: each.sha256 for each in policy_texts()} == PUBLISHED


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Versions of our own making: one that is in force, and one that is not published yet."""
    settings.POLICY_DIR = tmp_path / "policies"
    write_version(settings.POLICY_DIR, 1, TEXT, in_force_on=TODAY - 90 * DAY)
    publish_policies()
    write_version(tmp_path / "next", 1, TEXT, in_force_on=TODAY - 90 * DAY)
    write_version(tmp_path / "next", 2, CHANGED, in_force_on=TODAY + DAY)
    settings.POLICY_DIR = tmp_path / "next"
    return tmp_path / "next"


def stated() -> list[dict[str, object]]:
    owed = [entry.statement for entry in OwedEntry.objects.order_by("pk")]
    return [each["facts"] for each in owed if each["kind"] == "policy.published"]


def test_a_new_version_is_in_force_thirty_days_after_everybody_was_told(
    folder: Path, alice: Account, client: Client
) -> None:
    assert publish_policies() == 1
    work.run_due_jobs()

    day = TODAY + 30 * DAY
    [letter] = [each for each in mail.outbox if each.to == [alice.email]]
    assert letter.subject == f"The privacy policy changes on {day.day} {day:%B %Y}"
    assert CHANGES in letter.body
    assert "/privacy/2" in letter.body
    assert "Half a year." not in client.get("/privacy").content.decode()
    with time_machine.travel(datetime.now(UTC) + 29 * DAY):
        assert in_force(client) == 1
    with time_machine.travel(datetime.now(UTC) + 30 * DAY):
        assert in_force(client) == 2
        assert publish_policies() == 0
    assert [each["number"] for each in stated()] == [1, 2]
    assert stated()[1]["in_force_on"] == day.isoformat()


def in_force(client: Client) -> int:
    items = client.get("/api/v1/policies").json()["items"]
    [found] = [each["number"] for each in items if each["state"] == "in_force"]
    assert f"Version {found}" in client.get("/privacy").content.decode()
    return int(found)


def test_many_are_told_once_each_however_often_it_stops(
    folder: Path, alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "BATCH", 2)
    others = [make_account(f"someone-{number}@example.org") for number in range(3)]
    publish_policies()
    notice = Notice.objects.get()

    notices._tell_some(notice.pk)  # then the worker is killed
    publish_policies()
    notices.owe_unfinished_notices()
    work.run_due_jobs()
    notices.send_notice(notice.pk)
    work.run_due_jobs()

    told = sorted(address for letter in mail.outbox for address in letter.to)
    assert told == sorted(each.email for each in [alice, bob, *others])


def test_the_first_version_tells_nobody_and_a_service_without_accounts_waits_for_nobody(
    folder: Path, client: Client
) -> None:
    with time_machine.travel(datetime.now(UTC) + DAY):
        publish_policies()
        assert in_force(client) == 2
    assert not Notice.objects.exists()


def test_the_first_version_is_in_force_on_its_day_though_there_are_people(
    settings: Settings, tmp_path: Path, alice: Account, client: Client
) -> None:
    """It replaces nothing that anybody could have read."""
    PublishedPolicy.objects.all().delete()
    settings.POLICY_DIR = tmp_path / "first"
    write_version(settings.POLICY_DIR, 1, TEXT, in_force_on=TODAY)

    assert publish_policies() == 1
    assert PublishedPolicy.objects.get().in_force_on == TODAY
    assert not Notice.objects.exists()
    assert in_force(client) == 1


def test_a_version_that_nobody_was_told_of_is_not_there(
    folder: Path, alice: Account, client: Client
) -> None:
    with time_machine.travel(datetime.now(UTC) + 90 * DAY):
        assert in_force(client) == 1
        assert client.get("/privacy/2").status_code == 404
        assert client.get("/privacy/2.txt").status_code == 404


def test_a_text_that_was_rewritten_is_owned_up_to(
    folder: Path, client: Client, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    publish_policies()
    before = stated()
    assert "not the text that was published" not in client.get("/privacy/2").content.decode()
    settings.POLICY_DIR = with_shipped(folder.parent / "rewritten")
    for number, text in ((1, TEXT), (2, CHANGED + "We sell it.\n")):
        write_version(settings.POLICY_DIR, number, text, in_force_on=TODAY + number * DAY)

    with caplog.at_level(logging.ERROR):
        publish_policies()

    assert "published policy was rewritten" in caplog.text
    assert stated() == before
    assert "not the text that was published" in client.get("/privacy/2").content.decode()
    assert "not the text that was published" not in client.get("/privacy/1").content.decode()


def test_each_version_stays_at_its_address_with_its_fingerprint(
    folder: Path, client: Client
) -> None:
    publish_policies()
    for version in policy_texts():
        page = client.get(f"/privacy/{version.number}").content.decode()
        raw = client.get(f"/privacy/{version.number}.txt")
        assert version.sha256 in page
        assert hashlib.sha256(raw.content).hexdigest() == version.sha256
        assert raw["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/privacy/3").status_code == 404


def test_a_page_shows_whole_lines_that_went_and_came(folder: Path, client: Client) -> None:
    publish_policies()
    first, second = policy_texts()
    assert [(each.kind, each.line) for each in compare(first, second)] == [
        ("kept", "How long"),
        ("gone", "A year."), ("new", "Half a year."), ("new", "Or less."),
    ]  # fmt: skip
    page = client.get("/privacy/2").content.decode()
    assert "<del>" in page
    assert page.count("<ins>") == 2
    assert "<del>" not in client.get("/privacy/1").content.decode()


def test_a_text_becomes_headings_paragraphs_and_points() -> None:
    assert [(each.kind, each.lines) for each in blocks(CHANGED)] == [
        ("heading", ("What we know",)), ("paragraph", ("Your e-mail address.",)),
        ("heading", ("How long",)), ("points", ("Half a year.", "Or less.")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        (2, {"sha256": "0" * 64}), (3, {}), (2, {"in_force_on": date(2020, 1, 1)}),
    ],
    ids=["another text", "a gap", "before the one before"],
)  # fmt: skip
def test_a_file_that_is_no_version_is_refused(
    number: int, changes: dict[str, object], settings: Settings, tmp_path: Path
) -> None:
    settings.POLICY_DIR = tmp_path / "policies"
    write_version(settings.POLICY_DIR, 1, TEXT, in_force_on=TODAY)
    write_version(
        settings.POLICY_DIR, number, CHANGED, **{"in_force_on": TODAY + DAY} | changes,
    )  # type: ignore[arg-type]  # fmt: skip
    with pytest.raises(PolicyTextError):
        policy_texts()


def test_a_notice_is_about_one_thing(folder: Path) -> None:
    policy = PublishedPolicy.objects.get()
    processor = announce_processor(draft())
    for more in ({}, {"policy": policy, "processor": processor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(
                kind=NoticeKind.POLICY_CHANGES, effective_on=TODAY, made_at=timezone.now(), **more
            )  # type: ignore[misc]


def test_a_page_asks_once_however_many_versions_there_are(
    folder: Path, client: Client
) -> None:
    with CaptureQueriesContext(connection) as few:
        client.get("/privacy")
    publish_policies()
    with CaptureQueriesContext(connection) as more:
        client.get("/privacy")
    assert len(few) == len(more) == 1
