"""The service that is measured, as docs/operations.md sets it up: nginx before it, TLS, HTTP/2."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.places import MissingError
from tests.deploy.fronting import Front, new_front, running_nginx, write_config
from tests.journeys.site import Site
from tests.live import running_service
from tests.reference_client.client import Client

# Two names that a browser takes for this machine without asking anybody.
VAULT, PROFILES = "localhost", "photos.localhost"
NICE = 10


@contextmanager
def fronted_site(folder: Path) -> Iterator[tuple[Site, str]]:
    """A whole PocketVault, and the origin of its public profiles. Raises `MissingError`."""
    if shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        raise MissingError("nginx is not installed (on Debian: apt-get install nginx-light)")
    with ExitStack() as stack:
        front = new_front(folder / "nginx")
        profiles = f"https://{PROFILES}:{front.tls}"
        settings = {
            "PUBLIC_URL": f"https://{VAULT}:{front.tls}",
            "PROFILES_URL": profiles,
            "TRUSTED_PROXIES": "127.0.0.1/32",
            "ACCEL_REDIRECT_PREFIX": "/_blobs",
        }
        live = stack.enter_context(running_service(folder / "var", **settings))
        config = write_config(
            front.folder, front=front, web=live.ports, blobs=live.var / "blobs" / "blobs",
            vault=VAULT, profiles=PROFILES,
        )  # fmt: skip
        stack.enter_context(running_nginx(config, front))
        _give_way()
        stack.enter_context(_trusted(front))
        yield Site(address=live.url, folder=live.var, live=live), profiles


def _give_way() -> None:
    """Everything started until now yields to what is started later: a service has a machine of its
    own, and a page that waits for a processor here would not there.
    """
    parents = {int(path.name): _parent_of(path) for path in Path("/proc").glob("[0-9]*")}
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    for pid in ours - {os.getpid()}:
        for task in Path(f"/proc/{pid}/task").glob("*"):
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, int(task.name), NICE)


def _parent_of(folder: Path) -> int:
    with suppress(OSError):
        return int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return 0


@contextmanager
def _trusted(front: Front) -> Iterator[None]:
    """Clients of this process take the certificate. Browsers are told by a flag."""
    before = Client.authority
    Client.authority = front.authority(VAULT)
    try:
        yield
    finally:
        Client.authority = before
