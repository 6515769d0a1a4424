"""Somebody who speaks the protocol of the page without being it, from a network of their choice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import altcha
from django.http import HttpResponse
from django.test import Client

PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
PICTURE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "image"}
HERE = "198.51.100.7"
FORM = "application/x-www-form-urlencoded"


class Stranger:
    """A browser as far as the server can tell. ``address`` is where its requests come from."""

    def __init__(self, address: str = HERE) -> None:
        self.client = Client(HTTP_HOST="127.0.0.1:8000", REMOTE_ADDR=address)

    def fill(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> HttpResponse:
        """Send a form as a browser does, one without files."""
        return self.client.post(
            path, urlencode(form), content_type=FORM, headers=dict(headers or {})
        )

    def challenge(self) -> dict[str, Any]:
        """A task, as the page asks for it."""
        task: dict[str, Any] = self.client.get("/g/challenge", headers=PAGE).json()
        return task

    def solve(self) -> str:
        """A solution of a new task."""
        challenge = altcha.Challenge.from_dict(self.challenge())
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        return altcha.Payload(challenge, solution).to_base64()

    def redeem(self, solution: str) -> int:
        """Hand a solution in; the status of the answer."""
        return self._post("/g/grant", {"solution": solution}).status_code

    def with_grant(self) -> Stranger:
        """The same, with a grant."""
        assert self.redeem(self.solve()) == 204
        return self

    def hand_in(self, address: str, profile: str = "marit") -> int:
        """A pass, as the vault put it into an address; the status of the answer."""
        body = {"profile": profile, "pass": address.partition("#pass=")[2]}
        return self._post("/g/pass", body).status_code

    def ask(
        self, photos: Sequence[str], *, size: int = 320, moved: bool = True, profile: str = "marit"
    ) -> dict[str, Any]:
        """What the page is answered when it asks for addresses."""
        wanted = {"profile": profile, "size": size, "photos": list(photos), "moved": moved}
        answer = self._post("/g/addresses", wanted)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def count(self, photos: Sequence[str], *, size: int = 320, **more: Any) -> int:
        """For how many of these an address is given out, asked for in small portions."""
        step = 24 if size <= 320 else 1
        portions = [photos[start : start + step] for start in range(0, len(photos), step)]
        return sum(len(self.ask(each, size=size, **more)["addresses"]) for each in portions)

    def fetch(self, address: str, **headers: str) -> Any:
        """A picture, as an ``img`` of the page fetches it."""
        return self.client.get(address, headers={**PICTURE, **headers})

    def _post(self, address: str, body: dict[str, Any]) -> Any:
        return self.client.post(
            address, json.dumps(body), content_type="application/json", headers=PAGE
        )
