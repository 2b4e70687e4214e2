"""The reference pages: written from the code, so that they cannot be wrong; stale ones fail the build."""

import ast
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.db.models import Field
from django.urls import URLPattern, URLResolver, get_resolver

from fumikura.circulation.rules.states import TABLES, diagram
from fumikura.journal.events import Event
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.kernel.reasons import REASONS
from fumikura.project.search_cases import search_cases
from fumikura.protocols.api.door import api
from fumikura.web.opac.criteria import criteria
from fumikura.web.visitors import AUDIENCE

PACKAGE = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by `bin/reference` from the code. Do not edit. -->\n"


def pages() -> Mapping[str, str]:
    """File name under docs/reference → text."""
    writers: Mapping[str, Callable[[], str]] = {
        "reasons.md": reasons,
        "events.md": events,
        "tables.md": tables,
        "permissions.md": permissions,
        "rights.md": rights,
        "commands.md": commands,
        "addresses.md": addresses,
        "search-cases.md": search_cases,
        "accessibility.md": accessibility,
        "circulation-states.md": states,
    }
    return {name: NOTE + write() for name, write in writers.items()}


def reasons() -> str:
    lines = ["# Reasons", "", "Every code that a rule may answer, and what people are told.", ""]
    lines += ["| code | 日本語 | English |", "|---|---|---|"]
    for code, text in sorted(REASONS.items()):
        lines.append(f"| `{code}` | {text.ja} {text.way_out_ja} | {text.en} {text.way_out_en} |")
    return "\n".join(lines) + "\n"


def events() -> str:
    lines = ["# Events", "", "What the rooms announce in the journal, with the particulars of each entry.", ""]
    lines += ["| event | meaning | particulars |", "|---|---|---|"]
    for path in sorted(PACKAGE.glob("*/events.py")):
        importlib.import_module(f"fumikura.{path.parent.name}.events")
    known = [event for event in Event.__subclasses__() if event.__module__.startswith("fumikura.")]
    for event in sorted(known, key=lambda event: event.name):
        names = ", ".join(f"`{field.name}`" for field in fields(event))
        lines.append(f"| `{event.name}` | {_first_line(event.__doc__)} | {names} |")
    return "\n".join(lines) + "\n"


def tables() -> str:
    lines = ["# Tables", "", "One heading a room; keys, then what keeps the rows true."]
    for config in apps.get_app_configs():
        models = list(config.get_models()) if config.name.startswith("fumikura.") else []
        if not models:
            continue
        lines += ["", f"## {config.name.partition('.')[2]}"]
        for model in models:
            lines += ["", f"**{model.__name__}**: {_first_line(model.__doc__)}", ""]
            lines.append(", ".join(f"`{f.name}`" for f in model._meta.get_fields() if isinstance(f, Field)))
            if model._meta.constraints:
                lines += ["", "Constraints: " + ", ".join(f"`{c.name}`" for c in model._meta.constraints)]
    return "\n".join(lines) + "\n"


def permissions() -> str:
    lines = ["# Permissions", "", "What a role can be made of, and where the code asks for it.", ""]
    lines += ["| permission | 日本語 | English | asked for by |", "|---|---|---|---|"]
    asked: dict[str, set[str]] = {permission: set() for permission in PERMISSIONS}
    for path, tree in _sources():
        place = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for permission in _permissions_in(function):
                    asked[permission].add(f"`{place}.{function.name}`")
    for permission, (japanese, english) in PERMISSIONS.items():
        lines.append(f"| `{permission}` | {japanese} | {english} | {', '.join(sorted(asked[permission]))} |")
    return "\n".join(lines) + "\n"


def _permissions_in(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and node.value in PERMISSIONS:
            yield str(node.value)


def accessibility() -> str:
    lines = [
        "# Accessibility",
        "",
        "The 38 rows of JIS X 8341-3:2016 (A and AA) and WCAG 2.2 A and AA, each with the tests that fail when it",
    ]
    lines += ["no longer holds.", ""]
    lines += ["| criterion | level | JIS | WCAG 2.2 | result | held by |", "|---|---|---|---|---|---|"]
    for one in criteria():
        marks = ["yes" if held else "–" for held in (one.is_in_jis, one.is_in_wcag)]
        how = ", ".join(f"`{test.partition('::')[2]}`" for test in one.tests) or one.none_en
        result = "holds" if one.tests else "nothing to apply to"
        lines.append(f"| {one.number} {one.ja} ({one.en}) | {one.level} | {marks[0]} | {marks[1]} | {result} | {how} |")
    return "\n".join(lines) + "\n"


def commands() -> str:
    lines = ["# Commands", "", "`fumikura COMMAND --help` says more.", ""]
    for name, application in sorted(get_commands().items()):
        if application == "fumikura.project":
            command = load_command_class(application, name)
            lines += [f"## fumikura {name}", "", str(command.help).strip(), ""]
    return "\n".join(lines)


def addresses() -> str:
    lines = ["# Addresses", "", "| address | name |", "|---|---|"]
    lines += [f"| `/{route}` | `{name}` |" for route, name in sorted(_routes(get_resolver().url_patterns, ""))]
    return "\n".join(lines) + "\n"


def rights() -> str:
    """Every address and every operation of the API: who is let in, and with which right. Tried by tests/web/test_rights.py."""
    lines = [
        "# Rights", "", "Who is let in where. A right holds at the facility where it was granted. At the counter the verbs",
        "themselves ask for the right, so that a missing one is answered in the counter's words: see permissions.md.", "",
        "| address | who | rights |", "|---|---|---|",
    ]  # fmt: skip
    for route, pattern in sorted(_patterns(get_resolver().url_patterns, ""), key=lambda found: found[0]):
        audience, needed = getattr(pattern.callback, AUDIENCE, ("anybody", ()))
        if not route.startswith("api/v1/"):
            lines.append(f"| `/{route}` | {audience} | {', '.join(f'`{right}`' for right in needed)} |")
    lines += ["", "| operation of the API | who |", "|---|---|"]
    for path, methods in sorted(api.get_openapi_schema()["paths"].items()):
        for method, told in sorted(methods.items()):
            who = ", ".join(name for one in told.get("security", ()) for name in one) or "anybody"
            lines.append(f"| `{method.upper()} {path}` | {who} |")
    return "\n".join(lines) + "\n"


def _patterns(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


def states() -> str:
    lines = [
        "# States of circulation", "",
        "Drawn from `circulation/rules/states.py`. No state is stored: each is read off open rows. The cases in",
        "[circulation-cases.md](circulation-cases.md) and every published case are played against these tables.",
    ]  # fmt: skip
    for noun, words in (
        ("item", "資料 an item"),
        ("loan", "貸出 a loan"),
        ("hold", "予約 a hold"),
        ("transit", "回送 a transit"),
    ):
        lines += ["", f"## {words}", "", "```mermaid", diagram(noun), "```", ""]
        lines += ["| before | after | verbs |", "|---|---|---|"]
        for was, after in TABLES[noun].items():
            lines += [f"| {was or '—'} | {becomes or '—'} | {verbs} |" for becomes, verbs in after.items()]
    return "\n".join(lines) + "\n"


def _routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route, pattern.name or ""


def _sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def _first_line(docstring: str | None) -> str:
    return (docstring or "").strip().partition("\n")[0]
