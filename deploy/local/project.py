"""Where things are in a checkout of the project."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.steps import say


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout, by its folder."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment made for this checkout alone."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of that environment."""
        return self.venv / "bin" / "python"

    def python_command(self, *arguments: str | Path) -> list[str]:
        """A command for that interpreter."""
        return [str(self.python), *map(str, arguments)]

    @property
    def manifest(self) -> Path:
        """The list of the files built for the browser. The build writes it last."""
        return self.root / "static" / "dist" / "manifest.json"

    def data_folder(self, environ: Mapping[str, str]) -> Path:
        """Where the running service keeps data and keys: ``VAR_DIR``, else ``var/``."""
        return Path(environ.get("VAR_DIR") or self.root / "var")


@contextmanager
def alone(project: Project) -> Iterator[None]:
    """Let nobody else set this checkout up meanwhile: two at once would undo each other's work."""
    make_private_folder(project.root / "var")
    with (project.root / "var" / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Waiting for another start in this folder to finish its set-up")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_private_folder(folder: Path) -> None:
    """Make a folder that only this account can enter. One that exists stays as it is: the
    service closes its own data folder whenever it starts.
    """
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        folder.chmod(0o700)  # mkdir's own mode is cut by the umask
