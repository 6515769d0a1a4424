"""Settings: a wrong one is refused at the start with a sentence that names it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import example, given
from hypothesis import strategies as st

from pocketvault.kernel.network import networks
from pocketvault.settings import backends, env, safety
from pocketvault.settings.agents import agents_in
from tests.fuzz.hostile import TEXTS, ends, mutants, tried

VAR = Path("/nowhere/var")
GOOD = [
    b"postgres://u%40:p@db.example:6543/vault?sslmode=verify-full", b"redis://:p@[::1]:6379/0",
    b"s3://bucket/prefix?endpoint=https://s3.example", b"smtps://u:p@mail.example:465",
    b"imaps://u:p@mail.example:993/IN%20BOX?ca=/etc/ca.pem", b"maildir:///a/folder", b"file:///a",
    b"https://vault.example.org:8443", b"10.0.0.53:5353", b"[fd00::53]:53", b"127.0.0.1:9464",
]  # fmt: skip
# An environment holds no NUL and no half of a letter.
VALUES = (TEXTS | mutants(*GOOD).map(lambda raw: raw.decode("utf-8", "replace"))).map(
    lambda text: text.replace("\0", "").encode("utf-8", "replace").decode()
)


@tried()
@example("postgres://[db/vault")
@example("redis://[")
@example("s3://[vault")
@example("smtp://[mail")
@example("smtp://mail:99999")
@example("imaps://u:p@[mail")
@example("imaps://u:p@mail:port/INBOX")
@example("https://[tsa")
@example("postgres://db:port/vault")
@given(VALUES)
def test_an_address_of_a_service(url: str) -> None:
    readers = [
        lambda: backends.database(url, var=VAR), lambda: backends.cache(url, var=VAR),
        lambda: backends.broker(url), lambda: backends.blobs(url, var=VAR),
        lambda: backends.email(url, var=VAR), lambda: backends.mailbox(url),
        lambda: backends.resolver(url), lambda: backends.metrics_bind(url),
        lambda: backends.country(url), lambda: backends.replies(url, {"kind": "maildir"}),
        lambda: backends.program("EVIDENCE_BROWSER", url),
        lambda: backends.authority_of_time(url, "/nowhere/roots.pem"),
        lambda: backends.authority_of_time("https://tsa.example.org/", url),
        lambda: backends.accel_prefix(url, blobs={"kind": "files"}),
        lambda: safety.public_url(url), lambda: safety.profiles_url(url, vault="https://a.example"),
    ]  # fmt: skip
    for read in readers:
        ends(read, ImproperlyConfigured)


@tried()
@example("9" * 5_000)
@given(VALUES)
def test_a_value(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "FUZZED", text)
        ends(lambda: env.number("FUZZED", default=1), ImproperlyConfigured)
        ends(lambda: env.flag("FUZZED", default=False), ImproperlyConfigured)
        ends(lambda: env.words("FUZZED"))
        patch.setitem(os.environ, "FUZZED_FILE", text)
        ends(lambda: env.text("FUZZED"), ImproperlyConfigured)


@tried()
@given(st.lists(VALUES, max_size=3))
def test_networks_of_proxies(texts: list[str]) -> None:
    ends(lambda: networks(texts), ValueError)


@tried()
@given(VALUES | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_a_list_of_agents(text: str) -> None:
    ends(lambda: agents_in(text), ImproperlyConfigured)
