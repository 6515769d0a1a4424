"""Owed work: rows are the queue, and nothing is lost, doubled or stuck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from pocketvault.kernel import unsettled, work
from pocketvault.kernel.management.commands import run_worker
from pocketvault.kernel.models import Job, JobState, PeriodicRun
from pocketvault.kernel.purposes import RUN_SERVICE
from pocketvault.kernel.work import Lane

RAN: list[object] = []


@pytest.fixture(autouse=True)
def scratch_tasks() -> Iterator[None]:
    """Tasks of this module only; the real ones stay declared."""
    RAN.clear()
    before = dict(work._tasks)
    work.task("kernel.note_scratch", purpose=RUN_SERVICE)(RAN.append)
    work.task("kernel.fail_scratch", purpose=RUN_SERVICE)(fail)
    work.task("kernel.offer_scratch", purpose=RUN_SERVICE, every=timedelta(minutes=5))(
        lambda: RAN.append("offered")
    )
    yield
    work._tasks.clear()
    work._tasks.update(before)


def fail(argument: str = "") -> None:
    raise LookupError(f"secret {argument}")


pytestmark = pytest.mark.django_db


def test_work_is_done_once_and_leaves_no_row() -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a")

    assert work.run_due_jobs() == 1
    assert RAN == ["a"]
    assert not Job.objects.exists()


def test_work_rolls_back_with_what_it_follows() -> None:
    with transaction.atomic():
        work.enqueue_on_commit("kernel.note_scratch", "a")
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_an_unknown_task_cannot_be_owed() -> None:
    with pytest.raises(LookupError):
        work.enqueue_on_commit("kernel.no_such")


def test_a_name_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        work.task("kernel.note_scratch", purpose=RUN_SERVICE)(print)


def test_with_a_key_one_waiting_job_is_enough_and_the_sooner_time_holds() -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a", key="k", delay=timedelta(hours=1))
    work.enqueue_on_commit("kernel.note_scratch", "a", key="k")

    assert Job.objects.count() == 1
    assert work.run_due_jobs() == 1


def test_delayed_work_waits() -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a", delay=timedelta(minutes=10))

    assert work.run_due_jobs() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert work.run_due_jobs() == 1


def test_failed_work_waits_longer_each_time_then_gives_up_loudly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work.enqueue_on_commit("kernel.fail_scratch", "x")
    now, waits = timezone.now(), []
    for _ in range(work.MAX_ATTEMPTS):
        with time_machine.travel(now, tick=False):
            assert work.run_due_jobs() == 1
            job = Job.objects.get()
            waits.append((job.available_at - now).total_seconds())
            now = job.available_at
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 3600
    assert (job.state, job.last_error) == (JobState.FAILED, "LookupError")
    with time_machine.travel(now + timedelta(days=3)):
        assert work.run_due_jobs() == 0
    assert "secret" not in caplog.text


def test_a_task_that_no_longer_exists_fails_and_stops_nothing() -> None:
    Job.objects.create(task="kernel.gone", available_at=timezone.now())
    work.enqueue_on_commit("kernel.note_scratch", "a")

    assert work.run_due_jobs() == 2
    assert RAN == ["a"]
    assert Job.objects.get().last_error == "KeyError"


def test_a_running_job_is_nobody_elses_until_its_lease_ends() -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a")
    job_id = Job.objects.get().pk
    assert work._claim(job_id) == 1
    assert not work.run_job(job_id)

    with time_machine.travel(timezone.now() + work.LEASE + timedelta(seconds=1)):
        assert work.due_jobs() == [job_id]
        assert work.run_job(job_id)
    assert RAN == ["a"]


def test_a_worker_that_lost_its_lease_cannot_end_anothers_job() -> None:
    """The task takes so long that its lease ends and somebody else takes the job."""
    job = Job.objects.create(task="kernel.slow", available_at=timezone.now())

    def slow() -> None:
        Job.objects.filter(pk=job.pk).update(fence=2)

    work.task("kernel.slow", purpose=RUN_SERVICE)(slow)
    work.run_job(job.pk)

    assert Job.objects.filter(pk=job.pk, state=JobState.RUNNING, fence=2).exists()


def test_a_worker_that_lost_its_lease_cannot_put_back_anothers_job() -> None:
    """It fails after its lease ended and somebody else took the job: they go on with it."""
    job = Job.objects.create(task="kernel.slow_fail", available_at=timezone.now())

    def fail_late() -> None:
        Job.objects.filter(pk=job.pk).update(fence=2)
        raise LookupError

    work.task("kernel.slow_fail", purpose=RUN_SERVICE)(fail_late)
    work.run_job(job.pk)

    found = Job.objects.get(pk=job.pk)
    assert (found.state, found.fence, found.last_error) == (JobState.RUNNING, 2, "")


def test_awaited_work_has_a_short_lease_and_other_work_a_long_one() -> None:
    work.task("kernel.await_scratch", purpose=RUN_SERVICE, lane=Lane.AWAITED)(RAN.append)
    leased = {}
    for name in ("kernel.await_scratch", "kernel.note_scratch"):
        job = Job.objects.create(task=name, available_at=timezone.now())
        before = timezone.now()
        work._claim(job.pk)
        until = Job.objects.get(pk=job.pk).leased_until
        assert until is not None
        leased[name] = until - before
    assert leased["kernel.await_scratch"] < work.leases.SHORT + timedelta(seconds=5)
    assert leased["kernel.note_scratch"] >= work.LEASE > work.leases.SHORT


def test_only_what_may_take_longer_than_its_lease_is_held_on_to() -> None:
    def threads() -> list[str]:
        return [each.name for each in threading.enumerate()]

    for name, at_most in (("kernel.long_scratch", 2 * work.LEASE), ("kernel.brief", work.LEASE)):
        work.task(name, purpose=RUN_SERVICE, at_most=at_most)(lambda: RAN.append(threads()))
        job = Job.objects.create(task=name, available_at=timezone.now())
        assert work.run_job(job.pk)
        meanwhile = RAN.pop()
        assert isinstance(meanwhile, list)
        assert (f"lease of {job.pk}" in meanwhile) is (at_most > work.LEASE)
        assert f"lease of {job.pk}" not in threads()


@pytest.mark.parametrize(
    "name", ["kernel.rotate_epoch", "rights.keep_backups", "rights.hold_drill"]
)
def test_what_does_all_of_a_large_service_may_take_hours(name: str) -> None:
    assert work.tasks()[name].at_most >= timedelta(hours=12)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["kernel.note_scratch", "kernel.fail_scratch"])
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("verbs", [("UPDATE", "DELETE"), ("SELECT",)])
def test_work_whose_end_could_not_be_written_down_is_owed_again_at_once(
    name: str, error: type[Exception], verbs: tuple[str, ...]
) -> None:
    """As on a full disk, or with a connection that was cut: it could be claimed, and then neither
    be read nor be written down as done.
    """
    work.enqueue_on_commit(name, "a")
    job = Job.objects.get()
    claimed: list[str] = []

    def unwell(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "kernel_job" in sql and claimed and sql.startswith(verbs):
            raise error("the database is unwell")
        if "kernel_job" in sql and sql.startswith("UPDATE"):
            claimed.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(unwell), pytest.raises(error):
        work.run_job(job.pk)
    assert Job.objects.get().state == JobState.RUNNING
    assert work.due_jobs() == []

    assert unsettled.give_back() == 1
    assert work.due_jobs() == [job.pk]
    assert unsettled.give_back() == 0


@pytest.mark.django_db(transaction=True)
def test_a_claim_whose_answer_was_lost_is_owed_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a")
    job = Job.objects.get()

    commit = connection._commit
    run_with_commits_that(lambda: (commit(), cut_off()), job, monkeypatch)
    assert Job.objects.get().state == JobState.RUNNING

    assert unsettled.give_back() == 1
    assert work.due_jobs() == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_was_never_written_is_not_taken_from_whoever_has_it_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a")
    job = Job.objects.get()

    run_with_commits_that(cut_off, job, monkeypatch)
    assert Job.objects.get().state == JobState.WAITING
    # Another worker, which is given the same number.
    assert work._claim(job.pk) == 1

    assert unsettled.give_back() == 0
    assert Job.objects.get().state == JobState.RUNNING


def run_with_commits_that(
    happen: Callable[[], object], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(connection, "_commit", happen)
        with pytest.raises(OperationalError):
            work.run_job(job.pk)


def cut_off() -> None:
    raise OperationalError("the connection was cut")


def test_failed_work_with_a_twin_makes_room_for_it() -> None:
    work.enqueue_on_commit("kernel.fail_scratch", "x", key="k")
    first = Job.objects.get().pk
    fence = work._claim(first)
    assert fence is not None
    work.enqueue_on_commit("kernel.fail_scratch", "x", key="k")

    work._put_back(Job.objects.get(pk=first), fence, LookupError())

    assert Job.objects.get().pk != first


def test_periodic_work_is_offered_once_per_period() -> None:
    work._offer_periodic(*offer(timezone.now()))
    work._offer_periodic(*offer(timezone.now()))
    assert work.run_due_jobs() == 1

    work._offer_periodic(*offer(timezone.now() + timedelta(minutes=6)))
    assert work.run_due_jobs() == 1


def test_a_lane_has_its_own_jobs_and_every_task_is_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: None)
    work.task("kernel.paint_scratch", purpose=RUN_SERVICE, lane=Lane.SLOW)(RAN.append)
    work.enqueue_on_commit("kernel.paint_scratch", "a picture")
    work.enqueue_on_commit("kernel.note_scratch", "a mail")
    worker = run_worker.Command()

    found = {lane: work.due_jobs(10, lane) for lane in Lane}
    assert [len(found[lane]) for lane in (Lane.PROMPT, Lane.AWAITED, Lane.SLOW)] == [1, 0, 1]
    assert sorted(chain.from_iterable(found.values())) == sorted(work.due_jobs())

    worker.run_what_is_due(Lane.PROMPT)
    assert RAN == ["a mail"]
    worker.run_what_is_due(Lane.SLOW)
    assert RAN == ["a mail", "a picture"]


def test_of_a_slow_lane_that_is_behind_the_oldest_come_into_the_line_again(broker: None) -> None:
    work.task("kernel.paint_scratch", purpose=RUN_SERVICE, lane=Lane.SLOW)(RAN.append)
    for number in range(work.FEW_NUDGES):
        work.enqueue_on_commit("kernel.paint_scratch", number)
    work._offer_due(Lane.SLOW)

    work._offer_due(Lane.SLOW)

    assert work._nudges_waiting(Lane.SLOW) == work.FEW_NUDGES + work.OLDEST_AGAIN
    assert work._nudges_waiting(Lane.PROMPT) == 0
    assert RAN == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_all_lanes_keeps_none_waiting_for_another() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def paint() -> None:
        begun.set()
        may_end.wait(30)

    work.task("kernel.paint_scratch", purpose=RUN_SERVICE, lane=Lane.SLOW)(paint)
    worker = run_worker.Command()
    threads = [threading.Thread(target=worker.work_through, args=(lane,)) for lane in Lane]
    for thread in threads:
        thread.start()
    work.enqueue_on_commit("kernel.paint_scratch")
    assert begun.wait(30)
    work.enqueue_on_commit("kernel.note_scratch", "a mail")

    until = time.monotonic() + 30
    while not RAN and time.monotonic() < until:
        time.sleep(0.02)
    is_still_painting = work.is_at_work(Lane.SLOW)
    may_end.set()
    worker.stop(15, None)
    for thread in threads:
        thread.join(30)

    assert RAN == ["a mail"]
    assert is_still_painting


def test_a_lane_that_fails_ends_the_whole_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = run_worker.Command()

    def broken(limit: int, lane: Lane) -> list[int]:
        raise LookupError

    monkeypatch.setattr(work, "due_jobs", broken)
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: None)
    with pytest.raises(LookupError):
        worker.work_through(Lane.SLOW)
    assert worker.is_stopping


def offer(now: object) -> tuple:
    declared = work.tasks()["kernel.offer_scratch"]
    return declared, declared.every, now


@pytest.fixture
def broker(settings: Settings) -> Iterator[None]:
    """Nobody reads the nudges here; afterwards they are gone."""
    settings.IS_EMBEDDED_WORKER = False
    current_app.control.purge()
    yield
    current_app.control.purge()


def test_what_no_nudge_is_under_way_for_is_offered(broker: None) -> None:
    work.enqueue_on_commit("kernel.note_scratch", "lost")
    work.enqueue_on_commit("kernel.note_scratch", "later", delay=timedelta(hours=1))

    work._offer_due()

    assert work._nudges_waiting() == 1
    assert RAN == []


def test_a_tick_does_not_flood_workers_that_are_behind(broker: None) -> None:
    for number in range(work.FEW_NUDGES):
        work.enqueue_on_commit("kernel.note_scratch", number)
    work._offer_due()
    work.enqueue_on_commit("kernel.note_scratch", "delayed until now")

    work._offer_due()

    assert work._nudges_waiting() == work.FEW_NUDGES
    assert [*range(work.FEW_NUDGES), "delayed until now"] == RAN
    assert not Job.objects.exists()


def test_a_tick_ends_before_the_next(broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(work.FEW_NUDGES):
        work.enqueue_on_commit("kernel.note_scratch", number)
    work._offer_due()
    monkeypatch.setattr(work, "TICK_SECONDS", 0.0)

    work._offer_due()

    assert len(RAN) < work.FEW_NUDGES


def test_after_a_clock_that_ran_ahead_nothing_waits_for_years() -> None:
    ahead = timezone.now() + timedelta(days=400)
    with time_machine.travel(ahead):
        work._offer_periodic(*offer(ahead))
        work.run_due_jobs()
        work.enqueue_on_commit("kernel.note_scratch", "owed")
        work.enqueue_on_commit("kernel.note_scratch", "abandoned")
        work._claim(Job.objects.order_by("-pk").first().pk)

    work._offer_periodic(*offer(timezone.now()))
    assert work.run_due_jobs() == 3
    assert sorted(RAN[1:]) == ["abandoned", "offered", "owed"]
    assert PeriodicRun.objects.get(task="kernel.offer_scratch").offered_at <= timezone.now()


def test_a_job_from_the_future_that_fails_still_waits_between_tries() -> None:
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        work.enqueue_on_commit("kernel.fail_scratch", "x")

    assert work.run_due_jobs() == 1
    assert work.run_due_jobs() == 0


def test_the_worker_outlives_a_database_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = run_worker.Command()
    worker.is_stopping = False

    def dead(limit: int, lane: work.Lane) -> list[int]:
        raise OperationalError

    monkeypatch.setattr(work, "due_jobs", dead)
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: None)
    assert worker.run_what_is_due() == run_worker.LONG_PAUSE_SECONDS

    monkeypatch.undo()
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: None)
    work.enqueue_on_commit("kernel.note_scratch", "a")
    assert worker.run_what_is_due() == run_worker.PAUSE_SECONDS
    assert RAN == ["a"]


def test_the_worker_stops_after_the_job_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = run_worker.Command()
    worker.is_stopping = False
    work.task("kernel.stop_scratch", purpose=RUN_SERVICE)(lambda: worker.stop(15, None))
    monkeypatch.setattr(run_worker, "close_old_connections", lambda: None)
    work.enqueue_on_commit("kernel.stop_scratch")
    work.enqueue_on_commit("kernel.note_scratch", "later")

    assert worker.run_what_is_due() == 0.0
    assert RAN == []
    assert Job.objects.get().arguments == ["later"]


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_runs_a_job() -> None:
    work.enqueue_on_commit("kernel.note_scratch", "a")
    job_id = Job.objects.get().pk

    in_threads(lambda: work.run_job(job_id), 6)

    assert RAN == ["a"]


@pytest.mark.django_db(transaction=True)
def test_work_owed_while_its_twin_is_taken_is_not_lost() -> None:
    """Whoever owes work finds it done after its own commit, never only before it."""
    committed, done = set(), []
    lock = threading.Lock()

    def note() -> None:
        with lock:
            done.append(set(committed))

    work.task("kernel.look_scratch", purpose=RUN_SERVICE)(note)
    stop = threading.Event()

    def owe(number: int) -> None:
        for turn in range(12):
            with transaction.atomic():
                work.enqueue_on_commit("kernel.look_scratch", key="look")
            with lock:
                committed.add((number, turn))
        connection.close()

    def run() -> None:
        while not stop.is_set():
            work.run_due_jobs()
        connection.close()

    runners = [threading.Thread(target=run) for _ in range(2)]
    owers = [threading.Thread(target=owe, args=[n]) for n in range(3)]
    for thread in runners + owers:
        thread.start()
    for thread in owers:
        thread.join(60)
    stop.set()
    for thread in runners:
        thread.join(60)
    work.run_due_jobs()

    assert len(committed) == 36
    assert done
    assert not Job.objects.filter(task="kernel.look_scratch").exists()


@pytest.mark.django_db(transaction=True)
def test_a_waiting_twin_cannot_be_taken_before_the_caller_commits() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, so this cannot happen there")
    work.enqueue_on_commit("kernel.note_scratch", "a", key="k")
    job_id = Job.objects.get().pk
    started, ran_at = threading.Event(), []

    def take() -> None:
        started.wait(5)
        work.run_job(job_id)
        ran_at.append(timezone.now())
        connection.close()

    taker = threading.Thread(target=take)
    taker.start()
    with transaction.atomic():
        work.enqueue_on_commit("kernel.note_scratch", "a", key="k")
        started.set()
        threading.Event().wait(0.5)
        before_commit = timezone.now()
    taker.join(30)

    assert RAN == ["a"]
    assert ran_at[0] > before_commit


def in_threads(run: object, count: int) -> None:
    def runner() -> None:
        run()
        connection.close()

    threads = [threading.Thread(target=runner) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
