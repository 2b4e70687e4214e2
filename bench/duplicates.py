"""How many duplicates are found, and how many pairs are wrongly taken for one: precision and recall on a labelled set.

python -m bench.duplicates [--records 20000] [--seed 1]

Two files of invented records with real parts are written: one of the catalogue as it is, one of another supplier. The second
holds, besides new books, dirty copies of 4 % of the first (the labels) and look-alikes that are no duplicates: another volume,
another edition, a namesake, another book under an ISBN used before. Both are brought in with `fumikura import`; what it noted
as the same or doubtful is compared with the labels.
"""

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stdnum import isbn as isbns

from bench.records import Parts, compose, isbn, read_parts
from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.kernel.japanese import old_form_of

ROOT = Path(__file__).resolve().parents[1]
PUBLISHERS = [
    "岩波書店",
    "講談社",
    "新潮社",
    "角川書店",
    "筑摩書房",
    "平凡社",
    "みすず書房",
    "水瀬出版",
    "青空社",
    "明和書林",
]
DUPLICATES, LOOKALIKES = 0.04, 0.06
HALF_WIDTH = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFFA0)}
TO_HALF = {full: half for half, full in HALF_WIDTH.items()}
LETTERS = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
ROMAN = ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ", "Ⅶ", "Ⅷ", "Ⅸ", "Ⅹ"]
KANJI = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]


@dataclass(frozen=True)
class Book:
    number: str
    title: str
    reading: str
    creator: str
    publisher: str
    year: int
    isbn: str
    volume: str = ""

    def marc(self, source: str) -> bytes:
        entries = [
            Entry("001", data=self.number),
            Entry("003", data=source),
            Entry("008", data=f"200101s{self.year}    ja            000 0 jpn  "),
        ]
        if self.isbn:
            entries.append(Entry("020", "  ", [("a", self.isbn)]))
        entries.append(Entry("100", "1 ", [("a", self.creator)]))
        title = [("a", self.title), *([("n", self.volume)] if self.volume else [])]
        entries.append(Entry("245", "00", [("6", "880-01"), *title] if self.reading else title))
        entries.append(Entry("260", "  ", [("b", self.publisher), ("c", str(self.year))]))
        if self.reading:
            entries.append(Entry("880", "00", [("6", "245-01/$1"), ("a", self.reading)]))
        return iso2709.encode(Content("00000nam a2200000 i 4500", entries))


def catalogue(count: int, chance: random.Random, parts: Parts) -> list[Book]:
    """Books of which some are volumes of one set and some later editions: what is alike without being the same."""
    books: list[Book] = []
    while len(books) < count:
        subject = chance.choice(parts.subjects)
        title, reading = compose(chance, parts, subject)
        creator = chance.choice(parts.names)[0]
        if len(creator) > 3 and chance.random() < 0.5 and "," not in creator and "教育" not in creator:
            creator = f"{creator[:2]}, {creator[2:]}"
        publisher, year = chance.choice(PUBLISHERS), int(2026 - chance.expovariate(1 / 14))
        volumes = [""] if chance.random() < 0.85 else [str(n) for n in range(1, chance.randint(3, 7))]
        if title[-1].isdigit() or title.endswith("集"):
            volumes = [""]
        for volume in volumes:
            number = isbn(len(books) + 1) if chance.random() < 0.93 else ""
            books.append(Book(f"a{len(books)}", title, reading, creator, publisher, year, number, volume))
    return books[:count]


def narrow_or_wide(text: str) -> str:
    narrow = "".join(TO_HALF.get(letter, letter) for letter in unicodedata.normalize("NFKC", text))
    return narrow if narrow != text else text.translate(LETTERS)


def other_volume(book: Book, chance: random.Random) -> Book:
    if book.volume:
        number = int(book.volume)
        return replace(book, volume=chance.choice([f"第{number}巻", ROMAN[number], KANJI[number], f"{number}巻"]))
    head, space, tail = book.title.rpartition(" ")
    if space and tail.isdigit() and int(tail) < 11:
        return replace(book, title=f"{head} {chance.choice([f'第{tail}巻', ROMAN[int(tail)], KANJI[int(tail)]])}")
    return book


