"""The development certificate: good for this machine alone, and for TLS 1.3."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from deploy.local.certificate import ensure_certificate

NOW = datetime.now(UTC)
FILES = ("authority.pem", "localhost.key", "localhost.pem")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "var" / "tls"
    ensure_certificate(folder, "127.0.0.1", now=NOW)
    return folder


def handshake(folder: Path, name: str) -> str | None:
    """The protocol agreed on between a server with the certificate and a client that trusts it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "localhost.pem", folder / "localhost.key")
    client = ssl.create_default_context(cafile=folder / "authority.pem")
    here, there = socket.socketpair()

    def accept() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except (ssl.SSLError, OSError):
            there.close()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        with client.wrap_socket(here, server_hostname=name) as connection:
            return connection.version()
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_the_authority_accepts_it(folder: Path, name: str) -> None:
    assert handshake(folder, name) == "TLSv1.3"


def test_it_is_good_for_no_other_name(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, "vault.example.org")


def test_its_files_are_for_this_account_alone_and_the_authority_keeps_no_key(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == list(FILES)
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_the_authority_can_vouch_for_this_machine_alone(folder: Path) -> None:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)

    assert limits.critical
    assert sorted(str(name.value) for name in limits.value.permitted_subtrees or []) == [
        "127.0.0.1/32",
        "::1/128",
        "localhost",
    ]


@pytest.mark.parametrize(("days", "is_kept"), [(0, True), (80, True), (84, False), (400, False)])
def test_it_is_kept_until_a_week_before_its_end(folder: Path, *, days: int, is_kept: bool) -> None:
    before = (folder / "localhost.pem").read_bytes()
    ensure_certificate(folder, "127.0.0.1", now=NOW + timedelta(days=days))

    assert ((folder / "localhost.pem").read_bytes() == before) is is_kept


@pytest.mark.parametrize("damaged", ["localhost.key", "localhost.pem"])
def test_a_damaged_one_is_made_anew(folder: Path, damaged: str) -> None:
    (folder / damaged).write_text("not a key")
    ensure_certificate(folder, "127.0.0.1", now=NOW)

    assert handshake(folder, "localhost") == "TLSv1.3"


def test_another_address_gets_one_that_names_it(folder: Path) -> None:
    ensure_certificate(folder, "192.168.1.5", now=NOW)

    assert handshake(folder, "192.168.1.5") == "TLSv1.3"
