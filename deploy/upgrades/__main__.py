"""The command."""

from __future__ import annotations

import argparse
import os
import sys

import django

from deploy.upgrades import releases, rules


def main() -> int:
    """Say what is refused, or note a release. 1 when something is refused."""
    parser = argparse.ArgumentParser(prog="deploy.upgrades", description=__doc__)
    parser.add_argument("--released", metavar="NAME", help="note what this release brought")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pocketvault.settings.base")
    django.setup()
    if refused := rules.refusals():
        sys.stdout.writelines(f"{each}\n" for each in refused)
        return 1
    if chosen.released:
        releases.note(chosen.released)
    return 0


if __name__ == "__main__":
    sys.exit(main())
