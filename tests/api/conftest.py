"""A running service, shared by the stories told against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live import Live, running_service


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Web, worker and beat, as ``make run`` starts them."""
    with running_service(tmp_path_factory.mktemp("live")) as service:
        yield service
