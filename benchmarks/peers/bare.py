"""The least that an answer from Python can cost: functions that ask nobody, open nothing, and let
nginx read the file. Loaded by granian in the place of `pocketvault.asgi`, with the same options.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from pocketvault.kernel.intake import PatientApplication

THREADS = 64
PREFIX = os.environ["BARE_PREFIX"]


def _answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    start_response("200 OK", [("X-Accel-Redirect", PREFIX + environ["PATH_INFO"])])
    return [b""]


# Behind the door and in the threads that all of ours are answered in.
behind_our_door = PatientApplication(_answer, threads=THREADS, proxies=())


async def alone(scope: dict[str, Any], receive: object, send: Callable[..., Any]) -> None:
    """Nothing but the server: what no Python behind it can exceed."""
    del receive
    if scope["type"] == "http":
        where = (b"x-accel-redirect", (PREFIX + scope["path"]).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [where]})
        await send({"type": "http.response.body", "body": b""})
