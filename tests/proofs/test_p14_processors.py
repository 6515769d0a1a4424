"""Proof P14: whoever works for us is in the register, and gets nothing without a contract.

A real server answers over TLS; what stops a request is the register alone, on the day on which a
contract ends as well as before everybody was told.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from deploy.local.certificate import ensure_certificate
from pocketvault.kernel import work
from pocketvault.kernel.egress import (
    Egress,
    EgressFailedError,
    EgressRefusedError,
    fetch,
    is_public,
)
from pocketvault.kernel.purposes import PUBLISH_IMAGES, SEND_NOTICES, STORE_IMAGES
from rights.actions import notices
from rights.actions.processors import (
    ProcessorDraft,
    announce_processor,
    end_processor,
    renew_contract,
)
from rights.choices_errors import BadProcessorError, NoticeTooShortError
from rights.models import Notice, Processor, ProcessorHost, ProcessorPurpose
from tests.factories import make_account

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
DAY = timedelta(days=1)


class Handler(BaseHTTPRequestHandler):
    """Answers what its path asks for, and counts who came."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        match self.path.split("?")[0]:
            case "/moved":
                self.send_response(302)
                self.send_header("Location", "https://169.254.169.254/latest/")
                self.end_headers()
            case "/large":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * 200_000)
            case "/drip":
                self.send_response(200)
                self.end_headers()
                for _ in range(50):
                    self.wfile.write(b".")
                    self.wfile.flush()
                    time.sleep(0.1)
            case _:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tls")
    ensure_certificate(made, "localhost", now=datetime.now(UTC))
    return made


@pytest.fixture
def server(certificate: Path) -> Iterator[ThreadingHTTPServer]:
    started = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    started.seen = []  # type: ignore[attr-defined]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "localhost.pem", certificate / "localhost.key")
    started.socket = context.wrap_socket(started.socket, server_side=True)
    started.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=started.serve_forever, daemon=True)
    thread.start()
    yield started
    started.shutdown()
    started.server_close()


@pytest.fixture
def client_of_ours(certificate: Path) -> Egress:
    """As in production, but that this machine may be asked, and its certificate is believed."""
    tls = ssl.create_default_context(cafile=str(certificate / "localhost.pem"))
    return Egress(accepts=lambda address: address.is_loopback, tls=tls)


def host_of(server: ThreadingHTTPServer) -> str:
    return f"localhost:{server.server_address[1]}"


def draft(**changes: object) -> ProcessorDraft:
    said = {
        "name": "Deliver & Co", "role": "Delivers public pictures", "country": "IE",
        "data": "Public pictures, and addresses of who looks at them",
        "purposes": ("publish_images",), "hosts": ("cdn.example.org",),
        "contract_from": TODAY, "contract_until": TODAY + 365 * DAY,
        "starts_on": TODAY + 31 * DAY,
    }  # fmt: skip
    return ProcessorDraft(**{**said, **changes})


@pytest.fixture
def processor(server: ThreadingHTTPServer) -> Processor:
    """Under contract since yesterday, and for a month."""
    made = announce_processor(draft(starts_on=TODAY, contract_until=TODAY + 30 * DAY))
    ProcessorHost.objects.create(processor=made, host=host_of(server))
    return made


def ask(client: Egress, server: ThreadingHTTPServer, path: str = "/", **about: object) -> bytes:
    wanted = {"purpose": PUBLISH_IMAGES, **about}
    return client.fetch(f"https://{host_of(server)}{path}", **wanted).body


def test_an_active_processor_is_asked(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor
) -> None:
    assert ask(client_of_ours, server) == b"hello"
    assert server.seen == ["/"]


def test_nobody_else_is(client_of_ours: Egress, server: ThreadingHTTPServer) -> None:
    with pytest.raises(EgressRefusedError):
        ask(client_of_ours, server)
    assert server.seen == []


