"""Every package is the one that was pinned, with a digest, and there is none beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.pinned import LOCKS, ROOT, astray, installed, pins, pins_in


def test_what_is_installed_is_what_is_pinned_and_nothing_else() -> None:
    assert len(installed()) > 100
    assert astray(installed(), pins()) == []


def test_what_is_astray_is_said() -> None:
    allowed = {"django": {"5.2.19"}, "six": {"1.17.0", "1.18.0"}}

    assert astray({"django": "5.2.19", "six": "1.18.0", "pip": "23"}, allowed) == []
    assert astray({"django": "5.2.18", "left-pad": "1.0"}, allowed) == [
        "django 5.2.18: 5.2.19 is pinned", "left-pad 1.0: no lock file has it",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lock", [*LOCKS, *(f"benchmarks/{name}-requirements.txt" for name in ("scores", "sslyze"))]
)
def test_every_pin_has_a_digest(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    found = list(pins_in(text))

    assert len(found) == sum("==" in line and line[0].isalnum() for line in text.splitlines())
    assert [name for name, _, has_digest in found if not has_digest] == []


def test_every_package_of_the_browser_is_the_one_that_was_pinned() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    names = [place for place, facts in locked.items() if place and not facts.get("optional")]
    here = {
        path.parent.relative_to(ROOT).as_posix(): path
        for path in (ROOT / "node_modules").rglob("package.json")
        if is_top(path)
    }

    assert len(names) > 20
    for place in names:
        version = json.loads((ROOT / place / "package.json").read_text(encoding="utf-8"))["version"]
        assert version == locked[place]["version"], place
        assert locked[place]["integrity"].startswith("sha512-")
    assert here.keys() <= locked.keys()


def is_top(path: Path) -> bool:
    """Whether a file describes a package: above it is ``node_modules``, or a scope in it."""
    above = path.parent.parent
    holder = above.parent if above.name.startswith("@") else above
    return holder.name == "node_modules"
