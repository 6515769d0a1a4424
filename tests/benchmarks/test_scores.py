"""What is kept of other people's tools, from reports made up here; ``make scores`` asks them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evidence import FOLDER as EVIDENCE
from benchmarks.evidence import SCORES, report
from benchmarks.scores.figures import (
    EXPLAINED,
    WANTED,
    Grade,
    Scored,
    UnscoredError,
    document_of,
    of_observatory,
    of_sslyze,
    of_testssl,
    scored_again,
)

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
FACTS = {
    "at": "2026-11-28T20:00+00:00", "machine": "a machine", "commit": "0123456789ab",
    "tools": {"testssl.sh": "3.0.8", "sslyze": "6.3.1"},
}  # fmt: skip
LOOKED = ("TLS1_3", "TLS1_2", "cert_chain_of_trust", "heartbleed")
MODERN = "COMPLIANCE AGAINST TLS CONFIGURATION\n    a.example:443: OK - Compliant.\n"
CURVES = "COMPLIANCE AGAINST TLS CONFIGURATION\n    a.example:443: FAILED - Not compliant.\n        * tls_curves: TLS curves {'X448'} are supported, but should be rejected.\n"  # noqa: E501


def looked(**also: str) -> list[dict[str, str]]:
    """A report of testssl.sh, in which all is well but for what is named."""
    severities = dict.fromkeys(LOOKED, "OK") | {"cert_trust": "INFO", "scan": "DEBUG"} | also
    return [{"id": i, "severity": s, "finding": f"{i} found"} for i, s in severities.items()]


def graded(grade: str = "A+", score: int = 135, **modifiers: int) -> dict[str, Any]:
    """A report of the Observatory, with points for each test that is named."""
    tests = {
        name: {"result": f"{name}-result", "scoreModifier": points, "pass": points >= 0}
        for name, points in {"cookies": 5, **modifiers}.items()
    }
    return {"scan": {"grade": grade, "score": score}, "tests": tests}


def scored(**changes: Any) -> Scored:
    told: dict[str, Any] = {
        "front": "nginx", "host": "a.example", "grades": [Grade(page="/", grade="A+", score=135)],
        "faults": [], "versions": dict(WANTED), "is_modern": True, "judged": 141,
    }  # fmt: skip
    return Scored(**told | changes)


def test_what_testssl_calls_good_or_nothing_is_no_fault() -> None:
    assert of_testssl(looked()) == ([], 5)
    faults, _ = of_testssl(looked(LUCKY13="LOW", BREACH="MEDIUM"))
    assert [(each.name, each.severity) for each in faults] == [("LUCKY13", "LOW"), ("BREACH",
        "MEDIUM")]
    assert [bool(each.why) for each in faults] == [False, True]


@pytest.mark.parametrize("name", LOOKED)
def test_a_report_that_looked_at_too_little_means_nothing(name: str) -> None:
    with pytest.raises(UnscoredError, match=name):
        of_testssl([each for each in looked() if each["id"] != name])


def test_a_server_is_modern_or_it_is_said_what_is_not() -> None:
    assert of_sslyze(MODERN) == ([], True)
    [fault], is_modern = of_sslyze(CURVES)
    assert (fault.name, is_modern, fault.why) == ("tls_curves", False, "")
    for printed in ("", "SCANS COMPLETED", "COMPLIANCE AGAINST TLS CONFIGURATION\n error"):
        with pytest.raises(UnscoredError):
            of_sslyze(printed)


def test_a_page_has_a_grade_or_it_is_said_why_not() -> None:
    faults, grade = of_observatory("/", graded(hsts=-20))
    assert (grade.grade, grade.score) == ("A+", 135)
    assert [(each.name, each.severity) for each in faults] == [("hsts hsts-result", "-20")]
    with pytest.raises(UnscoredError, match="down"):
        of_observatory("/", {"error": "The site seems to be down."})


@pytest.mark.parametrize(
    "changes",
    [
        {"grades": [Grade(page="/", grade="A+", score=130)]},
        {"grades": [Grade(page="/", grade="A", score=135)]},
        {"is_modern": False},
        {"versions": WANTED | {"TLS 1.2": True}},
        {"versions": WANTED | {"TLS 1.3": False}},
        {"faults": of_testssl(looked(LUCKY13="LOW"))[0]},
    ],
)
def test_what_falls_short_is_not_good(changes: dict[str, Any]) -> None:
    assert scored().is_good
    assert scored(faults=of_testssl(looked(BREACH="MEDIUM"))[0]).is_good
    assert not scored(**changes).is_good


def test_the_report_shows_grades_and_why_a_fault_stays(tmp_path: Path) -> None:
    faults, _ = of_testssl(looked(BREACH="MEDIUM", LUCKY13="LOW"))
    found = [scored(), scored(host="b.example", faults=faults)]
    (tmp_path / SCORES).write_text(json.dumps(document_of(found, FACTS)))

    written = report(tmp_path)

    assert scored_again(document_of(found, FACTS)) == found
    assert "1 of 2 have A+ and at least 135 for each page" in written
    assert "| nginx | a.example | `/` A+ 135 | refused | yes | 141 looked at, 0 faults |" in written
    assert "| testssl.sh | `LUCKY13` | LOW | **nothing explains it** |" in written
    assert EXPLAINED["testssl.sh", "BREACH"] in written


def test_every_reason_is_of_a_fault_that_was_found() -> None:
    found = scored_again(json.loads((EVIDENCE / SCORES).read_text(encoding="utf-8")))
    assert {(one.tool, one.name) for each in found for one in each.faults} >= EXPLAINED.keys()
    assert all(each.is_good for each in found)


def test_the_tools_are_pinned_and_every_package_of_them_has_a_digest() -> None:
    wanted = json.loads((FOLDER / "scores" / "package.json").read_text())["dependencies"]
    locked = json.loads((FOLDER / "scores" / "package-lock.json").read_text())["packages"]
    packages = {place: facts for place, facts in locked.items() if place}
    [name] = wanted

    assert wanted == {name: locked[f"node_modules/{name}"]["version"]}
    assert len(packages) > 50
    assert [place for place, facts in packages.items() if "integrity" not in facts] == []
    # Nobody's registry is written down: whoever installs asks their own.
    assert [place for place, facts in packages.items() if "resolved" in facts] == []
    for lock in ("scores-requirements.txt", "sslyze-requirements.txt"):
        pins = (FOLDER / lock).read_text(encoding="utf-8").split("\n\n")[0].count("==")
        assert pins >= 1
        assert "http" not in (FOLDER / lock).read_text(encoding="utf-8")
