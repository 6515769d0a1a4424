"""nginx as an operator runs it: the files of deploy/nginx, with this machine's names and ports."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.certificate import ensure_certificate
from tests.live import ROOT, free_port

VAULT, PROFILES = "vault.example.org", "photos.example.org"
CONFIGS = ROOT / "deploy" / "nginx"
PATIENCE_SECONDS = 10.0
# What a distribution's nginx.conf says around a file of conf.d.
_AROUND = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/pocketvault.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Front:
    """Where nginx listens: TLS, and plain HTTP."""

    tls: int
    plain: int
    folder: Path

    def authority(self, host: str) -> str:
        """The file of who signed the certificate of a host."""
        return str(self.folder / host / "authority.pem")

    def logs(self) -> str:
        """Everything it wrote down."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


def write_config(
    folder: Path, *, front: Front, web: Sequence[int], blobs: Path, vault: str, profiles: str
) -> Path:
    """The shipped files with these names, ports and folders in place of an operator's."""
    for host in (vault, profiles):
        ensure_certificate(folder / host, host, now=datetime.now(UTC))
    servers = "\n    ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in web)
    changes = {
        "server 127.0.0.1:8001 max_fails=0;\n    server 127.0.0.1:8002 max_fails=0;": servers,
        "listen [::]:443 ssl default_server;": "",
        "listen [::]:443 ssl http2;": "",
        "listen [::]:80 default_server;": "",
        "listen [::]:80;": "",
        "listen 443": f"listen 127.0.0.1:{front.tls}",
        "listen 80": f"listen 127.0.0.1:{front.plain}",
        "/etc/pocketvault/tls/vault.pem": str(folder / vault / "localhost.pem"),
        "/etc/pocketvault/tls/vault.key": str(folder / vault / "localhost.key"),
        "/etc/pocketvault/tls/photos.pem": str(folder / profiles / "localhost.pem"),
        "/etc/pocketvault/tls/photos.key": str(folder / profiles / "localhost.key"),
        "/etc/pocketvault/nginx": str(folder),
        "/var/lib/pocketvault/blobs/blobs": str(blobs),
        "/var/log/nginx/pocketvault.log": str(folder / "access.log"),
        "vault.example.org": vault,
        "photos.example.org": profiles,
    }
    for path in CONFIGS.glob("*.conf"):
        text = path.read_text()
        for ours, theirs in changes.items():
            text = text.replace(ours, theirs)
        (folder / path.name).write_text(text)
    around = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    around.write_text(_AROUND.format(user=user, folder=folder))
    return around


def new_front(folder: Path) -> Front:
    """Free ports for an nginx that keeps its things in this folder."""
    folder.mkdir(parents=True)
    return Front(free_port(), free_port(), folder)


def settings_behind(front: Front) -> dict[str, str]:
    """What a service is told that stands behind it under these two names."""
    return {
        "PUBLIC_URL": f"https://{VAULT}:{front.tls}",
        "PROFILES_URL": f"https://{PROFILES}:{front.tls}",
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "ACCEL_REDIRECT_PREFIX": "/_blobs",
    }


def send_names_here(patch: pytest.MonkeyPatch) -> None:
    """Names of example.org lead to this machine, for this process alone."""
    really = socket.getaddrinfo

    def look_up(host: object, *rest: object, **named: object) -> object:
        here = isinstance(host, str) and host.endswith(".example.org")
        return really("127.0.0.1" if here else host, *rest, **named)  # type: ignore[arg-type]

    patch.setattr(socket, "getaddrinfo", look_up)


@contextmanager
def running_nginx(config: Path, front: Front) -> Iterator[None]:
    """nginx over this file, once its syntax was found good; ended with the block."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    words = ["-c", str(config), "-e", str(front.folder / "error.log")]
    tested = subprocess.run([program, "-t", *words], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr, tested.stderr
    process = subprocess.Popen([program, *words])
    try:
        _wait_until_it_listens(process, front.tls)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx ended"
        try:
            ssl.get_server_certificate(("127.0.0.1", port), timeout=1)
        except ssl.SSLError:
            return  # it answers; without a name it refuses, as it should
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not come up")
