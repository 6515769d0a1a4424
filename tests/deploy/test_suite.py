"""What continuous integration does about a test that fails once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from deploy.local.steps import StepError
from deploy.local.suite import UNSTEADY_LIMIT, run_suite

PYTEST = [sys.executable, "-m", "pytest", "-q"]
# Each run of each test leaves a mark, and fails as long as there are few.
STORY = """
import pathlib
import pytest

MARKS = pathlib.Path(__file__).parent

@pytest.mark.parametrize("name", {names})
def test_story(name):
    path = MARKS / name
    runs = len(path.read_text()) if path.exists() else 0
    path.write_text("x" * (runs + 1))
    assert runs >= {failures}

def test_steady():
    path = MARKS / "steady"
    path.write_text((path.read_text() if path.exists() else "") + "x")
"""


def story(folder: Path, *, failing: int, failures: int) -> Path:
    names = [f"mark{number}" for number in range(failing)]
    (folder / "test_story.py").write_text(STORY.format(names=names, failures=failures))
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def run(folder: Path, ci: str = "true") -> None:
    run_suite("Testing", PYTEST, ["test_story.py"], folder=folder, env={"CI": ci})


def runs_of(folder: Path, name: str) -> int:
    return len((folder / name).read_text())


def test_what_fails_once_is_run_again_alone_and_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = story(tmp_path, failing=2, failures=1)

    run(folder)

    assert [runs_of(folder, name) for name in ("mark0", "mark1", "steady")] == [2, 2, 1]
    said = capfd.readouterr().err
    assert "UNSTEADY" in said
    assert "test_story.py::test_story[mark1]" in said


def test_what_fails_twice_has_failed(tmp_path: Path) -> None:
    with pytest.raises(StepError):
        run(story(tmp_path, failing=1, failures=2))


def test_many_are_no_accident(tmp_path: Path) -> None:
    folder = story(tmp_path, failing=UNSTEADY_LIMIT + 1, failures=1)
    with pytest.raises(StepError):
        run(folder)
    assert runs_of(folder, "mark0") == 1


def test_elsewhere_once_is_enough(tmp_path: Path) -> None:
    with pytest.raises(StepError):
        run(story(tmp_path, failing=1, failures=1), ci="")
