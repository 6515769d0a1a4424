"""docs/scale.md: what `scale` measured, and what a hundred million images would come to.

``python -m benchmarks.projection`` writes it from docs/evidence/scale.json and the text beside this
module; ``make evidence`` does so too. A number that is not in either is arithmetic of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.kept import ROOT, Run, kept_in
from benchmarks.lines import Line
from benchmarks.scale import named

FOLDER = ROOT / "docs" / "evidence"
REPORT = ROOT / "docs" / "scale.md"
TEXT = Path(__file__).parent / "scale.template.md"
MANY, BEFORE = 100_000_000, "Not measured so far: `make evidence NAME=scale`.\n"
DAY, HOUR = 86_400, 3_600
# What `benchmarks/inside/library.py` says of a photo: its original, preview and thumbnail.
PHOTO_BYTES, OBJECTS = 4_200_000 + 240_000 + 16_000, 3
# Of the code: a round of the scrub, backups that are kept at once, ten minutes, how many names a
# store lists at once and how many are looked up in one statement; and of PostgreSQL: a page.
SCRUB_DAYS, BACKUPS, TEN_MINUTES, LISTED, LOOKED_UP, PAGE_BYTES = 30, 29, 600, 1_000, 500, 8_192
# How long one worker may be at it: `at_most` of `rights.keep_backups` and `rights.hold_drill`.
BACKUP_HELD, DRILL_HELD = 12 * HOUR, 2 * DAY
PARTITIONS, WORKERS = 64, 8
MEANT = {True: "yes", False: "**no**", None: ""}
NOTHING = "-"
ABSENT = "- SQLite: the run that is kept ended before its turn.\n"
WORKS = {
    "a rotation": ("a rotation", "s"),
    "one seal of it": ("a rotation, for each seal", "µs"),
    "an hour in which no rotation is due": ("an hour in which no rotation is due", "ms"),
    "a vacuum of everything after it": ("a vacuum after it", "s"),
    "a backup, read back": ("a backup", "s"),
    "one row of it": ("a backup, for each row", "µs"),
    "its file, for each image": ("a backup's file", "bytes"),
    "a drill": ("a drill", "s"),
    "an archive of the library begun": ("an archive begun", "s"),
    "its most memory": ("memory of an archive begun", "MB"),
    "its plan, photos a second": ("an archive's plan", ""),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The kept figures by name."""

    run: Run

    def line(self, name: str) -> Line:
        """Raises ``LookupError`` where it was not measured."""
        found = next((each for each in self.run.lines if each.name == name), None)
        if found is None:
            raise LookupError(f"not measured: {name}")
        return found

    def of(self, what: str, images: int | None = None, database: str = "PostgreSQL") -> Line:
        """A figure of one size, of the largest if none is said."""
        return self.line(named(what, images or self.sizes(database)[-1], database))

    def value(self, what: str) -> float:
        """Of the largest on PostgreSQL."""
        return self.of(what).value

    def images(self, size: int | None = None) -> float:
        """How many all accounts have together, in a service of this size."""
        return self.of("images of all accounts", size).value

    def sizes(self, database: str = "PostgreSQL") -> list[int]:
        """How many images, ascending."""
        found = self.between("scale, a rotation, for each seal, ", f" images, {database}")
        return sorted(int(each.replace(" ", "")) for each in found)

    def databases(self) -> list[str]:
        """Those that were measured."""
        return [each for each in ("PostgreSQL", "SQLite") if self.sizes(each)]

    def between(self, head: str, end: str) -> list[str]:
        """What stands between these two in the names that have both, in order."""
        return [
            each.name.removeprefix(head).removesuffix(end)
            for each in self.run.lines
            if each.name.startswith(head) and each.name.endswith(end)
        ]

    def about(self, head: str, database: str = "PostgreSQL") -> list[str]:
        """What figures of the largest begin so."""
        end = named("", self.sizes(database)[-1], database).removeprefix("scale, ")
        return self.between(f"scale, {head} ", end)


def report(folder: Path) -> str:
    """The whole document, from a folder such as ``docs/evidence``."""
    runs = kept_in(folder, ["scale"])
    if not runs:
        return f"# Scale\n\n{BEFORE}"
    figures = Figures(runs[0])
    values = {
        "origin": _origin(figures.run), "asked": "\n".join(_asked(figures)),
        "worked": "\n".join(_worked(figures)), "swept": _swept(figures),
        "crews": "\n".join(_crews(figures)), "tables": "\n".join(_tables(figures)),
        "largest": spaced(figures.sizes()[-1]), "cores": _cores(figures.run),
        "absent": "" if "SQLite" in figures.databases() else ABSENT,
        **_room(figures), **_sealing(figures),
        **_rounds(figures), **_backups(figures), **_requests(figures),
        "archive_memory": _from_to_sizes(figures, "memory of an archive begun"),
        "archive_begun": _from_to_sizes(figures, "an archive begun"),
    }  # fmt: skip
    return TEXT.read_text(encoding="utf-8").format_map(values)


