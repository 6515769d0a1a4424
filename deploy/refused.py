"""Look for packages that learn from photos, or send them to somebody who does.

    python3 -m deploy.refused

Reads every lock file of the project, and what is installed beside the Python that runs it. One
lock is left out, which no environment of the project is made from (`benchmarks/visibility.py`).
Which names are refused, and why, stands in ``refused_packages.txt``. Needs Python alone.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("refused_packages.txt")
# How visible a mark is can only be measured by a tool that needs torch. It is installed apart.
APART = ("benchmarks/visibility-requirements.txt",)
NPM_LOCK = "package-lock.json"
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==", re.MULTILINE)
_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of package, of ``npm`` or ``python``, that must not be here."""

    registry: str
    pattern: str
    reason: str


@dataclass(frozen=True, slots=True)
class Package:
    """A package, and the file or place that brings it."""

    registry: str
    name: str
    place: str


def refusals(text: str | None = None) -> list[Refusal]:
    """The list, in its order. Raises `ValueError` for a line that is none."""
    found, reason = [], ""
    for line in (text if text is not None else LIST.read_text(encoding="utf-8")).splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            reason = line.strip("[]")
            continue
        registry, pattern = line.split()
        if registry not in ("npm", "python") or not reason:
            raise ValueError(f"not a line of the list: {line}")
        found.append(Refusal(registry, pattern, reason))
    return found


def packages_of(root: Path) -> Iterator[Package]:
    """Every package that a lock file of a project names, those of others' needs included."""
    for path in sorted([*root.glob("*requirements*.txt"), *root.glob("*/*requirements*.txt")]):
        place = path.relative_to(root).as_posix()
        if place not in APART:
            for name in _PINNED.findall(path.read_text(encoding="utf-8")):
                yield Package("python", plain_name(name), place)
    for path in sorted([*root.glob(NPM_LOCK), *root.glob(f"benchmarks/*/{NPM_LOCK}")]):
        lock = path.relative_to(root).as_posix()
        locked = json.loads(path.read_text(encoding="utf-8"))["packages"]
        for place, facts in locked.items():
            # An alias keeps its real name beside it.
            names = {place.rpartition("node_modules/")[2], facts.get("name", "")} - {""}
            yield from (Package("npm", name.lower(), lock) for name in names if place)


def packages_installed() -> Iterator[Package]:
    """What could be imported by the Python that runs this."""
    for each in distributions():
        yield Package("python", plain_name(each.metadata["Name"] or ""), "installed")


def refused_among(packages: Iterable[Package], known: Iterable[Refusal]) -> list[str]:
    """A sentence for each package that is refused."""
    listed = list(known)
    return sorted({
        f"{package.name} ({package.place}): {refusal.reason}"
        for package in packages
        for refusal in listed
        if refusal.registry == package.registry and fnmatchcase(package.name, refusal.pattern)
    })  # fmt: skip


def main() -> int:
    """Say what was found. The exit code is 1 when it is anything."""
    found = refused_among([*packages_of(ROOT), *packages_installed()], refusals())
    for sentence in found:
        sys.stderr.write(f"REFUSED: {sentence}\n")
    if not found:
        sys.stdout.write("No package here can learn from photos or send them to who does.\n")
    return int(bool(found))


def plain_name(name: str) -> str:
    """One spelling per name (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
