"""Small rooms: a module fits in the head, a function on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import source

MODULE_LINES = 400
FUNCTION_LINES = 40
TYPESCRIPT = [
    p for p in sorted((source.ROOT / "static" / "src").rglob("*.ts")) if p.name != "schema.ts"
]


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_a_python_module_is_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MODULE_LINES


@pytest.mark.parametrize("path", source.modules(), ids=source.label)
def test_a_python_function_is_short(path: Path) -> None:
    long = {
        f.name: f.end_lineno - f.lineno + 1
        for f in source.functions_of(path)
        if f.end_lineno is not None and f.end_lineno - f.lineno + 1 > FUNCTION_LINES
    }
    assert not long


@pytest.mark.parametrize("path", TYPESCRIPT, ids=source.label)
def test_a_typescript_module_is_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= MODULE_LINES
