"""Nothing that learns from photos is brought along, by whatever lock file or other package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.refused import (
    APART,
    ROOT,
    Package,
    packages_installed,
    packages_of,
    refusals,
    refused_among,
)

ADDED = {
    "requirements.txt": "torch==2.9.0 \\\n    --hash=sha256:00\n",
    "requirements-dev.txt": "Scikit_Learn==1.7.0 \\\n    --hash=sha256:00\n",
    "requirements-node.txt": "onnxruntime-gpu[cuda]==1.23 \\\n    --hash=sha256:00\n",
    "benchmarks/other-requirements.txt": "torch==2.12.1 \\\n    --hash=sha256:00\n",
}
NPM = {
    "node_modules/openai": {},
    "node_modules/lit/node_modules/@tensorflow/tfjs": {},
    "node_modules/innocent": {"name": "@anthropic-ai/sdk"},
}


def test_no_lock_file_names_a_package_that_learns() -> None:
    packages = list(packages_of(ROOT))

    assert len(packages) > 200
    assert {each.place for each in packages} == {
        "requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json",
        "benchmarks/lighthouse/package-lock.json", "benchmarks/mutation/package-lock.json",
        "benchmarks/scores/package-lock.json",
        "benchmarks/scores-requirements.txt", "benchmarks/sslyze-requirements.txt",
    }
    assert refused_among(packages, refusals()) == []


def test_one_lock_is_apart_and_only_its_benchmark_installs_it() -> None:
    [apart] = APART
    folders = ("accounts", "benchmarks", "deploy", "images", "pocketvault", "rights", "sharing")
    naming = {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if Path(apart).name in path.read_text(encoding="utf-8")
    }

    assert (ROOT / apart).is_file()
    assert naming == {"benchmarks/visibility.py", "deploy/refused.py"}


def test_none_can_be_imported() -> None:
    installed = list(packages_installed())

    assert "django" in {each.name for each in installed}
    assert refused_among(installed, refusals()) == []


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project's lock files, and the check itself, in a folder of their own."""
    for path in [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]:
        shutil.copy(path, tmp_path)
    for folder in ("deploy", "benchmarks"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / APART[0], tmp_path / APART[0])
    for name in ("__init__.py", "refused.py", "refused_packages.txt"):
        shutil.copy(ROOT / "deploy" / name, tmp_path / "deploy")
    return tmp_path


def outcome(folder: Path) -> tuple[int, str]:
    run = [sys.executable, "-m", "deploy.refused"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("lock", ADDED)
def test_a_python_package_that_learns_fails_the_step(copied: Path, lock: str) -> None:
    assert outcome(copied) == (0, "")
    with (copied / lock).open("a", encoding="utf-8") as file:
        file.write(ADDED[lock])

    code, said = outcome(copied)

    assert code == 1
    assert f"({lock})" in said


@pytest.mark.parametrize("place", NPM)
def test_a_browser_package_that_learns_fails_the_step(copied: Path, place: str) -> None:
    path = copied / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    lock["packages"][place] = NPM[place]
    path.write_text(json.dumps(lock), encoding="utf-8")

    code, said = outcome(copied)

    assert code == 1
    assert "(package-lock.json)" in said


def test_continuous_integration_takes_the_step_first() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "set -eu" in script
    assert script.index("python3 -m deploy.refused") < script.index("make test")


def test_every_refusal_says_why_and_refuses_what_it_names() -> None:
    for each in refusals():
        name = each.pattern.replace("*", "")
        [*said] = refused_among([Package(each.registry, name, "here")], [each])
        assert said == [f"{name} (here): {each.reason}"]
