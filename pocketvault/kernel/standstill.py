"""A restored database serves nobody until what ended since its backup has ended again.

Two signs say so: a file (``restoring``) from before the first table is dropped, and a row
(`Restoration`) that commits with the restored ones and is closed by the replay. A process asks
for both until it finds neither, once: from then on a flag in its memory answers, so no request
costs a query. Meanwhile it holds a lock (``running.lock``, shared) as long as it lives, and a
restore, which takes that lock alone, refuses to begin while anybody holds it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from pocketvault.kernel.models import Restoration

SENTENCE = (
    "PocketVault is being restored from a backup. Nobody is served until everything that was "
    "deleted or ended since then has been deleted and ended again."
)
STARTING = "PocketVault is starting: its database does not answer yet. Try again soon."
RETRY_SECONDS = 60
OPEN_PATHS = ("/healthz", "/readyz")
_lock: int | None = None


class ServiceRunsError(RuntimeError):
    """Somebody on this machine serves or works for this database."""


def is_clear() -> bool:
    """Whether this process may serve and work. Asks until it may, and then never again."""
    global _lock  # noqa: PLW0603 - one flag per process: the lock it holds
    if _lock is not None:
        return True
    lock = _take(fcntl.LOCK_SH)
    if lock is None:
        return False
    if marker().exists() or not _is_replayed():
        os.close(lock)
        return False
    if _lock is None:
        _lock = lock
    else:
        os.close(lock)  # two threads asked at once
    return True


def forget() -> None:
    """Ask again. For a restore, and for tests."""
    global _lock  # noqa: PLW0603
    if _lock is not None:
        os.close(_lock)
        _lock = None


def stop_others() -> Callable[[], None]:
    """Keep every other process of this machine standing still; call the answer to let them on.

    Raises `ServiceRunsError`.
    """
    forget()
    lock = _take(fcntl.LOCK_EX)
    if lock is None:
        raise ServiceRunsError
    return lambda: os.close(lock)


def marker() -> Path:
    """The file that stands for a restore that has begun; it names the backup."""
    return Path(settings.VAR_DIR) / "restoring"


def _is_replayed() -> bool:
    try:
        return not _is_open()
    except DatabaseError:
        # It does not answer, or has no such table: nobody has prepared it yet.
        return False


def _is_open() -> bool:
    return Restoration.objects.filter(replayed_at=None).exists()


def _sentence() -> str:
    try:
        return SENTENCE if marker().exists() or _is_open() else STARTING
    except DatabaseError:
        return STARTING


def _take(how: int) -> int | None:
    folder = Path(settings.VAR_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "running.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


class StandstillMiddleware:
    """Answers 503 to everything but the two questions after health."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what may be answered."""
        if is_clear() or request.path in OPEN_PATHS:
            return self._get_response(request)
        return _refuse(request)


def _refuse(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse
    sentence = _sentence()
    if request.path.startswith("/api/"):
        problem = {
            "type": "urn:pocketvault:problem:restoring",
            "title": "Service Unavailable",
            "status": 503,
            "code": "restoring",
            "detail": sentence,
        }
        answer = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        answer = HttpResponse(f"{sentence}\n", status=503, content_type="text/plain")
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer
