"""What a piece of our code can reach: a map of names, read from the source.

Too wide rather than too narrow: whoever names a function may call it, and whoever names a class
may call all of its methods. What goes by signals or owed tasks is not followed: a task says by
itself why it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from tests.architecture import source

# Module and name: ``("images.delivery", "deliver")``.
Place = tuple[str, str]
# Where the walk ends. The journal writes and reads its own entries beside the blobs: no photo's
# bytes lie under their names, and every act that ends something goes through it.
NOT_FOLLOWED = {"pocketvault.kernel.journal"}


@cache
def _modules() -> dict[str, ast.Module]:
    found = {}
    for path in source.modules():
        name = source.name_of(path).removesuffix(".__init__")
        if name not in NOT_FOLLOWED:
            found[name] = source.tree(path)
    return found


@cache
def _imported(module: str) -> dict[str, str]:
    """Local name to what it stands for, in dots."""
    names = {}
    for node in _modules()[module].body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            names |= {a.asname or a.name: a.name for a in node.names}
    return names


@cache
def _defined(module: str) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in _modules()[module].body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {t.id: node for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
    return found


def _resolve(module: str, dotted: str) -> Place | None:
    """Where a name that a module uses is defined, if it is ours."""
    first, _, rest = dotted.partition(".")
    if first in _defined(module):
        return (module, first)
    target = _imported(module).get(first)
    if target is None:
        return None
    whole = f"{target}.{rest}" if rest else target
    parts = whole.split(".")
    for length in range(len(parts) - 1, 0, -1):
        owner = ".".join(parts[:length])
        if owner in _modules():
            name = parts[length]
            if name in _defined(owner):
                return (owner, name)
            # A package that passes on what one of its modules defines.
            return _resolve(owner, name) if name in _imported(owner) else None
    return None


def _names_in(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            dotted = ast.unparse(each)
            if dotted.replace(".", "").replace("_", "").isalnum():
                yield dotted


@cache
def _next(place: Place) -> frozenset[Place]:
    module, name = place
    found = (_resolve(module, dotted) for dotted in _names_in(_defined(module)[name]))
    return frozenset(each for each in found if each is not None and each != place)


def reached_from(module: str, name: str) -> set[Place]:
    """Everything of ours that ``module.name`` names, directly or through what it names."""
    seen: set[Place] = set()
    waiting = [(module, name)]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(_next(place))
    return seen