def one_digit_wrong(number: str, chance: random.Random) -> str:
    place = chance.randrange(4, 12)
    return number[:place] + str((int(number[place]) + chance.randint(1, 9)) % 10) + number[place + 1 :]


DIRT: dict[str, Callable[[Book, random.Random], Book]] = {
    "ISBN-10": lambda book, _: replace(book, isbn=isbns.to_isbn10(book.isbn) if book.isbn else ""),
    "978 cut off": lambda book, _: replace(book, isbn=book.isbn[3:]),
    "ISBN with hyphens, full width": lambda book, _: replace(book, isbn="-".join([book.isbn[:3], book.isbn[3:4], book.isbn[4:]]).translate(LETTERS) if book.isbn else ""),
    "no ISBN": lambda book, _: replace(book, isbn=""),
    "ISBN misprinted": lambda book, chance: replace(book, isbn=one_digit_wrong(book.isbn, chance) if book.isbn else ""),
    "width": lambda book, _: replace(book, title=narrow_or_wide(book.title), creator=narrow_or_wide(book.creator)),
    "old kanji": lambda book, _: replace(book, title="".join(map(old_form_of, book.title)), creator="".join(map(old_form_of, book.creator))),
    "volume notation": other_volume,
    "name without comma": lambda book, _: replace(book, creator=book.creator.replace(", ", "")),
    "a subtitle more": lambda book, _: replace(book, title=f"{book.title} : 改訂のてびき"),
    "year of a reprint": lambda book, chance: replace(book, year=book.year + chance.randint(1, 6)),
    "no reading": lambda book, _: replace(book, reading=""),
}  # fmt: skip


def look_alike(book: Book, count: int, chance: random.Random, parts: Parts) -> tuple[str, Book]:
    kind = chance.choice(["another volume", "other edition", "namesake", "ISBN used again", "ISBN of the set"])
    fresh = isbn(5_000_000 + count)
    match kind:
        case "another volume":
            return kind, replace(book, volume=str(int(book.volume or 1) + 20), isbn=fresh)
        case "other edition":
            return kind, replace(book, year=book.year - 9, publisher="別の書房", isbn=fresh if book.isbn else "")
        case "namesake":
            return kind, replace(book, creator=chance.choice(parts.names)[0] + "次郎", isbn=fresh)
        case "ISBN used again":
            title, reading = compose(chance, parts, chance.choice(parts.subjects))
            return kind, replace(
                book, title=title, reading=reading, creator=chance.choice(parts.names)[0], volume="", year=book.year - 3
            )
        case _:
            return kind, replace(book, volume=str(int(book.volume or 1) + 20))


@dataclass(frozen=True)
class Labelled:
    ours: list[Book]
    theirs: list[Book]
    duplicates: dict[str, tuple[str, str]]
    """Number of theirs → (number of ours, kind of dirt)."""
    lookalikes: dict[str, tuple[str, str]]


