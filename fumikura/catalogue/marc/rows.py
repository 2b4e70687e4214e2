"""Lists that are not MARC: rows with named columns (TSV, CSV, JSON Lines), each made into a MARC record.

The columns are found by name, Japanese or English: those of the Aozora lists, of the Next-L tables, and what a library
writes over its own spreadsheet. Columns with other names are left out.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from fumikura.catalogue.marc import marcjson
from fumikura.catalogue.marc.arrivals import Arrival, Decoded, Faulty, bad, good
from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.iso2709 import encode

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("work_id", "作品id", "manifestation_identifier", "資料id", "書誌番号", "書誌id", "number", "id"),
    "title": ("title", "original_title", "タイトル", "書名", "作品名", "資料名", "題名"),
    "title_reading": (
        "title_yomi", "title_transcription", "タイトルのヨミ", "タイトルヨミ", "書名ヨミ", "書名読み", "作品名読み", "ヨミ", "よみ",
    ),
    "subtitle": ("subtitle", "副題", "副書名", "サブタイトル"),
    "volume": ("volume_number_string", "volume", "巻", "巻次", "巻号"),
    "creator": ("author", "creator", "著者", "著者名", "作者", "責任者"),
    "creator_reading": ("author_yomi", "creator_transcription", "著者のヨミ", "著者名ヨミ", "著者ヨミ", "著者読み"),
    "heading": ("author_card_name",),
    "responsibility": ("statement_of_responsibility", "責任表示"),
    "edition": ("edition_string", "edition", "版", "版次", "版表示"),
    "place": ("publication_place", "出版地"),
    "publisher": ("base_publisher", "publisher", "出版者", "出版社", "発行者", "発行所"),
    "published": ("base_year", "pub_date", "year_of_publication", "出版年", "出版日", "発行年", "出版年月", "year"),
    "extent": ("extent", "ページ数", "数量"),
    "series": ("series_original_title", "シリーズタイトル", "シリーズ", "叢書名"),
    "isbn": ("isbn", "isbn13", "isbn10"),
    "issn": ("issn",),
    "jpno": ("jpno", "全国書誌番号"),
    "ndc": ("ndc", "classification:ndc9", "classification:ndc10", "ndc9", "ndc10", "分類", "分類番号"),
    "call_number": ("call_number", "請求記号"),
    "subject": ("subject:ndlsh", "subject", "件名"),
    "language": ("language", "言語"),
    "base": ("base_raw", "底本"),
    "first": ("first_raw", "初出"),
    "note": ("note", "注記", "備考", "内容紹介", "description"),
}  # fmt: skip
GATHERED = frozenset({"creator", "creator_reading", "isbn", "subject", "ndc", "note"})
"""Ours that several columns of a table may give."""
AOZORA = "aozora"

_LONGEST_LINE = 1 << 20
"""Characters; a file without line ends must not fill the memory."""
_BY_NAME = {name: column for column, names in COLUMNS.items() for name in names}
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_CONTROL = dict.fromkeys(range(32), " ")
_MANY = re.compile(r"\s*(?://|;|；|\|\|)\s*")
_ONLY_KATAKANA = re.compile(r"[\u30a0-\u30ff\s・=＝]+")
_ISBN = re.compile(r"97[89][0-9]{10}|[0-9]{9}[0-9Xx]")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")


@dataclass(frozen=True)
class ColumnPlan:
    """Which column of a table is what, said by a person instead of guessed from the names."""

    columns: dict[str, str]
    """Name of the file's column (its number from 1 when there is no header) → ours, a key of COLUMNS."""
    has_header: bool = True

    def facts(self) -> dict[str, object]:
        return {"columns": self.columns, "has_header": self.has_header}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "ColumnPlan":
        """What facts() gave. Columns that are none of ours are left out, and names with a NUL, which no database keeps."""
        said = dict(facts.get("columns", {})).items()
        columns = {str(name): str(ours) for name, ours in said if ours in COLUMNS and "\x00" not in str(name)}
        return cls(columns, bool(facts.get("has_header", True)))

    def row(self, names: list[str], cells: list[str]) -> dict[str, str]:
        """Ours by name. Subjects, names and notes from several columns come together; of others the first counts."""
        found: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            ours, text = self.columns.get(name, ""), _text(cell)
            if not ours or not text:
                continue
            if ours not in found:
                found[ours] = text
            elif ours in GATHERED:
                found[ours] += f"; {text}"
        return found


