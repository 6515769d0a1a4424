"""The mutants of one module of Python: its source with one small thing changed.

Positions stay where they were, line by line, so what a test reached in the module as it is, it
reaches in the mutant.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
OTHER_SUM: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.FloorDiv: "*", ast.BitOr: "&", ast.BitAnd: "|",
}  # fmt: skip
# Calls in which each word narrows what is meant.
NARROWING = ("filter", "exclude", "get", "update", "select_related")
LOGGERS = ("debug", "info", "warning", "error", "exception")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change. ``lines`` are those of the statement around it, first to last, of which a test
    must reach one; ``where`` is the function or class it lies in. ``source`` is the whole module
    (empty for one of the browser, which is built already and has a ``number``).
    """

    name: str
    module: str
    where: str
    line: int
    lines: tuple[int, int]
    operator: str
    before: str
    after: str
    source: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Change:
    node: ast.expr | ast.stmt
    operator: str
    after: str


def name_of(module: str, *facts: str, turn: int) -> str:
    """A short name that stays while the code around the mutant changes."""
    marks = hashlib.sha256("\0".join([module, *facts, str(turn)]).encode()).hexdigest()[:6]
    return f"{module.rpartition('/')[2].partition('.')[0]}-{marks}"


def mutants_of(module: str, source: str) -> list[Mutant]:
    """All of them, from top to bottom. ``module`` is the path that ``source`` was read from."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for where, statement, change in _walk(tree, "", source):
        before = _text(source, change.node)
        facts = (where, change.operator, before, change.after)
        seen[facts] += 1
        lines = (statement.lineno, _last_line(statement))
        found.append(
            Mutant(
                name=name_of(module, *facts, turn=seen[facts]), module=module, where=where,
                line=change.node.lineno, lines=lines, operator=change.operator,
                before=before, after=change.after, source=_put(source, change),
            )
        )  # fmt: skip
    return found


def _last_line(statement: ast.stmt) -> int:
    """Of a statement with a body, where its head ends."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return max(statement.lineno, body[0].lineno - 1)
    return statement.end_lineno or statement.lineno


@lru_cache(maxsize=1)
def _lines_of(source: str) -> list[bytes]:
    return source.encode().splitlines(keepends=True)


def _text(source: str, node: ast.expr | ast.stmt) -> str:
    """What a node was read from. Like `ast.get_source_segment`, which splits anew each time."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    lines = _lines_of(source)[first : last + 1]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


def _put(source: str, change: _Change) -> str:
    """The source with the change, and as many lines as before."""
    lines = _lines_of(source)
    node = change.node
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    text = change.after
    if change.operator == "decorator removed":
        head = head.rpartition(b"@")[0]
    rest = last - first - text.count("\n")
    # Inside brackets or after a statement, empty lines mean nothing.
    put = head + text.encode() + tail.rstrip(b"\n") + b"\n" * (rest + 1)
    return b"".join([*lines[:first], put, *lines[last + 1 :]]).decode()


def _walk(node: ast.AST, where: str, source: str) -> Iterator[tuple[str, ast.stmt, _Change]]:
    for statement in _statements(node):
        inside = where
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            inside = f"{where}.{statement.name}".lstrip(".")
            for each in statement.decorator_list:
                yield inside, statement, _Change(each, "decorator removed", "")
        else:
            for change in _changes(statement, source):
                yield where, statement, change
        yield from _walk(statement, inside, source)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Those right inside a body of this node, without what is said and imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            if not _is_said(child) and not isinstance(child, ast.Import | ast.ImportFrom):
                yield child
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            yield from _statements(child)


def _is_said(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Constant):
        return True
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr in LOGGERS
        and ast.unparse(value.func.value) == "logger"
    )


def _changes(statement: ast.stmt, source: str) -> Iterator[_Change]:
    match statement:
        case ast.Expr(value=ast.Call()):
            yield _Change(statement, "statement removed", "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
            yield _Change(statement, "statement removed", "pass")
        case ast.Raise() | ast.Delete():
            yield _Change(statement, "statement removed", "pass")
        case ast.Continue() | ast.Break():
            yield _Change(statement, "statement removed", "pass")
        case ast.Return(value=ast.expr() as value) if not _is(value, None):
            yield _Change(value, "returns None", "None")
        case ast.If(test=test) | ast.While(test=test) if isinstance(test, ast.Name | ast.Call):
            text = _text(source, test)
            yield _Change(test, "condition turned", f"(not {text})")
        case _:
            pass
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr) and not _is_annotation(statement, child):
            yield from _inside(child, source)
        elif isinstance(child, ast.withitem):
            yield from _inside(child.context_expr, source)


def _is_annotation(statement: ast.stmt, child: ast.expr) -> bool:
    return isinstance(statement, ast.AnnAssign) and child is not statement.value


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _inside(node: ast.AST, source: str) -> Iterator[_Change]:
    """Every change to an expression and to what it is made of."""
    if isinstance(node, ast.expr):
        yield from _of_expression(node, source)
    if isinstance(node, ast.JoinedStr):
        return  # positions inside one are not told before Python 3.12
    for child in ast.iter_child_nodes(node):
        yield from _inside(child, source)
    if isinstance(node, ast.comprehension):
        for each in node.ifs:
            yield _Change(each, "filter removed", "True")


def _of_expression(node: ast.expr, source: str) -> Iterator[_Change]:
    def text(part: ast.expr) -> str:
        return _text(source, part)

    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            sign = FLIPPED[type(operator)]
            yield _Change(node, "comparison", f"({text(left)} {sign} {text(right)})")
        case ast.BoolOp(op=operator, values=values):
            word = " or " if isinstance(operator, ast.And) else " and "
            yield _Change(node, "and, or", f"({word.join(f'({text(each)})' for each in values)})")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _Change(node, "not removed", f"({text(operand)})")
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OTHER_SUM:
            sign = OTHER_SUM[type(operator)]
            yield _Change(node, "arithmetic", f"(({text(left)}) {sign} ({text(right)}))")
        case ast.Constant(value=value) if (other := _other(value)) is not None:
            yield _Change(node, "constant", repr(other))
        case ast.JoinedStr():
            yield _Change(node, "constant", f"({text(node)} + '!')")
        case ast.Call(func=ast.Attribute(attr=name), keywords=words) if name in NARROWING:
            named = [word for word in words if word.arg is not None]
            yield from (_Change(_whole(word), "narrowing removed", "**{}") for word in named)
        case _:
            pass


def _other(value: object) -> object:
    """Another value like this one; None if there is none."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str() if value:
            return f"{value}!"
        case bytes() if value:
            return value + b"!"
        case _:
            return None


def _whole(word: ast.keyword) -> ast.expr:
    """A keyword with its name, as something that has a place."""
    stand_in = ast.Name(id=str(word.arg))
    stand_in.lineno, stand_in.col_offset = word.lineno, word.col_offset
    stand_in.end_lineno, stand_in.end_col_offset = word.end_lineno, word.end_col_offset
    return stand_in
