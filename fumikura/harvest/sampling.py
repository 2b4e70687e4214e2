"""The first records of a source as they stand, column by column: for saying what is what before anything is taken in."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from fumikura.catalogue.marc.rows import ColumnPlan, guessed, guessed_from_values
from fumikura.catalogue.marc.xmlstream import parsed
from fumikura.discovery.union.fetching import fetch
from fumikura.harvest.asking import SECONDS, Wish, ask
from fumikura.harvest.reading import Arrived, NotAnAnswer, PlaceLost, first_lines, leaves, read_csv, says_itself

SHOWN = 10
# Names of Dublin Core that are not among the columns of tables.
DUBLIN_CORE = {"contributor": "creator", "date": "published", "issued": "published", "coverage": "note"}


@dataclass(frozen=True)
class Sample:
    """Names of columns or elements, the first records in these columns, and what becomes of them now."""

    names: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    records: tuple[Arrived, ...]
    says_itself: bool
    """MARC 21 or DC-NDL: nothing is to be said by hand."""


def sample(wish: Wish, *, count: int = SHOWN) -> Sample:
    """Ask for the first records. Nothing is written. Raises Silent, NotAnAnswer."""
    if wish.protocol == "csv":
        return _of_table(wish, count)
    try:
        page = ask(replace(wish, rows=count))
    except PlaceLost:
        raise NotAnAnswer("oai-error", "badResumptionToken") from None
    arrived = [one for one in page.records if not one.is_gone][:count]
    inside = [_metadata(one.raw) for one in arrived]
    said = [leaves(one) for one in inside]
    names = tuple(dict.fromkeys(name for one in said for name, _text in one))
    lines = tuple(tuple("; ".join(text for name, text in one if name == wanted) for wanted in names) for one in said)
    return Sample(names, lines, tuple(arrived), bool(inside) and all(map(says_itself, inside)))


def guess(protocol: str, names: Sequence[str], lines: Sequence[Sequence[str]]) -> ColumnPlan:
    """What the names tell; a column of ISBN is known by its numbers."""
    if protocol == "csv":
        return ColumnPlan(guessed_from_values(list(names), [list(line) for line in lines]))
    dublin = {name: ours for name, ours in DUBLIN_CORE.items() if name in names}
    return ColumnPlan({**dublin, **guessed(list(names))})


def _of_table(wish: Wish, count: int) -> Sample:
    body = fetch(wish.address, seconds=SECONDS)
    try:
        lines = first_lines(body, count + 1)
    except csv.Error as error:
        raise NotAnAnswer("not-table", str(error)) from None
    if not lines or (max(map(len, lines)) < 2 and "title" not in guessed(lines[0]).values()):
        raise NotAnAnswer("not-table", "")
    has_header = wish.plan is None or wish.plan.has_header
    width = max(map(len, lines))
    names = [name.strip() for name in lines[0]] if has_header else [str(place) for place in range(1, width + 1)]
    rows = lines[1:] if has_header else lines[:count]
    padded = tuple(tuple([*row, *[""] * len(names)][: len(names)]) for row in rows)
    plan = wish.plan
    if plan is None or not plan.columns:
        plan = replace(guess("csv", names, padded), has_header=has_header)
    page = read_csv(body, place=0, plan=plan)
    return Sample(tuple(names), padded, page.records[:count], says_itself=False)


def _metadata(raw: bytes) -> etree._Element:
    """What stands in the metadata of an OAI record, or in the recordData of SRU, packed as XML or as text."""
    root = parsed(raw)
    inside = next((one for name in ("metadata", "recordData") for one in root.iterfind(f"{{*}}{name}")), root)
    if len(inside) == 0 and (inside.text or "").strip().startswith("<"):
        try:
            inside.append(parsed((inside.text or "").strip().encode()))
            inside.text = None
        except etree.XMLSyntaxError:
            pass
    return inside
