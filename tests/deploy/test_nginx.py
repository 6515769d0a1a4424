"""The files of deploy/nginx, run by a real nginx in front of two real web processes."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import secrets
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from pocketvault.kernel.bundle import manifest
from tests.api.people import metadata_of
from tests.deploy.fronting import (
    PROFILES,
    VAULT,
    Front,
    new_front,
    running_nginx,
    send_names_here,
    settings_behind,
    write_config,
)
from tests.live import Live, running_service
from tests.reference_client import account, mailbox, uploads
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.images import ORIGINAL, Library

PASSWORD = "correct horse battery staple"
MEBIBYTE = 2**20
# What nginx says for itself, and what is about the page of our framework.
KEPT_APART = {"date", "server", "content-length", "connection", "allow", "x-accel-redirect"}


@dataclass(frozen=True, slots=True)
class Site:
    """A vault as an operator runs it, and somebody who has an account there."""

    front: Front
    live: Live
    email: str
    client: Client
    library: Library

    @property
    def url(self) -> str:
        return self.live.environ["PUBLIC_URL"]

    def ask(self, path: str, *, host: str = VAULT, **sent: object) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self.front.authority(host)
            return session.get(
                f"https://{host}:{self.front.tls}{path}", timeout=60, allow_redirects=False, **sent
            )  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists():
        sentence = "NGINX IS NOT TESTED: it is not installed"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    folder = tmp_path_factory.mktemp("fronted")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        send_names_here(patch)
        front = new_front(folder / "nginx")
        settings = settings_behind(front)
        live = stack.enter_context(running_service(folder / "var", webs=2, **settings))
        blobs = folder / "var" / "blobs" / "blobs"
        config = write_config(
            front.folder, front=front, web=live.ports, blobs=blobs, vault=VAULT, profiles=PROFILES
        )
        stack.enter_context(running_nginx(config, front))
        patch.setattr(Client, "authority", front.authority(VAULT))
        email = f"{secrets.token_hex(6)}@example.org"
        made = account.sign_up(
            settings["PUBLIC_URL"], email, PASSWORD,
            read_code=lambda sign_up: mailbox.wait_for_code(live.mail, email, sign_up),
        )  # fmt: skip
        yield Site(front, live, email, made.device.client, Library.of(made.device))


def sealed_photo(site: Site) -> tuple[str, str, bytes]:
    """A stored photo: the address of its ciphertext, its SHA-256 in the service's mark, bytes."""
    content = secrets.token_bytes(300_000)
    photo = site.library.store(content, metadata_of(content))
    path = f"/api/v1{site.library._part_path(photo, ORIGINAL)}"
    whole = asked_as_owner(site, path)
    assert whole.status_code == 200
    assert site.library.download(photo) == content
    return path, whole.headers["ETag"], whole.content


def asked_as_owner(site: Site, path: str, **headers: str) -> requests.Response:
    return site.ask(path, headers={"Authorization": f"Bearer {site.client.token}", **headers})


def test_nothing_older_than_tls_1_3_and_no_name_no_certificate(site: Site) -> None:
    context = ssl.create_default_context(cafile=site.front.authority(VAULT))
    assert version(site, context, VAULT) == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        version(site, context, "elsewhere.example.org")
    context.check_hostname = False
    with pytest.raises(ssl.SSLError):
        version(site, context, None)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        version(site, context, VAULT)


def version(site: Site, context: ssl.SSLContext, name: str | None) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", site.front.tls), 10) as plain,
        context.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.version()


def test_plain_http_only_says_where_to_go(site: Site) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", site.front.plain, timeout=10)) as plain:
        plain.request("GET", "/library?q=secret", headers={"Host": VAULT})
        answer = plain.getresponse()
        assert answer.status == 301
        assert answer.headers["Location"] == f"https://{VAULT}/library?q=secret"
        assert "Set-Cookie" not in answer.headers


def test_an_app_in_the_clear_is_refused_and_not_led_on(site: Site) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", site.front.plain, timeout=10)) as plain:
        plain.request("POST", "/api/v1/auth/sign-in", b"{}", headers={"Host": PROFILES})
        answer = plain.getresponse()
        assert (answer.status, json.load(answer)["code"]) == (403, "needs_tls")
        assert "Location" not in answer.headers


def test_a_name_that_is_not_ours_is_led_nowhere(site: Site) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", site.front.plain, timeout=10)) as plain:
        plain.request("GET", "/", headers={"Host": "elsewhere.example.org"})
        with pytest.raises(http.client.RemoteDisconnected):
            plain.getresponse()


