"""Which migrations each release went out with: ``releases.txt``, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

Key = tuple[str, str]
LIST = Path(__file__).with_name("releases.txt")


class UnreadableListError(ValueError):
    """A line is no name and no migration, or a migration is not there."""


def read(loader: MigrationLoader, text: str) -> Mapping[str, set[Key]]:
    """Every migration that each release brought or had, oldest release first.

    Raises `UnreadableListError`.
    """
    found: dict[str, set[Key]] = {}
    name = ""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) == 1:
            name = words[0]
            found[name] = set()
        elif len(words) == 2 and name:
            key = (words[0], words[1])
            if key not in loader.graph.nodes:
                raise UnreadableListError(line)
            found[name].update(loader.graph.forwards_plan(key))
        elif words:
            raise UnreadableListError(line)
    return found


def note(name: str) -> None:
    """Add a release, with the migrations of this checkout.

    Raises `UnreadableListError` where there is one of that name.
    """
    loader = MigrationLoader(None)
    text = LIST.read_text(encoding="utf-8")
    if len(name.split()) != 1 or "#" in name or name in read(loader, text):
        raise UnreadableListError(name)
    leaves = "".join(f"{app} {last}\n" for app, last in sorted(loader.graph.leaf_nodes()))
    LIST.write_text(f"{text}\n{name}\n{leaves}", encoding="utf-8")
