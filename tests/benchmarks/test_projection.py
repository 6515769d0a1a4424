"""What a hundred million images would come to: from kept figures alone, and added up right."""

from __future__ import annotations

from pathlib import Path

from benchmarks import scale
from benchmarks.crews import Shift
from benchmarks.kept import keep, run_of
from benchmarks.lines import Line, line
from benchmarks.projection import FOLDER, REPORT, amount, octets, report
from benchmarks.scale import Plan, Stage

SIZES = (20_000, 100_000, 1_000_000)
TABLES = ("images_envelope", "images_touch")


class Told(Stage):
    """A service of which everything is known beforehand, in even numbers."""

    def do(self, **what: object) -> dict[str, float]:
        images = self.images
        if "count" in what:
            return {"queries": 4}
        if "ask" in what:
            return {"seconds": 0.008, "processor": 0.004, "wal": 8_000}
        return {
            "tables": {
                "images": images, "bytes": 8_000 * images,
                **{f"{name} rows": 2 * images for name in TABLES},
                **{f"{name} bytes": 400 * images for name in TABLES},
                **{f"{name} indexes": 100 * images for name in TABLES},
            },
            "rotate": {
                "seconds": images * 2 * 36e-6, "seals": images * 2, "wal": images * 2 * 500,
                "idle": 0.01, "before": 400 * images, "after": 800 * images, "vacuum": 3.0,
                "images": images,
            },
            "backup": {
                "seconds": images * 72e-6, "bytes": images * 3_000, "rows": 10 * images,
                "images": images,
            },
            "drill": {"seconds": 5 + images * 200e-6, "seals": 2 * images},
            "archive": {"begun": 1.0, "memory": 5e6, "images/s": 500.0},
            "sweep": {"kernel.tick": 0.2},
        }[str(what["work"])]  # fmt: skip


PLAN = Plan(
    images=SIZES[-1], accounts=1, requests=1, real=1, rounds=1, times=1, drilled=100_000,
    web=Shift(rounds=1, seconds=1), jobs=Shift(rounds=1, seconds=1),
)  # fmt: skip


def lines() -> list[Line]:
    """As the benchmark says them."""
    asks = {"asks": ["one photo", "a photo stored", "a photo deleted"]}
    found: list[Line] = []
    for database, sizes in (("PostgreSQL", SIZES), ("SQLite", SIZES[:2])):
        stages = [Told(size, None, None, asks) for size in sizes]
        found += scale._asked(stages, PLAN, database, 0.5)
        found += scale._worked(stages, PLAN, database, 0.5)
    one, two = [100.0], [150.0]
    found += [
        line("scale, requests, two web processes", two, "requests/s", load=1, against="one",
             peer=one),
        line("scale, processor time of the web processes for a request, two", [7.2], "ms", load=1,
             against="one", peer=[7.0]),
        line("scale, jobs, one worker", [50.0], "jobs/s", load=1),
        line("scale, jobs, two workers", [80.0], "jobs/s", load=1, against="one", peer=[50.0]),
    ]  # fmt: skip
    return found


def test_the_report_is_what_the_kept_figures_say() -> None:
    """Red? ``python -m benchmarks.projection`` writes it anew."""
    assert REPORT.read_text(encoding="utf-8") == report(FOLDER)


def test_without_figures_it_says_so(tmp_path: Path) -> None:
    assert "Not measured so far" in report(tmp_path)


def test_a_hundred_million_are_a_hundred_times_a_million(tmp_path: Path) -> None:
    keep(tmp_path, run_of("scale", lines()))

    said = report(tmp_path).replace("\N{MULTIPLICATION SIGN}", "x")

    for sentence in (
        "All tables: 8000 bytes an image x n = **800 GB**.",
        "| `images_envelope` | 2 | 400 | 100 | 200 million | 40 GB |",
        # 200 million seals of 36 µs, of 500 bytes of log, in 7,200 seconds.
        "200 million x 36 µs = 7 200 s = **2 hours** a day",
        "200 million x 500 bytes = **100 GB** a day",
        # Ten minutes, by 72 µs; twelve hours, by 72 µs; two days, by 200 µs.
        "= 8.33 million images on\n",
        "43 200 s / 72 µs = 600 million images",
        "172 800 s / 200 µs = 864 million",
        # 72 µs for each image: two hours for n, 1.2 thousand million in a day.
        "72 µs an image x n = 2 h in one process, and a file of 300 GB",
        "up to\n  86 400 s / 72 µs = **1.2 thousand million images**",
        "29 x 300 GB = 8.7 TB",
        "grew by 200 µs an image from 20 000 to 100 000 images",
        "| stored bytes | 446 TB |",
        "| hours of one processor for a million requests | 2 |",
        "| one photo | 8 ms | 8 ms | 8 ms | 1 | yes | 4 | 4 ms |",
    ):
        assert sentence in said, sentence


def test_numbers_are_told_in_three_digits() -> None:
    assert [amount(n) for n in (4, 1_234, 2_345_678, 3e9)] == [
        "4", "1 230", "2.35 million", "3 thousand million",
    ]  # fmt: skip
    assert [octets(n) for n in (12, 4_456_000, 8e14)] == ["12 bytes", "4.46 MB", "800 TB"]
