"""Log lines hold nothing about anyone."""

from __future__ import annotations

import json
import logging
import sys

from pocketvault.kernel.logs import FIELDS, JsonFormatter

CANARY = "alice@example.org"


def line(**values: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "t", "levelname": "INFO", **values})
    return json.loads(JsonFormatter().format(record))


def test_only_named_fields_are_written() -> None:
    written = line(msg="done", task="images.verify_image", email=CANARY, path=f"/x/{CANARY}")

    assert written["task"] == "images.verify_image"
    assert CANARY not in json.dumps(written)
    assert set(written) <= {"at", "level", "logger", "message", *FIELDS}


def test_arguments_of_a_message_are_left_out() -> None:
    assert line(msg="sent to %s", args=(CANARY,))["message"] == "sent to %s"


def test_an_exception_says_its_kind_and_place_but_not_its_text() -> None:
    try:
        int(CANARY)
    except ValueError:
        written = line(msg="failed", exc_info=sys.exc_info())

    assert written["exception"] == "ValueError"
    assert "test_logs.py" in json.dumps(written["where"])
    assert CANARY not in json.dumps(written)


def test_a_line_is_one_line() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines", "name": "t", "levelname": "INFO"})
    assert "\n" not in JsonFormatter().format(record)
