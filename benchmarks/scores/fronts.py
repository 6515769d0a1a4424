"""A service that is reached by TLS, as operators run it: behind nginx, and granian by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.places import ROOT
from benchmarks.servers import free_port, running
from deploy.local.certificate import ensure_certificate
from deploy.local.project import Project
from deploy.local.serving import Address, programs
from tests.deploy.fronting import Front, new_front, running_nginx, write_config
from tests.live import Live, running_service

VAULT, PUBLIC = "vault.example.org", "photos.example.org"
PROFILE, PHOTOS = "marit", 3
PAGES = {VAULT: ("/", "/sign-in"), PUBLIC: (f"/u/{PROFILE}", "/no-training")}
SETTINGS = {
    "PUBLIC_URL": f"https://{VAULT}",
    "PROFILES_URL": f"https://{PUBLIC}",
    "TRUSTED_PROXIES": "127.0.0.1/32",
}
# What it shows is what the pipeline leaves behind.
SHOW_PHOTOS = f"from tests.sharing.visitors.live import fill; fill('{PROFILE}@example.org', '{PROFILE}', {PHOTOS})"  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One name of the service at one program that speaks TLS for it.

    ``port`` is where TLS is spoken and ``plain`` where plain HTTP is, 0 for nowhere, both on
    127.0.0.1. ``authority`` is the file of who signed the certificate.
    """

    front: str
    host: str
    port: int
    plain: int
    authority: Path

    @property
    def pages(self) -> tuple[str, ...]:
        """Which of its pages are graded."""
        return PAGES[self.host]


@contextmanager
def running_fronts(folder: Path) -> Iterator[list[Origin]]:
    """Both programs over one service whose profile shows photos; ended with the block."""
    with ExitStack() as stack:
        front = new_front(folder / "nginx")
        live = stack.enter_context(running_service(folder / "var", **SETTINGS))
        live.manage("shell", "-c", SHOW_PHOTOS)
        config = write_config(
            front.folder, front=front, web=live.ports, blobs=folder / "var" / "blobs" / "blobs",
            vault=VAULT, profiles=PUBLIC,
        )  # fmt: skip
        stack.enter_context(running_nginx(config, front))
        port = stack.enter_context(_granian(folder, live))
        yield [*_of_nginx(front), *_of_granian(folder, port)]


def _of_nginx(front: Front) -> Iterator[Origin]:
    for host in PAGES:
        yield Origin(
            front="nginx", host=host, port=front.tls, plain=front.plain,
            authority=Path(front.authority(host)),
        )  # fmt: skip


def _of_granian(folder: Path, port: int) -> Iterator[Origin]:
    for host in PAGES:
        yield Origin(
            front="granian", host=host, port=port, plain=0,
            authority=folder / "granian" / "authority.pem",
        )  # fmt: skip


@contextmanager
def _granian(folder: Path, live: Live) -> Iterator[int]:
    """The web process of ``make run`` with a certificate, over what the other one serves."""
    port, own = free_port(), folder / "granian"
    ensure_certificate(own, VAULT, PUBLIC, now=datetime.now(UTC))
    address = Address(
        "127.0.0.1", port, SETTINGS["PUBLIC_URL"], own / "localhost.pem", own / "localhost.key"
    )
    web = next(p for p in programs(Project(ROOT), address, live.environ) if p.name == "web")
    with running(web.command, port, live.environ, own / "web.out"):
        yield port
