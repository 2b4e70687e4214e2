"""Tables are written by services (and migrations), nowhere else."""

import ast
from pathlib import Path

import pytest

WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete", "asave", "acreate",
}  # fmt: skip
READERS = [
    path
    for path in sorted(Path("fumikura").rglob("*.py"))
    if (
        {"web", "protocols"} & set(path.parts)
        or path.stem in {"rules", "queries", "reactions", "events", "description"}
    )
    and "migrations" not in path.parts
]


def calls_in(path: Path) -> set[str]:
    """Names of the methods called; `@router.delete(…)` says which HTTP method a view answers, and writes nothing."""
    tree = ast.parse(path.read_text())
    routes = {id(one) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for one in node.decorator_list}
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in routes
    }


@pytest.mark.parametrize("path", READERS, ids=str)
def test_only_services_write_tables(path: Path) -> None:
    # A session is written by doors; that is `request.session[...] =`, not one of these calls.
    assert not WRITES & calls_in(path)


def test_the_check_would_notice_a_write() -> None:
    tree = ast.parse("def view(request):\n    Loan.objects.create(item=1)\n")
    names = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert WRITES & names
