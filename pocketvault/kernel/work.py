"""Work that must happen after a change, whatever dies in between.

The `Job` row is the queue; a message is only a nudge; a sweep finds what was lost. With
Redis, Celery workers execute jobs; embedded, a local runner process executes the same
functions. Either way a job is claimed by compare-and-set on its lease, so two workers
never run one job at a time, and a worker killed in the middle loses nothing: the lease
ends and the job is offered again. Tasks must therefore survive running twice.

Each task goes in a lane, and each lane has a worker of its own: what takes seconds of
processor time a piece, and comes by hundreds, must not stand before a mail or a purge.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from celery import current_app, shared_task
from django.conf import settings
from django.db import Error, IntegrityError, OperationalError, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from pocketvault.kernel import clock, leases, standstill, unsettled
from pocketvault.kernel.models import Job, JobState, PeriodicRun
from pocketvault.kernel.purposes import Purpose
from pocketvault.kernel.unsettled import Claim

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Argument = str | int
NOW = timedelta(0)
LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 12
# Each failed try means that a worker took the twin meanwhile, so somebody always gets on; the
# bound is there only so that a mistake cannot spin for ever.
TRIES = 200
LONGEST_WAIT = timedelta(hours=1)
# After a lost message. Beat offers what is due in less time than this, or soon after.
QUIET_SECONDS = 10.0
OFFERED_AT_ONCE = 1000
FEW_NUDGES = 100
# Of a lane whose jobs are too long for a tick: its oldest jobs get another nudge instead.
OLDEST_AGAIN = 10
# Beat ticks every ten seconds: one tick has ended when the next begins.
TICK_SECONDS = 8.0


class Lane(StrEnum):
    """What a worker reads. The value is the name of the lane's queue where there is Celery.

    ``PROMPT`` mails, purges, keys: everything that takes moments. ``AWAITED`` somebody sits
    before a screen until it is done, and its leases are short (`leases`). ``SLOW`` takes seconds
    and may come by hundreds. ``OUTWARD`` waits for other people's servers, which may hang.
    """

    PROMPT = "prompt"
    AWAITED = "awaited"
    SLOW = "slow"
    OUTWARD = "outward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A function that can be owed, why it may run, how often it runs by itself, in which lane,
    and how long one worker may be at it before it counts as hanging.
    """

    name: str
    run: Callable[..., object]
    purpose: Purpose
    every: timedelta | None
    lane: Lane
    at_most: timedelta


_tasks: dict[str, Task] = {}


def task(
    name: str, *, purpose: Purpose, every: timedelta | None = None, lane: Lane = Lane.PROMPT,
    at_most: timedelta = LEASE,
) -> Callable[[Callable[P, R]], Callable[P, R]]:  # fmt: skip
    """Declare a task. Its arguments are ids; it loads, calls one action, and may run twice.

    ``at_most`` is said where all of a large service may take longer than a lease.
    """

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        if name in _tasks:
            raise ValueError(f"task {name} is declared twice")
        _tasks[name] = Task(
            name=name, run=function, purpose=purpose, every=every, lane=lane, at_most=at_most
        )
        shared_task(name=name)(run_job)
        return function

    return declare


def task_elsewhere(
    module: str, name: str, *, purpose: Purpose, lane: Lane, every: timedelta | None = None
) -> None:
    """Declare a task whose function, ``verb_noun`` of ``app.verb_noun``, stands in a module that
    only workers load, when they first need it: it needs libraries that would weigh on every web
    process.
    """

    def run(*arguments: Argument) -> object:
        return getattr(import_module(module), name.partition(".")[2])(*arguments)

    task(name, purpose=purpose, lane=lane, every=every)(run)


def tasks() -> dict[str, Task]:
    """Every declared task by name."""
    return dict(_tasks)


def enqueue_on_commit(
    name: str, *arguments: Argument, key: str = "", delay: timedelta = NOW
) -> None:
    """Owe ``name(*arguments)``. The row commits, or rolls back, with the caller's change.

    Tasks are named, not imported: actions must not import ``tasks`` modules, because
    tasks import actions. With a ``key``, a job that already waits is enough.
    """
    if name not in _tasks:
        raise LookupError(f"no task is called {name}")
    due = timezone.now() + delay
    if key:
        job, is_new = _owe_once(key, name, list(arguments), due)
    else:
        job, is_new = (
            Job.objects.create(task=name, arguments=list(arguments), available_at=due),
            True,
        )
    if is_new and not delay:
        transaction.on_commit(partial(_nudge, name, job.pk), robust=True)


