"""Sending photos as a device does, a few at a time, to any tus server."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pocketvault.kernel.ids import uuid7

AT_ONCE = 4
VERSION = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


@dataclass(frozen=True, slots=True)
class Part:
    """One ciphertext, with what has to be known about it."""

    content: bytes
    sha256: bytes

    @classmethod
    def random(cls, size: int) -> Part:
        """As incompressible as ciphertext is."""
        content = secrets.token_bytes(size)
        return cls(content, hashlib.sha256(content).digest())


@dataclass(slots=True)
class Sender:
    """Sends photos made of ``parts`` to one server. A part no larger than ``small`` bytes
    comes along with its creation; with ``is_whole`` all of them come along with the commit.
    ``token`` is None for a server that knows no accounts: then there are no checksums, which
    it does not know either, and no commit.
    """

    port: int
    path: str
    parts: Mapping[str, Part]
    small: int
    token: str | None = None
    is_whole: bool = False
    _threads: threading.local = field(default_factory=threading.local)

    def send_photos(self, count: int) -> float:
        """Photos a second, four at a time."""
        started = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(self._send_photo) for _ in range(count)]:
                done.result()
        return count / (time.perf_counter() - started)

    def _send_photo(self) -> None:
        image_id = str(uuid7())
        if self.is_whole:
            self._commit(image_id, {})
            return
        uploads = {name: self._upload(image_id, name) for name in self.parts}
        if self.token is not None:
            self._commit(image_id, uploads)

    def _commit(self, image_id: str, uploads: Mapping[str, str]) -> None:
        said = {
            "version": 1,
            "parts": {
                name: {
                    **({"upload": uploads[name].rpartition("/")[2]} if uploads else {}),
                    "sha256": _text(part.sha256),
                    "bytes": len(part.content),
                }
                for name, part in self.parts.items()
            },
            "wrapped_content_key": _text(secrets.token_bytes(61)),
            "wrapped_record_key": _text(secrets.token_bytes(61)),
            "metadata": _text(secrets.token_bytes(604)),
            "fingerprint": _text(secrets.token_bytes(32)),
        }
        document, kind = json.dumps(said).encode(), "application/json"
        if not uploads:
            contents = [part.content for part in self.parts.values()]
            document = b"".join([len(document).to_bytes(4, "big"), document, *contents])
            kind = "application/vnd.pocketvault.photo"
        self._ask("PUT", f"/api/v1/images/{image_id}", document, {"Content-Type": kind})

    def _upload(self, image_id: str, name: str) -> str:
        part = self.parts[name]
        headers = {**VERSION, "Upload-Length": str(len(part.content))}
        if self.token is not None:
            about = {"image": image_id, "part": name, "version": "1"}
            headers["Upload-Metadata"] = ",".join(
                f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items()
            )
        if len(part.content) <= self.small:
            location = self._ask("POST", self.path, part.content, headers | self._about(part))
            return urlsplit(location).path
        place = urlsplit(self._ask("POST", self.path, b"", headers)).path
        headers = {**VERSION, "Upload-Offset": "0"} | self._about(part)
        self._ask("PATCH", place, part.content, headers)
        return place

    def _about(self, part: Part) -> dict[str, str]:
        if self.token is None:
            return BYTES
        return {**BYTES, "Upload-Checksum": f"sha256 {base64.b64encode(part.sha256).decode()}"}

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> str:
        if not hasattr(self._threads, "connection"):
            self._threads.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection: http.client.HTTPConnection = self._threads.connection
        said = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        connection.request(method, path, body, {**headers, **said})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 201, 204):
            raise AssertionError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return answer.headers.get("Location", "")


def limits_of(port: int) -> Mapping[str, int]:
    """What our server tells a device about sizes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/api/v1/server")
    limits: Mapping[str, int] = json.loads(connection.getresponse().read())["limits"]
    connection.close()
    return limits


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


