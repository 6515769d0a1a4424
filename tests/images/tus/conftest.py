"""Servers to upload to. Ours runs as in production: granian, in its own process."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from pocketvault.kernel.blobs.files import FileBlobStore
from pocketvault.kernel.blobs.s3 import S3BlobStore
from tests.images.tus.servers import ROOT, Target, Vault, reference_server
from tests.live import own_database
from tests.s3 import BUCKET, s3_address  # noqa: F401 - a fixture


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the server under test has a database and keys of its own."""


@contextmanager
def opened_vault(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Vault]:
    """A server on this kind of store, and on PostgreSQL when the suite runs on it."""
    with ExitStack() as stack:
        environment, store = {}, FileBlobStore(folder / "blobs")
        if database := os.environ.get("DATABASE_URL"):
            environment["DATABASE_URL"] = stack.enter_context(own_database(database))
        if kind == "s3":
            address, prefix = request.getfixturevalue("s3_address"), secrets.token_hex(4)
            environment["BLOB_URL"] = f"s3://{BUCKET}/{prefix}?endpoint={quote(address, safe='')}"
            store = S3BlobStore(bucket=BUCKET, prefix=prefix, endpoint=address)
        vault = Vault(folder, store, **environment)
        stack.callback(vault.kill)
        yield vault


# Their seconds are spent waiting and restarting: in CI files are enough.
LONG_ONES = {
    "test_a_killed_server_loses_nothing_it_acknowledged",
    "test_a_silent_connection_is_taken_over",
    "test_memory_stays_flat_whatever_the_size",
    "test_sixty_four_cuts_cost_at_most_a_twentieth",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before the slow ones are left out."""
    for item in items:
        name = item.originalname if isinstance(item, pytest.Function) else ""
        if name not in LONG_ONES:
            continue
        if item.callspec.params.get("store_kind") == "s3":
            item.add_marker(pytest.mark.by_hand)


@pytest.fixture(params=["files", "s3"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Where the bytes go, in every test that looks at them or asks for this."""
    return str(request.param)


@pytest.fixture(scope="session")
def vault_on(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Vault, Target]]]:
    """The running server on a kind of store, started when it is first asked for."""
    running: dict[str, tuple[Vault, Target]] = {}
    with ExitStack() as stack:

        def find(kind: str) -> tuple[Vault, Target]:
            if kind not in running:
                folder = tmp_path_factory.mktemp("vault")
                vault = stack.enter_context(opened_vault(kind, folder, request))
                running[kind] = vault, vault.start()
            return running[kind]

        yield find


@pytest.fixture
def vault(store_kind: str, vault_on: Callable[[str], tuple[Vault, Target]]) -> Vault:
    return vault_on(store_kind)[0]


@pytest.fixture
def ours(
    request: pytest.FixtureRequest, vault_on: Callable[[str], tuple[Vault, Target]]
) -> Target:
    has_kind = "store_kind" in request.fixturenames
    return vault_on(request.getfixturevalue("store_kind") if has_kind else "files")[1]


@pytest.fixture
def own_vault(store_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Vault]:
    """A server for one test alone, which may kill it."""
    with opened_vault(store_kind, tmp_path, request) as running:
        yield running


def needs_node() -> None:
    if shutil.which("node") and (ROOT / "node_modules" / "@tus" / "server").exists():
        return
    sentence = "TUS PEERS ARE NOT TESTED: node or its packages are missing"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    needs_node()
    with reference_server(tmp_path_factory.mktemp("reference")) as target:
        yield target


# Where @tus/server 2 departs from the protocol's text. Strict: should it come back, we see it.
DEVIATIONS = {
    "test_another_version_is_refused_and_ours_is_named": "answers 400 instead of 412",
    "test_a_post_may_mean_patch": "no longer knows X-HTTP-Method-Override",
    "test_a_post_may_mean_delete": "no longer knows X-HTTP-Method-Override",
}


@pytest.fixture
def ours_on_s3(vault_on: Callable[[str], tuple[Vault, Target]]) -> Target:
    return vault_on("s3")[1]


@pytest.fixture(params=["ours", *(pytest.param(name, marks=pytest.mark.slow)
                                  for name in ("ours_on_s3", "reference"))])
def target(request: pytest.FixtureRequest) -> Target:
    """Each check of the protocol is itself checked against the protocol authors' server."""
    deviation = DEVIATIONS.get(request.node.originalname)
    if request.param == "reference" and deviation:
        request.applymarker(pytest.mark.xfail(reason=deviation, strict=True))
    chosen: Target = request.getfixturevalue(request.param)
    return chosen
