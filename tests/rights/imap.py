"""A real IMAP server for tests: pymap, from the development requirements, behind TLS.

pymap itself speaks TLS only after it was asked to in the clear, which our client never does. So
what listens is a socket that takes the TLS off and hands on what is inside.
"""

from __future__ import annotations

import imaplib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live import free_port

USER, PASSWORD = "requests", "a password"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where it listens, and the certificate to believe."""

    port: int
    ca: Path

    @property
    def named(self) -> dict[str, object]:
        """As the settings name a mailbox."""
        return {
            "kind": "imap", "host": "localhost", "port": self.port, "user": USER,
            "password": PASSWORD, "folder": "INBOX", "ca": str(self.ca),
        }  # fmt: skip

    @contextmanager
    def open(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Somebody else's client, to put mails there and to look at marks."""
        context = ssl.create_default_context(cafile=str(self.ca))
        with imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context) as client:
            client.login(USER, PASSWORD)
            client.select("INBOX")
            yield client

    def put(self, raw: bytes) -> None:
        with self.open() as client:
            assert client.append("INBOX", "", "", raw)[0] == "OK"

    def marked(self, flag: str) -> int:
        """How many mails have a flag: SEEN, FLAGGED, UNSEEN."""
        with self.open() as client:
            return len(client.uid("SEARCH", flag)[1][0].split())

    def clear(self) -> None:
        with self.open() as client:
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()


@pytest.fixture(scope="session")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImapServer]:
    """One server for a run, on ports of its own."""
    program = Path(sys.executable).with_name("pymap")
    if not program.exists():
        sentence = "NOTHING IS TESTED ON IMAP: pymap is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    folder = tmp_path_factory.mktemp("imap")
    inner, outer = free_port(), free_port()
    command = [
        program, "--no-tls", "--host", "127.0.0.1", "--port", str(inner), "dict", "--demo-data",
        "--demo-user", USER, "--demo-password", PASSWORD,
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_for(inner, process)
        with _tls(folder, outer, inner) as ca:
            yield ImapServer(outer, ca)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the IMAP server ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the IMAP server did not come up")


@contextmanager
def _tls(folder: Path, port: int, inner: int) -> Iterator[Path]:
    openssl = shutil.which("openssl")
    assert openssl
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
         certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=_serve, args=(listening, context, inner), daemon=True).start()
    try:
        yield certificate
    finally:
        listening.close()


def _serve(listening: socket.socket, context: ssl.SSLContext, inner: int) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listening.accept()
            threading.Thread(target=_bridge, args=(plain, context, inner), daemon=True).start()


def _bridge(plain: socket.socket, context: ssl.SSLContext, inner: int) -> None:
    with (
        suppress(OSError),
        context.wrap_socket(plain, server_side=True) as outside,
        socket.create_connection(("127.0.0.1", inner)) as inside,
    ):
        back = threading.Thread(target=_copy, args=(inside, outside), daemon=True)
        back.start()
        _copy(outside, inside)
        with suppress(OSError):
            inside.shutdown(socket.SHUT_WR)
        back.join(5)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
