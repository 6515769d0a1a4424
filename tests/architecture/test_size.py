"""Small rooms: a module fits in the head, a function on the screen."""

from __future__ import annotations

from pathlib import Path

from tests.architecture import source

MODULE_LINES = 400
FUNCTION_LINES = 40
TYPESCRIPT = [
    p for p in sorted((source.ROOT / "static" / "src").rglob("*.ts")) if p.name != "schema.ts"
]


def lines_too_many(path: Path) -> int:
    return max(0, path.read_text(encoding="utf-8").count("\n") - MODULE_LINES)


def test_a_python_module_is_short() -> None:
    assert not source.offenders(source.modules(), lines_too_many)


def test_a_python_function_is_short() -> None:
    def long(path: Path) -> dict[str, int]:
        return {
            f.name: f.end_lineno - f.lineno + 1
            for f in source.functions_of(path)
            if f.end_lineno is not None and f.end_lineno - f.lineno + 1 > FUNCTION_LINES
        }

    assert not source.offenders(source.modules(), long)


def test_a_typescript_module_is_short() -> None:
    assert TYPESCRIPT
    assert not source.offenders(TYPESCRIPT, lines_too_many)
