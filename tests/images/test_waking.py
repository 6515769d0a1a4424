"""Devices are woken when something changed, by a real push service that checks who asks.

The service of these tests stands on this machine, which the client of production refuses: one
that is told to accept this machine is given instead. All between is the product's.
"""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.push_subscriptions import subscribe
from accounts.models import Account, AccountSession, PushSubscription
from deploy.local.certificate import ensure_certificate
from images.actions import waking
from images.actions.feed import News, record_changes, record_news
from images.actions.waking import GIVE_UP, PAUSE, TASK, owe_waking, wake_devices
from images.counts import SAME
from images.models import ChangeKind, FeedHead
from pocketvault.kernel import egress, vapid, work
from pocketvault.kernel.egress import Egress, EgressFailedError, EgressRefusedError
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.logs import JsonFormatter
from pocketvault.kernel.models import Job, JobState
from pocketvault.kernel.purposes import SEND_NOTICES, WAKE_DEVICES
from rights.actions.processors import end_processor
from tests import factories
from tests.accounts.push_services import enter_push_service
from tests.images.conftest import QueryCounter
from tests.images.push_service import PushService, drip, flood, local_push_service, status

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls")
    ensure_certificate(made, "localhost", now=datetime.now(UTC))
    return made


@pytest.fixture
def service(certificate: Path) -> Iterator[PushService]:
    with local_push_service(certificate) as each:
        enter_push_service(each.host)
        yield each


@pytest.fixture
def believing(certificate: Path) -> ssl.SSLContext:
    """Believes the certificate of the service."""
    return ssl.create_default_context(cafile=str(certificate / "localhost.pem"))


@pytest.fixture
def here(believing: ssl.SSLContext) -> Egress:
    """As in production, but that this machine may be asked, and its certificate is believed."""
    return Egress(accepts=lambda address: address.is_loopback, tls=believing)


def device_of(account: Account, service: PushService, name: str) -> AccountSession:
    """A signed-in device that asked to be woken."""
    session = factories.open_session(account).session
    subscribe(session, service.address(name), "normal")
    return session


def something_happens(*accounts: Account) -> None:
    with transaction.atomic():
        record_news(
            News(account_id=each.pk, kind=ChangeKind.IMAGE.value, object_id=uuid7(), change=SAME)
            for each in accounts
        )


def subscription_of(session: AccountSession) -> PushSubscription:
    return PushSubscription.objects.get(session=session)


def later(span: timedelta = PAUSE) -> None:
    """Let that time be over, for every device."""
    for row in PushSubscription.objects.all():
        row.not_before -= span
        if row.failing_since is not None:
            row.failing_since -= span
        row.save()


def test_a_device_is_woken_with_a_signature_and_without_a_byte(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)

    assert wake_devices(here.fetch) == 1

    [pushed] = service.came
    assert (pushed.path, pushed.body_bytes) == ("/phone", 0)
    assert pushed.public_key == vapid.public_key()
    assert not service.refused
    said = pushed.headers
    assert (said["ttl"], said["urgency"], said["topic"]) == ("86400", "normal", "sync")
    assert "content-encoding" not in said


def test_a_push_says_where_to_and_when_and_nothing_else(
    alice: Account, service: PushService, here: Egress
) -> None:
    """Every header is one that is known, and the same for everybody."""
    device_of(alice, service, "phone")
    something_happens(alice)
    wake_devices(here.fetch)

    [pushed] = service.came
    assert pushed.headers.keys() == {
        "host", "accept-encoding", "content-length", "authorization", "ttl", "urgency", "topic",
    }  # fmt: skip
    assert pushed.claims.keys() == {"aud", "exp"}
    told = json.dumps([pushed.headers, pushed.claims])
    assert alice.email not in told
    assert str(alice.pk) not in told
    assert str(alice.pk).replace("-", "") not in told


def test_away_from_this_machine_the_token_says_whose_it_is(
    alice: Account, service: PushService, here: Egress, settings: object
) -> None:
    settings.IS_LOOPBACK, settings.PUBLIC_URL = False, "https://vault.example.org"  # type: ignore[attr-defined]
    device_of(alice, service, "phone")
    something_happens(alice)
    wake_devices(here.fetch)

    assert service.came[0].claims["sub"] == "https://vault.example.org"


