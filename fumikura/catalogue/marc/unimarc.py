"""UNIMARC to MARC 21. What has no place in MARC 21 is kept in 886 (foreign MARC field), so that nothing is lost.

Source: UNIMARC bibliographic format 3rd ed. with updates (IFLA); UNIMARC to MARC 21 conversion specifications (Library of
Congress). Japanese readings come from fields linked by $6 with $7 dc (kana) and ba (Latin), or from $9/$A beside the text.
"""

import re
from collections.abc import Callable

from fumikura.catalogue.marc.building import Builder
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.catalogue.marc.unimarc_tables import (
    AUDIENCES,
    CONTROL,
    COUNTRIES,
    DATE_TYPES,
    NAMES,
    PLAIN,
    ROLES,
    SUBJECTS,
    TITLES,
    TYPES,
    Plain,
)

_SORTING = str.maketrans("", "", "\x88\x89\x98\x9c")
_KANA = re.compile(r"[\u30a0-\u30ff\u3041-\u309f]")
_MAIN_SCRIPTS = ("da", "db", "ea", "ka")
Parts = list[tuple[str, str]]


def is_unimarc(content: Content) -> bool:
    """A title in 200, none in 245, and one of the fields that only UNIMARC has there."""
    tags = {entry.tag for entry in content.entries}
    return "245" not in tags and "200" in tags and not tags.isdisjoint({"101", "210", "214", "801"})


def to_marc21(content: Content) -> Content:
    """The record in MARC 21, its readings in linked 880 fields."""
    return _Conversion(content).content()


class _Conversion:
    def __init__(self, content: Content) -> None:
        self.leader = content.leader
        self.made = Builder()
        self.entries = [_clean(entry) for entry in content.entries]
        self.groups = _linked(self.entries)

    def content(self) -> Content:
        self._leader()
        self._coded()
        done: set[int] = set()
        for entry in self.entries:
            if id(entry) in done:
                continue
            kana, romaji, linked = self._readings(entry)
            done.update(map(id, linked))
            self._field(entry if not linked else linked[0], kana, romaji)
        return self.made.content()

    def _field(self, entry: Entry, kana: Entry | None, romaji: Entry | None) -> None:
        convert = self._converter(entry)
        if convert is None:
            self._foreign(entry)
            return
        tag, marks, parts = convert(entry)
        if not parts:
            return
        read = [
            convert(other)[2] if other else _beside(entry, convert, script)
            for other, script in ((kana, "kana"), (romaji, "latin"))
        ]
        self.made.field(tag, marks, *parts, reading=_spoken(read[0]), romaji=_spoken(read[1]))

    def _converter(self, entry: Entry) -> Callable[[Entry], tuple[str, str, Parts]] | None:
        tag = entry.tag
        if tag in CONTROL:
            return lambda _entry: (tag, "", [])
        if tag == "200":
            return _title
        if tag in PLAIN:
            return lambda found: _plain(found, PLAIN[tag])
        if tag in NAMES:
            return lambda found: _name(found, NAMES[tag])
        if tag in SUBJECTS:
            return lambda found: _subject(found, SUBJECTS[tag])
        if tag in TITLES and _embedded(entry):
            return lambda found: _related(found, TITLES[tag])
        return {"020": _national_number, "327": _contents, "676": _dewey, "686": _other_class}.get(tag)

    def _readings(self, entry: Entry) -> tuple[Entry | None, Entry | None, list[Entry]]:
        """Its linked fields in kana and in Latin letters, and the group with the one in the main script first."""
        group = self.groups.get((entry.tag, entry.text("6")[1:3]), []) if entry.marks else []
        if len(group) < 2:
            return None, None, []
        script = {id(other): other.text("7")[:2] for other in group}
        main = next((other for other in group if script[id(other)] in _MAIN_SCRIPTS), group[0])
        kana = next((other for other in group if other is not main and script[id(other)] == "dc"), None)
        latin = next((other for other in group if other is not main and script[id(other)] == "ba"), None)
        return kana, latin, [main, *(other for other in group if other is not main)]

    def _foreign(self, entry: Entry) -> None:
        if entry.marks:
            text = entry.marks.replace(" ", "#") + "".join(f"${code}{value}" for code, value in entry.parts)
        else:
            text = entry.data
        self.made.field("886", "2 ", ("2", "unimarc"), ("a", entry.tag), ("b", text))

    def _leader(self) -> None:
        kind, level = TYPES.get(self.leader[6], "a"), self.leader[7] if self.leader[7] in "amsi" else "m"
        self.made.leader = f"00000{self.leader[5] if self.leader[5] in 'cnpd' else 'n'}{kind}{level} a2200000   4500"

    def _coded(self) -> None:
        """001, 003, 005 and 008."""
        found = {entry.tag: entry for entry in reversed(self.entries)}
        for tag in ("001", "005"):
            if tag in found and found[tag].data:
                self.made.control(tag, found[tag].data)
        if "801" in found and (agency := found["801"].text("b").strip()):
            self.made.control("003", agency)
        general = found["100"].text("a").ljust(36) if "100" in found else " " * 36
        serial = self.leader[7] == "s"
        dates = f"{general[9:13]}{general[13:17]}".replace("#", " ")
        kind = DATE_TYPES.get(general[8], "n")
        if kind == "n" and (year := _year(found)):
            kind, dates = "s", f"{year}    "
        language = found["101"].text("a")[:3] if "101" in found else "   "
        country = COUNTRIES.get(found["102"].text("a")[:2].upper(), "xx ") if "102" in found else "xx "
        audience = " " if serial else next((AUDIENCES[code] for code in general[17:20] if code in AUDIENCES), " ")
        entered = general[2:8] if general[2:8].isdigit() else "000000"
        self.made.control(
            "008", f"{entered}{kind}{dates}{country}    {audience}            {language.ljust(3)}  ".ljust(40)
        )


