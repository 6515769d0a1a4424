"""The other side of `limited`: what runs in the process of its own."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable
from importlib import import_module

from sharing.publishing import confining
from sharing.publishing.framing import CANNOT_LOAD, Message, packed, unpacked
from sharing.publishing.refusals import PictureRefusedError, Refusal

Job = Callable[[Message], Message]
# Read from the disk when they are first asked for, which is too late once we are confined.
_ENCODINGS = ("ascii", "latin-1", "cp1252", "utf-8", "utf-16-le", "utf-16-be", "utf-16")


def main() -> None:
    """Limit ourselves, load the job, read, confine ourselves, work, answer."""
    job, bounds = sys.argv[2], json.loads(sys.argv[3])
    confining.limit(**bounds)
    with os.fdopen(os.dup(1), "wb") as answers:
        # Libraries that print must not print into the answer.
        os.dup2(2, 1)
        run: Job = _loaded(job)
        for name in _ENCODINGS:
            codecs.lookup(name)
        request = unpacked(sys.stdin.buffer.read())
        confining.confine()
        answers.write(packed(_answered(run, request)))
    os._exit(0)


def _loaded(job: str) -> Job:
    """The job, or an end that says that this machine lacks what it needs: no picture's fault."""
    try:
        run: Job = import_module(job).run
    except ImportError:
        os._exit(CANNOT_LOAD)
    return run


def _answered(run: Job, request: Message) -> Message:
    try:
        return run(request)
    except PictureRefusedError as refused:
        return Message({"refused": refused.code})
    except MemoryError:
        return Message({"refused": Refusal.TOO_MUCH_MEMORY})
    except Exception:  # noqa: BLE001 - decoders raise whatever they like at what is no picture
        return Message({"refused": Refusal.CANNOT_DECODE})
