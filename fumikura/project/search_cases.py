"""The table of searches as a page to read: it runs on every engine (tests/specs/search.txt), so the page cannot be wrong."""

import re
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent.parent / "tests" / "specs" / "search.txt"
SHOWN = ("title", "reading", "names", "subjects", "publisher", "series as printed", "contents", "rest", "ndc", "year", "kind", "language", "sites", "available", "audience")  # fmt: skip


def search_cases() -> str:
    """The cases in their groups, then the documents they are asked of."""
    columns: list[str] = []
    documents: dict[str, dict[str, str]] = {}
    groups: list[tuple[str, list[str]]] = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("columns "):
            columns = [name.strip() for name in line.removeprefix("columns ").split("|")]
        elif line.startswith("# ") and documents:
            groups.append((line.removeprefix("# "), []))
        elif " ->" in line and not line.startswith("#"):
            groups[-1][1].append(line)
        elif line.strip() and columns and not line.startswith("#"):
            row = dict(zip(columns, map(str.strip, line.split("|")), strict=True))
            documents[row["id"]] = row
    lines = [
        "# What a search finds",
        "",
        "Every line is asked of all three engines (in memory, embedded, OpenSearch) by `tests/specs/test_search.py` and must find exactly this.",
        "`>` parts what comes first from what comes after; between commas the order is free; `+` joins what stands together as one work.",
    ]
    for heading, cases in groups:
        if cases:
            lines += ["", f"## {heading}", "", "| asked | finds |", "|---|---|"]
            lines += [_case(line, documents) for line in cases]
    lines += ["", "## The documents", "", "| | " + " | ".join(SHOWN) + " |", "|---|" + "---|" * len(SHOWN)]
    lines += [f"| {number} | " + " | ".join(row[name] for name in SHOWN) + " |" for number, row in documents.items()]
    return "\n".join(lines) + "\n"


def _case(line: str, documents: dict[str, dict[str, str]]) -> str:
    asked, _, expected = line.partition(" ->")
    by_work = asked.startswith("works ")
    asked = asked.removeprefix("works ")
    found = (
        re.match(r"(?:(filter|sort) (.*?) ?)?: ?(.*)", asked) if by_work or re.match("(filter|sort) ", asked) else None
    )
    question, how = (found[3], " ".join(filter(None, [found[1], found[2]]))) if found else (asked, "")
    said = " — ".join(filter(None, [f"`{question.strip()}`" if question.strip() else "(everything)", how]))
    said += " — by work" if by_work else ""
    titles = re.sub(r"\d+", lambda one: f"{one[0]} {_title(one[0], documents)}", expected.strip())
    return f"| {_cell(said)} | {_cell(titles).replace('+', ' + ') if expected.strip() != 'none' else '—'} |"


def _title(number: str, documents: dict[str, dict[str, str]]) -> str:
    return documents[number]["title"].split("/")[0] if number in documents else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
