"""A plugin: one share of everything for each process, when several run the suite.

Databases get names of their own from pytest-django. A Redis has sixteen numbered ones,
and who empties one between tests must not empty somebody else's; nor may a service take
the messages that are meant for another. Loaded before Django reads its settings
(``-p tests.workers`` in pytest.ini).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from redis import Redis

# Sixteen numbers, so at most three processes: deploy/local/suite.py keeps to it. Each has
# one for itself, one for the contract of the counters, and two for services.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_SUITE, _COUNTERS = 4 + WORKER, 13 + WORKER
_free_for_services = [7 + 2 * WORKER, 8 + 2 * WORKER]


@contextmanager
def redis_for_a_service(url: str) -> Iterator[str]:
    """The same server, with an empty number that nobody else uses meanwhile."""
    number = _free_for_services.pop()
    try:
        own = _numbered(url, number)
        Redis.from_url(own).flushdb()
        yield own
    finally:
        _free_for_services.append(number)


def redis_for_counters(url: str) -> str:
    """The same server, with a number for the contract of the counters alone."""
    return _numbered(url, _COUNTERS)


def _numbered(url: str, number: int) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


if "PYTEST_XDIST_WORKER" in os.environ and "REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = _numbered(os.environ["REDIS_URL"], _SUITE)
