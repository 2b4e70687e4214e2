"""Whoever reads finds the way: every page is on the map, every link leads somewhere, every decision is in the list."""

import re
from pathlib import Path

import pytest

PAGES = sorted([*Path().glob("*.md"), *Path("docs").rglob("*.md"), *Path("demo").glob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def links_of(page: Path) -> set[Path]:
    """What the page links to in this checkout."""
    wanted = {link for link in LINK.findall(page.read_text()) if not link.startswith(("http:", "https:", "mailto:"))}
    return {(page.parent / link).resolve() for link in wanted}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [str(link) for link in links_of(page) if not link.exists()] == []


def test_every_page_is_on_the_map() -> None:
    mapped = links_of(Path("docs/README.md"))
    pages = [page for page in PAGES if page.parts[0] == "docs" and page.parts[1] != "decisions"]
    assert [str(page) for page in pages if page.resolve() not in mapped | {Path("docs/README.md").resolve()}] == []


def test_every_decision_is_in_the_list_and_no_number_is_used_twice() -> None:
    decisions = list(Path("docs/decisions").glob("[0-9]*.md"))
    listed = links_of(Path("docs/decisions/README.md"))
    assert [page.name for page in decisions if page.resolve() not in listed] == []
    numbers = [page.name[:4] for page in decisions]
    assert len(numbers) == len(set(numbers))
