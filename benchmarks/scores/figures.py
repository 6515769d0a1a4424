"""What the tools said, as far as it is kept: grades, and everything that they find fault with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

GOAL_GRADE, GOAL_SCORE = "A+", 135
# testssl.sh calls these neither good nor bad.
QUIET = ("OK", "INFO", "DEBUG")
_ISSUE = re.compile(r"^\s*\* ([\w-]+): (.+)$")
_COMPLIANT = "OK - Compliant."

# What a tool finds fault with, and why it stays: by tool, and its name for it.
EXPLAINED: Mapping[tuple[str, str], str] = {
    ("testssl.sh", "cert_revocation"): (
        "The certificate is self-made: its authority is gone once it signed, and revokes nothing"
    ),
    ("testssl.sh", "engine_problem"): (
        "About the tool: its OpenSSL has no engine for ciphers that we do not speak"
    ),
    ("testssl.sh", "BREACH"): (
        "Pages are packed because they are the same bytes for everybody and repeat nothing of a "
        "request; what is somebody's is never packed "
        "(`tests/deploy/test_nginx.py::test_nothing_of_anybody_is_packed`)"
    ),
}


class UnscoredError(Exception):
    """A tool did not say what it was asked for; says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What the Observatory gives a page: a letter, and points that may pass a hundred."""

    page: str
    grade: str
    score: int

    @property
    def is_good(self) -> bool:
        """Whether it reaches the goal."""
        return self.grade == GOAL_GRADE and self.score >= GOAL_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a tool calls less than good, in its own words."""

    tool: str
    name: str
    severity: str
    said: str

    @property
    def why(self) -> str:
        """Why it stays; empty where nothing explains it."""
        return EXPLAINED.get((self.tool, self.name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One name of the service at one program. ``versions`` is what ``openssl s_client`` got: for
    each way to ask, whether anything was agreed on. ``judged`` counts what testssl.sh looked at.
    """

    front: str
    host: str
    grades: Sequence[Grade]
    faults: Sequence[Fault]
    versions: Mapping[str, bool]
    is_modern: bool
    judged: int

    @property
    def unexplained(self) -> list[Fault]:
        """The faults that nothing explains."""
        return [fault for fault in self.faults if not fault.why]

    @property
    def is_good(self) -> bool:
        """Whether every goal is reached and every fault has its reason."""
        return (
            all(grade.is_good for grade in self.grades)
            and self.is_modern
            and not self.unexplained
            and self.versions == WANTED
        )


WANTED = {"TLS 1.3": True, "TLS 1.2": False, "TLS 1.2 without a name": False}


def of_testssl(report: Sequence[Mapping[str, str]]) -> tuple[list[Fault], int]:
    """Faults in a flat report, and how many things were looked at. Raises `UnscoredError` for a
    report that looked at too little to mean anything.
    """
    looked = [each for each in report if each["severity"] != "DEBUG"]
    names = {each["id"] for each in looked}
    if absent := {"TLS1_3", "TLS1_2", "cert_chain_of_trust", "heartbleed"} - names:
        raise UnscoredError(f"testssl.sh did not look at {', '.join(sorted(absent))}")
    faults = [
        Fault(tool="testssl.sh", name=each["id"], severity=each["severity"], said=each["finding"])
        for each in looked if each["severity"] not in QUIET
    ]  # fmt: skip
    return faults, len(looked)


def of_sslyze(printed: str) -> tuple[list[Fault], bool]:
    """Faults in what it prints, and whether it calls the server modern by Mozilla's measure.
    Raises `UnscoredError` when it came to no judgement.
    """
    _, mark, judgement = printed.partition("COMPLIANCE AGAINST")
    if not mark or "ompliant" not in judgement:
        raise UnscoredError(f"sslyze came to no judgement: {printed[-400:]}")
    found = [issue for line in judgement.splitlines() if (issue := _ISSUE.match(line))]
    faults = [
        Fault(tool="sslyze", name=each[1], severity="not modern", said=each[2]) for each in found
    ]
    return faults, _COMPLIANT in judgement


def of_observatory(page: str, report: Mapping[str, Any]) -> tuple[list[Fault], Grade]:
    """What it takes points for, and the grade. Raises `UnscoredError` when it gave none."""
    if "scan" not in report:
        raise UnscoredError(f"the Observatory gave {page} no grade: {report.get('error')}")
    grade = Grade(page=page, grade=report["scan"]["grade"], score=report["scan"]["score"])
    faults = [
        Fault(
            tool="Observatory", name=f"{name} {test['result']}", said=page,
            severity=str(test["scoreModifier"]),
        )
        for name, test in report["tests"].items()
        if test["scoreModifier"] < 0 or not test["pass"]
    ]  # fmt: skip
    return faults, grade


def document_of(found: Sequence[Scored], facts: Mapping[str, object]) -> dict[str, object]:
    """What is kept: when, where and by what it was judged, and every origin."""
    return {**facts, "origins": [asdict(each) for each in found]}


def scored_again(document: Mapping[str, Any]) -> list[Scored]:
    """The origins of a kept document."""
    return [
        Scored(**{
            **each,
            "grades": [Grade(**grade) for grade in each["grades"]],
            "faults": [Fault(**one) for one in each["faults"]],
        })
        for each in document["origins"]
    ]  # fmt: skip


def rows(found: Iterable[Scored]) -> Iterator[str]:
    """Two tables in Markdown: the grades, and below it each fault with its reason."""
    listed = list(found)
    yield "| spoken by | name | Observatory | TLS 1.2 | sslyze, modern | testssl.sh |"
    yield "|---|---|---|---|---|---|"
    for each in listed:
        faults = sum(one.tool == "testssl.sh" for one in each.faults)
        spoken = [name for name, is_so in each.versions.items() if is_so]
        refused = "refused" if spoken == ["TLS 1.3"] else f"**spoken: {', '.join(spoken)}**"
        yield (
            f"| {each.front} | {each.host} | {'; '.join(map(_shown, each.grades))} | {refused} | "
            f"{'yes' if each.is_modern else '**no**'} | {each.judged} looked at, {faults} faults |"
        )
    yield ""
    told = sorted({(one.tool, one.name, one.severity, one.why) for each in listed for one in each.faults})  # noqa: E501
    if told:
        yield "| tool | fault | how grave | why it stays |"
        yield "|---|---|---|---|"
        for tool, name, severity, why in told:
            yield f"| {tool} | `{name}` | {severity} | {why or '**nothing explains it**'} |"


def _shown(grade: Grade) -> str:
    words = f"{grade.grade} {grade.score}"
    return f"`{grade.page}` {words if grade.is_good else f'**{words}**'}"