def _origin(run: Run) -> str:
    loads = [each.load for each in run.lines]
    return (
        f"{run.at[:10]}, {run.machine}, commit `{run.commit}`; the load when a part of it began "
        f"was {min(loads):g} to {max(loads):g}, its own included."
    )


def _cores(run: Run) -> str:
    """As the machine is told."""
    return next(each for each in run.machine.split(", ") if each.endswith("cores"))


def _asked(figures: Figures) -> Iterator[str]:
    for database in figures.databases():
        sizes = figures.sizes(database)
        titles = " | ".join(f"{spaced(size)} images" for size in sizes)
        yield f"| {database} | {titles} | times | flat | statements | processor time |"
        yield "|---|" + "---|" * (len(sizes) + 4)
        for ask in figures.about("statements of", database):
            lines = [figures.of(ask, size, database) for size in sizes]
            counted = figures.of(f"statements of {ask}", database=database)
            spent = figures.of(f"processor time of {ask}", database=database)
            times = " | ".join(f"{digits(each.value)} ms" for each in lines)
            yield (
                f"| {ask} | {times} | {lines[-1].ratio:.3g} | {MEANT[lines[-1].met]} | "
                f"{_from_to(counted)} | {_from_to(spent)} ms |"
            )
        yield ""


def _from_to(each: Line) -> str:
    """From the smallest to the largest, if there is a difference."""
    first, last = digits(each.against_value or 0.0), digits(each.value)
    return last if first == last else f"{first} → {last}"


def _from_to_sizes(figures: Figures, what: str) -> str:
    first, *_, last = (figures.of(what, size) for size in figures.sizes())
    return f"{digits(first.value)} → {digits(last.value)} {last.unit}"


def _worked(figures: Figures) -> Iterator[str]:
    columns = [
        (database, size)
        for database in figures.databases()
        for size in figures.sizes(database)
    ]
    yield "| what | " + " | ".join(f"{name}, {spaced(size)}" for name, size in columns) + " |"
    yield "|---|" + "---|" * len(columns)
    for title, (what, unit) in WORKS.items():
        cells = [_cell(figures, what, size, name, unit) for name, size in columns]
        yield f"| {title} | {' | '.join(cells)} |"


def _cell(figures: Figures, what: str, size: int, database: str, unit: str) -> str:
    try:
        return f"{digits(figures.of(what, size, database).value)} {unit}".strip()
    except LookupError:
        return NOTHING


def _swept(figures: Figures) -> str:
    whole = figures.of("everything periodic")
    told = ", ".join(
        f"`{task}` {_from_to(figures.of(f'periodic {task}'))} ms"
        for task in figures.about("periodic")
    )
    return (
        "Every periodic task once with nothing due, but for rotation, backup, drill and scrub, "
        f"took {_from_to(whole)} ms from the smallest to the largest on PostgreSQL; those with a "
        f"share of 3 % or more: {told}."
    )


def _crews(figures: Figures) -> Iterator[str]:
    requests = figures.line("scale, requests, two web processes")
    spent = figures.line("scale, processor time of the web processes for a request, two")
    jobs = figures.line("scale, jobs, two workers")
    yield "| what | one | two | times |"
    yield "|---|---|---|---|"
    for what, each, unit in (
        ("requests a second of 16 connections, a mixed load", requests, ""),
        ("processor time of the web processes for a request", spent, " ms"),
        ("jobs a second, each worker with one process", jobs, ""),
    ):
        yield (
            f"| {what} | {each.against_value:.4g}{unit} | {each.value:.4g}{unit} | "
            f"{each.ratio:.3g} |"
        )


def _tables(figures: Figures) -> Iterator[str]:
    yield "| table | rows an image | bytes an image | of them indexes | rows at n | bytes at n |"
    yield "|---|---|---|---|---|---|"
    for table in sorted(
        figures.about("rows of"), key=lambda each: -figures.value(f"bytes of {each}")
    ):
        rows, size = figures.value(f"rows of {table}"), figures.of(f"bytes of {table}")
        yield (
            f"| `{table}` | {rows:.3g} | {size.value:.4g} | {size.against_value:.4g} | "
            f"{amount(rows * MANY)} | {octets(size.value * MANY)} |"
        )


def _room(figures: Figures) -> Mapping[str, str]:
    whole = figures.value("bytes of all tables")
    touch = figures.value("bytes of images_touch") / figures.value("rows of images_touch")
    again = 365 / SCRUB_DAYS
    return {
        "bytes_each": f"{whole:.4g}", "bytes_each_text": octets(whole),
        "bytes_all": octets(whole * MANY), "touches_each": f"{again:.3g}",
        "touch_bytes": f"{touch:.3g}", "touch_all": octets(again * touch * MANY),
        "part_images": amount(MANY / PARTITIONS),
        "part_bytes": octets(whole * MANY / PARTITIONS),
    }  # fmt: skip


