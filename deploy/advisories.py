"""Ask for known holes in what is pinned, and believe no answer of whoever knows of none.

    python3 deploy/local advisories

`npm audit` and `pip-audit` say that all is well where their lists cannot be reached, or are empty.
So each is asked first about a package whose hole is years old: who does not know that one was not
asked at all. Ends with 0 when nothing is known, 1 when something is, 2 when nobody could be asked.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLEAR, KNOWN, UNASKED = range(3)
PATIENCE_SECONDS = 300
# Prototype pollution of 2020, and an injection of the same year: in every list there is.
OLD_NPM, OLD_PYTHON = ("minimist", "0.0.8"), "django==2.2.0"

# What is wrong with a folder (npm) or a file (pip-audit), or None where there was no answer.
Ask = Callable[[Path], list[str] | None]


def ask_npm(folder: Path) -> list[str] | None:
    """The packages of a lock file that npm knows holes in."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    command = [npm, "audit", "--package-lock-only", "--omit=dev", "--json"]
    said = _json_of(command, folder)
    found = said.get("vulnerabilities")
    return sorted(found) if isinstance(found, dict) else None


def ask_pip_audit(file: Path) -> list[str] | None:
    """The packages of a requirements file that pip-audit knows holes in."""
    program = shutil.which("pip-audit")
    if program is None:
        return None
    command = [program, "--requirement", str(file), "--no-deps", "--disable-pip", "--format=json"]
    found = _json_of(command, file.parent).get("dependencies")
    if not isinstance(found, list):
        return None
    return sorted(each["name"] for each in found if each.get("vulns"))


def _json_of(command: Sequence[str], folder: Path) -> dict[str, object]:
    try:
        done = subprocess.run(  # noqa: S603 - a program by its whole path, and words of ours
            list(command), cwd=folder, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return said if isinstance(said, dict) else {}


def judged(name: str, ask: Ask, canary: Path, ours: Path) -> tuple[int, str]:
    """What one of them says of ours, once it has shown that it knows anything."""
    if not ask(canary):
        return UNASKED, f"{name}: NOT LOOKED. It is not here, or cannot reach its list."
    found = ask(ours)
    if found is None:
        return UNASKED, f"{name}: NOT LOOKED. It gave no answer about ours."
    if found:
        return KNOWN, f"{name}: holes are known in {', '.join(found)}."
    return CLEAR, f"{name}: nothing is known."


def canaries(folder: Path) -> tuple[Path, Path]:
    """A lock file of npm's, and a requirements file, each with a package of known holes."""
    name, version = OLD_NPM
    entry = {"version": version}
    root = {"name": "canary", "dependencies": {name: version}}
    lock = {
        "name": "canary", "lockfileVersion": 3, "requires": True,
        "packages": {"": root, f"node_modules/{name}": entry},
    }  # fmt: skip
    (folder / "package.json").write_text(json.dumps(root), encoding="utf-8")
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    (folder / "requirements.txt").write_text(f"{OLD_PYTHON}\n", encoding="utf-8")
    return folder, folder / "requirements.txt"


def main() -> int:
    """Ask both, and say it. The worse of the two answers is the exit code; not asked is worst."""
    with tempfile.TemporaryDirectory() as made:
        folder, file = canaries(Path(made))
        answers = [
            judged("npm audit", ask_npm, folder, ROOT),
            judged("pip-audit", ask_pip_audit, file, ROOT / "requirements.txt"),
        ]
    sys.stdout.writelines(f"{sentence}\n" for _, sentence in answers)
    return max(code for code, _ in answers)


if __name__ == "__main__":
    sys.exit(main())