def labelled(count: int, seed: int) -> Labelled:
    chance, parts = random.Random(seed), read_parts()
    ours = catalogue(count, chance, parts)
    theirs, duplicates, lookalikes = [], {}, {}
    for place, book in enumerate(chance.sample(ours, int(count * DUPLICATES))):
        kind = list(DIRT)[place % len(DIRT)]
        dirty = DIRT[kind](book, chance)
        if chance.random() < 0.3:
            second = chance.choice(
                [other for other in DIRT if other != kind and "ISBN" not in other and "978" not in other]
            )
            dirty = DIRT[second](dirty, chance)
        dirty = replace(dirty, number=f"d{place}")
        theirs.append(dirty)
        duplicates[dirty.number] = (book.number, kind)
    # A title that ends in its volume gets no second one.
    plain = [book for book in ours if not book.title[-1].isdigit() and not book.title.endswith("集")]
    for place, book in enumerate(chance.sample(plain, int(count * LOOKALIKES))):
        kind, other = look_alike(book, place, chance, parts)
        other = replace(other, number=f"l{place}")
        theirs.append(other)
        lookalikes[other.number] = (book.number, kind)
    for place, book in enumerate(catalogue(count // 10, chance, parts)):
        theirs.append(replace(book, number=f"n{place}", isbn=isbn(7_000_000 + place) if book.isbn else ""))
    chance.shuffle(theirs)
    return Labelled(ours, theirs, duplicates, lookalikes)


@dataclass(frozen=True)
class Figures:
    sure_precision: float
    sure_recall: float
    offered_recall: float
    """Sure or doubtful: what a person is shown."""
    offered_precision: float
    by_kind: dict[str, tuple[int, int, int]]
    """Kind of dirt → (all, sure, doubtful)."""
    wrong: Counter[str]
    """Look-alikes taken for one: "sure: next volume" …"""


def figures(truth: Labelled, found: Iterator[tuple[str, str, bool]]) -> Figures:
    """`found`: (number of ours, number of theirs, whether sure)."""
    kinds: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for _ours, kind in truth.duplicates.values():
        kinds[kind][0] += 1
    right, wrong, said = Counter[bool](), Counter[str](), Counter[bool]()
    for ours, theirs, is_sure in found:
        said[is_sure] += 1
        if theirs in truth.duplicates and truth.duplicates[theirs][0] == ours:
            right[is_sure] += 1
            kinds[truth.duplicates[theirs][1]][1 if is_sure else 2] += 1
        else:
            what = truth.lookalikes[theirs][1] if theirs in truth.lookalikes else "another record"
            wrong[f"{'sure' if is_sure else 'doubtful'}: {what}"] += 1
    total = len(truth.duplicates)
    return Figures(
        sure_precision=right[True] / max(said[True], 1),
        sure_recall=right[True] / total,
        offered_recall=(right[True] + right[False]) / total,
        offered_precision=(right[True] + right[False]) / max(said.total(), 1),
        by_kind={kind: (all_, sure, doubtful) for kind, (all_, sure, doubtful) in kinds.items()},
        wrong=wrong,
    )


def show(result: Figures) -> None:
    print(f"  taken for the same: precision {result.sure_precision:.4f}, recall {result.sure_recall:.4f}")
    print(f"  offered to a person: recall {result.offered_recall:.4f}, precision {result.offered_precision:.4f}")
    for kind, (count, sure, doubtful) in result.by_kind.items():
        print(f"    {kind:32} {count:5}  same {sure:5}  doubtful {doubtful:4}  missed {count - sure - doubtful:4}")
    for what, count in result.wrong.most_common():
        print(f"    wrong  {what:32} {count:5}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    truth = labelled(chosen.records, chosen.seed)
    print(f"{len(truth.ours):,} records; {len(truth.theirs):,} arrive, {len(truth.duplicates):,} of them duplicates")
    with tempfile.TemporaryDirectory(prefix="fumikura-bench-") as name:
        folder = Path(name)
        kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SEARCH_URL"}}
        here = {**kept, "FUMIKURA_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
        run = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*run, "migrate", "-v0"], check=True, env=here, cwd=ROOT)
        for source, books in (("OURS", truth.ours), ("THEIRS", truth.theirs)):
            file = folder / f"{source}.mrc"
            file.write_bytes(b"".join(book.marc(source) for book in books))
            begun = time.monotonic()
            subprocess.run([*run, "import", "--json", str(file)], check=True, env=here, cwd=ROOT, capture_output=True)
            print(f"  {source}: {len(books) / (time.monotonic() - begun):,.0f} records/s with matching")
        base = sqlite3.connect(next((folder / "home").glob("*.sqlite3")))
        pairs = base.execute(
            "SELECT a.number, b.number, is_sure FROM catalogue_duplicatepair p"
            " JOIN catalogue_bibliographicrecord a ON a.id = p.first_id"
            " JOIN catalogue_bibliographicrecord b ON b.id = p.second_id WHERE a.source <> b.source"
        )
        show(figures(truth, ((ours, theirs, bool(sure)) for ours, theirs, sure in pairs)))


if __name__ == "__main__":
    main()