def _owe_once(key: str, name: str, arguments: list[Argument], due: datetime) -> tuple[Job, bool]:
    """The waiting job with this key, made if there is none, due no later than asked.

    Its row stays locked until the caller commits: a worker that took it now would run
    before the caller's change can be seen, and nothing would be owed for that change.
    """
    values = {"task": name, "arguments": arguments, "available_at": due}
    for _ in range(TRIES):
        # When a worker takes the twin between our insert and our second look, neither
        # is there: try again.
        with suppress(IntegrityError), transaction.atomic():
            job, is_new = Job.objects.select_for_update().get_or_create(
                key=key, state=JobState.WAITING, defaults=values
            )
            if job.available_at > due:
                Job.objects.filter(pk=job.pk).update(available_at=due)
            return job, is_new
    raise OperationalError("a job could not be owed: its twin keeps coming and going")


_quiet_until = 0.0


def _nudge(name: str, job_id: int) -> None:
    """Tell a worker. Losing this message costs seconds, never work.

    A broker that hangs is waited for once and then left alone for a while: the requests
    that follow must not each wait for it again.
    """
    global _quiet_until  # noqa: PLW0603 - one moment per process
    if settings.IS_EMBEDDED_WORKER or time.monotonic() < _quiet_until:
        return
    try:
        queue = _tasks[name].lane
        current_app.send_task(name, [job_id], retry=False, queue=queue)
    except (OSError, BrokerError):
        _quiet_until = time.monotonic() + QUIET_SECONDS
        logger.warning("nudge lost", extra={"task": name})


def run_job(job_id: int) -> bool:
    """Execute one job if nobody else holds it. True when it ran, whatever came of it. Nothing
    runs on a restored database before the replay.
    """
    if not standstill.is_clear():
        return False
    unsettled.give_back()
    fence = _claim(job_id)
    if fence is None:
        return False
    try:
        job = Job.objects.get(pk=job_id)
        try:
            with _held(job, fence):
                _tasks[job.task].run(*job.arguments)
        except Exception as error:  # noqa: BLE001 - a task may fail in any way; its row remembers
            _put_back(job, fence, error)
        else:
            Job.objects.filter(pk=job_id, fence=fence).delete()
    except Error:
        unsettled.remember(Claim(job_id, fence))
        raise
    return True


def _claim(job_id: int) -> int | None:
    """Take the lease by compare-and-set; the fencing number, or None if it is not ours."""
    now, claim = timezone.now(), None
    try:
        with transaction.atomic():
            claim = _claim_due(job_id, now)
    except Error:
        # Whether it was written is not known: the answer may be all that was lost.
        if claim is not None:
            unsettled.remember(claim)
        raise
    return claim.fence if claim is not None else None


def _claim_due(job_id: int, now: datetime) -> Claim | None:
    job = Job.objects.select_for_update().filter(_due(now), pk=job_id).first()
    if job is None:
        return None
    lease = leases.SHORT if _is_awaited(job.task) else LEASE
    job.state, job.leased_until = JobState.RUNNING, now + lease
    job.fence, job.attempts = job.fence + 1, job.attempts + 1
    job.created_at = min(job.created_at, now)
    job.save(update_fields=["state", "leased_until", "fence", "attempts", "created_at"])
    return Claim(job.pk, job.fence, job.leased_until)


def _held(job: Job, fence: int) -> AbstractContextManager[None]:
    """Hold on to it for as long as it may take; what ends within its lease needs nothing."""
    declared = _tasks[job.task]
    is_awaited = _is_awaited(job.task)
    if not is_awaited and declared.at_most <= LEASE:
        return nullcontext()
    lease = leases.SHORT if is_awaited else LEASE
    return leases.renewed(job.pk, fence, lease=lease, at_most=declared.at_most)


def _is_awaited(name: str) -> bool:
    declared = _tasks.get(name)
    return declared is not None and declared.lane is Lane.AWAITED


def _due(now: datetime) -> Q:
    """Jobs that nobody works on: new, delayed and now due, or abandoned.

    A clock that ran ahead and was put right leaves times that would take years to come;
    a job from the future, and a lease longer than any, are due as well.
    """
    free = Q(state=JobState.WAITING, available_at__lte=now)
    abandoned = Q(state=JobState.RUNNING, leased_until__lt=now)
    ahead = Q(state=JobState.WAITING, created_at__gt=now + LEASE)
    overlong = Q(state=JobState.RUNNING, leased_until__gt=now + 2 * LEASE)
    return free | abandoned | ahead | overlong


