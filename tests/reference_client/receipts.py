"""Receipts: fetched, checked under the log's key that was seen first, and taken once saved.

From docs/log.md alone. The key is the same for everybody and for good, so a device keeps the
first that it sees: whoever has never seen it has nothing to compare with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import requests

from tests.reference_client.client import TIMEOUT_SECONDS, Client
from tests.reference_client.crypto.receipt import Proven, ReceiptError, check_receipt


@dataclass(slots=True)
class ReceiptBook:
    """What a device knows of the log. ``key`` is pinned at first use, and then kept for good."""

    client: Client
    key: str | None = None

    def pinned(self) -> str:
        """The log's key; asked for and kept, if this is the first time."""
        if self.key is None:
            answer = requests.get(f"{self.client.url}/log/key", timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            self.key = answer.text.strip()
        return self.key

    def held(self) -> list[Proven]:
        """Every receipt that can be had, checked. Raises `ReceiptError`."""
        listed = self.client.call("GET", "/receipts")["items"]
        return [self.read(each["id"]) for each in listed if each["standing"] == "ready"]

    def read(self, receipt_id: str) -> Proven:
        """One of them. Raises `ReceiptError` for another than the one that was asked for."""
        file = self.client.call("GET", f"/receipts/{receipt_id}")["file"]
        proven = check_receipt(json.dumps(file), self.pinned())
        if proven.receipt["id"] != receipt_id:
            raise ReceiptError("not-a-receipt")
        return proven

    def of_stored(self, image_ids: Sequence[str]) -> Proven:
        """A receipt that these photos are stored. Raises `ReceiptError`."""
        body = {"image_ids": list(image_ids)}
        file = self.client.call("POST", "/receipts/stored", body)
        return check_receipt(json.dumps(file), self.pinned())

    def take(self, receipt_id: str) -> None:
        """Say that it is kept elsewhere: what it says is shredded there."""
        self.client.call_once(f"/receipts/{receipt_id}/taken")
