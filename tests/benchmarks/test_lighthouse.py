"""What is kept of Lighthouse's reports, made up here; the pages are measured by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evidence import LIGHTHOUSE, report
from benchmarks.lighthouse.figures import (
    Seen,
    UnmeasuredError,
    document_of,
    middle_of,
    seen_again,
    seen_in,
    words_on_left_out,
)

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "lighthouse"
FACTS = {
    "at": "2026-11-28T20:00+00:00", "machine": "a machine", "commit": "0123456789ab",
    "lighthouse": "13.5.0", "rounds": 3, "photos": 120, "load": 0.5,
}  # fmt: skip


ROBOTS = "Content-Usage: train-ai=n"


def told(
    *, performance: float = 0.97, seo: float = 0.66, unknown: tuple[str, ...] = (ROBOTS,)
) -> dict[str, Any]:
    """A report of Lighthouse, as far as it is read."""
    figures = {
        "first-contentful-paint": 1200.4, "largest-contentful-paint": 1834.6,
        "total-blocking-time": 12.2, "cumulative-layout-shift": 0.01234,
    }  # fmt: skip
    scores = {"performance": performance, "accessibility": 1, "best-practices": 0.96, "seo": seo}
    refs = {
        "performance": [{"id": "first-contentful-paint", "weight": 10}],
        "accessibility": [{"id": "label", "weight": 7}, {"id": "not-here", "weight": 7}],
        "best-practices": [{"id": "errors-in-console", "weight": 1}],
        "seo": [
            {"id": "is-crawlable", "weight": 4}, {"id": "said-only", "weight": 0},
            {"id": "robots-txt", "weight": 1}, {"id": "document-title", "weight": 3},
            {"id": "not-here", "weight": 5},
        ],
    }
    return {
        "categories": {
            name: {"score": score, "auditRefs": refs[name]} for name, score in scores.items()
        },
        "audits": {
            **{name: {"score": 0.5, "numericValue": value} for name, value in figures.items()},
            "network-requests": {
                "details": {"items": [{"transferSize": 1000}, {"transferSize": 234}, {}]}
            },
            "label": {"score": 1}, "not-here": {"score": None},
            "errors-in-console": {"score": 0.9}, "is-crawlable": {"score": 0},
            "said-only": {"score": 0}, "document-title": {"score": 1},
            "robots-txt": {
                "score": 0 if unknown else 1,
                "details": {"items": [{"index": "3", "line": line} for line in unknown]},
            },
        },
    }  # fmt: skip


def seen(performance: int, *, is_listed: bool = False) -> Seen:
    report = told(performance=performance / 100)
    return seen_in(report, page="timeline", screen="phone", is_listed=is_listed)


def test_the_figures_of_a_report_are_read() -> None:
    one = seen_in(told(), page="timeline", screen="phone", is_listed=True)

    assert (one.performance, one.accessibility, one.best_practices) == (97, 100, 96)
    assert (one.lcp_ms, one.tbt_ms, one.cls) == (1835, 12, 0.012)
    assert (one.requests, one.bytes) == (3, 1234)
    assert one.missed == ["errors-in-console", "is-crawlable", "robots-txt"]
    assert not one.is_good
    assert seen(97).is_good


def test_what_a_promise_is_the_reason_for_is_left_out_and_nothing_else_is() -> None:
    closed, listed = seen(97), seen(97, is_listed=True)

    assert (closed.left_out, closed.seo, closed.seo_told) == (
        ["is-crawlable", "robots-txt"], 100, 66,
    )  # fmt: skip
    # Nobody wants this page to be closed.
    assert (listed.left_out, listed.seo) == (["robots-txt"], 43)
    mistaken = told(unknown=(ROBOTS, "Dissallow: /"))
    other = seen_in(mistaken, page="timeline", screen="phone", is_listed=False)
    assert (other.left_out, other.seo) == (["is-crawlable"], 75)
    passed = told(seo=0.99, unknown=())
    passed["audits"]["is-crawlable"]["score"] = 1
    whole = seen_in(passed, page="verify", screen="phone", is_listed=True)
    assert (whole.left_out, whole.seo, whole.seo_told) == ([], 99, 99)


def test_the_report_says_what_was_left_out_and_where() -> None:
    words = words_on_left_out([seen(97), seen(98, is_listed=True)])

    assert "`is-crawlable` on 1 of 2, because the page asks search engines to stay away" in words
    assert "`robots-txt` on 2 of 2, because every line of robots.txt" in words
    assert words_on_left_out([]) == "SEO is Lighthouse's own score everywhere."


@pytest.mark.parametrize(
    "trouble",
    [{"runtimeError": {"code": "ERRORED_DOCUMENT_REQUEST"}}, {"categories": None}],
)
def test_a_page_that_was_not_measured_has_no_figures(trouble: dict[str, Any]) -> None:
    document = told()
    if "categories" in trouble:
        document["categories"]["performance"]["score"] = None
    else:
        document |= trouble

    with pytest.raises(UnmeasuredError, match="timeline on phone"):
        seen_in(document, page="timeline", screen="phone", is_listed=True)


def test_the_round_in_the_middle_is_kept_whole() -> None:
    rounds = [seen(99), seen(40), seen(96)]
    assert middle_of(rounds) is rounds[2]

    with pytest.raises(ValueError, match="one page"):
        middle_of([seen(99), seen_in(told(), page="album", screen="phone", is_listed=True)])


def test_the_report_shows_what_falls_short(tmp_path: Path) -> None:
    found = [seen(99), seen(94, is_listed=True)]
    (tmp_path / LIGHTHOUSE).write_text(json.dumps(document_of(found, FACTS)))

    written = report(tmp_path)

    assert seen_again(document_of(found, FACTS)) == found
    assert "1 of 2 have at least 95 in all four." in written
    assert "| timeline | phone | 99 | 100 | 96 | 100 | 66 | 1.83 s | 12 ms | 0.012 | 3 |" in written
    assert "| **94** | 100 | 96 | **43** | 66 |" in written
    assert words_on_left_out(found) in written
    assert "Lighthouse 13.5.0, the middle of 3 rounds, a vault of 120 photos." in written


def test_lighthouse_is_pinned_and_every_package_of_it_has_a_digest() -> None:
    wanted = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    locked = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    packages = {place: facts for place, facts in locked.items() if place}

    assert wanted == {"lighthouse": locked["node_modules/lighthouse"]["version"]}
    assert len(packages) > 50
    assert [place for place, facts in packages.items() if "integrity" not in facts] == []
    # Nobody's registry is written down: whoever installs asks their own.
    assert [place for place, facts in packages.items() if "resolved" in facts] == []
