"""Files are named after what they hold; rooms say at the door what is kept in them; sizes stay readable."""

import ast
from pathlib import Path

import pytest

BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "base",
    "manager",
    "managers",
    "handler",
    "handlers",
    "misc",
}
DEMANDED_BY_DJANGO = {Path("fumikura/project/sqlite/base.py")}
SOURCES = [path for path in sorted(Path("fumikura").rglob("*.py")) if "migrations" not in path.parts]
ROOMS = sorted(path.parent for path in Path("fumikura").glob("*/models.py"))


def test_no_file_has_a_name_that_says_nothing() -> None:
    named_badly = [p for p in SOURCES if p not in DEMANDED_BY_DJANGO and (p.stem in BANNED or BANNED & set(p.parts))]
    assert named_badly == []


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_every_room_has_its_doorplate(room: Path) -> None:
    plate = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    assert "Kept here" in plate
    assert "ot kept here" in plate or "Nothing is decided" in plate


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
