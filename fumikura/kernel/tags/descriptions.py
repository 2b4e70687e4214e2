"""The description of a layout, a TOML file: read, or refused with the line to mend. docs/howto/describe-a-tag-layout.md."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

from fumikura.kernel.tags.described import DIGITS, ENCODINGS, HOLDS, LETTERS, METHODS, SURE, Check, Layout, Place

LARGEST: Final = 256
"""Bytes; what the device API takes of one tag."""
TAKEN: Final = ("fixed", "objects")
_LAYOUT_KEYS: Final = ("name", "title", "size", "block", "swapped", "fill", "dsfid", "for_new_tags", "field")
_PLACE_KEYS: Final = ("holds", "block", "byte", "length")
_TEXT_KEYS: Final = ("encoding", "pad", "padded")
_CHECK_KEYS: Final = ("method", "polynomial", "start", "final", "reflected", "order", "covers")
_FIELD: Final = re.compile(r"\s*\[\[\s*field\s*\]\]")
_AT_LINE: Final = re.compile(r"\(at line (\d+)")


class WrongDescription(Exception):
    """`code`: not-toml, missing, unknown-key, not-allowed, outside, overlap, twice, nothing-tells, new-without-dsfid."""

    def __init__(self, code: str, line: int, **facts: str) -> None:
        self.code = code
        self.line = line
        self.facts = facts
        super().__init__(f"line {line}: {code} {facts}")


class _Table:
    """One table of the file, which knows its lines."""

    def __init__(self, values: Mapping[str, Any], text: str, number: int | None = None) -> None:
        self.values = values
        self.text = text
        self.number = number

    def line(self, key: str = "") -> int:
        lines = self.text.splitlines()
        heads = [at for at, line in enumerate(lines) if _FIELD.match(line)]
        if self.number is None:
            begin, end = 0, heads[0] if heads else len(lines)
        elif self.number < len(heads):
            begin, end = heads[self.number], [*heads, len(lines)][self.number + 1]
        else:
            begin, end = 0, len(lines)
        said = re.compile(rf"\s*(\[\s*field\.)?\"?{re.escape(key)}\b")
        return next((at + 1 for at in range(begin, end) if key and said.match(lines[at])), begin + 1)

    def wrong(self, code: str, beside: str = "", /, **facts: object) -> WrongDescription:
        """About the line of the key `beside`."""
        return WrongDescription(code, self.line(beside), **{name: str(fact) for name, fact in facts.items()})

    def only(self, allowed: Iterable[str]) -> None:
        known = tuple(allowed)
        for key in self.values:
            if key not in known:
                raise self.wrong("unknown-key", key, key=key, allowed=", ".join(known))

    def not_allowed(self, key: str, allowed: str) -> WrongDescription:
        return self.wrong("not-allowed", key, key=key, allowed=allowed, given=repr(self.values.get(key)))

    def number_of(self, key: str, low: int, high: int, default: int | None = None) -> int:
        if key not in self.values and default is not None:
            return default
        value = self._given(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.not_allowed(key, f"{low}–{high}")
        return value

    def word(self, key: str, allowed: Iterable[str] = (), default: str = "") -> str:
        if key not in self.values and default:
            return default
        value = self._given(key)
        known = tuple(allowed)
        if not isinstance(value, str) or not value.strip() or (known and value not in known):
            raise self.not_allowed(key, ", ".join(known) or '"…"')
        return value

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.not_allowed(key, "true, false")
        return value

    def _given(self, key: str) -> Any:
        if key not in self.values:
            raise self.wrong("missing", key, key=key)
        return self.values[key]


def described(text: str) -> Layout:
    """Raises WrongDescription."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at.group(1)) if at else max(1, len(text.splitlines()))
        raise WrongDescription("not-toml", line, detail=str(error)) from None
    top = _Table(values, text)
    top.only(_LAYOUT_KEYS)
    name = top.word("name")
    if name in TAKEN or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise top.not_allowed("name", "a–z 0–9 -")
    size = top.number_of("size", 1, LARGEST)
    block = top.number_of("block", 1, size, 1)
    if size % block:
        raise top.not_allowed("size", f"{block} × n")
    layout = Layout(
        name=name,
        title=top.word("title"),
        size=size,
        block=block,
        is_swapped=top.flag("swapped"),
        fill=top.number_of("fill", 0, 255, 0),
        dsfid=top.number_of("dsfid", 0, 255) if "dsfid" in values else None,
        is_for_new_tags=top.flag("for_new_tags"),
        places=_places(top, size, block),
    )
    if layout.dsfid is None and not layout.tells_itself:
        raise top.wrong("nothing-tells", "name", sure=SURE)
    if layout.dsfid is None and layout.is_for_new_tags:
        raise top.wrong("new-without-dsfid", "for_new_tags")
    return layout