ALWAYS = {
    "Content-Security-Policy": "frame-ancestors 'none'", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
}  # fmt: skip


@pytest.mark.parametrize("what", ["ours", "bad request", "too long", "no such range"])
def test_whoever_answers_says_the_same_to_browsers(site: Site, what: str) -> None:
    """What the service says is passed on once; where nginx answers by itself, it says it too."""
    match what:
        case "ours":
            answer, status = site.ask("/sign-in"), 200
        case "bad request":
            answer, status = site.ask("/sign-in", headers={"X-Long": "x" * 20_000}), 400
        case "too long":
            answer, status = site.ask("/x", data=b"x" * (10 * MEBIBYTE)), 413
        case _:
            path, _, _ = sealed_photo(site)
            answer, status = asked_as_owner(site, path, Range="bytes=99999999-"), 416

    assert answer.status_code == status
    for name, value in ALWAYS.items():
        # What is said twice is joined by a comma.
        assert value in answer.headers[name], name
        assert ", " not in answer.headers[name].replace("; ", ""), name


def test_a_photo_goes_in_and_comes_out_with_every_header(site: Site) -> None:
    """nginx reads the file itself, and drops headers of ours unless it is told each of them."""
    path, mark, ciphertext = sealed_photo(site)
    ours = requests.get(
        f"http://127.0.0.1:{site.live.ports[0]}{path}",
        headers={
            "Host": urlsplit(site.url).netloc, "Authorization": f"Bearer {site.client.token}",
            "X-Forwarded-Proto": "https",
        },
        timeout=60,
    )  # fmt: skip
    assert ours.headers["X-Accel-Redirect"].startswith("/_blobs/"), "nginx was not in it"
    through = asked_as_owner(site, path)
    assert "X-Accel-Redirect" not in through.headers
    assert "Last-Modified" not in through.headers
    assert through.headers["Accept-Ranges"] == "bytes"
    assert through.headers["ETag"] == mark == ours.headers["ETag"]
    assert through.content == ciphertext
    said = {name.lower(): value for name, value in ours.headers.items()}
    for name in said.keys() - KEPT_APART:
        assert through.headers.get(name) == said[name], name


def test_parts_of_it_can_be_asked_for_as_without_nginx(site: Site) -> None:
    path, mark, ciphertext = sealed_photo(site)
    part = asked_as_owner(site, path, Range="bytes=1000-1999")
    assert (part.status_code, part.content) == (206, ciphertext[1000:2000])
    goes_on = asked_as_owner(site, path, Range="bytes=1000-", **{"If-Range": mark})
    assert (goes_on.status_code, goes_on.content) == (206, ciphertext[1000:])
    another = asked_as_owner(site, path, Range="bytes=1000-", **{"If-Range": '"another"'})
    assert (another.status_code, another.content) == (200, ciphertext)
    assert asked_as_owner(site, path, **{"If-None-Match": mark}).status_code == 304
    beyond = asked_as_owner(site, path, Range=f"bytes={len(ciphertext)}-")
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("takes", "sent"), [("gzip", "gzip"), ("gzip, br", "br"), ("identity", None)]
)
def test_a_script_comes_packed_as_it_is_taken_and_is_the_one_that_was_built(
    site: Site, takes: str, sent: str | None
) -> None:
    script = manifest()["files"]["languages/de.js"]
    through = site.ask(f"/static/{script['path']}", headers={"Accept-Encoding": takes})

    assert through.headers.get("Content-Encoding") == sent
    assert through.headers["Vary"] == "Accept-Encoding"
    assert "immutable" in through.headers["Cache-Control"]
    assert through.headers["X-Content-Type-Options"] == "nosniff"
    assert hashlib.sha256(through.content).hexdigest() == script["sha256"]


