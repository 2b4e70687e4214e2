"""Every setting is on the settings page, and nothing else is."""

import ast
import re
from pathlib import Path

PAGE = Path("docs/operations/settings.md").read_text()
DESCRIBED = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, flags=re.MULTILINE))
OWN = {"PROMETHEUS_MULTIPROC_DIR"}  # set by `serve` for its own processes


def read_from_the_environment() -> set[str]:
    names = set()
    for path in Path("fumikura").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and (name := ast.unparse(node.func).removeprefix("env.")) in {"text", "flag", "words", "number"}
                and (ast.unparse(node.func).startswith("env.") or path.stem == "environment")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                assert name
                names.add(node.args[0].value)
    return names - OWN


def test_every_setting_is_described() -> None:
    assert read_from_the_environment() - DESCRIBED == set()


def test_no_setting_is_described_that_is_gone() -> None:
    assert DESCRIBED - read_from_the_environment() == set()
