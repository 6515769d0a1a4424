"""Reading our own source: what the architecture tests look at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["pocketvault", "accounts", "images", "sharing", "rights"]
LAYERS = ["pocketvault.kernel", "accounts", "images", "sharing", "rights"]


@cache
def modules() -> list[Path]:
    """Every Python module of ours, without migrations and tests."""
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """``accounts/actions/signing_in.py`` is ``accounts.actions.signing_in``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def label(path: Path) -> str:
    """As it is called in a message: ``accounts/actions/signing_in.py``."""
    return str(path.relative_to(ROOT))


def offenders(paths: Iterable[Path], offence: Callable[[Path], object]) -> dict[str, object]:
    """Which of ``paths`` break a rule, and how: ``offence`` answers nothing for one that keeps it.

    One test for each rule and all modules: as many tests as there are modules for each of a dozen
    rules cost minutes of every run before the first of them began.
    """
    found = {label(path): offence(path) for path in paths}
    return {where: broken for where, broken in found.items() if broken}


def layer_of(module: str) -> int | None:
    """How high a module stands; None for the composition root and for other people's code."""
    for height, layer in enumerate(LAYERS):
        if module == layer or module.startswith(f"{layer}."):
            return height
    return None


def imports_of(path: Path) -> set[str]:
    """Every import, wherever it hides: top level, inside a function, under a condition."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} uses a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
