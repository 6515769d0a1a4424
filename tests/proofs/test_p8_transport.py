"""Proof P8: everything travels by TLS 1.3, and nothing older is spoken.

The web process is started exactly as `make run` starts it with a certificate. The last test
starts it with the floor taken away, and the same question gets the other answer.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.certificate import ensure_certificate
from deploy.local.project import Project
from deploy.local.serving import Address, programs
from tests.live import ROOT, free_port

START_SECONDS = 120.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls")
    ensure_certificate(made, "127.0.0.1", now=datetime.now(UTC))
    return made


@contextmanager
def web(folder: Path, *, floor: str = "tls1.3") -> Iterator[int]:
    """The web process over TLS. ``floor`` is the oldest version it may speak."""
    port = free_port()
    address = Address(
        "127.0.0.1",
        port,
        f"https://localhost:{port}",
        folder / "localhost.pem",
        folder / "localhost.key",
    )
    [command] = [p.command for p in programs(Project(ROOT), address, {}) if p.name == "web"]
    command = [floor if word == "tls1.3" else word for word in command]
    environ = {
        **os.environ,
        "VAR_DIR": str(folder / "var"),
        "PUBLIC_URL": address.public_url,
        "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("The web process did not listen.")


def version_spoken(folder: Path, port: int, *, name: str | None, newest: ssl.TLSVersion) -> str:
    """The version agreed on by a client that offers nothing newer. Raises when refused."""
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    context.check_hostname = name is not None
    context.maximum_version = newest
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=name) as channel,
    ):
        return channel.version() or ""


def test_only_tls_13_is_spoken_with_and_without_a_server_name(folder: Path) -> None:
    with web(folder) as port:
        for name in ("localhost", None):
            spoken = version_spoken(folder, port, name=name, newest=ssl.TLSVersion.TLSv1_3)
            assert spoken == "TLSv1.3"
            with pytest.raises(ssl.SSLError):
                version_spoken(folder, port, name=name, newest=ssl.TLSVersion.TLSv1_2)


def test_plain_http_on_that_port_gets_no_answer(folder: Path) -> None:
    with web(folder) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert not plain.recv(1024).startswith(b"HTTP/1")


def test_without_the_floor_the_older_version_would_be_spoken(folder: Path) -> None:
    with web(folder, floor="tls1.2") as port:
        spoken = version_spoken(folder, port, name="localhost", newest=ssl.TLSVersion.TLSv1_2)

        assert spoken == "TLSv1.2"
