"""Where the vault may listen, and what it says when it may not."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.local.project import Project
from deploy.local.serving import (
    Address,
    answers,
    choose_address,
    is_loopback,
    profiles_url,
    programs,
    refuse_taken_port,
)
from deploy.local.steps import StepError
from pocketvault.kernel.work import Lane
from pocketvault.settings import safety


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    files = {"SSL_CERTIFICATE": tmp_path / "site.pem", "SSL_KEY": tmp_path / "site.key"}
    for file in files.values():
        file.touch()
    return {name: str(file) for name, file in files.items()}


def test_it_stays_on_this_machine_by_default(project: Project) -> None:
    address = choose_address(project, {})

    assert (address.host, address.port) == ("127.0.0.1", 8000)
    assert address.public_url == "http://localhost:8000"
    assert not address.has_tls


@pytest.mark.parametrize(
    "vault",
    ["http://localhost:8000", "https://127.0.0.1", "http://[::1]:80", "https://vault.example.org"],
)
def test_it_names_the_profiles_where_the_service_has_them(vault: str) -> None:
    assert profiles_url(vault, {}) == safety.profiles_url(None, vault=vault)
    given = "https://photos.example.org"
    assert profiles_url(vault, {"PROFILES_URL": given}) == given


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "vault.example.org", "8.8.8.8"])
def test_plain_http_off_this_machine_is_refused(project: Project, host: str) -> None:
    with pytest.raises(StepError, match=r"without TLS 1\.3(?s:.*)Set SSL_CERTIFICATE and SSL_KEY"):
        choose_address(project, {"HOST": host, "PUBLIC_URL": "https://vault.example.org"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_every_loopback_address_may_speak_plain_http(project: Project, host: str) -> None:
    address = choose_address(project, {"HOST": host, "PORT": "8111"})

    assert is_loopback(address.host)
    assert address.public_url == "http://localhost:8111"


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({"PUBLIC_URL": "http://localhost:8099"}, 8099),
        ({"PUBLIC_URL": "http://127.0.0.1:8099"}, 8099),
        ({"PUBLIC_URL": "http://localhost:8099", "PORT": "8200"}, 8200),
        ({"PUBLIC_URL": "http://localhost"}, 8000),
        ({"PUBLIC_URL": "https://vault.example.org:8443"}, 8000),
    ],
)
def test_it_listens_where_its_own_address_points(
    project: Project, environ: dict[str, str], port: int
) -> None:
    assert choose_address(project, environ).port == port


def test_an_address_that_is_none_is_named(project: Project) -> None:
    with pytest.raises(StepError, match="PUBLIC_URL=http://localhost:many"):
        choose_address(project, {"PUBLIC_URL": "http://localhost:many"})


def test_an_address_in_the_clear_is_refused_off_this_machine(
    project: Project, certificate: dict[str, str]
) -> None:
    for environ in ({}, certificate):
        with pytest.raises(StepError, match=r"not TLS, and vault\.example\.org is not"):
            choose_address(project, {"PUBLIC_URL": "http://vault.example.org", **environ})


def test_a_certificate_opens_the_way_out(project: Project, certificate: dict[str, str]) -> None:
    environ = {"HOST": "192.168.1.5", "PORT": "8443", **certificate}
    address = choose_address(project, environ)

    assert address.public_url == "https://192.168.1.5:8443"
    web = programs(project, address, environ)[0].command
    assert web[web.index("--ssl-protocol-min") + 1] == "tls1.3"
    assert web[web.index("--ssl-certificate") + 1] == certificate["SSL_CERTIFICATE"]


def test_a_wildcard_needs_to_be_told_its_name(
    project: Project, certificate: dict[str, str]
) -> None:
    with pytest.raises(StepError, match="Set PUBLIC_URL"):
        choose_address(project, {"HOST": "0.0.0.0", **certificate})


def test_tls_on_request_uses_the_development_certificate(project: Project) -> None:
    address = choose_address(project, {"TLS": "1"})

    assert address.certificate == project.root / "var" / "tls" / "localhost.pem"
    assert address.public_url == "https://localhost:8000"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "http"}, "is not a port"),
        ({"PORT": "0"}, "is not a port"),
        ({"PORT": "65536"}, "is not a port"),
        ({"TLS": "yes"}, "Use TLS=1"),
        ({"SSL_KEY": "/key"}, "go together"),
        ({"SSL_CERTIFICATE": "/no/such", "SSL_KEY": "/no/such"}, "There is no file /no/such"),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence(
    project: Project, environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(StepError, match=sentence):
        choose_address(project, environ)


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        address = Address("127.0.0.1", port, f"http://localhost:{port}")

        with pytest.raises(StepError, match=f"Port {port} on 127.0.0.1 is taken.*PORT=.* make run"):
            refuse_taken_port(address)


def test_readiness_is_an_answer_and_not_an_open_port(free_port: int) -> None:
    address = Address("127.0.0.1", free_port, f"http://localhost:{free_port}")
    assert not answers(address)

    for status in (200, 503):
        with HTTPServer(("127.0.0.1", free_port), handler_for(status)) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            assert answers(address) is (status == 200)
            thread.join()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return holder.getsockname()[1]


def handler_for(status: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep the test's output clean."""

    return Handler


def test_work_runs_in_a_local_runner_unless_there_is_redis(project: Project) -> None:
    address = choose_address(project, {})
    embedded = [program.command[1:] for program in programs(project, address, {})[1:]]
    at_scale = programs(project, address, {"REDIS_URL": "redis://127.0.0.1"})[1:]

    assert embedded == [
        ["manage.py", "run_worker", "--lane", "prompt"],
        [
            "manage.py", "run_worker", "--lane", "awaited", "--lane", "slow", "--lane", "outward",
        ],
        ["manage.py", "run_beat"],
    ]
    assert all("celery" in program.command for program in at_scale)


def test_every_lane_of_work_is_read_by_exactly_one_of_the_programs(project: Project) -> None:
    address = choose_address(project, {})
    for environ, option in (({}, "--lane"), ({"REDIS_URL": "redis://127.0.0.1"}, "--queues")):
        read = [
            lane
            for program in programs(project, address, environ)
            for name, value in pairwise(program.command) if name == option
            for lane in value.split(",")
        ]  # fmt: skip
        assert sorted(read) == sorted(Lane)
