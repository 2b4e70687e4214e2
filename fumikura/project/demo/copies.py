"""How many copies of each title stand where, as plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from fumikura.kernel.barcodes import with_check
from fumikura.project.demo.files import dice, toml
from fumikura.project.demo.titles import Title

BRANCHES = ("KITA", "MINAMI", "HIGASHI", "NISHI", "KAWABE", "MIDORI", "SAKURA", "YATSU", "OHASHI")
ROOMS = ("MINASEDAI", "MATSUBARA", "YAMATE", "SHINDEN")
SCHOOLS = ("DAIICHI-SHO", "DAISAN-SHO", "KAWABE-SHO", "DAINI-CHU")
BUS = "BUS-AOBA"
MATERIALS = {
    "book": "book", "comic": "comic", "picture-book": "picture-book", "large-print": "large-print", "braille": "braille",
    "map": "map", "cd": "cd", "dvd": "dvd", "daisy": "daisy", "magazine": "magazine", "newspaper": "newspaper",
}  # fmt: skip
MONTHS_OF_A_MAGAZINE = 10
DAYS_OF_A_NEWSPAPER = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """One item to be."""

    title: Title
    home: str
    shelf: str
    material: str
    volume: str = ""
    reference_only: bool = False
    in_house_only: bool = False
    is_latest_issue: bool = False
    added_on: date


def barcode(ordinal: int) -> str:
    """The label of the `ordinal`th item of the demo, from 1."""
    return with_check("m10w3", f"1{ordinal:08}")


def compose_copies(titles: Sequence[Title], today: date) -> list[Copy]:
    """Every copy, those of the showcase first."""
    throw = dice("copies")
    found: list[Copy] = _showcase(titles, throw, today)
    for title in titles:
        added_on = _added_on(title, throw, today)
        if title.kind in {"magazine", "newspaper"}:
            found += _issues(title, throw, today)
        else:
            found += [_copy(title, home, throw, added_on) for home in _homes(title, throw)]
    return found


def _showcase(titles: Sequence[Title], throw: Random, today: date) -> list[Copy]:
    """One copy for each thing to try, in the order of the file."""
    found = []
    for one in toml("town.toml")["showcase"]:
        title = next(title for title in titles if title.title.text == one["title"])
        if title.kind == "magazine":
            found.append(replace(next(_issues(title, throw, today)), home=one["home"]))
        else:
            found.append(_copy(title, one["home"], throw, today - timedelta(days=400)))
    return found


def _added_on(title: Title, throw: Random, today: date) -> date:
    """New editions came in this year, fortnight by fortnight; one in twelve of the others as well."""
    new = title.year >= today.year or throw.random() < 1 / 12
    return today - timedelta(days=2 + 14 * throw.randint(0, 23) if new else 400)


def _homes(title: Title, throw: Random) -> list[str]:
    if title.shelf == "local":
        return ["CHUO", "CHUO", "BUNKAKAN", *throw.sample(BRANCHES, throw.choice((0, 1, 2)))]
    if title.shelf == "reference":
        return ["CHUO"]
    if title.children:
        places = ["CHUO", *BRANCHES, *ROOMS, *SCHOOLS, BUS]
        return throw.sample(places, throw.choice((2, 3, 4, 5)))
    if title.kind in {"daisy", "braille"}:
        return ["CHUO"]
    if title.kind in {"cd", "dvd", "large-print"}:
        return throw.sample(["CHUO", *BRANCHES], throw.choice((1, 1, 2)))
    branches = throw.sample(BRANCHES, throw.choice((0, 1, 2, 3)))
    homes = ["CHUO", *branches] if not branches or throw.random() < 0.7 else branches
    if throw.random() < 0.2:
        homes.append(throw.choice((*ROOMS, BUS, "DAINI-CHU")))
    return homes


def _copy(title: Title, home: str, throw: Random, added_on: date) -> Copy:
    from_culture = home == "BUNKAKAN"
    old = title.year < 2000 and home == "CHUO" and title.shelf in {"general", "novels"} and throw.random() < 0.35
    return Copy(
        title=title,
        home=home,
        shelf="stacks" if old else title.shelf,
        material=MATERIALS[title.kind],
        reference_only=title.shelf == "reference" or title.kind == "map" or from_culture,
        in_house_only=from_culture,
        added_on=added_on,
    )


def _issues(title: Title, throw: Random, today: date) -> Iterator[Copy]:
    """Numbers of a periodical: the newest stays in the house."""
    homes = ["CHUO", *throw.sample(BRANCHES, 2 if title.kind == "magazine" else 1)]
    for home in homes:
        for volume, added_on in _numbers(title, today):
            yield Copy(
                title=title,
                home=home,
                shelf="magazines",
                material=MATERIALS[title.kind],
                volume=volume,
                in_house_only=title.kind == "newspaper",
                is_latest_issue=added_on == _numbers(title, today)[0][1],
                added_on=added_on,
            )


def _numbers(title: Title, today: date) -> list[tuple[str, date]]:
    """(what is printed on the cover, the day it came), newest first."""
    if title.kind == "newspaper":
        days = [today - timedelta(days=back) for back in range(DAYS_OF_A_NEWSPAPER)]
        return [(f"{day.year}年{day.month}月{day.day}日", day) for day in days]
    months = [(today.year * 12 + today.month - 1 - back) for back in range(MONTHS_OF_A_MAGAZINE)]
    return [
        (f"{month // 12}年{month % 12 + 1}月号", today - timedelta(days=3 + 30 * back))
        for back, month in enumerate(months)
    ]
