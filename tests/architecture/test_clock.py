"""The clock is read at doors, in jobs and by the program itself; a verb or a rule is told what time it is."""

import ast
from pathlib import Path

import pytest

MAY_READ_THE_CLOCK = {"web", "protocols", "project"}
CLOCKS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("date", "today"),
    ("time", "time"),
    ("datetime", "today"),
    ("timezone", "localdate"),
}
ROOMS = [
    path
    for path in sorted(Path("fumikura").rglob("*.py"))
    if path.parts[1] not in MAY_READ_THE_CLOCK and path.stem != "jobs" and "migrations" not in path.parts
]


def readings(tree: ast.AST) -> set[tuple[str, str]]:
    """Calls such as timezone.now(). timezone.localdate(at) with an argument only converts and is no reading."""
    return {
        (node.func.value.id, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and not (node.func.attr == "localdate" and (node.args or node.keywords))
    } & CLOCKS


@pytest.mark.parametrize("path", ROOMS, ids=str)
def test_no_room_reads_the_clock(path: Path) -> None:
    assert not readings(ast.parse(path.read_text()))


def test_the_check_would_notice_a_clock() -> None:
    assert readings(ast.parse("def verb():\n    return timezone.now()"))
