"""How well the search answers what people type: the published questions over real records (tests/relevance).

python -m bench.relevance [--worst 20] [--append docs/benchmarks.md]

Also substring recall against brute force: every pair, triple … of characters of synthesised records, found and counted by looking
at each of them: python -m bench.relevance --substrings 100000
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from bench import house
from bench.records import documents as synthesised
from bench.records import shared
from fumikura.discovery.documents import Document
from fumikura.discovery.engines.pieces import SAMPLE
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.query import Phrase
from fumikura.discovery.text import units
from tests.relevance.corpus import documents
from tests.relevance.measuring import Searching, by_kind, means, questions


def relevance(worst: int) -> list[str]:
    named = documents(shared())
    with tempfile.TemporaryDirectory(prefix="bench-relevance-") as folder:
        engine = TantivyEngine(Path(folder))
        engine.put(document for _, document in named)
        engine.commit()
        searching = Searching(engine, named)
        weighed = [searching.weigh(question) for question in questions()]
        engine.close()
    lines = ["| kind of question | questions | nDCG@10 | recall |", "|---|---|---|---|"]
    for kind, (count, gain, found) in sorted(by_kind(weighed).items()):
        lines.append(f"| {kind} | {count} | {gain:.3f} | {found:.3f} |")
    gain, found = means(weighed)
    lines.append(f"| **all** | {len(weighed)} | **{gain:.3f}** | **{found:.3f}** |")
    corrected = sum(bool(one.by_correction) for one in weighed)
    lines += [
        "",
        f"{len(named):,} records from {house.DATA_FROM}; {corrected} questions answered through the first もしかして.",
    ]
    for one in sorted(weighed, key=lambda one: one.ndcg)[:worst]:
        print(f"{one.ndcg:.2f} {one.recall:.2f} {one.question.kind}: {one.question.typed} → {one.by_correction}")
    return lines


def substrings(count: int, asked: int = 500, seed: int = 11) -> list[str]:
    """Pieces of one to eight characters out of titles, names, subjects: the index must find exactly what a scan finds."""
    chance = random.Random(seed)
    found = list(synthesised(count))
    with tempfile.TemporaryDirectory(prefix="bench-relevance-") as folder:
        engine = TantivyEngine(Path(folder))
        engine.learn(found[:SAMPLE])
        engine.put(found)
        engine.commit()
        # Between two signs a bar, so that a piece is found where units begin, and never across two texts.
        texts = {
            document.id: "\n".join("|" + "|".join(units(text)) + "|" for text in document.texts) for document in found
        }
        wrong, began = [], time.perf_counter()
        for _ in range(asked):
            piece = cut_out(chance, chance.choice(found))
            wanted = "|" + "|".join(piece) + "|"
            scanned = {number for number, text in texts.items() if wanted in text}
            answered = engine.search(Phrase("".join(piece)), start=0, rows=count, sort="relevance")
            if set(answered.ids) != scanned or answered.total != len(scanned):
                wrong.append("".join(piece))
        engine.close()
    spent = time.perf_counter() - began
    return [f"Substrings of {count:,} records: {asked - len(wrong)} of {asked} pieces answered exactly as by looking at every record ({spent:.0f} s). {' '.join(wrong)}"]  # fmt: skip


def cut_out(chance: random.Random, document: Document) -> tuple[str, ...]:
    """Signs in a row, no two words of a spaced script among them (which would be typed with a blank)."""
    while True:
        cut = units(chance.choice([text for text in document.texts if text]))
        size = chance.randint(1, min(8, len(cut))) if cut else 0
        start = chance.randrange(len(cut) - size + 1) if size else 0
        piece = cut[start : start + size]
        if piece and units("".join(piece)) == piece:
            return piece


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--worst", type=int, default=0)
    arguments.add_argument("--substrings", type=int, default=0)
    arguments.add_argument("--append", type=Path)
    chosen = arguments.parse_args()
    lines = substrings(chosen.substrings) if chosen.substrings else relevance(chosen.worst)
    print("\n".join(lines))
    if chosen.append:
        with chosen.append.open("a", encoding="utf-8") as page:
            page.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
