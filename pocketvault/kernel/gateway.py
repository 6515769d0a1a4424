"""What a server says over ASGI, as WSGI says it (PEP 3333).

One thing is left out on purpose. A header whose name has an underscore would get the name
of the one with a hyphen, so that ``X_Forwarded_For`` from a stranger could take the place of
what our own proxy wrote. No honest client sends such a header.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Environ = dict[str, Any]
Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

WITHOUT_PREFIX = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def environ_of(scope: Scope) -> Environ:
    """The WSGI environment of an HTTP request, without its body."""
    host, port = scope.get("server") or ("localhost", 80)
    address, *_ = scope.get("client") or ("127.0.0.1",)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(host),
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": str(address),
        **_named(scope["headers"]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        # A body ends where the server says, with a length announced or without.
        "wsgi.input_terminated": True,
    }


def headers_of(pairs: Iterable[tuple[str, str]]) -> Headers:
    """An answer's headers as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


def _named(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    values: defaultdict[bytes, list[str]] = defaultdict(list)
    for name, value in headers:
        if b"_" not in name:
            values[name.lower()].append(value.decode("latin-1"))
    return {
        # HTTP/2 may send each cookie by itself; a comma could be part of one.
        _name(name): ("; " if name == b"cookie" else ",").join(same)
        for name, same in values.items()
    }


def _name(name: bytes) -> str:
    plain = name.decode("latin-1").upper().replace("-", "_")
    return WITHOUT_PREFIX.get(name, f"HTTP_{plain}")
