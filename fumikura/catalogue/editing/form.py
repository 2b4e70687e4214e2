"""The form: boxes filled from a record, and a record changed by what stands in the boxes.

Only what was changed is written; everything that the form does not show stays as it is, ISBD punctuation included.
A box is named `<part>-<which>-<subfield>`, its reading the same with `-kana`; a stretch of 008 by its part alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fumikura.catalogue.editing.templates import Cell, Part, Template
from fumikura.catalogue.fields import Fields, tidy
from fumikura.catalogue.marc.content import Content, Entry, plain

MOST_SHOWN = 40
"""So many fields of one kind are shown in the form; those behind them are in the MARC view."""
_LINKED = re.compile(r"^(?:880|[0-9A-Za-z]{3})-([0-9]{2,})")
_FIXED_LENGTH = 40


@dataclass(frozen=True)
class Box:
    name: str
    cell: Cell
    value: str
    kana_name: str = ""
    kana: str = ""


@dataclass(frozen=True)
class Line:
    """One field in the form; `place` counts from 0, and the last of a repeatable part is empty, for one more."""

    part: Part
    place: int
    boxes: tuple[Box, ...]


def values_of(content: Content, template: Template) -> dict[str, str]:
    """Every box's name and what stands in it."""
    found: dict[str, str] = {}
    for line in lines_of(content, template):
        for box in line.boxes:
            found[box.name] = box.value
            if box.kana_name:
                found[box.kana_name] = box.kana
    return found


def lines_of(content: Content, template: Template) -> Iterator[Line]:
    fields = Fields(content)
    for part in template.parts:
        if part.fixed[1]:
            start, length = part.fixed
            text = fields.control("008").ljust(_FIXED_LENGTH)[start : start + length]
            value = text if part.choices else text.strip(" |")
            yield Line(part, 0, (Box(part.key, Cell("", part.words), value),))
            continue
        entries = [entry for entry in content.entries if part.has(entry)][:MOST_SHOWN]
        shown: list[Entry | None] = [*entries] if part.repeats else [*entries[:1]]
        if part.repeats or not shown:
            shown.append(None)
        for place, entry in enumerate(shown):
            kana = fields.readings_of(entry)[0] if entry else None
            yield Line(part, place, tuple(_box(part, place, cell, entry, kana) for cell in part.cells))


def _box(part: Part, place: int, cell: Cell, entry: Entry | None, kana: Entry | None) -> Box:
    name = f"{part.key}-{place}-{cell.code}"
    value = (_contents(entry) if part.contents else _first(entry, cell.code)) if entry else ""
    if not cell.reading:
        return Box(name, cell, value)
    return Box(name, cell, value, f"{name}-kana", _first(kana, cell.code) if kana else "")


def _first(entry: Entry, code: str) -> str:
    return tidy(next(iter(entry.all(code)), ""))


def _contents(entry: Entry) -> str:
    if not entry.all("t"):
        return "\n".join(filter(None, map(tidy, entry.text("a").split(" -- "))))
    lines: list[str] = []
    for code, text in entry.parts:
        if code == "t":
            lines.append(tidy(text))
        elif code == "r" and lines:
            lines[-1] += f" / {tidy(text)}"
    return "\n".join(lines)


def applied(content: Content, template: Template, values: Mapping[str, str]) -> Content:
    """The record with what the boxes say. A box that was not sent changes nothing."""
    entries = list(content.entries)
    for part in template.parts:
        if part.fixed[1]:
            _set_fixed(entries, part, values)
            continue
        present = [at for at, entry in enumerate(entries) if part.has(entry)]
        shown = present[: MOST_SHOWN if part.repeats else 1]
        for place in range(len(shown)):
            entry = _changed(entries[shown[place]], part, place, values)
            entries[shown[place]] = _with_reading(entries, entry, part, place, values)
        for place in sorted(_new_places(part, len(shown), values)):
            start = Entry(part.new_tag, part.marks, [])
            entry = _changed(start, part, place, values)
            if _says_something(entry, part):
                entry = Entry(entry.tag, entry.marks, [*entry.parts, *part.also])
                _put(entries, _with_reading(entries, entry, part, place, values))
        _drop_empty(entries, part)
    return Content(content.leader, entries)


def _new_places(part: Part, known: int, values: Mapping[str, str]) -> set[int]:
    places = set()
    for name, value in values.items():
        key, _dash, rest = name.partition("-")
        place = rest.partition("-")[0]
        if key == part.key and value.strip() and place.isdigit() and known <= int(place) < 1000:
            places.add(int(place))
    return places if part.repeats or not known else set()


