"""日本十進分類法: numbers, their places in the tree, and the names of classes.

Ten classes and a hundred divisions are named here in our own words. Finer names belong to the Japan Library Association:
a library loads those it is entitled to with `fumikura ndc load`; see docs/howto/load-class-names.md.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final

from fumikura.catalogue.models import ClassLabel

EDITIONS: Final = ("10", "9", "8")
LONGEST_LABEL: Final = 400

_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]+)?")
_KEY = re.compile(r"(?:ndc\s*(?P<edition>8|9|10)\s*[:/ ]\s*)?(?P<number>[0-9]{1,3}(?:\.[0-9]+)?)", re.IGNORECASE)


class NotLabels(Exception):
    """The file holds no names of classes."""


def _read() -> dict[str, tuple[str, str]]:
    lines = files(__package__).joinpath("ndc.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {number: (japanese, english) for number, japanese, english in rows}


BUILT_IN: Final[Mapping[str, tuple[str, str]]] = _read()
"""Class or division → (日本語, English)."""


def tidy_number(text: str) -> str:
    """The number at the beginning of what a record or an address says: 913.6/N58 → 913.6, 910 → 91, 900 → 9.

    Empty when there is none. 00 is the first division of class 0, and 000 the class.
    """
    match = _NUMBER.match(text.strip())
    if not match:
        return ""
    number = match[0].rstrip(".")
    if len(number) == 3 and number.endswith("0"):
        number = number[:1] if number.endswith("00") else number[:2]
    return number


def path_of(number: str) -> list[str]:
    """From the class down to the number itself: 913.6 → 9, 91, 913, 913.6; 910.2 → 9, 91, 910.2, for 910 is 91."""
    digits = number.replace(".", "")
    steps = [digits[:size] for size in range(1, len(digits) + 1)]
    told = [step if len(step) <= 3 else f"{step[:3]}.{step[3:]}" for step in steps]
    return [step for step in told if len(step) != 3 or not step.endswith("0")]


def as_printed(number: str) -> str:
    """As it stands on a spine or in the tables: 91 → 910, 9 → 900."""
    return number.ljust(3, "0") if "." not in number else number


def labels_of(numbers: Iterable[str], language: str = "ja") -> dict[str, str]:
    """The names of these classes, the loaded ones of the newest edition first; those without a name are left out."""
    wanted = list(dict.fromkeys(numbers))
    named: dict[str, str] = {}
    if finer := [number for number in wanted if number not in BUILT_IN]:
        loaded = ClassLabel.objects.filter(number__in=finer).values_list("edition", "number", "label")
        for _edition, number, label in sorted(loaded, key=lambda row: EDITIONS.index(row[0])):
            named.setdefault(number, label)
    place = 0 if language.startswith("ja") else 1
    own = {number: BUILT_IN[number][place] for number in wanted if number in BUILT_IN}
    # Our own words for classes and divisions: they exist in both languages and say what a reader looks for.
    return {number: own.get(number) or named[number] for number in wanted if number in own or number in named}


def children_of(number: str) -> list[str]:
    """The classes one step below that have a name, in their order; of the empty number, the ten classes."""
    if len(number) < 2:
        return sorted(one for one in BUILT_IN if len(one) == len(number) + 1 and one.startswith(number))
    start = number if len(number) != 3 else f"{number}."
    below = ClassLabel.objects.filter(number__startswith=start).exclude(number=number)
    found = {one for one in below.values_list("number", flat=True) if len(path_of(one)) == len(path_of(number)) + 1}
    return sorted(found)


def possible_children(number: str) -> list[str]:
    """The numbers that stand one step below, whether they have a name or not. 910.2 stands below 91."""
    if len(number) < 3:
        finer = [f"{number}0.{digit}" for digit in range(1, 10)] if len(number) == 2 else []
        return [*finer, *(f"{number}{digit}" for digit in range(1 if len(number) == 2 else 0, 10))]
    return [f"{number}{'.' if len(number) == 3 else ''}{digit}" for digit in range(10)]


def search_labels(text: str, most: int = 30) -> list[tuple[str, str]]:
    """(number, name) of classes in whose name the text stands, or whose number begins with it."""
    text = text.strip()
    if not text:
        return []
    if _NUMBER.fullmatch(text):
        rows = ClassLabel.objects.filter(number__startswith=tidy_number(text))
        own = {number: words[0] for number, words in BUILT_IN.items() if number.startswith(tidy_number(text))}
    else:
        rows = ClassLabel.objects.filter(label__contains=text)
        own = {number: words[0] for number, words in BUILT_IN.items() if text in words[0]}
    found = dict(rows.order_by("number").values_list("number", "label")[:most])
    return sorted({**found, **own}.items())[:most]


def read_labels(raw: bytes, edition: str = "") -> dict[tuple[str, str], str]:
    """(edition, number) → name, out of JSON ({"ndc9:913.6": "…"} or {"913.6": "…"}) or lines of number, tab or comma, name.

    `edition` stands in where the number does not say it. Raises NotLabels.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp932", "replace")
    pairs = _pairs_of_json(text) if text.lstrip().startswith("{") else _pairs_of_lines(text)
    found: dict[tuple[str, str], str] = {}
    for key, label in pairs:
        match = _KEY.fullmatch(key.strip())
        if match and (said := match["edition"] or edition) in EDITIONS and label.strip():
            found.setdefault((said, tidy_number(match["number"])), label.strip()[:LONGEST_LABEL])
    if not found:
        raise NotLabels
    return found


def _pairs_of_json(text: str) -> list[tuple[str, str]]:
    try:
        read = json.loads(text)
    except ValueError:
        raise NotLabels from None
    return [(str(key), label) for key, label in read.items() if isinstance(label, str)]


def _pairs_of_lines(text: str) -> list[tuple[str, str]]:
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise NotLabels from None
    return [(row[0], row[1]) for row in rows if len(row) > 1]
