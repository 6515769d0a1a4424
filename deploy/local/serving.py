"""Decide where to listen, refuse what would be unsafe, and serve."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.project import Project
from deploy.local.steps import StepError, run_quietly, say
from deploy.local.supervisor import Program, Supervisor

LOCAL_NAMES = {"localhost": "127.0.0.1"}
# SQLite takes one writer at a time, so a second process would add waiting and no speed;
# threads serve the reads: pocketvault.kernel.intake has them, and says how many may wait.
# More than so many connections wait to be let in; one that says nothing is cut off.
WEB_CONNECTIONS = 512
SILENCE_MILLISECONDS = 15_000
# Granian waits this long for requests in hand, less than the supervisor waits for Granian.
WEB_PATIENCE_SECONDS = 20
SLOW_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web process listens and how people reach it.

    ``certificate`` and ``key`` are PEM files; without them the address speaks plain HTTP.
    """

    host: str
    port: int
    public_url: str
    certificate: Path | None = None
    key: Path | None = None

    @property
    def has_tls(self) -> bool:
        """Whether it speaks TLS, which is then TLS 1.3."""
        return self.certificate is not None


def choose_address(project: Project, environ: Mapping[str, str]) -> Address:
    """Read ``HOST``, ``PORT``, ``TLS``, ``SSL_CERTIFICATE``, ``SSL_KEY`` and ``PUBLIC_URL``.

    Photos are encrypted before they travel, but session cookies are not, and a page that
    was changed on its way could ask for the password: off this machine it is TLS or nothing.
    """
    host = environ.get("HOST") or "127.0.0.1"
    host = LOCAL_NAMES.get(host, host)
    port = _read_port(environ.get("PORT") or _port_of_own_address(environ) or "8000")
    certificate, key = _choose_certificate(project, environ)
    if not is_loopback(host) and certificate is None:
        raise StepError(
            f"PocketVault will not listen on {host} without TLS 1.3: everyone on the way could "
            "read the session cookies and change the pages.\n"
            "Set SSL_CERTIFICATE and SSL_KEY to the PEM files of a certificate, or TLS=1 for a "
            "development certificate, or leave HOST unset to stay on this machine."
        )
    public_url = environ.get("PUBLIC_URL") or _guess_public_url(host, port, certificate)
    _refuse_plain_http_elsewhere(public_url)
    return Address(host, port, public_url.rstrip("/"), certificate, key)


