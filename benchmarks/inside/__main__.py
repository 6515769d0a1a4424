"""``python -m benchmarks.inside NAME OPTIONS``: one JSON answer on stdout."""

from __future__ import annotations

import importlib
import json
import logging
import sys

import django

if __name__ == "__main__":
    django.setup()
    logging.disable(logging.INFO)
    name, options = sys.argv[1:]
    answer = importlib.import_module(f"benchmarks.inside.{name}").run(**json.loads(options))
    sys.stdout.write(json.dumps(answer))
