"""How visible a mark is, in JOD of ColorVideoVDP: at 10 nobody can tell both pictures apart.

That tool needs torch, which no environment of the product may hold (`docs/choices.md`). So it
has an environment of its own, VAR_DIR/tmp/visibility, made from a lock of its own when this
benchmark is named and at no other time. Pictures go in and numbers come out; nothing is asked
of a network, and nothing is learned. The photographs are those of `benchmarks.watermark`.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.attacks import Pixels
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import ROOT, MissingError
from benchmarks.watermark import KEY, PAYLOAD, photos_at_hand, psnr
from deploy.local.project import Project, make_private_folder
from deploy.local.stamps import fingerprint, is_current, leave
from sharing.watermark.embedding import embed
from sharing.watermark.visibility import PSNR_AT_LEAST

LOCK = ROOT / "benchmarks" / "visibility-requirements.txt"
JUDGE = ROOT / "benchmarks" / "peers" / "colorvideovdp.py"
JOD_AT_LEAST = 9.90
# The display that the tool takes where nobody names one, and what else photos are looked at on.
SCREEN = "standard_4k"
OTHER_SCREENS = ("standard_fhd", "standard_phone")


def measure(*, is_quick: bool) -> Iterator[Line]:
    """JOD and PSNR of each photo, and JOD on other screens."""
    photos = dict(list(photos_at_hand().items())[: 1 if is_quick else None])
    python = _environment(may_install=not is_quick)
    load = load_now()
    marked = {name: embed(photo, PAYLOAD, KEY) for name, photo in photos.items()}
    for name, photo in photos.items():
        yield line(
            f"visibility, {name}, PSNR", [psnr(photo, marked[name])], "dB", load=load,
            goal=Goal("value", ">=", PSNR_AT_LEAST),
        )  # fmt: skip
        for screen, jod in _jods(python, photo, marked[name]).items():
            goal = Goal("value", ">=", JOD_AT_LEAST) if screen == SCREEN else None
            yield line(f"visibility, {name}, {screen}", [jod], "JOD", load=load, goal=goal)


def _jods(python: Path, photo: Pixels, marked: Pixels) -> Mapping[str, float]:
    """By screen, from a process of that environment."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/photo.npy", photo)
        np.save(f"{folder}/marked.npy", marked)
        done = subprocess.run(
            [str(python), "-I", str(JUDGE), folder, SCREEN, *OTHER_SCREENS], check=True,
            stdout=subprocess.PIPE, text=True, env={"PATH": os.defpath, "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
    return {str(screen): float(jod) for screen, jod in json.loads(done.stdout).items()}


def _environment(*, may_install: bool) -> Path:
    """The Python of the environment apart. Raises `MissingError` where it cannot be had."""
    folder = Project(ROOT).data_folder(os.environ) / "tmp" / "visibility"
    stamp, made_from = folder / "made-from", fingerprint([LOCK], platform.python_version())
    python = folder / "bin" / "python"
    if not is_current(stamp, made_from):
        if not may_install:
            raise MissingError("its environment is made by make bench NAME=visibility only")
        stamp.unlink(missing_ok=True)
        make_private_folder(folder)
        _run("-m", "venv", "--clear", str(folder), python=Path(sys.executable))
        # No dependencies: what the tool asks for and does not import is not in the lock.
        options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-input"]
        _run("-m", "pip", "install", *options, "-r", str(LOCK), python=python)
        leave(stamp, made_from)
    return python


def _run(*arguments: str, python: Path) -> None:
    sys.stderr.write(f"{arguments[1]}: 5 GB in all\n" if "pip" in arguments else "")
    done = subprocess.run(
        [str(python), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise MissingError(f"its environment cannot be made: {done.stderr.strip()[-400:]}")