def test_nothing_of_anybody_is_packed(site: Site) -> None:
    path, _, _ = sealed_photo(site)
    for asked in (path, "/api/v1/me", "/api/v1/server"):
        answer = asked_as_owner(site, asked, **{"Accept-Encoding": "br, gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers


def test_nobody_reaches_the_blobs_by_themselves(site: Site) -> None:
    sealed_photo(site)
    folder = site.live.var / "blobs" / "blobs"
    found = [each for each in folder.rglob("*") if each.is_file()]
    assert found
    for each in found[:3]:
        for path in (f"/_blobs/{each.relative_to(folder)}", f"/_blobs//{each.name}"):
            assert asked_as_owner(site, path).status_code == 404
    ordered = asked_as_owner(site, "/api/v1/server", **{"X-Accel-Redirect": "/_blobs/"})
    assert ordered.json()["limits"]


def test_what_came_before_a_cut_is_there(site: Site) -> None:
    """Uploads are passed on as they come: nothing waits in nginx for the end of a request."""
    upload = uploads.create(site.client, 8 * MEBIBYTE)
    context = ssl.create_default_context(cafile=site.front.authority(VAULT))
    head = (
        f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: {VAULT}\r\n"
        f"Authorization: Bearer {site.client.token}\r\nTus-Resumable: 1.0.0\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {8 * MEBIBYTE}\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", site.front.tls), 30) as plain,
        context.wrap_socket(plain, server_hostname=VAULT) as connection,
    ):
        connection.sendall(head.encode() + secrets.token_bytes(5 * MEBIBYTE))
        time.sleep(3)  # what lies in nginx unread when the line is cut, no server can know of
    until = time.monotonic() + 30
    while (offset := offset_of(site, upload)) < 4 * MEBIBYTE:
        assert time.monotonic() < until, f"only {offset} bytes were passed on"
        time.sleep(0.2)
    uploads.discard(site.client, upload)


def offset_of(site: Site, upload: str) -> int:
    try:
        return uploads.offset_of(site.client, upload)
    except ProblemError as problem:
        if problem.status != 423:  # its writer is not gone yet
            raise
        return 0


def test_a_long_upload_passes_and_any_other_long_request_is_refused_in_our_words(
    site: Site,
) -> None:
    sent = uploads.send(site.client, secrets.token_bytes(12 * MEBIBYTE), chunk_bytes=12 * MEBIBYTE)
    assert sent.bytes == 12 * MEBIBYTE
    answer = requests.put(
        f"{site.url}/api/v1/images/{secrets.token_hex(16)}", data=b" " * (10 * MEBIBYTE),
        headers={"Authorization": f"Bearer {site.client.token}"}, timeout=60,
        verify=site.front.authority(VAULT),
    )  # fmt: skip
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "request_too_large"


def test_a_found_copy_may_be_as_long_as_the_service_takes(site: Site) -> None:
    """Whatever stands before the service must not refuse what that would take."""
    answer = requests.post(
        f"{site.url}/api/v1/traces", data=secrets.token_bytes(24 * MEBIBYTE), timeout=60,
        headers={
            "Authorization": f"Bearer {site.client.token}",
            "Content-Type": "application/octet-stream",
        },
        verify=site.front.authority(VAULT),
    )  # fmt: skip
    assert answer.status_code < 300, answer.text


def test_whose_request_it_is_cannot_be_claimed(site: Site) -> None:
    """Strangers are counted by their address: one who names another is counted all the same."""
    codes = []
    for number in range(40):
        answer = requests.post(
            f"{site.url}/api/v1/auth/parameters", json={"email": "nobody@example.org"},
            headers={"X-Forwarded-For": f"9.9.{number}.9", "X_Forwarded_For": f"8.8.{number}.8"},
            timeout=60, verify=site.front.authority(VAULT),
        )  # fmt: skip
        codes.append(answer.status_code)
    assert codes[0] == 200
    assert codes[-1] == 429


def test_public_profiles_have_a_host_of_their_own(site: Site) -> None:
    assert site.ask("/api/v1/server").status_code == 200
    assert site.ask("/api/v1/server", host=PROFILES).status_code == 404
    assert "no-training" in site.ask("/robots.txt", host=PROFILES).text


def test_one_web_process_can_go_while_the_other_answers(site: Site) -> None:
    assert [site.ask("/api/v1/server").status_code for _ in range(6)] == [200] * 6
    site.live.kill("web-2")
    assert [site.ask("/api/v1/server").status_code for _ in range(6)] == [200] * 6
    site.live.kill("web")
    app = site.ask("/api/v1/server")
    assert (app.status_code, app.json()["code"]) == (503, "unavailable")
    page = site.ask("/", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 503
    assert "Nothing was lost" in page.text
    for name in ("web", "web-2"):
        site.live.start(name)
    until = time.monotonic() + 60
    while site.ask("/api/v1/server").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.2)


def test_its_log_names_nobody(site: Site) -> None:
    """Last, when everything above is in it."""
    site.ask(f"/library?email={site.email}", headers={"User-Agent": "Spy/1.0"})
    lines = (site.front.folder / "access.log").read_text().splitlines()
    assert len(lines) > 10
    for line in lines:
        entry = json.loads(line)
        assert entry.keys() == {"at", "method", "status", "bytes", "seconds", "upstream"}
    for word in (site.email, "127.0.0.1:5", "Spy/1.0", "/library", str(site.client.token)):
        assert word not in "\n".join(lines)
