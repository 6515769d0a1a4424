"""A postman who delivers every message one to three times, and in any order.

He takes what is sent in one number of a Redis and brings it to another, where the workers read.
What workers send themselves lies there already; he takes it out again and doubles it too.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from redis import Redis

QUEUES = ("prompt", "awaited", "slow")
PAUSE_SECONDS = 0.2
MOST_COPIES = 3
# So many of a hundred wait for a later round.
HELD_BACK_PERCENT = 30.0


class Postman(threading.Thread):
    """``taken`` is how many messages there were, ``brought`` how many came of them."""

    def __init__(self, source: Redis, target: Redis, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._source, self._target, self._dice = source, target, dice
        self._over = threading.Event()
        self._bag: list[tuple[str, bytes]] = []
        self._known: set[str] = set()
        self.taken = self.brought = 0

    def run(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self.go_round()

    def go_round(self, held_back: float = HELD_BACK_PERCENT) -> None:
        """Empty both boxes, shuffle the bag, and bring most of it."""
        for box in (self._source, self._target):
            for queue in QUEUES:
                while isinstance(raw := box.rpop(queue), bytes):
                    self._take(queue, raw)
        self._dice.shuffle(self._bag)
        kept = [each for each in self._bag if self._dice.random() * 100 < held_back]
        gone = [each for each in self._bag if each not in kept]
        self._bag = kept
        for queue, raw in gone:
            self._target.lpush(queue, raw)
            self.brought += 1

    def stop(self) -> None:
        """End his day; nothing stays in the bag."""
        self._over.set()
        self.join()
        self.go_round(held_back=0.0)

    def _take(self, queue: str, raw: bytes) -> None:
        message = json.loads(raw)
        name = message["headers"]["id"]
        if name in self._known:
            self._bag.append((queue, raw))
            return
        self._known.add(name)
        self.taken += 1
        for _ in range(self._dice.randint(1, MOST_COPIES)):
            # Each copy is a message of its own, which is acknowledged by itself.
            message["properties"]["delivery_tag"] = str(uuid4())
            self._bag.append((queue, json.dumps(message).encode()))


@contextmanager
def postman(source: Redis, target: Redis, dice: random.Random) -> Iterator[Postman]:
    """At work as long as the block lasts."""
    one = Postman(source, target, dice)
    one.start()
    try:
        yield one
    finally:
        one.stop()
