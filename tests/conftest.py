"""The cast, and what every test starts from.

alice owns, bob is sent things, mallory has no business here, grace works for us.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key
from rest_framework.test import APIClient

from accounts.models import Account, Role
from pocketvault.kernel import epochs, rotation, sealing
from pocketvault.kernel.models import EpochKey
from rights.append_only import put_up_guards, take_down_guards
from rights.published import ENTRIES, PUBLISHED
from tests import factories
from tests.standing import stand_clear

# Folders whose files take longest, in the order in which processes that share the suite do them.
LONG_ONES = ("journeys", "hostile", "proofs", "faults", "images", "rights", "api", "kernel")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--slow`` runs what takes long; continuous integration does, but for the slowest."""
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first, so that no process is left alone with one at the end; and leave out
    slow tests, saying so, unless they were asked for.
    """
    if config.getoption("numprocesses", None) or "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn_of)
    if config.getoption("--slow"):
        return
    left_out = ["by_hand"] if os.environ.get("CI") == "true" else ["by_hand", "slow"]
    for item in items:
        if any(map(item.get_closest_marker, left_out)):
            item.add_marker(pytest.mark.skip(reason="slow: asked for with --slow"))


def _turn_of(item: pytest.Item) -> int:
    folder = item.nodeid.split("/")[1]
    return LONG_ONES.index(folder) if folder in LONG_ONES else len(LONG_ONES)


@pytest.fixture(scope="session", autouse=True)
def epoch_key(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The first epoch key, as `ensure_epoch_key` makes it before a port is opened.

    A run in which no test asks for a database has none, and needs no key.
    """
    stand_clear()
    with django_db_blocker.unblock():
        if EpochKey._meta.db_table in connection.introspection.table_names():
            rotation.keep_epochs_in_order()


@pytest.fixture(autouse=True)
def clean_slate(request: pytest.FixtureRequest) -> Iterator[None]:
    """No counters, and no keys in memory, from the test before."""
    cache.clear()
    forget_epochs()
    forget_published()
    if is_transactional(request.node):
        request.getfixturevalue("transactional_db")
        rotation.keep_epochs_in_order()
    yield
    forget_epochs()


def is_transactional(item: pytest.Item) -> bool:
    """Whether a test commits for real. Then every table is emptied when it ends."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or (
        marker is not None and marker.kwargs.get("transaction", False)
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """The emptied tables hold no epoch either, so whoever comes next is given one. The log
    lets itself be emptied only while its guards are down.
    """
    if not is_transactional(item):
        yield
        return
    with item.config.stash[blocking_manager_key].unblock():
        take_down_guards(connection)
    yield
    if nextitem is None:
        return
    with item.config.stash[blocking_manager_key].unblock():
        put_up_guards(connection)
        rotation.keep_epochs_in_order()
        connection.close()


def forget_epochs() -> None:
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()


def forget_published() -> None:
    """The log of the test before was rolled back, and is none that this one would contradict."""
    for folder in settings.LOG_DIRS:
        for name in (ENTRIES, PUBLISHED):
            (folder / name).unlink(missing_ok=True)


@pytest.fixture
def alice(db: None) -> Account:
    """She owns."""
    return factories.make_account("alice@example.org")


@pytest.fixture
def bob(db: None) -> Account:
    """He is sent things."""
    return factories.make_account("bob@example.org")


@pytest.fixture
def mallory(db: None) -> Account:
    """Has an account, and no business with anybody else's."""
    return factories.make_account("mallory@example.org")


@pytest.fixture
def grace(db: None) -> Account:
    """She works for us."""
    return factories.make_account("grace@example.org", roles=[Role.DPO])


@pytest.fixture
def api() -> APIClient:
    """A client that nobody has signed in with. CSRF is not enforced on it."""
    return APIClient()
