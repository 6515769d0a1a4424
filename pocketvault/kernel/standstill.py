"""A restored database serves nobody until what ended since its backup has ended again; and none
serves whose tables are older than the code.

Of a restore two signs say so: a file (``restoring``) from before the first table is dropped, and
a row (`Restoration`) that commits with the restored ones and is closed by the replay. A process
asks for them, and for the tables, until nothing is in the way, once: from then on a flag in its
memory answers, so no request costs a query. Meanwhile it holds a lock (``running.lock``, shared)
as long as it lives, and a restore, which takes that lock alone, refuses to begin while anybody
holds it.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from pocketvault.kernel import tables
from pocketvault.kernel.models import Restoration

logger = logging.getLogger(__name__)

SENTENCE = (
    "PocketVault is being restored from a backup. Nobody is served until everything that was "
    "deleted or ended since then has been deleted and ended again."
)
STARTING = "PocketVault is starting: its database does not answer yet. Try again soon."
# The code of a release whose migrations have not been run; and what to do about it.
BEHIND = "tables_behind"
BEHIND_SENTENCE = "The tables are not those of this release. Run: python manage.py prepare"
BEHIND_FOR_PEOPLE = "PocketVault is being brought up to date. Try again in a moment."
RETRY_SECONDS = 60
OPEN_PATHS = ("/healthz", "/readyz")
_lock: int | None = None
_has_told = False


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
    if marker().exists() or not _is_in_order():
        os.close(lock)
        return False
    if _lock is None:
        _lock = lock
    else:
        os.close(lock)  # two threads asked at once
    return True


def forget() -> None:
    """Ask again. For a restore, and for tests."""
    global _lock, _has_told  # noqa: PLW0603
    _has_told = False
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


def _is_in_order() -> bool:
    try:
        return not _is_behind() and not _is_open()
    except Error:
        return False  # it does not answer


def _is_behind() -> bool:
    """Says so in the log, once, with the sentence for whoever has to do something."""
    global _has_told  # noqa: PLW0603 - one flag per process
    count = len(tables.missing())
    if count and not _has_told:
        _has_told = True
        logger.error(BEHIND_SENTENCE, extra={"code": BEHIND, "count": count})
    return bool(count)


def _is_open() -> bool:
    return Restoration.objects.filter(replayed_at=None).exists()


def _reason() -> tuple[str, str]:
    """A stable code, and the sentence for people."""
    try:
        if marker().exists():
            return "restoring", SENTENCE
        if _is_behind():
            return BEHIND, BEHIND_FOR_PEOPLE
        return "restoring", SENTENCE if _is_open() else STARTING
    except Error:
        return "restoring", STARTING


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
    code, sentence = _reason()
    if request.path.startswith("/api/"):
        problem = {
            "type": f"urn:pocketvault:problem:{code}",
            "title": "Service Unavailable",
            "status": 503,
            "code": code,
            "detail": sentence,
        }
        answer = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        answer = HttpResponse(
            f"{sentence}\n", status=503, content_type="text/plain; charset=utf-8"
        )
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer
