"""One JSON object per line, holding nothing about anyone.

Only the fields named here are written; a message is a constant of the code, and values
travel in ``extra`` under one of these names.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

FIELDS = (
    "task",
    "error",
    "attempts",
    "epoch",
    "route",
    "method",
    "status",
    "milliseconds",
    "request_id",
    "count",
    "code",
    "store",
    "check",
)


class JsonFormatter(logging.Formatter):
    """Writes the level, the logger, the constant message and the allowed fields.

    Arguments of a message and the text of exceptions are left out: both can hold a path,
    an address or a name. The type and place of an exception are enough to find it.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info)
        return json.dumps(line)


def _where(exc_info: object) -> list[str]:
    traceback = exc_info[2] if isinstance(exc_info, tuple) else None
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-8:]