def _clean(entry: Entry) -> Entry:
    """Without the marks around an article that is not to be sorted by."""
    if not entry.marks:
        return entry
    return entry._replace(parts=[(code, text.translate(_SORTING)) for code, text in entry.parts])


def _linked(entries: list[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Fields that say the same in several scripts: one tag, one linking number in $6."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.marks and re.match(r"[a-z][0-9]{2}", entry.text("6")):
            groups.setdefault((entry.tag, entry.text("6")[1:3]), []).append(entry)
    return groups


def _beside(entry: Entry, convert: Callable[[Entry], tuple[str, str, Parts]], script: str) -> Parts:
    """The reading that stands in the same field, $9 or $A behind its $a; a number there is no reading."""
    for code in ("9", "A"):
        for text in entry.all(code):
            if text and not text.strip().isdigit() and bool(_KANA.search(text)) == (script == "kana"):
                return convert(entry._replace(parts=[("a", text)]))[2]
    return []


def _spoken(parts: Parts) -> Parts:
    """Of a linked field only what is read aloud: no statement, no dates."""
    return [(code, text) for code, text in parts if code in "abnp"]


def _year(found: dict[str, Entry]) -> str:
    text = " ".join(found[tag].text("d") for tag in ("210", "214") if tag in found)
    match = re.search(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])", text)
    return match[1] if match else ""


def _plain(entry: Entry, how: Plain) -> tuple[str, str, Parts]:
    """Subfield by subfield."""
    marks = how.marks
    if entry.tag == "214":
        marks = " " + {"0": "1", "1": "0"}.get(entry.marks[1], entry.marks[1])
    if entry.tag == "101":
        marks = "1 " if entry.all("c") else "0 "
    parts = [(how.codes[code], text) for code, text in entry.parts if code in how.codes]
    fixed = list(how.fixed) if parts else []
    return how.tag, marks, [*_separated(how.tag, parts), *fixed]


def _separated(tag: str, parts: Parts) -> Parts:
    """With ISBD's marks between the subfields, where pages print the field as it stands."""
    before = {
        "264": {"b": " :", "c": ","},
        "300": {"b": " :", "c": " ;", "e": " +"},
        "490": {"v": " ;"},
    }.get(tag, {})
    marks = [before.get(code, "") for code, _text in parts[1:]]
    return [(code, text + mark) for (code, text), mark in zip(parts, [*marks, ""], strict=False)]


def _title(entry: Entry) -> tuple[str, str, Parts]:
    """$a $e $h $i $v and the statements $f $g; a second $a is another work in the same volume."""
    parts: Parts = []
    stated: list[str] = []
    for code, text in entry.parts:
        if code == "a" and parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]} ; {text}")
        elif code == "e" and any(known == "b" for known, _text in parts):
            parts = [(known, f"{words} : {text}" if known == "b" else words) for known, words in parts]
        elif code in "aehivb":
            parts.append(({"a": "a", "e": "b", "h": "n", "v": "n", "i": "p", "b": "h"}[code], text))
        elif code == "d":
            parts.append(("b", f"= {text}"))
        elif code in "fg":
            stated.append(text)
    if stated:
        parts.append(("c", " ; ".join(stated)))
    marks = {"b": " :", "c": " /", "n": ".", "p": "."}
    ends = [marks.get(code, "") for code, _text in parts[1:]]
    return "245", "00", [(code, text + end) for (code, text), end in zip(parts, [*ends, ""], strict=False)]


