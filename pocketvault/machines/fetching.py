"""Asking this service as a stranger would, through the whole of the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

_Write = Callable[[bytes], object]
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stranger got. Names of headers are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


def fetch(
    path: str, *, origin: str | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """GET what stands at ``path`` (with its query) of the vault, or of another ``origin``."""
    there = urlsplit(origin or settings.PUBLIC_URL)
    place, _, query = path.partition("?")
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, names: list[tuple[str, str]], _error: object = None, /) -> _Write:
        started.append((status, names))
        return _refuse

    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": place, "QUERY_STRING": query,
        "SERVER_NAME": there.hostname or "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_PORT": str(there.port or _PORTS[there.scheme]),
        "HTTP_HOST": there.netloc, "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": there.scheme, "wsgi.input": BytesIO(),
    }  # fmt: skip
    for name, said in (headers or {}).items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = said
    answer = application()(environ, start)
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    status, found = started[0]
    return Answer(int(status[:3]), {name.lower(): value for name, value in found}, body)


def _refuse(piece: bytes) -> None:
    raise NotImplementedError("Django answers in pieces, and never writes.")


@cache
def application() -> WSGIHandler:
    """The application, made once."""
    return WSGIHandler()
