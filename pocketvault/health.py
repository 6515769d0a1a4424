"""Is it alive, and could it do its work? For supervisors and load balancers.

Answers name checks and say "ok" or what kind of thing is wrong; never a value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import Redis

from pocketvault.kernel import blobs, rotation, standstill, tables, work
from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.models import Job
from pocketvault.kernel.purposes import RUN_SERVICE, touches_for
from pocketvault.kernel.work import Lane
from pocketvault.settings.backends import REDIS_PATIENCE
from rights.actions import backups, drilling
from sharing.publishing.decoders import missing_decoders

logger = logging.getLogger(__name__)
OLDEST_WAIT = timedelta(minutes=10)
REMEMBER_SECONDS = 5
PROBE = b"is anybody there"


@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so a slow database does not kill it."""
    del request
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@touches_for(RUN_SERVICE)
@require_safe
def show_readiness(request: HttpRequest) -> JsonResponse:
    """Every part that a request may need, tried now. 503 when one of them fails."""
    del request
    # Remembered for a moment: anybody may ask, and asking writes to the disk.
    try:
        results = cache.get_or_set("readiness", run_checks, REMEMBER_SECONDS) or {}
    except COUNTER_ERRORS:
        results = {"counters": "failed"}
    is_ready = all(result == "ok" for result in results.values())
    answer: dict[str, object] = {"checks": results}
    if results.get("tables") == "late":
        answer |= {"code": standstill.BEHIND, "detail": standstill.BEHIND_SENTENCE}
    return JsonResponse(answer, status=200 if is_ready else 503)


def run_checks() -> dict[str, str]:
    """Each check of ``CHECKS`` by name: ``ok``, ``late`` or ``failed``. Tried now."""
    return {name: _outcome(name, check) for name, check in CHECKS.items()}


def _outcome(name: str, check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "late"
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "failed"
        logger.warning("not ready", extra={"check": name, "error": type(error).__name__})
        return "failed"


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _tables_are_current() -> bool:
    return not tables.missing()


def _blobs_come_back() -> bool:
    store, key = blobs.store(), blobs.new_blob_key()
    store.put(key, [PROBE])
    try:
        return b"".join(store.read(key)) == PROBE
    finally:
        store.discard(key)


def _work_gets_done() -> bool:
    """No lane is left alone. In the slow one hundreds may wait for an hour, as long as one of
    them is worked on. The outward one is in the metrics alone: nobody is turned away because
    phones are not woken.
    """
    return all(map(_is_in_time, (Lane.PROMPT, Lane.AWAITED))) and (
        _is_in_time(Lane.SLOW) or work.is_at_work(Lane.SLOW)
    )


def _is_in_time(lane: Lane) -> bool:
    oldest = Job.objects.filter(pk__in=work.due_jobs(1, lane)).first()
    return oldest is None or timezone.now() - oldest.available_at < OLDEST_WAIT


def _epoch_is_fresh() -> bool:
    return not rotation.is_late()


def _backups_are_fresh() -> bool:
    return not backups.is_late()


def _drills_pass() -> bool:
    return not drilling.has_failed()


def _broker_answers() -> bool:
    if settings.REDIS_URL is None:
        return True
    with Redis.from_url(settings.REDIS_URL, **REDIS_PATIENCE) as client:
        return bool(client.ping())


def _pictures_can_be_decoded() -> bool:
    if settings.PROFILES_URL and missing_decoders():
        raise ImportError
    return True


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "tables": _tables_are_current,
    "blobs": _blobs_come_back,
    "broker": _broker_answers,
    "work": _work_gets_done,
    "epoch": _epoch_is_fresh,
    "decoders": _pictures_can_be_decoded,
    "backups": _backups_are_fresh,
    "drills": _drills_pass,
    "replay": standstill.is_clear,
}
