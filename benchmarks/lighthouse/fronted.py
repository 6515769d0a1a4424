"""The service that is measured, as docs/operations.md sets it up: nginx before it, TLS, HTTP/2."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.places import MissingError
from tests.deploy.fronting import Front, new_front, running_nginx, write_config
from tests.journeys.site import Site
from tests.live import running_service
from tests.reference_client.client import Client

# Two names that a browser takes for this machine without asking anybody.
VAULT, PROFILES = "localhost", "photos.localhost"


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
        stack.enter_context(_trusted(front))
        yield Site(address=live.url, folder=live.var, live=live), profiles


@contextmanager
def _trusted(front: Front) -> Iterator[None]:
    """Clients of this process take the certificate. Browsers are told by a flag."""
    before = Client.authority
    Client.authority = front.authority(VAULT)
    try:
        yield
    finally:
        Client.authority = before