def guessed(names: list[str]) -> dict[str, str]:
    """File's column → ours, as far as the names tell; each of ours once, those that may be several more often."""
    found: dict[str, str] = {}
    for name in names:
        ours = _BY_NAME.get(name.strip().lower(), "")
        if ours and (ours in GATHERED or ours not in found.values()):
            found[name] = ours
    return found


def guessed_from_values(names: list[str], lines: list[list[str]]) -> dict[str, str]:
    """As guessed, and a column of ISBN is known by its numbers whatever it is called (JAN, コード …)."""
    found = guessed(names)
    for place, name in enumerate(names):
        cells = [row[place].replace("-", "").strip() for row in lines if place < len(row) and row[place].strip()]
        if name not in found and "isbn" not in found.values() and cells and all(map(_ISBN.fullmatch, cells)):
            found[name] = "isbn"
    return found


def sample(stream: IO[bytes], *, delimiter: str, encoding: str, count: int) -> list[list[str]]:
    """The first lines of a table as they stand, the header among them."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    lines = list(islice((row for row in csv.reader(text, delimiter=delimiter) if any(map(str.strip, row))), count))
    text.detach()
    return lines


def arrivals_json(stream: IO[bytes]) -> Iterator[Arrival]:
    """JSON Lines of objects with named values. A row marked `cc` is under a licence of its own and left out."""
    for raw, value in marcjson.values(stream):
        if isinstance(value, dict) and value.get("cc") is True:
            continue
        try:
            if not isinstance(value, dict):
                raise Faulty("json")
            yield good(decode(_columns(value)))
        except Faulty as fault:
            yield bad(raw, fault)


def arrivals_table(
    stream: IO[bytes], *, delimiter: str, encoding: str, plan: ColumnPlan | None = None
) -> Iterator[Arrival]:
    """TSV or CSV whose first line names the columns, or whose columns a plan names; `encoding` is utf-8-sig or cp932."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
    lines = _Lines(text)
    table = csv.reader(lines, delimiter=delimiter, strict=False)
    header = next(table, []) if plan is None or plan.has_header else []
    names = [name.strip() for name in header]
    while True:
        lines.begin()
        try:
            row = next(table)
        except StopIteration:
            break
        except csv.Error as error:
            yield bad(lines.raw(encoding), Faulty("table-row", str(error)))
            continue
        if not any(cell.strip() for cell in row) or (plan is None and _explains(row)):
            continue
        raw = lines.raw(encoding)
        try:
            if raw.decode(encoding, "replace").find("\ufffd") >= 0:
                raise Faulty("character-set", encoding)
            if header and (len(row) > len(header) or (len(row) < len(header) and lines.count > 1)):
                # Also a quotation mark that nobody closed, which makes one row of many.
                raise Faulty("table-row", f"{len(row)} / {len(header)}")
            if plan is None:
                yield good(decode(_columns(dict(zip(header, row, strict=False)))))
            else:
                yield good(decode(plan.row(names or list(map(str, range(1, len(row) + 1))), row)))
        except Faulty as fault:
            yield bad(raw, fault)
    text.detach()


class _Lines:
    """The lines of a table, remembering those that the present row is made of."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if line := self._text.readline(_LONGEST_LINE):
            self._taken.append(line)
            return line
        raise StopIteration

    def begin(self) -> None:
        self._taken.clear()

    @property
    def count(self) -> int:
        return len(self._taken)

    def raw(self, encoding: str) -> bytes:
        """The exact bytes of the row, without the line's end."""
        text = "".join(self._taken).rstrip("\r\n")
        return text.encode(encoding.removesuffix("-sig"), "surrogateescape")


def _explains(row: list[str]) -> bool:
    """Next-L tables have a second header line that says in Japanese what the columns are."""
    return sum(cell.strip().lower() in _BY_NAME for cell in row) >= 3


def known_columns(names: list[str]) -> set[str]:
    return {_BY_NAME[name.strip().lower()] for name in names if name.strip().lower() in _BY_NAME}