def _sealing(figures: Figures) -> Mapping[str, str]:
    each = figures.value("seals") / figures.images()
    cost = figures.value("a rotation, for each seal") / 1e6
    log = figures.value("log of a rotation, for each seal")
    grown = figures.of("envelopes after a rotation, before a vacuum").ratio or 1.0
    envelopes = figures.value("bytes of images_envelope") * MANY
    busy, written = each * cost * MANY, each * log * MANY
    return {
        "seals_each": f"{each:.3g}", "seals_all": amount(each * MANY),
        "seal_us": f"{cost * 1e6:.3g}", "seal_log": f"{log:.3g}",
        "reseal_seconds": spaced(busy), "reseal_hours": f"{busy / HOUR:.3g}",
        "reseal_eight": f"{busy / HOUR / WORKERS:.3g}", "reseal_limit": amount(DAY / each / cost),
        "reseal_log": octets(written), "reseal_rate": octets(written / DAY),
        "reseal_pages": amount(written / PAGE_BYTES / DAY), "grown": f"{grown:.3g}",
        "envelope_bytes": octets(envelopes), "envelope_more": octets((grown - 1) * envelopes),
        "lease_limit": amount(TEN_MINUTES / each / cost),
    }  # fmt: skip


def _rounds(figures: Figures) -> Mapping[str, str]:
    reading, objects = PHOTO_BYTES * MANY / SCRUB_DAYS, OBJECTS * MANY
    jobs = figures.line("scale, jobs, one worker").value
    return {
        "photo_bytes": octets(PHOTO_BYTES), "stored_bytes": octets(PHOTO_BYTES * MANY),
        "scrub_bytes": octets(reading), "scrub_rate": octets(reading / DAY),
        "objects": amount(objects), "objects_read": amount(objects / SCRUB_DAYS),
        "lists": amount(objects / LISTED), "look_ups": amount(objects / LOOKED_UP),
        "jobs": f"{jobs:.3g}", "jobs_day": amount(jobs * DAY),
    }  # fmt: skip


def _backups(figures: Figures) -> Mapping[str, str]:
    each = figures.value("a backup") / figures.images()
    size = figures.value("a backup's file")
    held = [n for n in figures.sizes() if _cell(figures, "a drill", n, "PostgreSQL", "") != NOTHING]
    least, most = (figures.of("a drill", images).value for images in (held[0], held[-1]))
    slope = (most - least) / (figures.images(held[-1]) - figures.images(held[0]))
    return {
        "backup_us": f"{each * 1e6:.3g}", "backup_hours": f"{each * MANY / HOUR:.3g}",
        "backup_bytes": octets(size * MANY), "backup_limit": amount(DAY / each),
        "backups_bytes": octets(BACKUPS * size * MANY), "backups_each": spaced(BACKUPS * size),
        "drill_us": f"{slope * 1e6:.3g}", "drill_limit": amount(7 * DAY / slope),
        "backup_held": amount(BACKUP_HELD / each), "drill_held": amount(DRILL_HELD / slope),
        "drill_least": spaced(held[0]), "drill_most": spaced(held[-1]),
        "drill_keys": "the two keys of a fresh service that was rotated once",
    }  # fmt: skip


def _requests(figures: Figures) -> Mapping[str, str]:
    stored, purged = figures.value("log of a photo stored"), figures.value("log of a photo deleted")
    line = figures.line("scale, processor time of the web processes for a request, two")
    return {
        "store_log": octets(stored), "store_log_million": octets(stored * 1e6),
        "purge_log": octets(purged), "purge_log_million": octets(purged * 1e6),
        "request_ms": f"{line.value:.3g}", "request_hours": f"{line.value * 1e3 / HOUR:.3g}",
    }  # fmt: skip


def spaced(number: float) -> str:
    """1 000 000."""
    return f"{number:,.0f}".replace(",", " ")


def digits(number: float) -> str:
    """Three of them."""
    return f"{number:.3g}" if number < 1_000 else spaced(float(f"{number:.3g}"))


def amount(number: float) -> str:
    """Three digits, and millions or thousand millions in words."""
    for size, word in ((1e9, " thousand million"), (1e6, " million")):
        if number >= size:
            return f"{number / size:.3g}{word}"
    return digits(number)


def octets(number: float) -> str:
    """Three digits, in powers of a thousand."""
    for size, unit in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.3g} bytes"


def write() -> None:
    """Into its place."""
    REPORT.write_text(report(FOLDER), encoding="utf-8")


if __name__ == "__main__":
    write()
