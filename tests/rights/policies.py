"""Versions of a privacy policy, written for tests."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from django.conf import settings

from rights.policy_texts import digest_of

SHIPPED: Path = settings.BASE_DIR / "rights" / "policies"
CHANGES = "Says for how long, and no longer says that we like you."
TEXT = "\n# What we know\n\nYour e-mail address.\n\n# How long\n\n- A year.\n"
CHANGED = TEXT.replace("- A year.", "- Half a year.\n- Or less.")


def write_version(
    folder: Path, number: int, text: str, *, in_force_on: date, sha256: str | None = None
) -> Path:
    """One more file, as somebody writes a version."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{number}.toml"
    file.write_text(
        f'number = {number}\nin_force_on = {in_force_on}\nsha256 = "{sha256 or digest_of(text)}"\n'
        f"changes = '''{CHANGES}'''\ntext = '''\n{text}'''\n",
        encoding="utf-8",
    )
    return file


def with_shipped(folder: Path) -> Path:
    """A folder that begins with what this release has."""
    shutil.copytree(SHIPPED, folder)
    return folder