def _columns(row: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in row.items():
        column = _BY_NAME.get(str(name).strip().lower())
        text = _text(value)
        if column and text and column not in found:
            found[column] = text
    if "work_id" in row and "person_id" in row:
        found["origin"] = AOZORA
        found["translators"] = _translators(row.get("contributors"))
    return found


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return " ".join(_text(part) for part in value)
    return " ".join(str(value).translate(_CONTROL).replace("\u3000", " ").split())


def _translators(contributors: object) -> str:
    pairs = contributors if isinstance(contributors, list) else []
    return ";".join(f"{_text(pair[0])} {_text(pair[1])}" for pair in pairs if isinstance(pair, list) and len(pair) == 2)


def decode(row: Mapping[str, str]) -> Decoded:
    """Make the MARC record of one row. Raises Faulty("no-title")."""
    if not row.get("title"):
        raise Faulty("no-title")
    record = Builder()
    year = _YEAR.search(unicodedata.normalize("NFKC", row.get("published", "")))
    if number := row.get("number"):
        record.control("001", number)
    if origin := row.get("origin"):
        record.control("003", origin)
    language = row.get("language", "jpn")[:3].lower()
    language = language if re.fullmatch("[a-z]{3}", language) else "jpn"
    record.control(
        "008", f"000000{'s' if year else 'n'}{year[0] if year else 'uuuu'}    ja            000 | {language}  "
    )
    _numbers(record, row)
    _names_and_titles(record, row)
    if publication := [(c, row[k]) for c, k in (("a", "place"), ("b", "publisher"), ("c", "published")) if k in row]:
        record.field("260", "  ", *publication)
    for tag, marks, column in (("250", "  ", "edition"), ("300", "  ", "extent"), ("490", "0 ", "series")):
        if column in row:
            record.field(tag, marks, ("a", row[column]))
    for label, column in (("底本: ", "base"), ("初出: ", "first"), ("", "note")):
        if column in row:
            record.field("500", "  ", ("a", label + row[column]))
    for subject in _MANY.split(row.get("subject", "")):
        if subject:
            record.field("650", " 7", ("a", subject), ("2", "ndlsh"))
    content = record.content()
    return Decoded(content, encode(content))


def _numbers(record: Builder, row: Mapping[str, str]) -> None:
    if "jpno" in row:
        record.field("015", "  ", ("a", row["jpno"]), ("2", "jnb"))
    for isbn in _MANY.split(row.get("isbn", "")):
        if isbn:
            record.field("020", "  ", ("a", isbn))
    if "issn" in row:
        record.field("022", "  ", ("a", row["issn"]))
    ndc = re.sub(r"(?i)^ndc\s*k?", "", row.get("ndc", ""))
    for number in re.split(r"[\s;/|]+", ndc):
        if number:
            record.field("084", "  ", ("a", number), ("2", "njb/09"))
    if "call_number" in row:
        record.field("090", "  ", ("a", row["call_number"]))


def _names_and_titles(record: Builder, row: Mapping[str, str]) -> None:
    creators = [name for name in _MANY.split(row.get("creator", "")) if name]
    readings = _MANY.split(row.get("creator_reading", ""))
    translators = [name for name in row.get("translators", "").split(";") if name]
    for position, name in enumerate(creators):
        reading = readings[position] if position < len(readings) else ""
        reading = _creator_reading(name, reading, row.get("heading", ""))
        tag = "700" if position else "100"
        record.field(tag, "1 ", ("a", name), reading=[("a", reading)])
    stated = row.get("responsibility") or ", ".join([*creators, *translators])
    parts = [("a", row["title"])]
    parts += [(code, row[column]) for code, column in (("n", "volume"), ("b", "subtitle")) if column in row]
    parts += [("c", stated)] if stated else []
    reading = row.get("title_reading", "").translate(_KATAKANA)
    if not reading and _ONLY_KATAKANA.fullmatch(row["title"]):
        reading = row["title"]
    record.field("245", "00", *parts, reading=[("a", reading)])
    for name in translators:
        person, _space, role = name.rpartition(" ")
        record.field("700", "1 ", ("a", person), ("e", role))


def _creator_reading(name: str, reading: str, heading: str) -> str:
    """Katakana 姓, 名. In the Aozora list the reading is that of the card's person, who need not be this row's author."""
    if heading and reading and heading.replace(" ", "")[:1] != name.replace(" ", "")[:1]:
        reading = ""
    if not reading and _ONLY_KATAKANA.fullmatch(name):
        return name
    return ", ".join(reading.translate(_KATAKANA).replace(",", " ").split(maxsplit=1))
