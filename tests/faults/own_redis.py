"""A redis-server of a test's own, that may be hurt."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.images.tus.servers import eventually
from tests.live import free_port


def insist_on_redis() -> None:
    """Without its program a test is left out, and fails in continuous integration."""
    if shutil.which("redis-server") is None:
        sentence = "A FAILING REDIS IS NOT TESTED: redis-server is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)


class OwnRedis:
    """A redis-server of these tests, which keeps nothing over its death."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = self.numbered(0)
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        assert eventually(self.answers, 30)

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except RedisError:
            return False

    def client(self, number: int = 0) -> Redis:
        return Redis.from_url(self.numbered(number), socket_timeout=5, socket_connect_timeout=5)

    def numbered(self, number: int) -> str:
        """The URL of one of its sixteen numbers; ``url`` is the first."""
        return f"redis://127.0.0.1:{self.port}/{number}"

    def hang(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