def test_the_day_a_contract_ends_is_the_last(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor
) -> None:
    rows = Processor.objects.filter(pk=processor.pk)
    rows.update(contract_from=TODAY - 9 * DAY, contract_until=TODAY)
    assert ask(client_of_ours, server) == b"hello"

    rows.update(contract_until=TODAY - DAY)
    with pytest.raises(EgressRefusedError):
        ask(client_of_ours, server)
    assert server.seen == ["/"]

    processor.refresh_from_db()
    renew_contract(processor, until=TODAY + DAY)
    assert ask(client_of_ours, server) == b"hello"


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": datetime.now(UTC)}, {"starts_on": TODAY + DAY},
        {"contract_from": TODAY + DAY},
    ],
    ids=["ended", "not begun", "no contract yet"],
)  # fmt: skip
def test_before_and_after_it_is_asked_nothing(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor,
    change: dict[str, object],
) -> None:  # fmt: skip
    Processor.objects.filter(pk=processor.pk).update(**change)

    with pytest.raises(EgressRefusedError):
        ask(client_of_ours, server)
    assert server.seen == []


def test_a_processor_serves_the_purposes_it_was_announced_for(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor
) -> None:
    with pytest.raises(EgressRefusedError):
        ask(client_of_ours, server, purpose=STORE_IMAGES)
    assert server.seen == []


@pytest.mark.parametrize("name", ["training", "resale", "marketing_mail", "Advertising"])
def test_no_row_makes_a_processor_for_what_is_forbidden(processor: Processor, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcessorPurpose.objects.create(processor=processor, purpose=name)


PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


def test_addresses_outside_are_not() -> None:
    outside = ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1")
    assert all(is_public(ip_address(each)) for each in outside)


def test_a_name_that_leads_inside_is_refused_after_it_was_looked_up(
    server: ThreadingHTTPServer, processor: Processor
) -> None:
    """The client of production: it is in the register, and is this machine."""
    with pytest.raises(EgressRefusedError):
        fetch(f"https://{host_of(server)}/", purpose=PUBLISH_IMAGES)
    assert server.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://{host}/", "https://user:word@{host}/", "https://{host}/#x", "file:///etc/passwd",
        "https:///x", "https://{host}\r\nX: y/", "https://{host}/ x", "ftp://{host}/",
        "https://cdn.example.org@{host}/", "https://{host}.example.org/", "https://[::1", "",
    ],
)  # fmt: skip
def test_odd_addresses_are_refused(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor, url: str
) -> None:
    with pytest.raises(EgressRefusedError):
        client_of_ours.fetch(url.format(host=host_of(server)), purpose=PUBLISH_IMAGES)
    assert server.seen == []


def test_a_redirect_is_an_answer_and_is_not_followed(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor
) -> None:
    reply = client_of_ours.fetch(f"https://{host_of(server)}/moved", purpose=PUBLISH_IMAGES)

    assert (reply.status, reply.body) == (302, b"")
    assert server.seen == ["/moved"]


def test_answers_have_an_end(
    client_of_ours: Egress, server: ThreadingHTTPServer, processor: Processor
) -> None:
    with pytest.raises(EgressFailedError):
        ask(client_of_ours, server, "/large", most_bytes=100_000)
    begun = time.monotonic()
    with pytest.raises(EgressFailedError):
        ask(client_of_ours, server, "/drip", seconds=0.6)
    assert time.monotonic() - begun < 3


def test_a_certificate_of_somebody_else_is_not_believed(
    server: ThreadingHTTPServer, processor: Processor
) -> None:
    strict = Egress(accepts=lambda address: address.is_loopback)
    with pytest.raises(EgressFailedError):
        ask(strict, server)
    assert server.seen == []