def profiles_url(public_url: str, environ: Mapping[str, str]) -> str:
    """Where public profiles are; empty when there are none. The settings choose the same."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if given := environ.get("PROFILES_URL"):
        return given.rstrip("/")
    if not is_loopback(LOCAL_NAMES.get(host, host)):
        return ""
    other = "127.0.0.1" if host == "localhost" else "localhost"
    return f"{parts.scheme}://{other}" + ("" if parts.port is None else f":{parts.port}")


def _refuse_plain_http_elsewhere(public_url: str) -> None:
    """The settings refuse it as well; here it is said before anything is built."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not is_loopback(LOCAL_NAMES.get(host, host)):
        raise StepError(
            f"PUBLIC_URL={public_url} is not TLS, and {host or 'that'} is not this machine.\n"
            "Set PUBLIC_URL to the https:// address of the proxy that ends TLS, or set "
            "SSL_CERTIFICATE and SSL_KEY and let PocketVault speak TLS itself."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address. A name we cannot judge is not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _port_of_own_address(environ: Mapping[str, str]) -> str:
    """The port in ``PUBLIC_URL`` when that is this machine: no proxy stands in between."""
    url = environ.get("PUBLIC_URL") or ""
    try:
        host, port = urlsplit(url).hostname or "", urlsplit(url).port
    except ValueError as error:
        raise StepError(f"PUBLIC_URL={url} is not an address: {error}.") from error
    is_here = is_loopback(LOCAL_NAMES.get(host, host))
    return str(port) if port is not None and is_here else ""


def _read_port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise StepError(f"PORT={text} is not a port. Use a whole number from 1 to 65535.")
    return int(text)


def _choose_certificate(
    project: Project, environ: Mapping[str, str]
) -> tuple[Path, Path] | tuple[None, None]:
    certificate, key = environ.get("SSL_CERTIFICATE"), environ.get("SSL_KEY")
    if certificate and key:
        for path in (certificate, key):
            if not Path(path).is_file():
                raise StepError(f"There is no file {path}, which SSL_CERTIFICATE or SSL_KEY names.")
        return Path(certificate), Path(key)
    if certificate or key:
        raise StepError("SSL_CERTIFICATE and SSL_KEY go together: set both, or neither.")
    match environ.get("TLS") or "0":
        case "0":
            return None, None
        case "1":
            folder = project.data_folder(environ) / "tls"
            return folder / "localhost.pem", folder / "localhost.key"
        case other:
            raise StepError(f"TLS={other} is not a choice. Use TLS=1, or leave it unset.")


def _guess_public_url(host: str, port: int, certificate: Path | None) -> str:
    scheme = "http" if certificate is None else "https"
    if is_loopback(host):
        return f"{scheme}://localhost:{port}"
    if host in ("0.0.0.0", "::"):  # noqa: S104  (recognised, not chosen)
        raise StepError(
            f"Listening on {host}, PocketVault cannot tell where people will find it.\n"
            f"Set PUBLIC_URL, such as PUBLIC_URL={scheme}://vault.example.org."
        )
    return f"{scheme}://{_in_url(host)}:{port}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def refuse_taken_port(address: Address) -> None:
    """Say so before anything is built when nobody could listen there anyway."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise StepError(_explain_bind_error(address, error)) from error


def _explain_bind_error(address: Address, error: OSError) -> str:
    place = f"Port {address.port} on {address.host}"
    match error.errno:
        case errno.EADDRINUSE:
            other = address.port % 65535 + 1
            return f"{place} is taken. Stop what uses it, or choose another: PORT={other} make run"
        case errno.EACCES:
            return f"{place} is kept for the administrator. Choose a higher one: PORT=8000 make run"
        case _:
            return f"{place} cannot be used: {error.strerror}."


def ensure_certificate(project: Project, address: Address, environ: Mapping[str, str]) -> None:
    """Have the development certificate ready when it is the one that ``address`` uses."""
    folder = project.data_folder(environ) / "tls"
    if address.certificate is None or address.certificate.parent != folder:
        return
    command = project.python_command("-m", "deploy.local.certificate", folder, address.host)
    run_quietly("Checking the development certificate", command, folder=project.root)
    say(f"  To spare yourself the browser's warning, trust {folder / 'authority.pem'}")


def programs(project: Project, address: Address, environ: Mapping[str, str]) -> list[Program]:
    """What a deployment on one machine consists of: web, beat, and two workers. One of them has
    the pictures that are published or traced, so that nothing else waits for these. With
    ``METRICS_BIND`` another tells numbers to Prometheus.
    """
    if environ.get("REDIS_URL") or environ.get("REDIS_URL_FILE"):
        celery = project.python_command("-m", "celery", "-A", "pocketvault", "--quiet")
        worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"]
        beat = [*celery, "beat", "--loglevel", "WARNING"]
        prompt = [*worker, "--queues", "prompt", "--hostname", "worker@%h"]
        pictures = [*worker, "--queues", "awaited,slow,outward", "--hostname", "pictures@%h"]
    else:
        worker = project.python_command("manage.py", "run_worker")
        beat = project.python_command("manage.py", "run_beat")
        prompt = [*worker, "--lane", "prompt"]
        pictures = [*worker, "--lane", "awaited", "--lane", "slow", "--lane", "outward"]
    chosen = [
        Program("web", _web_command(project, address)),
        Program("worker", prompt),
        Program("pictures", pictures),
        Program("beat", beat),
    ]
    if environ.get("METRICS_BIND"):
        chosen.append(Program("metrics", project.python_command("manage.py", "run_metrics")))
    return chosen


def _web_command(project: Project, address: Address) -> list[str]:
    options = {
        "--interface": "asginl",
        # In the clear there is no HTTP/2 for browsers, and looking out for it has no time limit.
        "--http": "auto" if address.has_tls else "1",
        "--host": address.host,
        "--port": str(address.port),
        "--workers": "1",
        "--backpressure": str(WEB_CONNECTIONS),
        "--http1-header-read-timeout": str(SILENCE_MILLISECONDS),
        "--workers-kill-timeout": str(WEB_PATIENCE_SECONDS),
        "--log-level": "error",  # its warnings are advice on thread counts
    }
    if address.has_tls:
        options["--ssl-certificate"] = str(address.certificate)
        options["--ssl-keyfile"] = str(address.key)
        options["--ssl-protocol-min"] = "tls1.3"
    words = [word for option in options.items() for word in option]
    application = "pocketvault.asgi:application"
    return project.python_command("-m", "granian", *words, "--no-ws", application)


def serve(project: Project, address: Address, environ: Mapping[str, str]) -> None:
    """Run everything until told to stop, and say where to go once it answers."""
    child_environ = {**environ, "PUBLIC_URL": address.public_url, "PYTHONUNBUFFERED": "1"}
    profiles = profiles_url(address.public_url, environ)
    threading.Thread(target=_announce, args=(address, profiles), daemon=True).start()
    chosen = programs(project, address, environ)
    Supervisor(chosen, folder=project.root, env=child_environ).run()


def _announce(address: Address, profiles: str) -> None:
    started = time.monotonic()
    is_slow = False
    while not answers(address):
        if not is_slow and time.monotonic() - started > SLOW_START_SECONDS:
            is_slow = True
            say("PocketVault does not answer yet. The lines above may say why.")
        time.sleep(0.1)
    say(f"\n  PocketVault is ready. Open {address.public_url}")
    if profiles:
        say(f"  What people publish is at {profiles}")
    say("  Ctrl-C stops it.\n")


def answers(address: Address) -> bool:
    """Whether the web process answers on ``/healthz``."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104
    headers = {"Host": urlsplit(address.public_url).netloc}
    with closing(_connect(host, address)) as connection:
        try:
            connection.request("GET", "/healthz", headers=headers)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False


def _connect(host: str, address: Address) -> http.client.HTTPConnection:
    if not address.has_tls:
        return http.client.HTTPConnection(host, address.port, timeout=5)
    # We ask our own process whether it is up and send it nothing, so whose name stands on
    # its certificate does not matter here.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, address.port, timeout=5, context=context)
