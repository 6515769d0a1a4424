"""A running service whose web and worker are killed (SIGKILL) at random moments, while people
upload, commit, correct, delete and arrange, and the epoch rotates under them: nothing that
was acknowledged is lost, and nothing that was deleted comes back.

``FAULT_POINTS`` sets how often something is killed, a few times by default. ``FAULT_SEED``
repeats what the people do and what is killed, though not to the microsecond when.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from tests.api.people import new_person
from tests.faults.inspecting import Inspector, inspector_of
from tests.faults.living import Owner, PatientClient, PatientLibrary, Turnstile
from tests.live import Live, running_service, wait_until_it_answers
from tests.reference_client import albums
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.sync import Replica, catch_up

POINTS = int(os.environ.get("FAULT_POINTS", "5"))
SEED = int(os.environ.get("FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
OWNERS = 2
VICTIMS = {("web",): 6, ("worker",): 2, ("web", "worker"): 2}
# A day passes before one kill in so many, and the bins are emptied before another.
DAY_EVERY, BIN_EVERY, LOOK_EVERY = 3, 10, 20
# Hundreds of kills leave more to do than a few.
WORK_SECONDS = 120.0 if POINTS < 50 else 600.0
SAMPLE = 40


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@pytest.mark.timeout(120 + 30 * POINTS)
def test_killed_anywhere_nothing_is_lost_and_nothing_comes_back(tmp_path: Path) -> None:
    print(f"FAULT_SEED={SEED} FAULT_POINTS={POINTS}")
    dice = random.Random(SEED)
    with (
        running_service(tmp_path / "var") as live,
        inspector_of(live) as inspector,
        ThreadPoolExecutor(OWNERS) as threads,
    ):
        story = Story(live, inspector, dice)
        try:
            story.begin(threads)
            for point in range(1, POINTS + 1):
                story.kill_something(point)
                if point % LOOK_EVERY == 0 or point == POINTS:
                    story.look_at_everything()
        finally:
            story.turnstile.end()
        story.end()


class Story:
    """One service, the people who use it, and what is done to it."""

    def __init__(self, live: Live, inspector: Inspector, dice: random.Random) -> None:
        self.live, self.inspector, self.dice = live, inspector, dice
        self.turnstile = Turnstile(OWNERS)
        self.owners = list(_owners(live, dice))
        self.replica = Replica()
        self.lives: list[Future[None]] = []
        self.emptied: list[str] = []
        self.kills: dict[str, int] = {}

    def begin(self, threads: ThreadPoolExecutor) -> None:
        self.lives = [threads.submit(self.turnstile.keep_living, each) for each in self.owners]

    def kill_something(self, point: int) -> None:
        """Kill, start again what was killed, and see that everybody goes on."""
        victims = self.dice.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        if point % DAY_EVERY == 0:
            victims = tuple({*victims, "worker"})
            self.inspector.ask("let_a_day_pass")
        pause = self.dice.uniform(0.02, 0.8)
        for stopped in wait(self.lives, timeout=pause, return_when=FIRST_COMPLETED).done:
            stopped.result()
        self.live.kill(*victims)
        self.inspector.ask("let_leases_end", victims)
        for name in victims:
            self.live.start(name)
            self.kills[name] = self.kills.get(name, 0) + 1
        wait_until_it_answers(self.live)
        if "worker" in victims:
            assert self.inspector.ask("wait_for_worker", WORK_SECONDS), self.live.log()
        if point % BIN_EVERY == 0:
            self.pause_everybody()
            self.emptied += self.inspector.ask("empty_bins")
            self.forget_emptied()
            self.turnstile.open()

    def pause_everybody(self) -> None:
        while not self.turnstile.close():
            for each in self.lives:
                if each.done():
                    each.result()

    def forget_emptied(self) -> None:
        for owner in self.owners:
            owner.bins_were_emptied(self.emptied)

    def look_at_everything(self) -> None:
        """The whole of what was promised, while nothing is in doubt."""
        self.pause_everybody()
        assert self.inspector.ask("wait_for_work", WORK_SECONDS) == [], self.live.log()
        for owner in self.owners:
            owner.all_work_is_done()
        found = self.inspector.ask("report")
        assert found["wrong"] == [], found
        kept = {image_id: each for owner in self.owners for image_id, each in owner.kept.items()}
        gone = {image_id for owner in self.owners for image_id in owner.gone}
        assert set(found["images"]) == set(kept)
        assert set(found["gone"]) == gone
        offsets = {u: at for owner in self.owners for u, at in owner.library.offsets.items()}
        assert {u: found["uploads"].get(u) for u in offsets} == offsets
        for owner in self.owners:
            self._look_as(owner)
        print(f"{self.kills} killed; {len(kept)} kept, {len(gone)} gone, {found['epochs']} epochs")
        self.turnstile.open()

    def _look_as(self, owner: Owner) -> None:
        for kept in owner.kept.values():
            owner.check_kept(kept)
        for image_id in self.dice.sample(sorted(owner.gone), min(SAMPLE, len(owner.gone))):
            owner.check_gone(image_id)
        keys = albums.content_keys_in(owner.library, owner.album)
        assert keys == {
            image_id: owner.library.content_key(kept.photo)
            for image_id, kept in owner.kept.items() if kept.is_in_album
        }  # fmt: skip
        catch_up(owner.library, self.replica)
        fresh = Replica()
        catch_up(owner.library, fresh)
        everything = {image_id for each in self.owners for image_id in each.kept}
        for replica in (self.replica, fresh):
            assert set(replica.photos) == everything
            assert not replica.broken

    def end(self) -> None:
        """Everybody has left. What nobody goes on with leaves no trace either."""
        for each in self.lives:
            each.result()
        self.inspector.ask("end_uploads")
        found = self.inspector.ask("report")
        assert found["wrong"] == [], found
        assert found["uploads"] == {}
        acts = sum(owner.acts for owner in self.owners)
        print(f"{acts} acts; {found['epochs']} epochs, {found['destroyed']} destroyed")


def _owners(live: Live, dice: random.Random) -> list[Owner]:
    person = new_person(live, "alice")
    device = person.device
    device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 7})
    owners = []
    for number in range(OWNERS):
        own_dice = random.Random(dice.random())
        client = PatientClient(live.url, device.client.token)
        library = PatientLibrary(client, device.keys, own_dice)
        album = albums.create_album(library, AlbumSettings(name=f"Album {number}"))
        owners.append(Owner(library, album, own_dice))
    return owners
