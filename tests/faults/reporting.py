"""What a test did, for whoever runs many of them: a line of JSON in the file that
``FAULT_REPORT`` names, and nothing without it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def note(**done: object) -> None:
    """Add a line: the test that is running, and what it did."""
    if path := os.environ.get("FAULT_REPORT"):
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"test": test, **done}) + "\n")
