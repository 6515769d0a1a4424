"""``python -m benchmarks.lighthouse``: measure, keep, and say. ``make lighthouse`` prepares it."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.evidence import FOLDER, LIGHTHOUSE, REPORT, report
from benchmarks.kept import run_of
from benchmarks.lighthouse.figures import (
    Seen,
    UnmeasuredError,
    document_of,
    middle_of,
    rows,
    seen_in,
    words_on_left_out,
)
from benchmarks.lighthouse.fronted import fronted_site
from benchmarks.lighthouse.pages import Measured, fill, pages_of, return_to
from benchmarks.lighthouse.runs import SCREENS, report_on, version
from benchmarks.lines import load_now
from benchmarks.places import MissingError
from tests.journeys.site import Site

ROUNDS, PHOTOS = 3, 120
SERVICE = "behind nginx over TLS and HTTP/2, and giving way to the browser"
TRIES = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0 whatever the scores are, because a missed goal is a finding, not a failure."""
    parser = argparse.ArgumentParser(prog="lighthouse", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="the middle one is kept")
    parser.add_argument("--photos", type=int, default=PHOTOS, help="in the vault that is measured")
    parser.add_argument("--only", action="append", help="a page by its name; nothing is kept then")
    parser.add_argument("--reports", type=Path, help="a folder for Lighthouse's whole reports")
    chosen = parser.parse_args(arguments)
    facts = {
        **{name: getattr(run_of("", []), name) for name in ("at", "machine", "commit")},
        "lighthouse": version(), "rounds": chosen.rounds, "photos": chosen.photos,
        "load": load_now(), "service": SERVICE,
    }  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as folder,
        fronted_site(Path(folder) / "site") as (site, profiles),
    ):
        fill(site, chosen.photos)
        measured = pages_of(site, profiles, Path(folder))
        if chosen.only:
            measured = [page for page in measured if page.name in chosen.only]
        found = list(_measure(measured, site, Path(folder), chosen.rounds, chosen.reports))
    sys.stdout.write("\n".join([words_on_left_out(found), "", *rows(found), ""]))
    if not chosen.only:
        document = json.dumps(document_of(found, facts), ensure_ascii=False, indent=1)
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / LIGHTHOUSE).write_text(f"{document}\n", encoding="utf-8")
        REPORT.write_text(report(FOLDER), encoding="utf-8")
    return 0


def _measure(
    pages: Sequence[Measured], site: Site, folder: Path, rounds: int, reports: Path | None
) -> Iterator[Seen]:
    """The middle of the rounds, for each page on each screen, those of one person together."""
    for screen in SCREENS:
        taken: dict[str, list[Seen]] = {page.name: [] for page in pages}
        for number in range(rounds):
            for who in dict.fromkeys(page.who for page in pages):
                if who == "demo":
                    return_to(site, folder / who)
                for page in (each for each in pages if each.who == who):
                    told, seen = _look(page, screen, folder / who)
                    if reports is not None:
                        _keep_whole(reports, f"{page.name}-{screen}-{number}", told)
                    taken[page.name].append(seen)
                    _say(taken[page.name][-1])
        yield from (middle_of(taken[page.name]) for page in pages)


def _look(page: Measured, screen: str, profile: Path) -> tuple[Mapping[str, Any], Seen]:
    """One measurement. Now and then Lighthouse cannot take one, and says so: then another."""
    for tries_left in reversed(range(TRIES)):
        told = report_on(page, screen, profile)
        try:
            return told, seen_in(told, page=page.name, screen=screen, is_listed=page.is_listed)
        except UnmeasuredError as error:
            if not tries_left:
                raise
            sys.stderr.write(f"{error}\n")
    raise AssertionError("there is at least one try")


def _keep_whole(folder: Path, name: str, told: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name.replace(' ', '-')}.json").write_text(json.dumps(told), encoding="utf-8")


def _say(seen: Seen) -> None:
    shown = replace(seen, missed=tuple(seen.missed))
    sys.stderr.write(f"{shown}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MissingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
