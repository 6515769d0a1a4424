"""A running service, people who go on using it whatever happens to it, and the whole of what was
promised to them, looked at while nothing is in doubt.

What every test that tells a story holds it to: each photo that was acknowledged opens to exactly
its bytes, what was deleted stays deleted, an acknowledged offset stands, every blob has a row and
every row its blob, counters equal the rows, and every envelope opens.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from tests.api.people import new_person
from tests.faults import nursery
from tests.faults.inspecting import Inspector, inspector_of
from tests.faults.living import NO_CODE, Owner, PatientClient, PatientLibrary, Turnstile
from tests.live import Live
from tests.reference_client import albums
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.sync import Replica, catch_up

SEED = nursery.SEED or random.SystemRandom().randrange(1, 10**6)
OWNERS = 2
WORK_SECONDS = 180.0
SAMPLE = 40
# What a person may hear while a part of the service is away, and nothing else.
TOLD = {
    (503, "unavailable"), (503, "storage_unavailable"), (507, "storage_full"),
    (409, "still_running"), (503, NO_CODE),
}  # fmt: skip


class Story:
    """One service, the people who use it, and what is done to it. ``heard`` counts the refusals
    after which they asked again, by status and code.
    """

    def __init__(self, live: Live, inspector: Inspector, dice: random.Random) -> None:
        self.live, self.inspector, self.dice = live, inspector, dice
        self.turnstile = Turnstile(OWNERS)
        self.heard: Counter[tuple[int, str]] = Counter()
        self.owners = list(_owners(live, dice, self.heard))
        self.replica = Replica()
        self.lives: list[Future[None]] = []
        self.work_seconds = WORK_SECONDS
        # Whether the database is ended like the power: then a sweep has to find some blobs.
        self.may_leave_blobs = False

    def begin(self, threads: ThreadPoolExecutor) -> None:
        self.lives = [threads.submit(self.turnstile.keep_living, each) for each in self.owners]

    def live_on(self, seconds: float) -> None:
        """Let time pass. What went wrong for somebody is raised here."""
        stopped = wait(self.lives, timeout=seconds, return_when=FIRST_COMPLETED).done
        for each in stopped:
            each.result()

    def live_until(self, is_so: Callable[[], bool], *, within: float) -> None:
        """Let time pass until it is so."""
        until = time.monotonic() + within
        while not is_so():
            assert time.monotonic() < until, self.live.log()
            self.live_on(0.1)

    def acts(self) -> int:
        """How many things were done to their end."""
        return sum(owner.acts for owner in self.owners)

    def pause_everybody(self) -> None:
        while not self.turnstile.close():
            for each in self.lives:
                if each.done():
                    each.result()

    def look_at_everything(self) -> None:
        """The whole of what was promised, while nothing is in doubt."""
        self.pause_everybody()
        owed = self.inspector.ask("wait_for_work", self.work_seconds)
        assert owed == [], f"{owed}\n{self.live.log()}"
        for owner in self.owners:
            owner.all_work_is_done()
        found = self.inspector.ask("report", self.may_leave_blobs)
        assert found["wrong"] == [], found
        kept = {image_id: each for owner in self.owners for image_id, each in owner.kept.items()}
        gone = {image_id for owner in self.owners for image_id in owner.gone}
        assert set(found["images"]) == set(kept)
        assert set(found["gone"]) == gone
        for owner in self.owners:
            owner.notice_forgotten(found["uploads"])
        offsets = {u: at for owner in self.owners for u, at in owner.library.offsets.items()}
        assert {u: found["uploads"].get(u) for u in offsets} == offsets
        for owner in self.owners:
            self._look_as(owner)
        print(f"{len(kept)} kept, {len(gone)} gone, {found['epochs']} epochs")
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
        found = self.inspector.ask("report", self.may_leave_blobs)
        assert found["wrong"] == [], found
        assert found["uploads"] == {}
        print(f"{self.acts()} acts; {found['epochs']} epochs, {found['destroyed']} destroyed")


@contextmanager
def story_of(live: Live, kind: type[Story] = Story) -> Iterator[Story]:
    """People who use a service as long as the block lasts; then they leave, and what they leave
    behind is looked at. A block that fails is not looked at any more.
    """
    print(f"FAULT_SEED={SEED} FAULT_POINTS={os.environ.get('FAULT_POINTS', '')}")
    with inspector_of(live) as inspector, ThreadPoolExecutor(OWNERS) as threads:
        story = kind(live, inspector, random.Random(SEED))
        try:
            story.begin(threads)
            yield story
        finally:
            story.turnstile.end()
        story.end()


def _owners(
    live: Live, dice: random.Random, heard: Counter[tuple[int, str]]
) -> Iterator[Owner]:
    person = new_person(live, "alice")
    device = person.device
    device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 7})
    for number in range(OWNERS):
        own_dice = random.Random(dice.random())
        client = PatientClient(live.url, device.client.token, heard)
        library = PatientLibrary(client, device.keys, own_dice)
        album = albums.create_album(library, AlbumSettings(name=f"Album {number}"))
        yield Owner(library, album, own_dice)
