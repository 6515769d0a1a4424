"""Puts another source in the place of a module that is loaded, wherever it is known already.

A module imported anew would be a stranger to everything that imported the old one. So the new
source runs in the namespace of the old: its functions take the places of the old functions in
every module that holds them, its methods move into the old classes, and what the module keeps
(registers, caches) stays, but for constants that the change is about.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection
from pathlib import Path
from types import FunctionType, ModuleType

PLAIN = (str, bytes, int, float, tuple, frozenset)
KEPT = ("__dict__", "__weakref__", "__module__", "__doc__", "__slots__", "__qualname__")


def replace(module: ModuleType, source: str) -> None:
    """Make the module be this source from now on, in this process."""
    path = str(module.__file__)
    before = dict(vars(module))
    changed = _changed_names(Path(path).read_text(encoding="utf-8"), source)
    exec(compile(source, path, "exec"), vars(module))
    moved: dict[int, object] = {}
    for name, old in before.items():
        new = vars(module).get(name)
        if new is old or name.startswith("__"):
            continue
        if isinstance(old, type) and isinstance(new, type) and old.__module__ == module.__name__:
            _move(new, old)
            setattr(module, name, old)
        elif callable(old) and getattr(old, "__module__", None) == module.__name__:
            moved[id(old)] = new
        elif name not in changed:
            setattr(module, name, old)
        else:
            _spread(name, old, new, but=module)
    _swap(moved)


def _changed_names(old: str, new: str) -> Collection[str]:
    """Names that a statement at the top of the module gives another value."""
    was, becomes = (_assigned(source) for source in (old, new))
    return {name for name, text in becomes.items() if was.get(name) != text}


def _assigned(source: str) -> dict[str, str]:
    found = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in (each for target in targets for each in ast.walk(target)):
                if isinstance(name, ast.Name):
                    found[name.id] = ast.dump(statement)
    return found


def _move(new: type, old: type) -> None:
    """What a class can do, into the class that everybody knows."""
    for name, value in vars(new).items():
        is_doing = isinstance(value, FunctionType | property | classmethod | staticmethod)
        is_plain = isinstance(value, PLAIN) and not name.startswith("__")
        if name not in KEPT and (is_doing or is_plain):
            setattr(old, name, value)


def _swap(moved: dict[int, object]) -> None:
    for holder in list(sys.modules.values()):
        for name, value in list(vars(holder).items()) if isinstance(holder, ModuleType) else ():
            if id(value) in moved:
                setattr(holder, name, moved[id(value)])


def _spread(name: str, old: object, new: object, *, but: ModuleType) -> None:
    """A constant that others have imported under its own name."""
    for holder in list(sys.modules.values()):
        if isinstance(holder, ModuleType) and holder is not but and vars(holder).get(name) is old:
            setattr(holder, name, new)
