"""PostgreSQL is stopped at once, again and again, while people use the service: nobody restarts a
program, whoever asks meanwhile is told so, and everything that was acknowledged is there.

``FAULT_POINTS`` sets how often: a few times by default.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from tests.faults import nursery, reporting
from tests.faults.own_postgres import OwnPostgres, own_postgres
from tests.faults.stories import SEED, TOLD, Story, story_of
from tests.live import running_service, wait_until_it_answers

POINTS = nursery.how_many(3)
LOOK_EVERY = 10
# A stop comes in the middle of something, and the next only after people got on.
ACTS = 6
AWAY = (503, "unavailable")
PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[OwnPostgres]:
    with own_postgres() as cluster:
        yield cluster


@pytest.mark.slow
@pytest.mark.timeout(300 + 60 * POINTS)
def test_stopped_at_once_it_keeps_what_was_acknowledged_and_nobody_restarts_anything(
    postgres: OwnPostgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    since, folder = time.monotonic(), tmp_path_factory.mktemp("stopped")
    with running_service(folder, DATABASE_URL=postgres.url) as live, story_of(live) as story:
        processes = dict(live.processes)
        story.may_leave_blobs = True
        for owner in story.owners:
            owner.library.may_be_forgotten = True
        for point in range(1, POINTS + 1):
            stop_and_start(postgres, story, point)
            if point % LOOK_EVERY == 0 or point == POINTS:
                story.look_at_everything()
        assert set(story.heard) <= TOLD, story.heard
        assert story.heard[AWAY] >= POINTS
        assert postgres.starts == POINTS + 1
        story.live_until(lambda: set(readiness(live.url).values()) == {"ok"}, within=30)
        # Its web, its workers and its beat are still the ones that were started first.
        assert live.processes == processes
        assert {each.poll() for each in processes.values()} == {None}
    seconds = round(time.monotonic() - since)
    reporting.note(times=POINTS, seed=SEED, seconds=seconds, refused=story.heard[AWAY])


def stop_and_start(postgres: OwnPostgres, story: Story, number: int) -> None:
    dice, before = story.dice, story.acts()
    story.live_until(lambda: story.acts() >= before + ACTS, within=PATIENCE_SECONDS)
    story.live_on(dice.uniform(0, 0.3))
    refused = story.heard[AWAY]
    postgres.stop_at_once(number)
    story.live_until(lambda: story.heard[AWAY] > refused, within=PATIENCE_SECONDS)
    if number == 1:
        everybody_hears_of_it(story)
    postgres.start()
    wait_until_it_answers(story.live)
    before_it = story.inspector.ask("wait_for_worker", PATIENCE_SECONDS)
    assert before_it == [], f"{before_it}\n{story.live.log()}"


def everybody_hears_of_it(story: Story) -> None:
    """Whoever is unknown hears nothing else, whoever watches hears of it, and it is alive."""
    url = story.live.url
    me = requests.get(
        f"{url}/api/v1/me", headers={"Authorization": "Bearer nobody"}, timeout=30
    )
    assert (me.status_code, me.json()["code"]) == AWAY
    story.live_until(lambda: readiness(url).get("database") == "failed", within=30)
    assert requests.get(f"{url}/healthz", timeout=30).status_code == 200


def readiness(url: str) -> dict[str, str]:
    answer = requests.get(f"{url}/readyz", timeout=30)
    assert answer.status_code in (200, 503)
    checks: dict[str, str] = answer.json()["checks"]
    return checks
