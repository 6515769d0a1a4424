"""What a browser is given before anybody signs in, as this checkout would answer it.

Pages are the same bytes for everyone who reads the same language, so there is one right answer
for each address and language: what a server says can be compared with it byte for byte. Pages
that tell what is in a database, such as ``/drills``, are not among them; they load no other code
than these.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from pocketvault import pages
from pocketvault.kernel.bundle import fingerprint, manifest

# Stands for whatever an address names: the page does not depend on it.
ANY_ID = "00000000-0000-4000-8000-000000000000"
_SAMPLES = {"uuid": ANY_ID, "slug": "account"}
_NAMED = re.compile(r"<(\w+):\w+>")


class Answer(TypedDict):
    """What is right for one address, asked for in one language: names of headers are in small
    letters.
    """

    path: str
    language: str
    status: int
    headers: dict[str, str]
    bytes: int
    sha256: str


def addresses() -> Iterator[str]:
    """Every address of the shell: pages, the service worker, and all files they are made of."""
    yield "/service-worker.js"
    yield "/open-archive.html"
    written = [*pages.PLAIN_PAGES, *pages.VAULT_PAGES, *pages.GUEST_PAGES, *pages.PASSING_PAGES]
    yield from (f"/{_NAMED.sub(_sample, address)}" for address in written)
    yield f"{settings.STATIC_URL}manifest-{fingerprint()}.json"
    for built in manifest()["files"].values():
        yield f"{settings.STATIC_URL}{built['path']}"


def _sample(named: re.Match[str]) -> str:
    return _SAMPLES[named[1]]


def asked() -> Iterator[tuple[str, str]]:
    """Address and language: a page in each that there is, a file of the build in one."""
    languages = [code for code, _ in settings.LANGUAGES]
    for address in addresses():
        is_page = not address.startswith(settings.STATIC_URL)
        yield from ((address, each) for each in (languages if is_page else languages[:1]))


def expected() -> Iterator[Answer]:
    """The right answer for each of them, at the origin that ``PUBLIC_URL`` names."""
    origin = urlsplit(settings.PUBLIC_URL)
    client = Client(HTTP_HOST=origin.netloc)
    for address, language in asked():
        response = client.get(
            address, secure=origin.scheme == "https", headers={"accept-language": language}
        )
        body = b"".join(response) if response.streaming else response.content
        response.close()
        yield Answer(
            path=address, language=language, status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            bytes=len(body), sha256=hashlib.sha256(body).hexdigest(),
        )  # fmt: skip
