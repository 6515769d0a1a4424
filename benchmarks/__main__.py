"""Run the benchmarks named, or all but a few: JSON lines on stdout, a table on stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from benchmarks import (
    archives,
    crypto,
    deletes,
    drill,
    erasing,
    exiftool,
    export,
    false_reads,
    feed,
    kdf,
    profile_page,
    publishing,
    renditions,
    rotation,
    scale,
    scrapers,
    scrub,
    sharing,
    sharing_service,
    strip,
    timeline,
    tracing,
    uploads,
    visibility,
    watermark,
)
from benchmarks.kept import keep, run_of
from benchmarks.lines import Line, describe, table
from benchmarks.places import MissingError


class Benchmark(Protocol):
    """What each of them is: something that measures, in a minute or, quickly, in seconds."""

    def __call__(self, *, is_quick: bool) -> Iterator[Line]: ...


BENCHMARKS: Mapping[str, Benchmark] = {
    "crypto": crypto.measure,
    "kdf": kdf.measure,
    "uploads": uploads.measure,
    "feed": feed.measure,
    "timeline": timeline.measure,
    "rotation": rotation.measure,
    "scrub": scrub.measure,
    "archives": archives.measure,
    "deletes": deletes.measure,
    "erasing": erasing.measure,
    "drill": drill.measure,
    "strip": strip.measure,
    "sharing": sharing.measure,
    "sharing-service": sharing_service.measure,
    "watermark": watermark.measure,
    "publishing": publishing.measure,
    "profile-page": profile_page.measure,
    "renditions": renditions.measure,
    "exiftool": exiftool.measure,
    "export": export.measure,
    "tracing": tracing.measure,
    "scrapers": scrapers.measure,
    "scale": scale.measure,
    "visibility": visibility.measure,
    # The last: it makes its process give way to others, which cannot be taken back.
    "false-reads": false_reads.measure,
}
# Not without being named: what one needs is installed first, and is large; the other takes a
# quarter of an hour, and empties the Redis that it is given.
BY_HAND = frozenset({"visibility", "scale"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 0 whatever the figures are, because a missed goal is a finding, not a failure."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it runs")
    parser.add_argument("--keep", type=Path, help="a folder for what was measured")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    if chosen.keep and chosen.quick:
        parser.error("what --quick measures means nothing, and is not kept")
    lines = []
    for name in chosen.names or by_itself():
        measured = list(_measured(name, is_quick=chosen.quick))
        if chosen.keep and measured:
            keep(chosen.keep, run_of(name, measured))
        lines += measured
    sys.stderr.write(f"\n{table(lines)}\n")
    return 0


def by_itself() -> list[str]:
    """What is measured where nobody names anything."""
    return [name for name in BENCHMARKS if name not in BY_HAND]


def _measured(name: str, *, is_quick: bool) -> Iterator[Line]:
    _say(sys.stderr, f"{name} …")
    try:
        for line in BENCHMARKS[name](is_quick=is_quick):
            _say(sys.stdout, describe(line))
            yield line
    except MissingError as error:
        _say(sys.stderr, f"NOT MEASURED: {name}: {error}")


def _say(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
