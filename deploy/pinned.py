"""Whether what is installed is what the lock files say, to the version and no more.

    .venv/bin/python -m deploy.pinned

Reads the lock files and what lies beside the Python that runs it. It asks nobody, so it says
nothing about known holes: `npm audit` and `pip-audit` do, where their lists can be reached.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

from deploy.refused import plain_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
# What an environment is made with: Python brings them, and nothing of ours imports them.
BROUGHT = {"pip", "setuptools"}
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;]+)(.*)$", re.MULTILINE)


def pins_in(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each package of a lock file, its version, and whether a digest stands with it."""
    for name, version, rest in _PIN.findall(text.replace("\\\n", " ")):
        yield plain_name(name), plain_version(version), "--hash=sha256:" in rest


def pins(root: Path = ROOT) -> dict[str, set[str]]:
    """The versions that any lock file of a project allows for each package."""
    allowed: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version, _ in pins_in((root / lock).read_text(encoding="utf-8")):
            allowed.setdefault(name, set()).add(version)
    return allowed


def installed() -> dict[str, str]:
    """What could be imported by the Python that runs this."""
    return {
        plain_name(each.metadata["Name"] or ""): plain_version(each.version)
        for each in distributions()
    }


def plain_version(version: str) -> str:
    """One spelling for each version: 2.012 is 2.12 (PEP 440)."""
    return ".".join(str(int(part)) if part.isdecimal() else part for part in version.split("."))


def astray(here: Mapping[str, str], allowed: Mapping[str, set[str]]) -> list[str]:
    """A sentence for each package that no lock file has, or not in this version."""
    return [
        f"{name} {version}: " + (f"{' or '.join(sorted(allowed[name]))} is pinned"
                                 if name in allowed else "no lock file has it")
        for name, version in sorted(here.items())
        if name not in BROUGHT and version not in allowed.get(name, ())
    ]  # fmt: skip


def main() -> int:
    """Say what is astray. The exit code is 1 when anything is."""
    found = astray(installed(), pins())
    for sentence in found:
        sys.stderr.write(f"ASTRAY: {sentence}\n")
    if not found:
        sys.stdout.write("What is installed is what is pinned. That says nothing of known holes.\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