def test_everybody_is_told_thirty_days_before(alice: Account) -> None:
    with pytest.raises(NoticeTooShortError):
        announce_processor(draft(starts_on=TODAY + 29 * DAY))
    assert not Processor.objects.exists()

    announced = announce_processor(draft(starts_on=TODAY + 31 * DAY))
    work.run_due_jobs()

    [letter] = mail.outbox
    assert letter.to == [alice.email]
    assert "Deliver & Co (IE)" in letter.body
    assert f"{announced.starts_on.day} {announced.starts_on:%B %Y}" in letter.body
    assert Notice.objects.get().done_at is not None


def test_many_are_told_once_each_however_often_it_stops(
    alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "BATCH", 2)
    others = [make_account(f"someone-{number}@example.org") for number in range(5)]
    announce_processor(draft())
    later = make_account("later@example.org")
    Account.objects.filter(pk=later.pk).update(created_at=timezone.now() + DAY)
    notice = Notice.objects.get()

    notices._tell_some(notice.pk)  # then the worker is killed
    notices.owe_unfinished_notices()
    work.run_due_jobs()
    notices.send_notice(notice.pk)
    work.run_due_jobs()

    told = sorted(address for letter in mail.outbox for address in letter.to)
    assert told == sorted(each.email for each in [alice, bob, *others])
    notice.refresh_from_db()
    assert notice.told_count == 7


@pytest.mark.parametrize(
    "change",
    [
        {"purposes": ()}, {"purposes": ("training",)}, {"hosts": ("10.0.0.1",)},
        {"hosts": ("localhost",)}, {"hosts": ("a.example.org", "a.example.org")},
        {"hosts": ("Upper.example.org",)}, {"country": "Ireland"}, {"name": ""},
        {"contract_until": TODAY}, {"hosts": ("169.254.169.254",)}, {"hosts": ("[::1]",)},
    ],
    ids=str,
)  # fmt: skip
def test_an_entry_says_what_it_must(change: dict[str, object]) -> None:
    with pytest.raises(BadProcessorError):
        announce_processor(draft(**change))
    assert not Processor.objects.exists()


def test_the_register_is_public_and_keeps_who_has_ended(
    client: Client, processor: Processor
) -> None:
    page = client.get("/processors")
    assert "Works for us" in page.content.decode()
    assert client.get("/api/v1/processors").json()["processors"][0]["state"] == "active"

    with time_machine.travel(datetime.now(UTC) + 40 * DAY):
        assert client.get("/api/v1/processors").json()["processors"][0]["state"] == "lapsed"
    for _ in range(2):
        end_processor(processor)

    [entry] = client.get("/api/v1/processors").json()["processors"]
    assert (entry["name"], entry["state"]) == ("Deliver & Co", "ended")
    assert Notice.objects.filter(kind="left").count() == 1
    assert "Ended on" in client.get("/processors").content.decode()


def test_nobody_works_for_us_until_somebody_is_entered(client: Client) -> None:
    answer = client.get("/api/v1/processors").json()

    assert answer["processors"] == []
    assert not [m for m in answer["own_machines"] if m["name"] == "SQLite" and m["is_elsewhere"]]
    assert "Nobody." in client.get("/processors").content.decode()


def test_the_operator_enters_them_at_the_server(tmp_path: Path) -> None:
    said = draft()
    file = tmp_path / "processor.json"
    body = {name: getattr(said, name) for name in ProcessorDraft.__slots__}
    file.write_text(json.dumps(body, default=date.isoformat))

    call_command("processor", "announce", str(file))
    made = Processor.objects.get()
    call_command("processor", "renew", str(made.pk), str(said.contract_until + DAY))
    call_command("processor", "end", str(made.pk))

    made.refresh_from_db()
    assert made.contract_until == said.contract_until + DAY
    assert made.ended_at is not None
    for wrong in (["renew", str(made.pk), str(said.contract_until)], ["end", str(SEND_NOTICES.id)]):
        with pytest.raises(CommandError):
            call_command("processor", *wrong)
    file.write_text("{}")
    with pytest.raises(CommandError):
        call_command("processor", "announce", str(file))
