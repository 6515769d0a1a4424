"""The project's own Python environment, with exactly the pinned packages."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local.project import Project
from deploy.local.stamps import fingerprint, leave
from deploy.local.steps import StepError, run_quietly

REQUIREMENTS = {
    "runtime": "requirements.txt",
    "dev": "requirements-dev.txt",
    "node": "requirements-node.txt",
}
TITLES = {
    "runtime": "Installing the Python packages",
    "dev": "Installing the packages of tests and checks",
    "node": "Installing Node from PyPI",
}
# Scripts in an environment hold its path and its Python, so neither may change under it.
INTERPRETER = "interpreter"


def ensure_environment(project: Project, groups: Sequence[str]) -> None:
    """Make ``.venv`` hold these groups of ``REQUIREMENTS``. Costs nothing when it already does.

    The stamp is taken away before anything is changed: an environment without one was cut
    short half-way, and nobody can tell how far it came, so it is made anew.
    """
    stamp = stamp_of(project)
    made = _read(stamp)
    interpreter = fingerprint([], platform.python_version(), sys.prefix, str(project.venv))
    if made.get(INTERPRETER) != interpreter or not project.python.exists():
        made = {}
        stamp.unlink(missing_ok=True)
        _create(project)
    for group in groups:
        requirements = project.root / REQUIREMENTS[group]
        wanted = fingerprint([requirements])
        if made.get(group) == wanted:
            continue
        stamp.unlink(missing_ok=True)
        _install(project, TITLES[group], requirements)
        made = {**made, INTERPRETER: interpreter, group: wanted}
        leave(stamp, json.dumps(made))


def stamp_of(project: Project) -> Path:
    """The file that says which groups the environment holds."""
    return project.venv / ".made-from.json"


def _read(stamp: Path) -> dict[str, str]:
    if not stamp.is_file():
        return {}
    made: dict[str, str] = json.loads(stamp.read_text(encoding="utf-8"))
    return made


def _create(project: Project) -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(project.venv)]
    try:
        run_quietly("Making the Python environment", command, folder=project.root)
    except StepError as error:
        hint = "On Debian and Ubuntu, `apt-get install python3-venv` brings what is missing."
        raise StepError(f"{error}\n{hint}") from error


def _install(project: Project, title: str, requirements: Path) -> None:
    options = ["--disable-pip-version-check", "--no-input", "--require-hashes"]
    # Only wheels: a source package would run code of its own while it is installed.
    options += ["--only-binary", ":all:", "-r", str(requirements)]
    command = project.python_command("-m", "pip", "install", *options)
    run_quietly(title, command, folder=project.root)