def test_a_thousand_changes_are_one_push_and_what_comes_after_it_is_another(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    record_changes(alice.pk, ChangeKind.IMAGE.value, [uuid7() for _ in range(1000)], change=SAME)
    assert [wake_devices(here.fetch) for _ in range(3)] == [1, 0, 0]

    something_happens(alice)
    assert wake_devices(here.fetch) == 0, "it is a minute at least from one to the next"
    later()
    assert wake_devices(here.fetch) == 1
    later()
    assert wake_devices(here.fetch) == 0, "nothing is new"
    assert service.paths() == ["/phone", "/phone"]


def test_every_device_of_whoever_has_news_is_woken_and_no_other(
    alice: Account, bob: Account, mallory: Account, service: PushService, here: Egress
) -> None:
    for account, name in ((alice, "a1"), (alice, "a2"), (bob, "b"), (mallory, "m")):
        device_of(account, service, name)
    factories.open_session(alice)  # asked for nothing
    something_happens(alice, bob)

    assert wake_devices(here.fetch) == 3
    assert sorted(service.paths()) == ["/a1", "/a2", "/b"]


def test_a_vault_in_which_nothing_happened_wakes_nobody(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    assert wake_devices(here.fetch) == 0
    FeedHead.objects.create(account=alice)
    assert wake_devices(here.fetch) == 0


def test_a_restored_feed_that_stands_before_what_was_told_is_news(
    alice: Account, service: PushService, here: Egress
) -> None:
    session = device_of(alice, service, "phone")
    something_happens(alice)
    PushSubscription.objects.update(told=900)

    assert wake_devices(here.fetch) == 1
    assert subscription_of(session).told == FeedHead.objects.get(pk=alice.pk).seq


@pytest.mark.parametrize("code", [404, 410])
def test_an_address_that_is_gone_is_forgotten_at_once(
    alice: Account, service: PushService, here: Egress, code: int
) -> None:
    gone, other = (device_of(alice, service, name) for name in ("gone", "there"))
    service.answers["/gone"] = status(code)
    something_happens(alice)

    wake_devices(here.fetch)

    assert not PushSubscription.objects.filter(session=gone).exists()
    assert subscription_of(other).told > 0
    assert AccountSession.objects.filter(pk=gone.pk).exists(), "it is still signed in"


def test_a_device_that_took_another_address_meanwhile_keeps_it(
    alice: Account, service: PushService, here: Egress
) -> None:
    """The answer about the old address says nothing of the new one."""
    session = device_of(alice, service, "old")

    def fetch(*args: object, **about: object) -> egress.Reply:
        row = subscription_of(session)
        moved = PushSubscription(
            session=session, service=row.service, urgency="normal", not_before=row.not_before,
            subscribed_at=row.subscribed_at + timedelta(seconds=1),
        )
        moved.seal(service.address("new").encode()).save(force_update=True)
        return egress.Reply(410, {}, b"")

    something_happens(alice)
    wake_devices(fetch)

    assert subscription_of(session).open() == service.address("new").encode()


@pytest.mark.parametrize("code", [301, 302, 307, 400, 401, 403, 413, 429, 500, 502, 503])
def test_whatever_else_is_tried_again_each_time_later(
    alice: Account, service: PushService, here: Egress, code: int
) -> None:
    session = device_of(alice, service, "phone")
    service.answers["/phone"] = status(code, Location="https://169.254.169.254/latest/")
    something_happens(alice)

    waits = []
    for _ in range(8):
        assert wake_devices(here.fetch) == 1
        row = subscription_of(session)
        waits.append(round((row.not_before - timezone.now()) / MINUTE))
        later(row.not_before - timezone.now() + timedelta(seconds=1))

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert subscription_of(session).told == 0
    assert set(service.paths()) == {"/phone"}
    service.answers.clear()
    wake_devices(here.fetch)
    row = subscription_of(session)
    assert (row.failures, row.failing_since) == (0, None)
    assert row.told > 0


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [("600", 10), ("1", 1), ("999999", 1440), ("Fri, 31 Dec 2027 23:59:59 GMT", 1), ("-5", 1),
     ("99999999999", 1), ("\u0661", 1)],
)  # fmt: skip
def test_a_push_service_says_when_to_come_again_within_a_day(
    alice: Account, service: PushService, here: Egress, asked: str, minutes: int
) -> None:
    session = device_of(alice, service, "phone")
    something_happens(alice)

    def fetch(*args: object, **about: object) -> egress.Reply:
        return egress.Reply(429, {"retry-after": asked}, b"")

    wake_devices(fetch)

    wait = subscription_of(session).not_before - timezone.now()
    assert round(wait / MINUTE) == minutes


def test_retry_after_is_read_from_a_real_answer(
    alice: Account, service: PushService, here: Egress
) -> None:
    session = device_of(alice, service, "phone")
    service.answers["/phone"] = status(503, Retry_After="1800")
    something_happens(alice)
    wake_devices(here.fetch)

    assert subscription_of(session).not_before > timezone.now() + 29 * MINUTE


def test_after_three_days_without_one_that_came_through_the_address_is_forgotten(
    alice: Account, service: PushService, here: Egress
) -> None:
    session = device_of(alice, service, "phone")
    service.answers["/phone"] = status(500)
    something_happens(alice)
    wake_devices(here.fetch)
    later(GIVE_UP - MINUTE)
    wake_devices(here.fetch)
    assert subscription_of(session).failures == 2

    later(timedelta(hours=2))
    wake_devices(here.fetch)
    assert not PushSubscription.objects.exists()


def test_a_clock_that_ran_ahead_keeps_nobody_waiting_for_years(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
        PushSubscription.objects.update(not_before=timezone.now())

    assert wake_devices(here.fetch) == 1


def test_a_service_that_hangs_costs_one_wait_and_others_are_told(
    alice: Account, bob: Account, service: PushService, here: Egress, certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(waking, "SECONDS_TO_ANSWER", 0.5)
    hanging = [device_of(alice, service, f"slow{number}") for number in range(20)]
    for number in range(20):
        service.answers[f"/slow{number}"] = service.hang
    with local_push_service(certificate) as other:
        enter_push_service(other.host)
        device_of(bob, other, "phone")
        something_happens(alice, bob)

        begun = time.monotonic()
        assert wake_devices(here.fetch) == 2
        took = time.monotonic() - begun

    assert other.paths() == ["/phone"]
    assert len(service.came) == 1, "the others are not asked for while it rests"
    assert took < 3
    failing = [each for each in hanging if subscription_of(each).failures]
    assert len(failing) == 1


@pytest.mark.parametrize("answer", [drip, flood], ids=["drips", "floods"])
def test_an_answer_without_an_end_is_not_listened_to(
    alice: Account, service: PushService, here: Egress, monkeypatch: pytest.MonkeyPatch,
    answer: object,
) -> None:  # fmt: skip
    monkeypatch.setattr(waking, "SECONDS_TO_ANSWER", 1.0)
    device_of(alice, service, "phone")
    service.answers["/phone"] = answer  # type: ignore[assignment]
    something_happens(alice)

    begun = time.monotonic()
    wake_devices(here.fetch)

    assert time.monotonic() - begun < 4


def test_of_a_yes_with_a_body_not_one_byte_is_read(
    alice: Account, service: PushService, here: Egress
) -> None:
    session = device_of(alice, service, "phone")
    service.answers["/phone"] = flood
    something_happens(alice)

    wake_devices(here.fetch)

    assert subscription_of(session).told > 0, "it was a yes"


def test_a_service_that_works_for_us_no_more_is_asked_nothing(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)
    end_processor(enter_push_service(service.host))

    wake_devices(here.fetch)

    assert not [*service.came, *service.refused]
    assert PushSubscription.objects.get().failures == 1


def test_the_judgement_of_production_asks_nobody_on_this_machine(
    alice: Account, service: PushService, believing: ssl.SSLContext
) -> None:
    """The register lets it and the certificate is good, but the address is this machine's."""
    device_of(alice, service, "phone")
    something_happens(alice)

    wake_devices(Egress(tls=believing).fetch)

    assert not [*service.came, *service.refused]
    assert PushSubscription.objects.get().failures == 1


def test_a_push_service_serves_no_other_purpose(service: PushService, here: Egress) -> None:
    with pytest.raises(EgressRefusedError):
        here.fetch(service.address("phone"), purpose=SEND_NOTICES)
    assert egress.hosts_for(WAKE_DEVICES) == [service.host]
    assert egress.hosts_for(SEND_NOTICES) == []


def test_a_connection_that_is_cut_in_its_headers_is_no_answer(
    service: PushService, here: Egress
) -> None:
    service.answers["/phone"] = drip
    token = vapid.authorization(service.address("phone"), timezone.now())
    headers = {"TTL": "1", "Authorization": token}
    begun = time.monotonic()
    with pytest.raises(EgressFailedError):
        here.fetch(
            service.address("phone"), purpose=WAKE_DEVICES, method="POST", body=b"",
            headers=headers, most_bytes=0, seconds=0.8,
        )  # fmt: skip
    assert time.monotonic() - begun < 3


def test_killed_after_the_push_it_is_sent_again_and_killed_before_it_too(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)

    def dies_after(*args: object, **about: object) -> egress.Reply:
        here.fetch(*args, **about)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    def dies_before(*args: object, **about: object) -> egress.Reply:
        raise KeyboardInterrupt

    for dies in (dies_before, dies_after):
        with pytest.raises(KeyboardInterrupt):
            wake_devices(dies)
        assert wake_devices(here.fetch) == 0, "somebody else may hold it for a minute"
        later()
    assert wake_devices(here.fetch) == 1

    assert service.paths() == ["/phone", "/phone"]
    assert {each.headers["topic"] for each in service.came} == {"sync"}


def test_a_device_is_taken_by_one_of_two(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)
    inner: list[int] = []

    def meanwhile(*args: object, **about: object) -> egress.Reply:
        inner.append(wake_devices(here.fetch))
        return here.fetch(*args, **about)  # type: ignore[arg-type]

    assert wake_devices(meanwhile) == 1
    assert inner == [0]
    assert service.paths() == ["/phone"]


def test_work_is_owed_when_there_is_news_and_only_then(
    alice: Account, service: PushService
) -> None:
    owed = Job.objects.filter(task=TASK)
    owe_waking()
    device_of(alice, service, "phone")
    owe_waking()
    assert not owed.exists()

    something_happens(alice)
    for _ in range(3):
        owe_waking()
    [job] = owed
    assert work.tasks()[job.task].lane is work.Lane.OUTWARD

    PushSubscription.objects.update(not_before=timezone.now() + PAUSE)
    owed.delete()
    owe_waking()
    assert not owed.exists()


def test_a_round_has_an_end_and_owes_what_is_left(
    alice: Account, service: PushService, here: Egress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "ROUND_SECONDS", 0.0)
    for number in range(3):
        device_of(alice, service, str(number))
    something_happens(alice)

    assert wake_devices(here.fetch) == 1
    assert Job.objects.filter(task=TASK).count() == 1
    assert [wake_devices(here.fetch) for _ in range(3)] == [1, 1, 0]


def test_what_it_costs_does_not_grow_with_the_library(
    alice: Account, bob: Account, service: PushService, here: Egress, counted: QueryCounter
) -> None:
    device_of(alice, service, "phone")

    def cost(changes: int) -> tuple[int, int]:
        ids = [uuid7() for _ in range(changes)]
        record_changes(alice.pk, ChangeKind.IMAGE.value, ids, change=SAME)
        PushSubscription.objects.update(not_before=timezone.now())
        with counted() as look:
            assert waking._owed(timezone.now()).exists()
        with counted() as told:
            assert wake_devices(here.fetch) == 1
        return len(look), len(told)

    assert cost(1) == cost(2000) == (1, 5)


def test_an_upload_pays_nothing_for_it(
    alice: Account, service: PushService, counted: QueryCounter
) -> None:
    def cost() -> int:
        with counted() as queries:
            record_changes(alice.pk, ChangeKind.IMAGE.value, [uuid7()], change=SAME)
        return len(queries)

    cost()
    before = cost()
    device_of(alice, service, "phone")
    assert cost() == before


def test_no_log_line_names_an_address_or_anybody(
    alice: Account, service: PushService, here: Egress, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    names = ("canary-yes", "canary-no", "canary-gone")
    for name in names:
        device_of(alice, service, name)
    service.answers.update({"/canary-no": status(500), "/canary-gone": status(410)})
    something_happens(alice)
    wake_devices(here.fetch)
    owe_waking()

    written = [JsonFormatter().format(record) for record in caplog.records]
    told = "\n".join([*written, *(record.getMessage() for record in caplog.records)])
    assert len(service.came) == 3
    assert not [each for each in (*names, service.host, alice.email) if each in told]


def test_an_app_learns_by_itself_that_its_address_was_forgotten(
    alice: Account, service: PushService, here: Egress
) -> None:
    opened = factories.open_session(alice)
    app: APIClient = factories.with_token(opened)
    subscribe(opened.session, service.address("phone"), "normal")
    service.answers["/phone"] = status(410)
    something_happens(alice)
    wake_devices(here.fetch)

    assert app.get("/api/v1/auth/session/push").data["subscription"] is None


def test_nobody_is_owed_anything_while_somebody_is_at_it_or_the_account_is_closed(
    alice: Account, service: PushService, here: Egress
) -> None:
    device_of(alice, service, "phone")
    something_happens(alice)
    now = timezone.now()
    Job.objects.create(
        task=TASK, state=JobState.RUNNING, available_at=now, leased_until=now + 9 * MINUTE
    )
    owe_waking()
    assert Job.objects.filter(task=TASK).count() == 1

    Job.objects.all().delete()
    Account.objects.filter(pk=alice.pk).update(is_active=False)
    owe_waking()
    assert not Job.objects.filter(task=TASK).exists()
    assert wake_devices(here.fetch) == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_device_one_push(
    alice: Account, service: PushService, here: Egress
) -> None:
    names = [f"device-{number}" for number in range(6)]
    for name in names:
        device_of(alice, service, name)
    something_happens(alice)
    at_once = threading.Barrier(4)

    def work_on() -> int:
        at_once.wait()
        try:
            return wake_devices(here.fetch)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        asked = [each.result() for each in [workers.submit(work_on) for _ in range(4)]]

    assert sum(asked) == 6
    assert sorted(service.paths()) == [f"/{name}" for name in names]
