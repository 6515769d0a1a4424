"""Redis hangs (SIGSTOP), dies (SIGKILL) or forgets everything (FLUSHALL) under a running
service: people are answered, nobody signs in uncounted, and all that is owed gets done.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests
from kombu import Connection, Message, Queue
from redis.exceptions import RedisError

from pocketvault.celery import app
from pocketvault.kernel.patient_redis import QoS
from tests.api.people import PASSWORD, Person, metadata_of, new_person
from tests.faults.inspecting import Inspector, inspector_of
from tests.faults.own_redis import OwnRedis, insist_on_redis
from tests.images.tus.servers import eventually
from tests.live import Live, running_service
from tests.reference_client import account, client
from tests.reference_client.client import ProblemError
from tests.reference_client.images import Photo

logger = logging.getLogger(__name__)

WORK_SECONDS = 120.0
# An answer that takes longer has waited for Redis, and is none.
ANSWER_SECONDS = 20.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A service on a Redis that can be hurt, somebody who uses it, and a look inside."""

    live: Live
    redis: OwnRedis
    alice: Person
    inspector: Inspector


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    insist_on_redis()
    folder = tmp_path_factory.mktemp("redis")
    redis = OwnRedis(folder)
    try:
        with (
            running_service(folder / "var", REDIS_URL=redis.url) as live,
            inspector_of(live) as inspector,
        ):
            alice = new_person(live, "alice")
            yield Stage(live=live, redis=redis, alice=alice, inspector=inspector)
            redis.kill()
    finally:
        redis.kill()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", ANSWER_SECONDS)


def store(stage: Stage) -> tuple[Photo, bytes]:
    content = os.urandom(5_000)
    return stage.alice.library.store(content, metadata_of(content)), content


def live_on(stage: Stage) -> None:
    """What somebody who is signed in does all day, all of which owes work."""
    library = stage.alice.library
    kept, content = store(stage)
    purged, _ = store(stage)
    assert library.download(kept) == content
    library.correct(kept, title="While Redis was away")
    library.purge(purged)
    with pytest.raises(ProblemError, match="gone"):
        library.get(purged.id)


def nobody_gets_in_uncounted(stage: Stage) -> None:
    email, url = stage.alice.email, stage.live.url
    doors: list[Callable[[], object]] = [
        lambda: account.sign_in(url, email, PASSWORD),
        lambda: account.sign_in_with_phrase(url, email, stage.alice.phrase),
        lambda: account.request_reset(url, email),
        lambda: account.sign_up(url, "new@example.org", PASSWORD, read_code=lambda _: ""),
        lambda: account.step_up(stage.alice.device, PASSWORD),
    ]
    for enter in doors:
        with pytest.raises(ProblemError) as refusal:
            enter()
        assert (refusal.value.status, refusal.value.code) == (503, "unavailable")
        assert refusal.value.sentence.endswith(".")


def all_is_done(stage: Stage) -> None:
    assert account.sign_in(stage.live.url, stage.alice.email, PASSWORD).account_id
    assert stage.inspector.ask("wait_for_work", WORK_SECONDS) == [], stage.live.log()
    found = stage.inspector.ask("report")
    assert (found["wrong"], found["failures"]) == ([], [])


def test_a_redis_that_hangs_keeps_nobody_waiting(stage: Stage) -> None:
    live_on(stage)
    stage.redis.hang()
    try:
        live_on(stage)
        nobody_gets_in_uncounted(stage)
        assert not is_ready(stage)
    finally:
        stage.redis.go_on()

    all_is_done(stage)
    assert eventually(lambda: is_ready(stage), WORK_SECONDS)


def test_a_redis_that_dies_takes_no_work_with_it(stage: Stage) -> None:
    live_on(stage)
    stage.redis.kill()
    try:
        live_on(stage)
        nobody_gets_in_uncounted(stage)
    finally:
        stage.redis.start()

    all_is_done(stage)


def test_a_redis_that_forgets_everything_loses_no_work(stage: Stage) -> None:
    for _ in range(3):
        live_on(stage)
        stage.redis.client().flushall()

    all_is_done(stage)


def test_a_nudge_that_redis_did_not_hear_of_keeps_no_place(stage: Stage) -> None:
    with taken_nudge(stage) as (nudge, places):
        stage.redis.hang()
        try:
            nudge.ack_log_error(logger, (RedisError,))
        finally:
            stage.redis.go_on()

        assert places.can_consume()


@pytest.mark.parametrize("lost", ["channel", "transport"])
def test_a_nudge_of_a_connection_that_was_lost_keeps_no_place_either(
    stage: Stage, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with taken_nudge(stage) as (nudge, places), monkeypatch.context() as now:
        if lost == "channel":
            now.setattr(nudge.channel, "connection", None)
        else:
            now.setattr(nudge.channel.connection, "client", None)

        places.restore_unacked_once()
        nudge.ack_log_error(logger, (RedisError,))

        assert places.can_consume()


@contextmanager
def taken_nudge(stage: Stage) -> Iterator[tuple[Message, QoS]]:
    """A nudge in the hands of a worker that takes one at a time, and how it counts them."""
    options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    with Connection(stage.redis.url, transport_options=options) as connection:
        app.send_task("kernel.tick", queue="places", connection=connection)
        taken: list[Message] = []
        with connection.Consumer(
            [Queue("places")], prefetch_count=1, on_message=taken.append, accept=["json"]
        ) as consumer:
            connection.drain_events(timeout=10)
            places = consumer.channel.qos
            assert not places.can_consume()
            yield taken[0], places


def is_ready(stage: Stage) -> bool:
    answer = requests.get(f"{stage.live.url}/readyz", timeout=ANSWER_SECONDS)
    assert answer.status_code in (200, 503)
    return answer.ok
