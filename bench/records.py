"""Invented records by seed, in the measured shape of a Japanese catalogue; their parts and the parts' readings are real.

The parts come from the data folder beside the checkout: municipalities, archaeological sites, works and authors, NDC labels.
Shape: titles 9/15/29 characters (p10/50/90), readings on about 85 %, the top tenth of the authors on three quarters of the works,
four publishers on half, NDC as a public library has it, 7 % without ISBN, a few in old kanji.
"""

import csv
import gzip
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from stdnum import ean

from fumikura.discovery.documents import Document, number_of_work
from fumikura.kernel.japanese import katakana, old_form_of

SITES = [f"S{number:02}" for number in range(17)]
PUBLISHERS = ["岩波書店", "講談社", "新潮社", "角川書店", *(f"{word}社" for word in "文理光青泉明和東西南北春秋") , "筑摩書房", "平凡社", "みすず書房"]  # fmt: skip
NDC_WEIGHTS = {"9": 32, "3": 18, "7": 13, "2": 9, "5": 8, "4": 7, "1": 5, "6": 4, "0": 3, "8": 2}
FORMS = [("史", "シ"), ("の歴史", " ノ レキシ"), ("統計書", " トウケイショ"), ("の民話", " ノ ミンワ"), ("地名辞典", " チメイ ジテン"), ("市民便覧", " シミン ビンラン"), ("文化財調査報告書", " ブンカザイ チョウサ ホウコクショ"), ("の自然と環境", " ノ シゼン ト カンキョウ"), ("都市計画図", " トシ ケイカクズ"), ("郷土資料目録", " キョウド シリョウ モクロク")]  # fmt: skip
TAILS = ["入門", "概論", "の基礎知識", "ハンドブック", "を考える", "の研究", "講座", "事典", "論集", "の現在"]

Part = tuple[str, str]


def shared() -> Path:
    given = os.environ.get("FUMIKURA_SHARED")
    roots = [Path(given)] if given else [folder / "shared" for folder in Path(__file__).resolve().parents[2:]]
    for root in roots:
        if (root / "data/INDEX.md").exists():
            return root / "data"
    raise SystemExit("the data folder is not here: set FUMIKURA_SHARED to the folder that holds data/")


@dataclass(frozen=True)
class Parts:
    places: list[Part]
    digs: list[Part]
    works: list[Part]
    names: list[Part]
    subjects: list[tuple[str, str]]
    """(NDC, label)"""


def read_parts() -> Parts:
    data = shared()
    with (data / "localgov/localgovjp-utf8.csv").open(encoding="utf-8-sig") as lines:
        places = [(row["city"].replace(" ", ""), katakana(row["citykana"])) for row in csv.DictReader(lines)]
    with next((data / "heritage").glob("*.csv")).open(encoding="utf-8-sig") as lines:
        digs = [(row["遺跡名"], katakana(row["ふりがな"])) for row in csv.DictReader(lines) if len(row["遺跡名"]) > 3]
    works: dict[str, str] = {}
    names: dict[str, str] = {}
    with gzip.open(data / "aozora/aozora_catalogue_from_texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if not row.get("cc") and row.get("title") and row.get("author"):
                works.setdefault(row["title"], row.get("title_yomi", ""))
                names.setdefault(row["author"], row.get("author_yomi", ""))
    bodies = [(f"{place}教育委員会", f"{kana} キョウイク イインカイ") for place, kana in places]
    labels = json.loads((data / "ndc/ndc9.json").read_text(encoding="utf-8"))
    return Parts(places, digs, list(works.items()), list(names.items()) + bodies, list(subjects(labels)))


def subjects(labels: dict[str, str]) -> Iterator[tuple[str, str]]:
    for key, label in labels.items():
        number = key.partition(":")[2]
        if len(number) > 2:
            yield number, label.split("．")[0].replace(" ", "")


def documents(count: int, seed: int = 20260520, first: int = 1) -> Iterator[Document]:
    chance = random.Random(seed)
    parts = read_parts()
    by_class = {digit: [one for one in parts.subjects if one[0].startswith(digit)] for digit in "0123456789"}
    classes, weights = list(NDC_WEIGHTS), list(NDC_WEIGHTS.values())
    # Zipf: the largest tenth of the names carries about three quarters of the works.
    chance.shuffle(parts.names)
    steps = list(accumulate(1 / (rank + 3) ** 0.95 for rank in range(len(parts.names))))
    publishers = list(accumulate([12, 12, 12, 12] + [3] * (len(PUBLISHERS) - 4)))
    for number in range(first, first + count):
        subject = chance.choice(by_class[chance.choices(classes, weights)[0]] or parts.subjects)
        title, reading = compose(chance, parts, subject)
        if chance.random() < 0.01:
            title = "".join(map(old_form_of, title))
        names = chance.choices(parts.names, cum_weights=steps, k=1 if chance.random() < 0.7 else 2)
        year = int(2026 - chance.expovariate(1 / 14)) if chance.random() < 0.97 else None
        sites = chance.sample(SITES, chance.choice([1, 1, 1, 2, 3, 5]))
        yield Document(
            id=number,
            titles=(title,),
            readings=(reading,) if reading and chance.random() < 0.9 else (),
            names=tuple(names),
            subjects=(subject[1],),
            publishers=(chance.choices(PUBLISHERS, cum_weights=publishers)[0],),
            contents=tuple(work for work, _ in chance.sample(parts.works, 6)) if chance.random() < 0.05 else (),
            identifiers=(isbn(number),) if chance.random() < 0.93 else (),
            ndc=(subject[0],),
            kind=chance.choices(["book", "picture-book", "comic", "magazine", "cd", "dvd"], [62, 20, 6, 6, 4, 2])[0],
            language=chance.choices(["jpn", "eng", "kor", "chi", "fre"], [95, 3, 1, 0.5, 0.5])[0],
            year=year,
            sites=tuple(sites),
            available=tuple(site for site in sites if chance.random() < 0.8),
            work=number_of_work(f"{title.partition(' ')[0]}/{names[0][0]}"),
        )


def compose(chance: random.Random, parts: Parts, subject: tuple[str, str]) -> Part:
    kind = chance.random()
    volume = str(chance.randint(1, 12))
    if kind < 0.3:
        title, reading = chance.choice(parts.works)
        return (
            (f"{title} {volume}", f"{reading} {volume}" if reading else "")
            if chance.random() < 0.3
            else (title, reading)
        )
    if kind < 0.6:
        (place, kana), (form, form_kana) = chance.choice(parts.places), chance.choice(FORMS)
        return f"{place}{form} {volume}", f"{kana}{form_kana} {volume}"
    if kind < 0.75:
        dig, kana = chance.choice(parts.digs)
        return f"{dig}発掘調査報告書 第{volume}集", f"{kana} ハックツ チョウサ ホウコクショ ダイ {volume} シュウ"
    return f"{subject[1]}{chance.choice(TAILS)}", ""


def isbn(number: int) -> str:
    body = f"9784{number:08}"
    return body + ean.calc_check_digit(body)
