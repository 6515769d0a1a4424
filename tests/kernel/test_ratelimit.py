"""Doors that open only so often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError
from pocketvault.kernel.ratelimit import limit_by_name, limit_by_network
from pocketvault.settings import backends


def test_a_network_is_let_in_so_often_and_told_when_to_come_back(rf: RequestFactory) -> None:
    for host in range(5):
        limit_by_network(rf.get("/", REMOTE_ADDR=f"203.0.113.{host}"), door="a", rate="5/m")

    with pytest.raises(TooManyRequestsError) as refusal:
        limit_by_network(rf.get("/", REMOTE_ADDR="203.0.113.99"), door="a", rate="5/m")

    wait = refusal.value.details["retry_after"]
    assert isinstance(wait, int)
    assert 1 <= wait <= 60


def test_nobody_is_told_to_come_back_at_once(rf: RequestFactory) -> None:
    """Whichever second of the minute it is: in the last of it, none is left."""
    begin = timezone.now().replace(microsecond=0)
    waits = set()
    for second in range(60):
        with time_machine.travel(begin + timedelta(seconds=second), tick=False):
            door = f"second {second}"
            limit_by_network(rf.get("/"), door=door, rate="1/m")
            with pytest.raises(TooManyRequestsError) as refusal:
                limit_by_network(rf.get("/"), door=door, rate="1/m")
            waits.add(refusal.value.details["retry_after"])
    assert waits == set(range(1, 60))


def test_doors_networks_and_names_are_counted_apart(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="203.0.113.1")
    limit_by_network(request, door="a", rate="1/m")
    limit_by_network(request, door="b", rate="1/m")
    limit_by_network(rf.get("/", REMOTE_ADDR="198.51.100.1"), door="a", rate="1/m")
    limit_by_name(request, door="a", name="alice@example.org", rate="1/m")
    limit_by_name(request, door="a", name="bob@example.org", rate="1/m")

    with pytest.raises(TooManyRequestsError):
        limit_by_name(request, door="a", name="ALICE@example.org", rate="1/m")


def test_no_name_is_kept_in_the_counters(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    really = cache.add

    def watching(key: str, *args: object, **kwargs: object) -> bool:
        seen.append(key)
        return really(key, *args, **kwargs)

    monkeypatch.setattr(cache, "add", watching, raising=False)
    limit_by_name(rf.get("/"), door="a", name="alice@example.org", rate="9/m")

    assert seen
    assert not [key for key in seen if "alice" in key]


@pytest.mark.parametrize("place", ["redis", "sqlite"])
def test_where_nobody_counts_nobody_gets_in(
    rf: RequestFactory, settings: Settings, tmp_path: Path, place: str
) -> None:
    (tmp_path / "counters.sqlite3").mkdir()  # a folder where SQLite wants its file
    nowhere = "redis://127.0.0.1:1/0" if place == "redis" else None
    settings.CACHES = {"default": backends.cache(nowhere, var=tmp_path)}

    with pytest.raises(UnavailableError) as refusal:
        limit_by_network(rf.get("/"), door="a", rate="5/m")

    assert refusal.value.details["retry_after"] > 0


def test_counters_that_were_forgotten_while_counting_let_nobody_in(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = rf.get("/", REMOTE_ADDR="203.0.113.1")
    limit_by_network(request, door="a", rate="5/m")
    really = cache.incr

    def forgetting(key: str, *args: object, **kwargs: object) -> int:
        cache.clear()
        return really(key, *args, **kwargs)

    monkeypatch.setattr(cache, "incr", forgetting, raising=False)
    with pytest.raises(UnavailableError):
        limit_by_network(request, door="a", rate="5/m")
