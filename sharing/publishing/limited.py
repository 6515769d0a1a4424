"""Running a job in a process of its own that can do little and is stopped in time.

A plain process of the same interpreter for each job, not `multiprocessing`: Celery's workers
are daemonic and may have no such children, and a forked copy of a worker would hold its
secrets. Starting one costs 0.1 to 0.35 s of processor time, most of it for imports.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sharing.publishing.framing import (
    CANNOT_LOAD,
    BrokenFrameError,
    Message,
    packed,
    unpacked,
)
from sharing.publishing.refusals import PictureRefusedError, Refusal

_ROOT = Path(__file__).resolve().parents[2]
# The package of the service starts Celery, which a job does not need: an empty one in its place
# leads to the kernel below it, and halves what a start costs.
_START = """
import sys
from types import ModuleType
sys.path.insert(0, sys.argv[1])
service = sys.modules["pocketvault"] = ModuleType("pocketvault")
service.__path__ = [sys.argv[1] + "/pocketvault"]
from sharing.publishing.child import main
main()
"""
_PIECE = 1 << 20
_TOLD = {refusal.value: refusal for refusal in Refusal}
# All of a child's environment: in ours stand addresses and keys of the service.
# One arena: each thread's own would reserve memory that is never used.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. Wall-clock time is longer than processor time because machines are
    shared.
    """

    seconds: float = 120
    processor_seconds: int = 30
    memory_bytes: int = 2 << 30
    answer_bytes: int = 64 << 20


LIMITS = Limits()


def run(job: str, request: Message, limits: Limits = LIMITS) -> Message:
    """The answer of ``job``, the dotted name of a module with ``run(Message) -> Message``.

    Raises `PictureRefusedError` whatever becomes of the child. OSError means that there was no
    child at all, because this machine has no room for one now, or lacks what the job loads.
    """
    deadline = time.monotonic() + limits.seconds
    with _child(job, limits) as process:
        try:
            answer = _exchange(process, packed(request), deadline, limits.answer_bytes)
            process.wait(deadline - time.monotonic())
        except (TimeoutError, subprocess.TimeoutExpired):
            raise PictureRefusedError(Refusal.TOOK_TOO_LONG) from None
    if process.returncode == CANNOT_LOAD:
        raise OSError(f"{job} cannot be loaded here")
    if process.returncode != 0:
        raise PictureRefusedError(_why(process.returncode))
    try:
        message = unpacked(answer)
    except BrokenFrameError:
        raise PictureRefusedError(Refusal.CANNOT_DECODE) from None
    refused = message.fields.get("refused")
    if refused is not None:
        raise PictureRefusedError(_TOLD.get(str(refused), Refusal.CANNOT_DECODE))
    return message


@contextmanager
def _child(job: str, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    bounds = {
        "memory_bytes": limits.memory_bytes, "processor_seconds": limits.processor_seconds,
        "parent": os.getpid(),
    }  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, told only names of ours
        [sys.executable, "-I", "-c", _START, str(_ROOT), job, json.dumps(bounds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        env=_ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        for pipe in (process.stdin, process.stdout):
            _closed(pipe)
        process.wait()


def _closed(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        try:
            pipe.close()
        except BrokenPipeError:
            return


def _why(returncode: int) -> Refusal:
    """What ended a child. The kernel kills with SIGKILL where memory runs out."""
    if returncode == -signal.SIGXCPU:
        return Refusal.TOOK_TOO_LONG
    if returncode == -signal.SIGKILL:
        return Refusal.TOO_MUCH_MEMORY
    return Refusal.CANNOT_DECODE


def _exchange(
    process: subprocess.Popen[bytes], request: bytes, deadline: float, most: int
) -> bytes:
    """Write the request while reading the answer, of at most ``most`` bytes. Raises
    TimeoutError.
    """
    source, target = process.stdout, process.stdin
    assert source is not None
    assert target is not None
    os.set_blocking(target.fileno(), False)
    unsent, answer = memoryview(request), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        selector.register(target, selectors.EVENT_WRITE)
        while selector.get_map():
            ready = selector.select(deadline - time.monotonic())
            if time.monotonic() > deadline:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is target:
                    unsent = _send(target, unsent)
                    if not unsent:
                        selector.unregister(target)
                        _closed(target)
                else:
                    piece = os.read(source.fileno(), _PIECE)
                    answer += piece
                    if not piece:
                        selector.unregister(source)
                    if len(answer) > most:
                        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    return bytes(answer)


def _send(target: IO[bytes], unsent: memoryview) -> memoryview:
    """What is left after writing as much as fits; nothing where nobody reads any more."""
    try:
        return unsent[os.write(target.fileno(), unsent[:_PIECE]) :]
    except BrokenPipeError:
        return memoryview(b"")
