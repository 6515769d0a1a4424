"""Asking `inspecting_child`, which sees a running service from the inside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from tests.live import ROOT, Live


class Inspector:
    """One question at a time; see the functions of `inspecting_child`."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions, self._answers = questions, answers

    def ask(self, name: str, argument: object = None) -> Any:
        """The answer of the function ``name``, which is given ``argument``."""
        self._questions.write(json.dumps([name, argument]) + "\n")
        self._questions.flush()
        answer = self._answers.readline()
        assert answer, "the inspector ended; what it wrote is above"
        return json.loads(answer)


@contextmanager
def inspector_of(live: Live) -> Iterator[Inspector]:
    """An inspector of a service, as long as the block lasts."""
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.faults.inspecting_child"],
        cwd=ROOT, env=dict(live.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield Inspector(child.stdin, child.stdout)
    finally:
        child.kill()
        child.communicate()
