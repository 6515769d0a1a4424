"""Asks the browser's own code, running under Node, to do something."""

import json
import os
import subprocess
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.reference_client.crypto.context import Context
from tests.vectors.material import to_text

ROOT = Path(__file__).parents[2]
COMMAND = ["node", "--import", "tsx", str(ROOT / "tests" / "vectors" / "oracle.ts")]


class RefusedError(Exception):
    """The browser's code refused; `code` is the code of its CryptoError."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Oracle:
    """One Node process that answers a line for a line."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
        self._process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=30)

    def ask(self, operation: str, context: Context | None = None, **fields: object) -> object:
        """Return the answer, its bytes as base64url; raise RefusedError where it refuses."""
        request = {"operation": operation} | {
            name: to_text(value) if isinstance(value, bytes) else value
            for name, value in fields.items()
        }
        if context is not None:
            request["context"] = asdict(context)
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The oracle has no pipes.")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "code" in answer:
            raise RefusedError(answer["code"])
        return answer["ok"]