def _set_fixed(entries: list[Entry], part: Part, values: Mapping[str, str]) -> None:
    if part.key not in values:
        return
    start, length = part.fixed
    at = next((at for at, entry in enumerate(entries) if entry.tag == "008"), None)
    text = (entries[at].data if at is not None else "").ljust(_FIXED_LENGTH)
    now = text[start : start + length]
    value = plain(values[part.key])[:length].ljust(length)
    if value.isascii() and value.strip() != now.strip(" |"):
        entry = Entry("008", data=text[:start] + value + text[start + length :])
        if at is None:
            _put(entries, entry)
        else:
            entries[at] = entry


def _changed(entry: Entry, part: Part, place: int, values: Mapping[str, str]) -> Entry:
    parts = list(entry.parts)
    for cell in part.cells:
        value = values.get(f"{part.key}-{place}-{cell.code}")
        if value is None:
            continue
        if part.contents:
            parts = _contents_parts(entry, value)
        else:
            _set(parts, cell.code, value, [one.code for one in part.cells])
    return Entry(entry.tag, entry.marks, parts)


def _contents_parts(entry: Entry, value: str) -> list[tuple[str, str]]:
    lines = [line.strip() for line in plain(value).splitlines() if line.strip()]
    if "\n".join(lines) == _contents(entry):
        return list(entry.parts)
    parts = [part for part in entry.parts if part[0] not in "atr"]
    for line in lines:
        title, slash, by = line.rpartition(" / ")
        parts.append(("t", title if slash else line))
        if slash:
            parts.append(("r", by))
    return parts


def _set(parts: list[tuple[str, str]], code: str, value: str, order: list[str]) -> None:
    """Write a subfield: unchanged text keeps its bytes, changed text the punctuation behind it."""
    value = " ".join(plain(value).split())
    at = next((at for at, part in enumerate(parts) if part[0] == code), None)
    if at is None:
        if value:
            later = {*order[order.index(code) + 1 :], "0", "2", "4"}
            parts.insert(next((i for i, part in enumerate(parts) if part[0] in later), len(parts)), (code, value))
        return
    now = parts[at][1]
    bare = tidy(now)
    if value == bare:
        return
    if not value:
        del parts[at]
        return
    behind = now[now.index(bare) + len(bare) :] if bare and bare in now else ""
    parts[at] = (code, value + behind)


def _with_reading(entries: list[Entry], entry: Entry, part: Part, place: int, values: Mapping[str, str]) -> Entry:
    """Write the readings into the linked 880, which is made when there is none; answer the field with its link."""
    order = [cell.code for cell in part.cells]
    wanted = {
        cell.code: values[name]
        for cell in part.cells
        if cell.reading and (name := f"{part.key}-{place}-{cell.code}-kana") in values
    }
    number = _link_number(entry)
    at = next((at for at, other in enumerate(entries) if _is_reading(other, entry.tag, number)), None)
    if at is None:
        if not any(value.strip() for value in wanted.values()):
            return entry
        if not number:
            number = _free_number(entries)
            entry = Entry(entry.tag, entry.marks, [("6", f"880-{number}"), *entry.parts])
        entries.append(Entry("880", entry.marks, [("6", f"{entry.tag}-{number}/$1")]))
        at = len(entries) - 1
    parts = list(entries[at].parts)
    for code, value in wanted.items():
        _set(parts, code, value, order)
    entries[at] = Entry("880", entries[at].marks, parts)
    return entry


def _link_number(entry: Entry) -> str:
    match = _LINKED.match(entry.text("6"))
    return match[1] if match and match[1] != "00" else ""


def _is_reading(other: Entry, tag: str, number: str) -> bool:
    return bool(number) and other.tag == "880" and other.text("6").startswith(f"{tag}-{number}/$1")


def _free_number(entries: list[Entry]) -> str:
    taken = [int(number) for entry in entries if entry.marks and (number := _link_number(entry))]
    return f"{max(taken, default=0) + 1:02}"


def _says_something(entry: Entry, part: Part) -> bool:
    return any(text.strip() for code, text in entry.parts if (code, text) not in part.also and code != "6")


def _put(entries: list[Entry], entry: Entry) -> None:
    """Where a field of this tag stands in a record in order."""
    at = next((at for at, other in enumerate(entries) if other.tag > entry.tag), len(entries))
    entries.insert(at, entry)


def _drop_empty(entries: list[Entry], part: Part) -> None:
    """Take out fields that say nothing any more, with their readings, and readings that say nothing."""
    empty = [entry for entry in entries if part.has(entry) and not _says_something(entry, part)]
    gone = {(entry.tag, _link_number(entry)) for entry in empty if _link_number(entry)}
    entries[:] = [entry for entry in entries if not any(entry is one for one in empty)]
    entries[:] = [
        entry
        for entry in entries
        if entry.tag != "880" or not ((entry.text("6")[:3], _link_number(entry)) in gone or _is_bare(entry, part))
    ]


def _is_bare(entry: Entry, part: Part) -> bool:
    return entry.text("6")[:3] in part.tags and all(code == "6" for code, _text in entry.parts)
