"""HTTP: one door to the server, and one kind of refusal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import requests

API = "/api/v1"
TIMEOUT_SECONDS = 60.0
# Between one try and the next of a request whose answer was lost, in seconds.
WAITS = (0.2, 1.0, 3.0)
COMES_BACK = ("still_running", "unavailable", "storage_unavailable")

# What JSON decodes to. The callers turn it into something with a type at once.
Json = Any


class ProblemError(Exception):
    """A refusal. ``code`` is stable and what an app switches on; the sentence is for people."""

    def __init__(self, status: int, document: Mapping[str, Json]) -> None:
        self.status = status
        self.code = str(document.get("code", "unexpected"))
        self.sentence = str(document.get("detail", "The server gave no reason."))
        self.details = dict(document)
        super().__init__(f"{status} {self.code}: {self.sentence}")


class Client:
    """A connection to one server, signed in or not.

    An app proves who it is with a bearer token and so needs neither cookies nor CSRF
    headers. The token is as good as a key to the account: keep it in the phone's keystore.
    ``authority`` names a file of certificates to believe instead of the usual ones.
    """

    authority: str | None = None

    def __init__(self, url: str, token: str | None = None, scheme: str = "Bearer") -> None:
        self.url = url.rstrip("/")
        self._http = requests.Session()
        # Cookies from an answer would make the server ask for a CSRF header.
        self._http.cookies.set_policy(_NoCookies())
        self._http.trust_env = False
        self._http.verify = self.authority or True
        self.token = token
        # `Visit` and `Guest` are those of people without an account: docs/sharing.md.
        self.scheme = scheme

    @property
    def uploads(self) -> str:
        """Where this client's uploads are."""
        return "/guest/uploads" if self.scheme == "Guest" else "/uploads"

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Json] | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """Send JSON and read JSON; None for an answer without a body. Raises `ProblemError`."""
        answer = self.send(method, path, json=body, query=query)
        return answer.json() if answer.content else None

    def call_once(self, path: str, body: Mapping[str, Json] | None = None) -> Json:
        """`call` for a POST that must not happen twice. Raises `ProblemError`."""
        answer = self.send_once(path, json=body)
        return answer.json() if answer.content else None

    def send_once(
        self,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        json: Mapping[str, Json] | None = None,
    ) -> requests.Response:
        """POST under a key. When the answer is lost, ask again with the same key: the server
        answers as the first time and does nothing twice. Raises `ProblemError`.
        """
        keyed = {**(headers or {}), "Idempotency-Key": str(uuid4())}
        for wait in WAITS:
            try:
                return self.send("POST", path, headers=keyed, data=data, json=json)
            except (requests.ConnectionError, requests.Timeout):
                pass
            except ProblemError as problem:
                if problem.code not in COMES_BACK:
                    raise
            time.sleep(wait)
        return self.send("POST", path, headers=keyed, data=data, json=json)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        json: Mapping[str, Json] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send a request below ``/api/v1`` and insist on success. Raises `ProblemError`."""
        all_headers = dict(headers or {})
        if self.token is not None:
            all_headers["Authorization"] = f"{self.scheme} {self.token}"
        answer = self._http.request(
            method,
            f"{self.url}{API}{path}",
            headers=all_headers,
            data=data,
            json=json,
            params=query,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        if not answer.ok:
            raise ProblemError(answer.status_code, _document(answer))
        return answer

    def another(self, token: str | None = None) -> Client:
        """Another connection to the same server. A `Client` serves one thread at a time."""
        return Client(self.url, token)


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined]
    def set_ok(self, cookie: object, request: object) -> bool:
        return False


def _document(answer: requests.Response) -> Mapping[str, Json]:
    # An answer to HEAD has the type of its body, and no body.
    if not answer.content or "json" not in answer.headers.get("Content-Type", ""):
        return {}
    document = answer.json()
    return document if isinstance(document, dict) else {}
