"""What Lighthouse says of one page on one screen, as far as it is kept."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best_practices",
    "seo": "seo",
}
# Those whose audits are right or wrong. Performance is a curve, and its figures say more.
JUDGED = ("accessibility", "best-practices", "seo")
GOAL = 95
# Audits of a search engine's view that a page may miss because of a promise, and which promise.
PROMISES = {
    "is-crawlable": "the page asks search engines to stay away, as every page does that is not about the service itself or shown to everyone",  # noqa: E501
    "robots-txt": "every line of robots.txt that Lighthouse does not know says `Content-Usage`, which keeps photos from being trained on",  # noqa: E501
}
CONTENT_USAGE = "content-usage:"


class UnmeasuredError(Exception):
    """Lighthouse could not measure a page; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One page on one screen.

    Scores go to 100; times are milliseconds on the throttled machine that Lighthouse pretends;
    ``requests`` and ``bytes`` are what came over the network. ``missed`` names the audits that
    were not passed, in the categories that are judged by audits. ``seo`` is without the audits in
    ``left_out``, which are missed because of a promise (`PROMISES`); ``seo_told`` is Lighthouse's.
    """

    page: str
    screen: str
    performance: int
    accessibility: int
    best_practices: int
    seo: int
    fcp_ms: float
    lcp_ms: float
    tbt_ms: float
    cls: float
    requests: int
    bytes: int
    missed: Sequence[str]
    seo_told: int
    left_out: Sequence[str]

    @property
    def is_good(self) -> bool:
        """Whether all four scores reach the goal."""
        return min(self.performance, self.accessibility, self.best_practices, self.seo) >= GOAL


def seen_in(report: Mapping[str, Any], *, page: str, screen: str, is_listed: bool) -> Seen:
    """The figures of Lighthouse's own report. ``is_listed``: search engines may know the page.
    Raises `UnmeasuredError` if there are none.
    """
    if (trouble := report.get("runtimeError", {}).get("code")) is not None:
        raise UnmeasuredError(f"{page} on {screen}: {trouble}")
    scores = {name: report["categories"][name]["score"] for name in CATEGORIES}
    if absent := [name for name, score in scores.items() if score is None]:
        raise UnmeasuredError(f"{page} on {screen}: no score for {', '.join(absent)}")
    audits, left_out = report["audits"], sorted(_left_out(report, is_listed=is_listed))
    told = round(100 * scores.pop("seo"))
    requests = audits["network-requests"]["details"]["items"]
    return Seen(
        page=page, screen=screen,
        **{CATEGORIES[name]: round(100 * score) for name, score in scores.items()},
        fcp_ms=round(audits["first-contentful-paint"]["numericValue"]),
        seo=_score_without(left_out, report) if left_out else told,
        seo_told=told,
        left_out=left_out,
        lcp_ms=round(audits["largest-contentful-paint"]["numericValue"]),
        tbt_ms=round(audits["total-blocking-time"]["numericValue"]),
        cls=round(audits["cumulative-layout-shift"]["numericValue"], 3),
        requests=len(requests),
        bytes=sum(each.get("transferSize", 0) for each in requests),
        missed=sorted(_missed(report)),
    )  # fmt: skip


def _left_out(report: Mapping[str, Any], *, is_listed: bool) -> Iterable[str]:
    """The audits that this page misses because of a promise, and because of nothing else."""
    missed = set(_missed(report))
    if not is_listed and "is-crawlable" in missed:
        yield "is-crawlable"
    if "robots-txt" in missed:
        lines = report["audits"]["robots-txt"].get("details", {}).get("items", [])
        if lines and all(each["line"].lower().startswith(CONTENT_USAGE) for each in lines):
            yield "robots-txt"


def _score_without(left_out: Sequence[str], report: Mapping[str, Any]) -> int:
    """SEO as Lighthouse counts it, the mean by weight, of the audits that remain; 0 to 100."""
    remaining = [
        (each["weight"], report["audits"][each["id"]]["score"])
        for each in report["categories"]["seo"]["auditRefs"]
        if each["weight"] and each["id"] not in left_out
        and report["audits"][each["id"]]["score"] is not None
    ]  # fmt: skip
    weight = sum(each for each, _ in remaining)
    return round(100 * sum(each * score for each, score in remaining) / weight) if weight else 0


def _missed(report: Mapping[str, Any]) -> Iterable[str]:
    for name in JUDGED:
        for each in report["categories"][name]["auditRefs"]:
            score = report["audits"][each["id"]]["score"]
            if each["weight"] and score is not None and score < 1:
                yield each["id"]


def middle_of(rounds: Sequence[Seen]) -> Seen:
    """The round in the middle by its performance: figures that belong together."""
    if len({(each.page, each.screen) for each in rounds}) != 1:
        raise ValueError("these are not rounds of one page")
    wanted = statistics.median_low(each.performance for each in rounds)
    return next(each for each in rounds if each.performance == wanted)


def document_of(found: Sequence[Seen], facts: Mapping[str, object]) -> dict[str, object]:
    """What is kept: when, where and with what it was measured, and all pages."""
    return {**facts, "pages": [asdict(each) for each in found]}


def seen_again(document: Mapping[str, Any]) -> list[Seen]:
    """The pages of a kept document."""
    return [Seen(**each) for each in document["pages"]]


def words_on_left_out(found: Sequence[Seen]) -> str:
    """Which audits were left out of SEO, why, and on how many of what was seen."""
    counted = Counter(name for each in found for name in each.left_out)
    said = [
        f"`{name}` on {counted[name]} of {len(found)}, because {why}"
        for name, why in PROMISES.items() if counted[name]
    ]  # fmt: skip
    if not said:
        return "SEO is Lighthouse's own score everywhere."
    return f"SEO leaves out what a promise is the reason for: {'; '.join(said)}."


def rows(found: Iterable[Seen]) -> Iterable[str]:
    """A table in Markdown."""
    yield "| page | screen | performance | accessibility | best practices | SEO | with all audits | LCP | TBT | CLS | requests | bytes | not passed |"  # noqa: E501
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    for each in found:
        scores = (each.performance, each.accessibility, each.best_practices, each.seo)
        shown = " | ".join(str(score) if score >= GOAL else f"**{score}**" for score in scores)
        yield (
            f"| {each.page} | {each.screen} | {shown} | {each.seo_told} | {each.lcp_ms / 1000:.2f} s | {each.tbt_ms:g} ms | "  # noqa: E501
            f"{each.cls:g} | {each.requests} | {each.bytes / 1000:.0f} kB | {', '.join(each.missed)} |"  # noqa: E501
        )
