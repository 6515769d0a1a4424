"""Numbers for whoever watches over a deployment, in Prometheus's words.

Everything is read from the rows when it is asked for, so one process tells for all of them.
Labels are names of checks, lanes and places: bounded, and about nobody.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from images.actions import counting
from pocketvault.health import run_checks
from pocketvault.kernel import infrastructure, work
from pocketvault.kernel.models import EpochKey, Job, JobState
from rights.models import Backup, Drill

Gauges = Iterator[GaugeMetricFamily]


class VaultCollector(Collector):
    """All gauges of this service. What only the tables tell is left out where there are none, or
    others than this release's; the check named ``tables`` is 0 then.
    """

    def collect(self) -> Gauges:
        """Everything, as it is now."""
        results = run_checks()
        yield _by_label(
            "pocketvault_check", "1 when a check of /readyz is well", "check",
            {name: outcome == "ok" for name, outcome in results.items()},
        )  # fmt: skip
        folders = infrastructure.folders().items()
        yield _by_label(
            "pocketvault_free_bytes", "Room on the disk of a place", "place",
            {name: shutil.disk_usage(each).free for name, each in folders if each.is_dir()},
        )  # fmt: skip
        if results["tables"] == "ok":
            yield from _work()
            yield from _counts()
            yield from _ages()

    def describe(self) -> Gauges:
        """Nothing: a name is known when it is collected, and not before a database is there."""
        return iter(())


def _work() -> Gauges:
    waiting = {lane.value: work.waiting_in(lane) for lane in work.Lane}
    yield _by_label(
        "pocketvault_jobs_due", "Jobs that nobody works on yet", "lane",
        {lane: count for lane, (count, _) in waiting.items()},
    )  # fmt: skip
    yield _by_label(
        "pocketvault_jobs_oldest_seconds", "How long the oldest of them has waited", "lane",
        {lane: oldest.total_seconds() for lane, (_, oldest) in waiting.items()},
    )  # fmt: skip
    given_up = Job.objects.filter(state=JobState.FAILED).count()
    yield GaugeMetricFamily("pocketvault_jobs_given_up", "Jobs that failed too often", given_up)


def _counts() -> Gauges:
    yield GaugeMetricFamily(
        "pocketvault_counts_wrong", "Accounts in which a kept count was wrong within a week",
        counting.wrong_lately(),
    )  # fmt: skip


def _ages() -> Gauges:
    living = EpochKey.objects.filter(destroyed_at=None)
    yield GaugeMetricFamily("pocketvault_epochs_living", "Epoch keys", value=living.count())
    ages: Mapping[str, Callable[[], datetime | None]] = {
        "newest epoch key": lambda: _first(living.order_by("-number").values_list("made_at")),
        "oldest epoch key": lambda: _first(living.order_by("number").values_list("made_at")),
        "newest backup": lambda: _first(
            Backup.objects.verified().order_by("-made_at").values_list("made_at")
        ),
        "newest drill": lambda: _first(
            Drill.objects.filter(finding="passed").order_by("-ended_at").values_list("ended_at")
        ),
    }
    now = timezone.now()
    found = {name: at for name, ask in ages.items() if (at := ask()) is not None}
    yield _by_label(
        "pocketvault_age_seconds", "How old it is; absent when there is none", "what",
        {name: (now - at).total_seconds() for name, at in found.items()},
    )  # fmt: skip


def _first(rows: object) -> datetime | None:
    found = rows.first()  # type: ignore[attr-defined]
    return None if found is None else found[0]


def _by_label(
    name: str, about: str, label: str, values: Mapping[str, float | bool]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, number in values.items():
        family.add_metric([value], float(number))
    return family
