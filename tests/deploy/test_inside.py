"""nginx before a web process of another machine: TLS between them, and a name that is checked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from deploy.local.certificate import ensure_certificate
from tests.deploy.fronting import Front, new_front, running_nginx, write_config
from tests.proofs.test_p8_transport import web

INSIDE = "web.internal"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A web process that has a certificate for the inner name, and its folder."""
    if shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        sentence = "NGINX IS NOT TESTED: it is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    folder = tmp_path_factory.mktemp("inside")
    ensure_certificate(folder, INSIDE, now=datetime.now(UTC))
    with web(folder) as port:
        yield folder, port


@contextmanager
def fronted(folder: Path, port: int, *, authority: Path, name: str) -> Iterator[Front]:
    """nginx as docs/operations.md has it for web processes elsewhere."""
    front = new_front(folder / "nginx")
    config = write_config(
        front.folder, front=front, web=[port], blobs=folder, vault="localhost",
        profiles="photos.example.org",
    )  # fmt: skip
    passing = front.folder / "pass.conf"
    lines = passing.read_text().replace("proxy_pass http://", "proxy_pass https://")
    passing.write_text(f"{lines}\ninclude {front.folder}/inside.conf;\n")
    inside = front.folder / "inside.conf"
    said = inside.read_text().replace("/etc/pocketvault/tls/inside.pem", str(authority))
    inside.write_text(said.replace(f"proxy_ssl_name {INSIDE};", f"proxy_ssl_name {name};"))
    with running_nginx(config, front):
        yield front


def status(front: Front) -> int:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = front.authority("localhost")
        return session.get(f"https://localhost:{front.tls}/healthz", timeout=30).status_code


def test_a_web_process_is_reached_by_tls_and_only_one_that_can_prove_its_name(
    service: tuple[Path, int], tmp_path: Path
) -> None:
    folder, port = service
    own = folder / "authority.pem"
    stranger = tmp_path / "stranger"
    ensure_certificate(stranger, INSIDE, now=datetime.now(UTC))

    with fronted(tmp_path / "right", port, authority=own, name=INSIDE) as front:
        assert status(front) == 200
    with fronted(tmp_path / "name", port, authority=own, name="other.internal") as front:
        assert status(front) == 503
        assert "does not match" in front.logs()
    other = stranger / "authority.pem"
    with fronted(tmp_path / "who", port, authority=other, name=INSIDE) as front:
        assert status(front) == 503
        assert "certificate verify error" in front.logs()
