"""What other people's servers answer: time-stamps, registers, addresses, certificates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings

from deploy import follow_log
from deploy.local.certificate import ensure_certificate
from pocketvault.kernel.egress import Egress, Reply
from rights.legal.errors import BadCertificateError
from rights.legal.package import read_certificate
from rights.takedown import registers
from rights.takedown.addresses import read_address
from rights.takedown.errors import BadAddressError
from rights.takedown.registers import ask_address, ask_domain, ask_ripestat
from rights.takedown.stamping import NoStampError, stamp_of, stamped_digest
from tests.fuzz.hostile import JSON, ODD_JSON, TEXTS, ends, mutants, tried

GRANTED = bytes.fromhex("30053003020100")
TOKEN = bytes.fromhex(
    "303c30030201003035 06092a864886f70d010702a028302602010331 00301106 0b2a864886f70d01091001"
    "04a002 0400"
    "3100 3100".replace(" ", "")
)


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("roots")
    ensure_certificate(made, "localhost", now=datetime.now(UTC))
    return made / "authority.pem"


def test_an_answer_with_a_time_stamp(settings: Settings, roots: Path) -> None:
    settings.TSA = {"url": "https://tsa.example.org/", "roots": roots}

    @tried()
    @given(mutants(GRANTED, TOKEN) | st.binary(max_size=120))
    def read(answer: bytes) -> None:
        ends(lambda: stamp_of(b"manifest", lambda _: answer), NoStampError)
        ends(lambda: stamped_digest(answer))

    read()


BOOTSTRAP: dict[str, Any] = {"services": [[["org", "0.0.0.0/0"], ["https://rdap.example.org/"]]]}
ENTITY: dict[str, Any] = {
    "roles": ["abuse"], "entities": [],
    "vcardArray": ["vcard", [["email", {}, "text", "abuse@example.org"], ["fn", {}, "text", "E"]]],
}  # fmt: skip
ANSWERS = st.one_of(
    JSON, st.just({"services": JSON}), st.fixed_dictionaries({"services": st.lists(JSON,
        max_size=3)}),
    st.fixed_dictionaries({"entities": st.lists(JSON | st.fixed_dictionaries({"roles": JSON,
        "vcardArray": JSON, "entities": JSON}), max_size=3)}),
    st.fixed_dictionaries({"data": st.fixed_dictionaries({"abuse_contacts": JSON})}),
)  # fmt: skip


@tried()
@given(answers=st.lists(ANSWERS, min_size=1, max_size=4), is_found=st.booleans())
def test_what_a_register_says(answers: list[Any], *, is_found: bool) -> None:
    said = iter([*([BOOTSTRAP] if is_found else []), *answers, *[None] * 40])

    ends(lambda: ask_domain("www.example.org", lambda _: next(said)))
    ends(lambda: ask_address("9.9.9.9", lambda _: next(said, None)))
    ends(lambda: ask_ripestat("9.9.9.9", lambda _: next(said, None)))


@tried()
@example(b"[" * 200_000)  # deeper than the reader of JSON goes
@given(st.sampled_from(ODD_JSON) | mutants(json.dumps(ENTITY).encode()))
def test_what_a_register_sends(body: bytes) -> None:
    registers.egress.fetch, kept = (lambda *_, **__: Reply(200, {}, body)), registers.egress.fetch
    try:
        ends(lambda: registers.ask("https://rdap.example.org/"))
    finally:
        registers.egress.fetch = kept


PLAIN = mutants(b"https://user@www.example.org:443/a?b#c", b"http://[::1%25eth0]/",
    b"https://xn--a.example/")


@tried()
@example("https://example.org/\ud800")  # half a letter has no bytes
@example("https://" + "ü" * 1_900 + ".org/")
@given(TEXTS | PLAIN.map(lambda raw: raw.decode("latin-1"))
    | TEXTS.map(lambda t: f"https://{t}.org/{t}"))
def test_an_address_of_the_web(url: str) -> None:
    read = ends(lambda: read_address(url), BadAddressError)
    if read is not None:
        assert read.literal is None or ip_address(read.host) == read.literal
        assert read_address(read.url) == read


def test_a_certificate_of_an_authority(roots: Path) -> None:
    pem = roots.read_bytes()

    @tried()
    @given(mutants(pem) | st.binary(max_size=100))
    def read(raw: bytes) -> None:
        ends(lambda: read_certificate(raw), BadCertificateError)

    read()


KEY = "example.org/log+c40a3d6b+AdnV"
LOG = {
    "key": KEY.encode(),
    "checkpoint": b"example.org/log\n1\nAAAA\n\n\xe2\x80\x94 example.org/log AAAA\n",
    "entry": b'{"on":"2026-11-28","kind":"deleted.final","promise":"p"}',
}  # fmt: skip


@tried()
@example(b"\xff\xfe")
@given(mutants(LOG["checkpoint"], LOG["key"]))
def test_what_a_followed_log_says_of_itself(raw: bytes) -> None:
    today = datetime.now(UTC).date()
    ends(
        lambda: follow_log.follow(lambda _: raw, {}, today=today),
        follow_log.UnreadableError, follow_log.ContradictionError,
    )  # fmt: skip


@tried()
@given(st.sampled_from(ODD_JSON) | mutants(LOG["entry"])
    | JSON.map(lambda s: json.dumps(s).encode()))
def test_an_entry_of_a_followed_log(entry: bytes) -> None:
    state = follow_log.open_ends({})
    today = datetime.now(UTC).date()
    ends(
        lambda: follow_log.take_entry(state, entry, visited="2026-11-01", today=today),
        follow_log.ContradictionError,
    )


def test_the_client_for_other_peoples_servers_is_what_registers_ask() -> None:
    assert registers.egress.Egress is Egress
