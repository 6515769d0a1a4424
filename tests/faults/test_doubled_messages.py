"""Every message to the workers comes one to three times and in any order: what each job is for
happens exactly once.

Two kinds of effect can be counted from outside: a letter lies in a folder, and a worker that has
read a photo back noted that it came to it. ``FAULT_POINTS`` sets how many photos are stored.
"""

from __future__ import annotations

import email
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.api.people import Person, metadata_of, new_person
from tests.faults import nursery, reporting
from tests.faults.doubling import Postman, postman
from tests.faults.inspecting import inspector_of
from tests.faults.own_redis import OwnRedis, insist_on_redis
from tests.faults.stories import SEED
from tests.live import Live, running_service
from tests.reference_client import account
from tests.reference_client.images import Photo

PHOTOS = nursery.how_many(12)
PURGED_EVERY, LETTERS = 4, 5
WORKERS = ("worker", "pictures")
WORK_SECONDS = 180.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    insist_on_redis()
    own = OwnRedis(tmp_path)
    try:
        yield own
    finally:
        own.kill()


@contextmanager
def doubled(folder: Path, redis: OwnRedis) -> Iterator[tuple[Live, Postman]]:
    """A service whose workers read another number of Redis than the one that all others send to;
    two of each worker, so that copies are read at the same time.
    """
    boxes = redis.client(0), redis.client(1)
    with running_service(folder, REDIS_URL=redis.numbered(0)) as live:
        live.kill(*WORKERS)
        commands = {}
        for name in WORKERS:
            commands[name] = live.commands[name]
            other = [word.replace("@%h", "-2@%h") for word in live.commands[name]]
            commands[f"{name}-2"] = other
        environ = {**live.environ, "REDIS_URL": redis.numbered(1)}
        at_work = replace(live, environ=environ, commands=commands)
        with postman(*boxes, random.Random(SEED)) as one:
            for name in commands:
                at_work.start(name)
            yield live, one


@pytest.mark.slow
@pytest.mark.timeout(300 + 3 * PHOTOS)
def test_what_comes_twice_or_late_is_done_once(tmp_path: Path, redis: OwnRedis) -> None:
    since = time.monotonic()
    print(f"FAULT_SEED={SEED} FAULT_POINTS={PHOTOS}")
    with doubled(tmp_path / "var", redis) as (live, one), inspector_of(live) as inspector:
        alice = new_person(live, "alice")
        kept, gone = live_a_while(live, alice)
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()
        inspector.ask("owe", "images.write_touches")
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()

        looks = inspector.ask("looks_of_workers")
        assert {image: looks.get(image) for image in kept} == dict.fromkeys(kept, 1)
        assert letters_to(live, alice) == {"code": 1, "replaced": LETTERS}
        found = inspector.ask("report")
        assert (found["wrong"], found["failures"]) == ([], [])
        assert (set(found["images"]), set(found["gone"])) == (set(kept), gone)
        for photo, content in kept.values():
            assert alice.library.download(photo) == content
    # They really did come twice.
    assert one.brought > 1.5 * one.taken > 1.5 * PHOTOS
    reporting.note(
        times=one.brought, seed=SEED, seconds=round(time.monotonic() - since), messages=one.taken
    )


def live_a_while(
    live: Live, alice: Person
) -> tuple[dict[str, tuple[Photo, bytes]], set[str]]:
    """What owes work: photos, deletions, and changes of which a letter tells."""
    dice, kept, gone = random.Random(SEED), {}, set()
    for number in range(PHOTOS):
        content = dice.randbytes(5_000)
        photo = alice.library.store(content, metadata_of(content))
        kept[photo.id] = photo, content
        if number % PURGED_EVERY == PURGED_EVERY - 1:
            one = dice.choice(sorted(kept))
            alice.library.purge(kept.pop(one)[0])
            gone.add(one)
    for _ in range(LETTERS):
        account.change_phrase(alice.device)
    return kept, gone


def letters_to(live: Live, person: Person) -> Counter[str]:
    """How many letters of each kind she got; none twice."""
    found, ids = Counter[str](), []
    for path in live.mail.glob("*.log"):
        for raw in re.split(rb"(?m)^-{60,}$", path.read_bytes()):
            letter = email.message_from_bytes(raw.lstrip())
            if person.email in str(letter["To"]):
                ids.append(letter["Message-ID"])
                found["replaced" if "replaced" in str(letter["Subject"]) else "code"] += 1
    assert len(ids) == len(set(ids))
    return found
