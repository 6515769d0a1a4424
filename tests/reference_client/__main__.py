"""``python -m tests.reference_client``: see docs/command-line.md."""

from __future__ import annotations

import sys

from tests.reference_client.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