def _name(entry: Entry, how: tuple[str, bool]) -> tuple[str, str, Parts]:
    """$b of a person is the part of the name that stands behind the comma."""
    tag, person = how
    if not person:
        parts = [
            ({"a": "a", "b": "b", "d": "n", "e": "c", "f": "d"}[code], text)
            for code, text in entry.parts
            if code in "abdef"
        ]
        marks = "2 "
        tag = tag[:1] + "11" if entry.marks[0] == "1" else tag
    else:
        marks = "1 " if entry.marks[1] == "1" or entry.all("b") else "0 "
        head = ", ".join(filter(None, (entry.text(code).strip(" ,") for code in "ab")))
        parts = [("a", head)] if head else []
        parts += [({"d": "b", "c": "c", "f": "d"}[code], text) for code, text in entry.parts if code in "dcf"]
    roles = [ROLES[code] for code in entry.all("4") if code in ROLES]
    if parts:
        parts = [*_commas(parts), *(("e", role) for role in dict.fromkeys(roles))]
    return tag, marks, parts


def _commas(parts: Parts) -> Parts:
    return [
        (code, f"{text}," if later in {"d", "c"} else text)
        for (code, text), later in zip(parts, [*(code for code, _t in parts[1:]), ""], strict=True)
    ]


def _subject(entry: Entry, tag: str) -> tuple[str, str, Parts]:
    below = {"x": "x", "y": "z", "z": "y", "j": "v"}
    if tag in {"600", "610"}:
        _tag, marks, parts = _name(entry, (tag, tag == "600"))
        first = marks[0]
    else:
        first, parts = " ", [("a", text) for text in entry.all("a")[: None if tag == "653" else 1]]
    parts = parts + [(below[code], text) for code, text in entry.parts if code in below]
    if tag == "653":
        return tag, "  ", parts
    scheme = entry.text("2").strip()
    return tag, f"{first}{'7' if scheme else '4'}", [*parts, *([("2", scheme)] if scheme and parts else [])]


def _embedded(entry: Entry) -> str:
    """The title of a related record: $t, or $a of the field that stands in $1."""
    inner = ""
    for code, text in entry.parts:
        if code == "1":
            inner = text[:3]
        elif code == "t" or (code == "a" and inner == "200"):
            return text
    return ""


def _related(entry: Entry, how: tuple[str, str]) -> tuple[str, str, Parts]:
    tag, marks = how
    title, number = _embedded(entry), entry.text("v")
    if tag == "490":
        return tag, marks, _separated(tag, [("a", title), *([("v", number)] if number else [])])
    if tag in {"240", "246"}:
        return tag, marks, [("a", title)]
    return tag, marks, [("t", title), *([("g", number)] if number else [])]


def _national_number(entry: Entry) -> tuple[str, str, Parts]:
    japanese = entry.text("a").upper().startswith("JP")
    return (
        "015",
        "  ",
        [*(("a", text) for text in entry.all("b")), *([("2", "jnb")] if japanese and entry.all("b") else [])],
    )


def _contents(entry: Entry) -> tuple[str, str, Parts]:
    return "505", "0 ", [("a", " -- ".join(entry.all("a")))] if entry.all("a") else []


def _dewey(entry: Entry) -> tuple[str, str, Parts]:
    return "082", "04", [("a", text) for text in entry.all("a")] + [("2", text) for text in entry.all("v")[:1]]


def _other_class(entry: Entry) -> tuple[str, str, Parts]:
    """NDC is known by its edition: ndc9 → njb/09."""
    scheme = entry.text("2").strip().lower()
    if match := re.fullmatch(r"n(?:dc|jb)[ /]?([0-9]{1,2})?", scheme):
        scheme = f"njb/{int(match[1]):02d}" if match[1] else "njb"
    return "084", "  ", [*(("a", text) for text in entry.all("a")), *([("2", scheme)] if scheme else [])]
