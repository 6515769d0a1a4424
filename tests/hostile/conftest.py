"""One service, one liar before it, and one cast for the whole suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.cast import Cast, assemble
from tests.hostile.proxy import LyingServer, lying_server
from tests.live import Live, running_service


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """The service has its own; the suite's database is not touched here."""


@pytest.fixture(autouse=True)
def clean_slate() -> None:
    """All tests share one service."""


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Web, worker and beat, as ``make run`` starts them."""
    with running_service(tmp_path_factory.mktemp("hostile")) as service:
        yield service


@pytest.fixture(scope="package")
def liar(live: Live) -> Iterator[LyingServer]:
    """What devices take for the service."""
    with lying_server(live.url) as server:
        yield server


@pytest.fixture(scope="package")
def cast(live: Live) -> Cast:
    """Everybody, before the server begins to lie."""
    return assemble(live)
