"""The published table: ``python -m tests.hostile.table`` runs the suite and writes it.

Every cell of ``docs/hostile-server.md`` is what a run has observed. Without being asked to write,
each test holds what it observed against the document.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.hostile.catalogue import ATTACKS, CLIENTS, DEVICES, Attack

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "hostile-server.md"
BEGINS, ENDS = "<!-- the table begins -->\n", "<!-- the table ends -->"
# Where a run leaves what it observed, when it is to be written.
FOLDER = "HOSTILE_TABLE"
NOT_RUN, NOT_BUILT = "not run", "not yet built"
COLUMNS = tuple((client, device) for client in CLIENTS for device in DEVICES)
Cells = Mapping[str, str]


def name_of(attack: Attack, client: str, device: str) -> str:
    """Of a cell."""
    return f"{attack.slug}.{client}.{device}"


def words_of(outcome: str, said: tuple[str, ...]) -> str:
    """What stands in a cell: the outcome, and how a client said it."""
    return f"{outcome}: {'; '.join(said)}" if said else outcome


def note(attack: Attack, client: str, device: str, words: str) -> None:
    """Leave an observation for the table, or hold it against the table that is published."""
    cell = name_of(attack, client, device)
    if folder := os.environ.get(FOLDER):
        (Path(folder) / cell).write_text(words, encoding="utf-8")
    else:
        assert published().get(cell) == words, f"The table says otherwise about {cell}."


def render(cells: Cells) -> str:
    """The table, a row for each attack, and under it why."""
    head = ["", "attack", "what the server does", *(f"{c}, {d}" for c, d in COLUMNS)]
    rows = [head, ["---"] * len(head)]
    for number, attack in enumerate(ATTACKS, start=1):
        found = [cells.get(name_of(attack, *column), NOT_RUN) for column in COLUMNS]
        if attack.known == NOT_BUILT:
            found = [NOT_BUILT] * len(COLUMNS)
        rows.append([str(number), attack.name, attack.does, *found])
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    reasons = "\n".join(
        f"{number}. **{attack.name}.** {attack.why}"
        for number, attack in enumerate(ATTACKS, start=1)
    )
    return f"{table}\n\n## Why\n\n{reasons}\n"


def published() -> dict[str, str]:
    """The cells of the document."""
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGINS)
    rows = [re.split(r" ?\| ?", line)[1:-1] for line in rest.splitlines() if line.startswith("| ")]
    found: dict[str, str] = {}
    for attack, row in zip(ATTACKS, rows[2:], strict=False):
        for column, words in zip(COLUMNS, row[3:], strict=True):
            found[name_of(attack, *column)] = words
    return found


def with_table(document: str, cells: Cells) -> str:
    """The document with this table in it."""
    before, _, rest = document.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n{render(cells)}\n{ENDS}{after}"


def main() -> int:
    """Run everything, and write what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FOLDER] = folder
        suites = [f"tests/hostile/test_{client}.py" for client in CLIENTS]
        code = pytest.main(["-q", "-p", "no:cacheprovider", *suites, *sys.argv[1:]])
        cells = {path.name: path.read_text(encoding="utf-8") for path in Path(folder).iterdir()}
    cells = cells if not sys.argv[1:] else published() | cells
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), cells), encoding="utf-8")
    sys.stdout.write(json.dumps({"cells": len(cells)}) + "\n")
    return int(code)


if __name__ == "__main__":
    raise SystemExit(main())