def _put_back(job: Job, fence: int, error: Exception) -> None:
    """Wait longer after each failure, then give up loudly. Only the kind of error is kept:
    its text may hold personal data.
    """
    kind = type(error).__name__
    has_given_up = job.attempts >= MAX_ATTEMPTS
    logger.error("job failed", extra={"task": job.task, "error": kind, "attempts": job.attempts})
    wait = min(timedelta(seconds=2**job.attempts), LONGEST_WAIT)
    mine = Job.objects.filter(pk=job.pk, fence=fence)
    try:
        with transaction.atomic():
            mine.update(
                state=JobState.FAILED if has_given_up else JobState.WAITING,
                available_at=timezone.now() + wait,
                leased_until=None,
                last_error=kind,
            )
    except IntegrityError:
        mine.delete()  # the same work is already owed again


def due_jobs(limit: int = 100, lane: Lane | None = None) -> list[int]:
    """Ids of jobs that nobody works on, oldest first: new, delayed and now due, or abandoned.

    Of one lane, or of all.
    """
    due = Job.objects.filter(_due(timezone.now()))
    if lane is not None:
        due = due.filter(task__in=_names_in(lane))
    return list(due.order_by("available_at").values_list("pk", flat=True)[:limit])


def waiting_in(lane: Lane) -> tuple[int, timedelta]:
    """How many jobs of a lane nobody works on though they are due, and how long the first waits."""
    now = timezone.now()
    due = Job.objects.filter(_due(now), task__in=_names_in(lane))
    found = due.aggregate(count=Count("pk"), oldest=Min("available_at"))
    return found["count"], now - (found["oldest"] or now)


def is_at_work(lane: Lane) -> bool:
    """Whether somebody holds a job of this lane right now."""
    held = Job.objects.filter(state=JobState.RUNNING, leased_until__gte=timezone.now())
    return held.filter(task__in=_names_in(lane)).exists()


def _names_in(lane: Lane) -> list[str]:
    return [each.name for each in _tasks.values() if each.lane is lane]


def run_due_jobs() -> int:
    """Run everything that is due, here and now; return how many ran."""
    ran = 0
    while standstill.is_clear() and (ids := due_jobs()):
        ran += sum(run_job(job_id) for job_id in ids)
    return ran


def tick() -> None:
    """What beat does every few seconds: offer periodic tasks, and what was lost."""
    if not standstill.is_clear():
        return
    now = timezone.now()
    clock.is_believable(now)
    for declared in _tasks.values():
        if declared.every is not None:
            _offer_periodic(declared, declared.every, now)
    if not settings.IS_EMBEDDED_WORKER:
        # The prompt lane last: it may take the rest of the tick.
        for lane in (Lane.AWAITED, Lane.SLOW, Lane.OUTWARD, Lane.PROMPT):
            _offer_due(lane)


def _offer_due(lane: Lane = Lane.PROMPT) -> None:
    """Offer what no nudge is under way for: it was delayed, failed, or its nudge got lost.

    Only while few nudges wait. Otherwise workers are behind, and each tick would put another
    nudge for the same jobs into the line, until they did nothing but read that they are done.
    What has waited longest is then done here and now, so that nothing waits for ever; in the
    other lanes, whose jobs would hold up a tick, it comes into the line once more.
    """
    is_behind = _nudges_waiting(lane) >= FEW_NUDGES
    if is_behind and lane is Lane.PROMPT:
        _run_oldest()
        return
    ids = due_jobs(OLDEST_AGAIN if is_behind else OFFERED_AT_ONCE, lane)
    for job in Job.objects.filter(pk__in=ids).order_by("available_at").only("pk", "task"):
        _nudge(job.task, job.pk)


def _run_oldest() -> None:
    until = time.monotonic() + TICK_SECONDS
    for job_id in due_jobs(OFFERED_AT_ONCE, Lane.PROMPT):
        if time.monotonic() > until:
            return
        run_job(job_id)


def _nudges_waiting(lane: Lane = Lane.PROMPT) -> int:
    """How many nudges of a lane nobody has read yet."""
    with current_app.connection_for_read() as connection:
        channel: Any = connection.default_channel  # its stubs lack what every transport has
        return int(channel.queue_declare(lane.value).message_count)


def _offer_periodic(declared: Task, every: timedelta, now: datetime) -> None:
    with transaction.atomic():
        run, is_new = PeriodicRun.objects.select_for_update().get_or_create(
            task=declared.name, defaults={"offered_at": now}
        )
        # A time of offering that has not come yet was written by a clock that ran ahead.
        if not is_new and NOW <= now - run.offered_at < every:
            return
        run.offered_at = now
        run.save(update_fields=["offered_at"])
        enqueue_on_commit(declared.name, key=f"periodic:{declared.name}")
