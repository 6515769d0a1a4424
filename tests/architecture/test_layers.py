"""The dependency order is a fact about the code, not a wish in a document."""

from __future__ import annotations

import ast
from pathlib import Path

from django.conf import settings

from tests.architecture import source

LAYERED = [p for p in source.modules() if source.layer_of(source.name_of(p)) is not None]


ACTIONS = [p for p in LAYERED if "actions" in p.parts or p.name == "actions.py"]
MODELS = [p for p in LAYERED if "models" in p.parts or p.name == "models.py"]


def test_there_are_modules_of_each_kind_to_look_at() -> None:
    assert len(LAYERED) > 100
    assert len(ACTIONS) > 20
    assert len(MODELS) > 20


def test_a_module_imports_only_its_own_layer_and_those_below() -> None:
    def too_high(path: Path) -> set[str]:
        height = source.layer_of(source.name_of(path))
        assert height is not None
        return {n for n in source.imports_of(path) if (source.layer_of(n) or 0) > height}

    assert not source.offenders(LAYERED, too_high)


def test_nothing_below_imports_the_composition_root() -> None:
    def of_the_root(path: Path) -> set[str]:
        return {
            n
            for n in source.imports_of(path)
            if n.startswith("pocketvault.") and not n.startswith("pocketvault.kernel")
        }

    assert not source.offenders(LAYERED, of_the_root)


def test_imports_stand_at_the_top() -> None:
    def hidden(path: Path) -> list[int]:
        tree = source.tree(path)
        top = set(map(id, tree.body))
        return [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
        ]

    assert not source.offenders(source.modules(), hidden)


def test_actions_do_not_reach_up_to_what_calls_them() -> None:
    def callers(path: Path) -> set[str]:
        app = source.name_of(path).split(".")[0]
        above = {
            f"{app}.{name}" for name in ("tasks", "views", "api", "admin", "receivers", "custody")
        }
        return {n for n in source.imports_of(path) if ".".join(n.split(".")[:2]) in above}

    assert not source.offenders(ACTIONS, callers)


def test_models_do_not_import_actions() -> None:
    def actions(path: Path) -> set[str]:
        return {n for n in source.imports_of(path) if ".actions" in n}

    assert not source.offenders(MODELS, actions)


def test_installed_apps_follow_the_same_order() -> None:
    assert ["pocketvault.kernel", *settings.VAULT_APPS] == source.LAYERS
    ours = [a for a in settings.INSTALLED_APPS if a in source.LAYERS]
    assert ours == source.LAYERS


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "common", "core", "misc", "services", "managers"}

    def empty_names(path: Path) -> set[str]:
        return empty & {path.stem, *path.relative_to(source.ROOT).parts}

    assert not source.offenders(source.modules(), empty_names)


def test_one_module_reads_the_environment() -> None:
    def touched(path: Path) -> list[int]:
        return [
            node.lineno
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Attribute)
            and node.attr == "environ"
            and not _sets_the_settings_module(node, source.tree(path))
        ]

    readers = source.offenders(source.modules(), touched)
    assert readers.keys() == {"pocketvault/settings/env.py"}


def _sets_the_settings_module(node: ast.Attribute, tree: ast.Module) -> bool:
    """``os.environ.setdefault("DJANGO_SETTINGS_MODULE", …)`` is how Django itself starts."""
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.value is node
            and call.func.attr == "setdefault"
        ):
            first = call.args[0]
            return isinstance(first, ast.Constant) and first.value == "DJANGO_SETTINGS_MODULE"
    return False
