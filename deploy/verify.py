"""Compare what a server hands to browsers with this checkout: ``make verify URL=https://…``.

Trusts nothing of the server: what is right is rendered from this checkout, and
every page, script, style, picture and header that the server answers is held against it, asked
for as several kinds of browser, compressed as each of them takes it and as it is, and in every
language of this checkout, in an order of its own for each, signed in seemingly and not.

The number it prints is what the server states in its public log, day by day, as
``release.served`` (docs/log.md): what was served yesterday cannot be denied tomorrow.

It ends with 0 when all is alike, 1 when anything differs and 3 when the server does not answer.

What it cannot do: know what the server hands to somebody else, at another time. Code that is
given to one person alone is caught when that person's browser is among those that look.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli  # noqa: F401 - with it in place, requests unpacks what browsers are sent
import requests
from requests.exceptions import ContentDecodingError

ROOT = Path(__file__).resolve().parents[1]
ALIKE, DIFFERENT, UNREADABLE = 0, 1, 3
TIMEOUT_SECONDS = 30.0
# What says nothing about the bytes: when, by whom, by which way, how small, and how long it may
# be kept by whoever is in between. Everything else has to be as we say it, and nothing else may be
# there. Compressed bytes are unpacked before they are compared.
NOT_COMPARED = {
    "accept-ranges", "age", "connection", "content-encoding", "content-length", "date", "etag",
    "keep-alive", "last-modified", "server", "transfer-encoding", "vary", "via",
}  # fmt: skip
UNPACKED = {"", "identity", "gzip", "deflate", "br"}
_NAVIGATES = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
VISITORS: Mapping[str, Mapping[str, str]] = {
    "Chrome on a desktop": {
        **_NAVIGATES,
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
        "Gecko) Chrome/140.0.0.0 Safari/537.36",
    },
    "Safari on a phone": {
        **_NAVIGATES,
        "Accept-Encoding": "gzip, deflate, br",
        "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    },
    "Firefox, signed in": {
        **_NAVIGATES,
        "Accept-Encoding": "gzip",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Cookie": "__Host-session={secret}",
    },
    "a program": {"User-Agent": "curl/8.14.1"},
}
Expected = Mapping[str, Any]


class UnreadableError(Exception):
    """The server does not answer, or this checkout cannot say what is right."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One thing that is not as this checkout has it, and who was told so."""

    path: str
    what: str
    visitor: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, look once, and say what was found."""
    parser = argparse.ArgumentParser(description="Compare a server with this checkout.")
    parser.add_argument("url", help="the vault's origin, such as https://vault.example.org")
    parser.add_argument("--profiles", default="", help="its PROFILES_URL, if it has one")
    parser.add_argument("--authority", help="certificates to believe instead of the usual ones")
    chosen = parser.parse_args(arguments)
    url = chosen.url.rstrip("/")
    try:
        right = expected_of(url, chosen.profiles)
        found = sorted(differences(url, right, authority=chosen.authority))
    except UnreadableError as error:
        sys.stderr.write(f"{error}\n")
        return UNREADABLE
    for each in found:
        sys.stdout.write(f"{each.path}: {each.what} (asked as {each.visitor})\n")
    manifest = (ROOT / "static" / "dist" / "manifest.json").read_bytes()
    sys.stdout.write(f"This checkout's manifest: SHA-256 {hashlib.sha256(manifest).hexdigest()}\n")
    languages = len({each["language"] for each in right})
    count = (
        f"{len({each['path'] for each in right})} addresses, pages in {languages} languages, "
        f"each asked as {len(VISITORS)} visitors"
    )
    sys.stdout.write(f"{count}: {len(found) or 'no'} differences.\n")
    return DIFFERENT if found else ALIKE


def expected_of(url: str, profiles: str = "") -> list[Expected]:
    """What this checkout answers at ``url``. Raises `UnreadableError`."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environ = {
            **kept, "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base", "VAR_DIR": folder,
            "PUBLIC_URL": url, "PROFILES_URL": profiles, "PYTHONWARNINGS": "ignore",
        }  # fmt: skip
        # Nobody is served, and nothing is described, over tables of another release.
        _manage(environ, "migrate", "--verbosity", "0")
        right: list[Expected] = json.loads(_manage(environ, "describe_shell"))
    return right


def _manage(environ: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command, with words of our own
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environ, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise UnreadableError(f"This checkout does not say what is right:\n{done.stderr.strip()}")
    return done.stdout


def differences(
    url: str, right: Sequence[Expected], *, authority: str | None = None
) -> Iterator[Difference]:
    """Everything at ``url`` that is not as in ``right``. Raises `UnreadableError`."""
    with ThreadPoolExecutor(len(VISITORS)) as pool:
        looks = [
            pool.submit(_look, url, right, name, headers, authority)
            for name, headers in VISITORS.items()
        ]
        for look in looks:
            yield from look.result()


def _look(
    url: str, right: Sequence[Expected], visitor: str, headers: Mapping[str, str],
    authority: str | None,
) -> list[Difference]:  # fmt: skip
    found = []
    secret = secrets.token_urlsafe(32)
    with requests.Session() as session:
        session.trust_env = False
        session.verify = authority or True
        session.headers.clear()  # nor what the library says of itself
        session.headers.update({k: v.format(secret=secret) for k, v in headers.items()})
        for each in random.sample(right, len(right)):
            try:
                answer = session.get(
                    f"{url}{each['path']}", timeout=TIMEOUT_SECONDS, allow_redirects=False,
                    headers={"Accept-Language": each["language"]},
                )  # fmt: skip
            except ContentDecodingError:
                found.append(Difference(each["path"], "bytes that do not unpack", visitor))
                continue
            except requests.RequestException as error:
                host = urlsplit(url).netloc
                raise UnreadableError(f"{host} does not answer: {type(error).__name__}") from error
            found += [Difference(each["path"], what, visitor) for what in _compared(each, answer)]
    return found


def _compared(right: Expected, answer: requests.Response) -> Iterable[str]:
    if answer.status_code != right["status"]:
        yield f"status {answer.status_code} instead of {right['status']}"
        return
    packed = answer.headers.get("Content-Encoding", "")
    if packed.lower() not in UNPACKED:
        yield f"packed as {_short(packed)}, which is not read here"
        return
    if hashlib.sha256(answer.content).hexdigest() != right["sha256"]:
        yield f"other bytes: {len(answer.content)} instead of {right['bytes']}"
    told = {name.lower(): value for name, value in answer.headers.items()}
    for name in sorted((told.keys() | right["headers"].keys()) - NOT_COMPARED):
        if told.get(name) != right["headers"].get(name):
            said, wanted = (_short(each.get(name)) for each in (told, right["headers"]))
            yield f"header {name} is {said} instead of {wanted}"


def _short(value: str | None) -> str:
    if value is None:
        return "absent"
    return repr(value if len(value) <= 60 else f"{value[:57]}…")


if __name__ == "__main__":
    sys.exit(main())
