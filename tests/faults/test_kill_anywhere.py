"""A running service whose web and worker are killed (SIGKILL) at random moments, while people
upload, commit, correct, delete and arrange, and the epoch rotates under them: nothing that
was acknowledged is lost, and nothing that was deleted comes back.

``FAULT_POINTS`` sets how often something is killed, a few times by default. ``FAULT_SEED``
repeats what the people do and what is killed, though not to the microsecond when.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import nursery, reporting
from tests.faults.inspecting import Inspector
from tests.faults.stories import SEED, Story, story_of
from tests.live import Live, running_service, wait_until_it_answers

POINTS = nursery.how_many(5)
VICTIMS = {("web",): 3, ("worker",): 5, ("web", "worker"): 2}
# A day passes before one kill in so many, and the bins are emptied before another.
DAY_EVERY, BIN_EVERY, LOOK_EVERY = 3, 10, 20
# Hundreds of kills leave more to do than a few.
WORK_SECONDS = 120.0 if POINTS < 50 else 600.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@pytest.mark.timeout(120 + 30 * POINTS)
def test_killed_anywhere_nothing_is_lost_and_nothing_comes_back(tmp_path: Path) -> None:
    since = time.monotonic()
    with running_service(tmp_path / "var") as live, story_of(live, Killed) as story:
        assert isinstance(story, Killed)
        story.work_seconds = WORK_SECONDS
        for point in range(1, POINTS + 1):
            story.kill_something(point)
            if point % LOOK_EVERY == 0 or point == POINTS:
                story.look_at_everything()
    seconds = round(time.monotonic() - since)
    reporting.note(times=story.kills.total(), seed=SEED, seconds=seconds, **story.kills)


class Killed(Story):
    """A story in which programs are killed, and started again by whoever supervises them."""

    def __init__(self, live: Live, inspector: Inspector, dice: random.Random) -> None:
        super().__init__(live, inspector, dice)
        self.emptied: list[str] = []
        self.kills: Counter[str] = Counter()

    def kill_something(self, point: int) -> None:
        """Kill, start again what was killed, and see that everybody goes on."""
        victims = self.dice.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        if point % DAY_EVERY == 0:
            victims = tuple({*victims, "worker"})
            self.inspector.ask("let_a_day_pass")
        self.live_on(self.dice.uniform(0.02, 0.8))
        self.live.kill(*victims)
        self.inspector.ask("let_leases_end", victims)
        for name in victims:
            self.live.start(name)
            self.kills[name] += 1
        wait_until_it_answers(self.live)
        if "worker" in victims:
            # Who never pauses owes more in this time than one worker of a busy machine gets done.
            self.pause_everybody()
            before_it = self.inspector.ask("wait_for_worker", WORK_SECONDS)
            assert before_it == [], f"{before_it}\n{self.live.log()}"
            self.turnstile.open()
        if point % BIN_EVERY == 0:
            self.pause_everybody()
            self.emptied += self.inspector.ask("empty_bins")
            self.forget_emptied()
            self.turnstile.open()

    def forget_emptied(self) -> None:
        for owner in self.owners:
            owner.bins_were_emptied(self.emptied)