def _places(top: _Table, size: int, block: int) -> tuple[Place, ...]:
    rows = top.values.get("field", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise top.not_allowed("field", "[[field]]")
    tables = [_Table(row, top.text, number) for number, row in enumerate(rows)]
    made: list[tuple[Place, _Table]] = []
    for table in tables:
        place = _place(table, size, block)
        if place.holds != "constant" and any(other.holds == place.holds for other, _ in made):
            raise table.wrong("twice", "holds", what=place.holds)
        made.append((place, table))
    if not any(place.holds == "item" for place, _ in made):
        raise top.wrong("missing", key="item")
    for (one, _), (next_one, table) in pairwise(sorted(made, key=lambda pair: pair[0].at)):
        if one.end > next_one.at:
            raise table.wrong("overlap", "byte", what=next_one.holds, other=one.holds, byte=next_one.at)
    return tuple(place for place, _ in made)


def _place(table: _Table, size: int, block: int) -> Place:
    holds = table.word("holds", HOLDS)
    at = table.number_of("block", 0, size, 0) * block + table.number_of("byte", 0, size, 0)
    length = table.number_of("length", 1, size)
    if at + length > size:
        raise table.wrong("outside", "length", what=holds, end=at + length, size=size)
    if holds == "constant":
        table.only((*_PLACE_KEYS, "value"))
        return Place(holds=holds, at=at, length=length, value=_value(table, length))
    if holds == "check":
        table.only((*_PLACE_KEYS, *_CHECK_KEYS))
        return Place(holds=holds, at=at, length=length, check=_check(table, length, size))
    has_codes = holds in {"owner", "usage"}
    table.only((*_PLACE_KEYS, *_TEXT_KEYS, *(["codes"] if has_codes else [])))
    encoding = table.word("encoding", ENCODINGS)
    if encoding not in {*LETTERS, DIGITS}:
        for key in ("pad", "padded"):
            if key in table.values:
                raise table.wrong("unknown-key", key, key=key, allowed=", ".join((*_PLACE_KEYS, "encoding")))
    is_digits = encoding == DIGITS
    return Place(
        holds=holds,
        at=at,
        length=length,
        encoding=encoding,
        pad=table.number_of("pad", 0, 15 if is_digits else 127, 15 if is_digits else 0),
        padded=table.word("padded", ("left", "right"), "right"),
        codes=_codes(table, holds),
    )


def _value(table: _Table, length: int) -> bytes:
    try:
        value = bytes.fromhex(table.word("value"))
    except ValueError:
        value = b""
    if len(value) != length:
        raise table.not_allowed("value", f"{length} × 00–FF")
    return value


def _check(table: _Table, length: int, size: int) -> Check:
    method = table.word("method", METHODS)
    longest = {"crc": 4, "sum": 4, "xor": 1}[method]
    if length > longest:
        raise table.not_allowed("length", f"1–{longest}")
    if method != "crc":
        for key in ("polynomial", "reflected"):
            if key in table.values:
                raise table.wrong("unknown-key", key, key=key, allowed="method, start, final, order, covers")
    highest = (1 << length * 8) - 1
    covers = table.values.get("covers", [0, size - 1])
    is_range = isinstance(covers, list) and len(covers) == 2 and all(type(end) is int for end in covers)
    if not is_range or not 0 <= covers[0] <= covers[1] < size:
        raise table.not_allowed("covers", f"[0–{size - 1}, 0–{size - 1}]")
    return Check(
        method=method,
        polynomial=table.number_of("polynomial", 1, highest) if method == "crc" else 0,
        start=table.number_of("start", 0, highest, 0),
        final=table.number_of("final", 0, highest, 0),
        is_reflected=table.flag("reflected"),
        order=table.word("order", ("big", "little"), "big"),
        first=covers[0],
        last=covers[1],
    )


def _codes(table: _Table, holds: str) -> Mapping[str, str]:
    codes = table.values.get("codes", {})
    if not isinstance(codes, dict):
        raise table.not_allowed("codes", '{ "…" = … }')
    for meaning in codes.values():
        if holds == "usage" and not (type(meaning) is int and 0 <= meaning <= 15):
            raise table.not_allowed("codes", '{ "…" = 0–15 }')
        if holds == "owner" and not (isinstance(meaning, str) and meaning):
            raise table.not_allowed("codes", '{ "…" = "JP-…" }')
    return {code: str(meaning) for code, meaning in codes.items()}
