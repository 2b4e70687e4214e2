"""Records as rows of a table, for spreadsheets: under the names by which marc.rows takes such a table in again. Pure.

A table holds what a spreadsheet of a library holds, not all that a record says: MARC is the format that loses nothing.
"""

import csv
import io
from collections.abc import Callable
from typing import Final

from fumikura.catalogue.description import Description, description_of
from fumikura.catalogue.fields import Fields
from fumikura.catalogue.marc.iso2709 import decode

BETWEEN: Final = "; "
"""Between several names, subjects or numbers of one cell."""

COLUMNS: Final[dict[str, Callable[[Description], str]]] = {
    "書名": lambda one: one.title,
    "書名ヨミ": lambda one: one.title_reading,
    "副書名": lambda one: one.subtitle,
    "巻次": lambda one: one.volume,
    "著者": lambda one: BETWEEN.join(name.name for name in one.creators),
    "著者ヨミ": lambda one: BETWEEN.join(name.reading for name in one.creators) if _all_read(one) else "",
    "責任表示": lambda one: one.responsibility,
    "版": lambda one: one.edition,
    "出版地": lambda one: one.place,
    "出版者": lambda one: one.publisher,
    "出版年月": lambda one: one.published,
    "ページ数": lambda one: one.extent,
    "シリーズ": lambda one: BETWEEN.join(one.series),
    "ISBN": lambda one: BETWEEN.join(value for scheme, value in one.identifiers if scheme == "isbn"),
    "ISSN": lambda one: BETWEEN.join(value for scheme, value in one.identifiers if scheme == "issn"),
    "全国書誌番号": lambda one: BETWEEN.join(value for scheme, value in one.identifiers if scheme == "jpno"),
    "NDC": lambda one: BETWEEN.join(one.ndc),
    "件名": lambda one: BETWEEN.join(one.subjects),
    "言語": lambda one: one.language,
    "請求記号": lambda one: one.call_number,
    "注記": lambda one: BETWEEN.join(one.notes),
}
NAMES: Final = ("書誌番号", *COLUMNS)


def head(delimiter: str) -> str:
    """The line of names; behind a mark that tells spreadsheets that this is UTF-8."""
    return "\ufeff" + _line(NAMES, delimiter)


def line(marc: bytes, delimiter: str) -> bytes:
    """One record (ISO 2709)."""
    content = decode(marc).content
    said = description_of(content)
    number = Fields(content).control("001").strip()
    return _line([number, *(cell(said) for cell in COLUMNS.values())], delimiter).encode()


def _all_read(one: Description) -> bool:
    """Readings stand opposite their names, so there are either all or none."""
    return all(name.reading for name in one.creators)


def _line(cells: list[str] | tuple[str, ...], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow([" ".join(cell.split()) for cell in cells])
    return out.getvalue()
