"""The Python environment: made once, finished when it was cut short. Real ones, nearly empty."""

from pathlib import Path

import pytest

from deploy.local.environment import ensure_environment, stamp_of
from deploy.local.project import Project
from deploy.local.steps import StepError

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("")
    return Project(tmp_path)


def test_a_second_start_leaves_a_whole_environment_alone(project: Project) -> None:
    ensure_environment(project, ["runtime"])
    mark = project.venv / "mark"
    mark.touch()
    made_at = stamp_of(project).stat().st_mtime_ns
    ensure_environment(project, ["runtime"])

    assert mark.exists()
    assert stamp_of(project).stat().st_mtime_ns == made_at


def test_changed_requirements_are_installed_into_the_environment(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_environment(project, ["runtime"])
    (project.root / "requirements-dev.txt").write_text("# changed\n")
    capsys.readouterr()
    ensure_environment(project, ["runtime", "dev"])

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "Installing the packages of tests and checks"
    ]


def test_an_environment_that_was_cut_short_is_made_anew(project: Project) -> None:
    ensure_environment(project, ["runtime"])
    stamp_of(project).unlink()
    rubbish = project.venv / "half-written"
    rubbish.touch()
    ensure_environment(project, ["runtime"])

    assert not rubbish.exists()
    assert stamp_of(project).exists()


def test_a_failed_installation_says_why_and_leaves_no_stamp(project: Project) -> None:
    ensure_environment(project, ["runtime"])
    (project.root / "requirements.txt").write_text("django==5.2\n")  # no hash
    with pytest.raises(StepError, match=r"(?s)hash.*Installing the Python packages failed"):
        ensure_environment(project, ["runtime"])

    assert not stamp_of(project).exists()
