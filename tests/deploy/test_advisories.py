"""Who knows of no hole at all is not believed when they know of none in ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.advisories import CLEAR, KNOWN, UNASKED, ask_npm, ask_pip_audit, canaries, judged

OURS, CANARY = Path("ours"), Path("canary")


@pytest.mark.parametrize(
    ("answers", "code", "word"),
    [
        ({CANARY: ["minimist"], OURS: []}, CLEAR, "nothing is known"),
        ({CANARY: ["minimist"], OURS: ["lit"]}, KNOWN, "holes are known in lit"),
        ({CANARY: ["minimist"], OURS: None}, UNASKED, "NOT LOOKED"),
        ({CANARY: [], OURS: []}, UNASKED, "NOT LOOKED"),
        ({CANARY: None, OURS: []}, UNASKED, "NOT LOOKED"),
    ],
)
def test_an_answer_counts_once_its_giver_has_shown_to_know_something(
    answers: dict[Path, list[str] | None], code: int, word: str
) -> None:
    given, sentence = judged("npm audit", answers.__getitem__, CANARY, OURS)

    assert (given, word in sentence) == (code, True)


def programs(folder: Path, monkeypatch: pytest.MonkeyPatch, **said: str) -> None:
    """Programs of these names that print what they are to say, and no others."""
    for name, printed in said.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/sh\ncat <<'E'\n{printed}\nE\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin" if said else str(folder))


def test_both_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, file = canaries(tmp_path)
    programs(
        tmp_path, monkeypatch,
        npm=json.dumps({"vulnerabilities": {"minimist": {}}}),
        pip_audit=json.dumps(
            {"dependencies": [{"name": "django", "vulns": [{}]}, {"name": "six"}]}
        ),
    )  # fmt: skip

    assert ask_npm(folder) == ["minimist"]
    assert ask_pip_audit(file) == ["django"]


@pytest.mark.parametrize("printed", ["", "no route", '{"message": "ENOTFOUND"}', "[]", "null"])
def test_what_is_no_answer_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    folder, file = canaries(tmp_path)
    programs(tmp_path, monkeypatch, npm=printed, pip_audit=printed)

    assert (ask_npm(folder), ask_pip_audit(file)) == (None, None)


def test_who_is_not_here_was_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, file = canaries(tmp_path)
    programs(tmp_path, monkeypatch)

    assert (ask_npm(folder), ask_pip_audit(file)) == (None, None)
