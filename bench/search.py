"""Search over synthesised records: ours beside SQLite FTS5 on the same pairs, same questions, same run.

python -m bench.search [--records 100000] [--queries 365] [--append docs/benchmarks.md]

Each question = exact total + the best 20 + five facets over all hits, warm. FTS5 is given the same pairs of characters in one
contentless table with side tables for the facets.
"""

import argparse
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fumikura.project.settings")

from bench.records import documents
from fumikura.discovery.documents import Document
from fumikura.discovery.engines.tantivy import TantivyEngine
from fumikura.discovery.filters import narrowed
from fumikura.discovery.parsing import parse
from fumikura.discovery.query import Phrase, Prefix, Query, all_of
from fumikura.discovery.text import tokens, units

FIVE = ("site", "kind", "language", "year", "ndc")


@dataclass(frozen=True)
class Question:
    kind: str
    words: tuple[str, ...]
    typed: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    start: int = 0


def questions(found: Sequence[Document], count: int, seed: int = 7) -> list[Question]:
    """A mix of what people ask, cut from the records themselves."""
    chance = random.Random(seed)

    def piece(low: int, high: int) -> str:
        while True:
            text = units(chance.choice(found).titles[0])
            size = chance.randint(low, high)
            if len(text) >= size:
                start = chance.randrange(len(text) - size + 1)
                return "".join(text[start : start + size])

    def reading() -> str:
        while not (one := chance.choice(found)).readings:
            pass
        return "".join(units(one.readings[0]))[:6]

    def one_of(kind: str) -> Question:
        match kind:
            case "one character":
                word = piece(1, 1)
            case "two characters":
                word = piece(2, 2)
            case "four characters":
                word = piece(4, 4)
            case "phrase":
                word = piece(5, 9)
            case "reading":
                word = reading()
            case "author":
                word = chance.choice(found).names[0][0]
            case "nothing":
                word = piece(2, 2) + "龘" + piece(1, 1)
            case "isbn":
                word = next(iter(chance.choice(found).identifiers), "9784000000000")
            case "two words":
                one = chance.choice(found)
                pair = ("".join(units(one.titles[0])[:3]), "".join(units(one.names[0][0])[:2]))
                return Question(kind, pair, " ".join(pair))
            case "filtered":
                word = piece(2, 2)
                filters = (("site", (chance.choice(found).sites[0],)), ("year", ("2005-2020",)))
                return Question(kind, (word,), word, filters)
            case "page 50":
                word = chance.choice(["の", "史", "市", "報告", "研究"])
                return Question(kind, (word,), word, start=980)
            case _:
                word = chance.choice(found).ndc[0][:3]
                return Question(kind, (), f"ndc:{word}")
        return Question(kind, (word,), word)

    kinds = ["one character", "two characters", "four characters", "phrase", "reading", "author", "nothing", "isbn", "two words", "filtered", "page 50", "class"]  # fmt: skip
    return [one_of(kinds[number % len(kinds)]) for number in range(count)]


class Peer:
    """SQLite FTS5 over the same pairs."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path)
        self.db.executescript(
            "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA temp_store=memory; PRAGMA cache_size=-200000;"
            "CREATE VIRTUAL TABLE text USING fts5(pairs, unit, key, content='', tokenize=\"unicode61 remove_diacritics 0 tokenchars '^$_+#.'\");"
            "CREATE TABLE one (id INTEGER PRIMARY KEY, kind, language, decade, ndc, year INTEGER, class);"
            "CREATE TABLE site (id INTEGER, code, PRIMARY KEY (id, code)) WITHOUT ROWID;"
            "CREATE INDEX one_class ON one (class);"
        )

    def put(self, found: Sequence[Document]) -> None:
        with self.db:
            for document in found:
                cut = [one for text in document.texts if (one := units(text))]
                pairs = " ".join(token for one in cut for token in tokens(one, anchored="both"))
                unit = " ".join({unit for one in cut for unit in one})
                self.db.execute(
                    "INSERT INTO text(rowid, pairs, unit, key) VALUES (?,?,?,?)",
                    [document.id, pairs, unit, " ".join(document.identifiers)],
                )
                row = (
                    document.id,
                    document.kind,
                    document.language,
                    document.decade,
                    document.ndc[0][0],
                    document.year,
                    document.ndc[0],
                )
                self.db.execute("INSERT INTO one VALUES (?,?,?,?,?,?,?)", row)
                self.db.executemany("INSERT INTO site VALUES (?,?)", [(document.id, code) for code in document.sites])

    def ask(self, question: Question, *, facets: bool) -> int:
        match = " AND ".join(self._match(question.kind, word) for word in question.words)
        where, values = (["text MATCH ?"], [match]) if match else (["one.class GLOB ?"], [question.typed[4:] + "*"])
        source = "text JOIN one ON one.id = text.rowid" if match else "one"
        for name, allowed in question.filters:
            if name == "site":
                where.append("EXISTS (SELECT 1 FROM site WHERE site.id = one.id AND code = ?)")
                values.append(allowed[0])
            else:
                where.append("one.year BETWEEN ? AND ?")
                values += allowed[0].split("-")
        self.db.execute("DROP TABLE IF EXISTS hit")
        rank = "bm25(text)" if match else "0"
        self.db.execute(f"CREATE TEMP TABLE hit AS SELECT one.id AS id, {rank} AS rank FROM {source} WHERE {' AND '.join(where)}", values)  # fmt: skip
        total = int(self.db.execute("SELECT count(*) FROM hit").fetchone()[0])
        self.db.execute("SELECT id FROM hit ORDER BY rank LIMIT 20 OFFSET ?", [question.start]).fetchall()
        if facets:
            for column in ("kind", "language", "decade", "ndc"):
                self.db.execute(f"SELECT {column}, count(*) FROM hit JOIN one USING (id) GROUP BY 1").fetchall()
            self.db.execute("SELECT code, count(*) FROM hit JOIN site USING (id) GROUP BY 1").fetchall()
        return total

    def _match(self, kind: str, word: str) -> str:
        if kind == "isbn":
            return f'key:"{word}"'
        cut = units(word)
        return f'unit:"{cut[0]}"' if len(cut) == 1 else 'pairs:"' + " ".join(tokens(cut)) + '"'


def ours(question: Question, *, literal: bool) -> Query:
    """As typed into the box; or, to compare totals, only the words themselves."""
    if literal and question.words and question.kind != "isbn":
        query: Query = all_of(*map(Phrase, question.words))
    elif literal and not question.words:
        query = Prefix(question.typed[4:])
    else:
        query = parse(question.typed)
    return narrowed(query, dict(question.filters))


def timed(ask: Callable[[Question], object], asked: Sequence[Question]) -> list[float]:
    for question in asked:
        ask(question)
    spent = []
    for question in asked:
        began = time.perf_counter()
        ask(question)
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


def percentiles(spent: Sequence[float]) -> str:
    return " / ".join(f"{spent[min(int(len(spent) * share), len(spent) - 1)]:.2f}" for share in (0.5, 0.95, 0.99))


def size_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def updates(engine: TantivyEngine, folder: Path, found: Sequence[Document]) -> list[float]:
    """From the change being handed over to its being visible in another process."""
    watcher = subprocess.Popen(
        [sys.executable, "-m", "bench.search", "--watch", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert watcher.stdin and watcher.stdout
    watcher.stdout.readline()
    spent = []
    for number in range(60):
        document = found[number * 7]
        word = f"鑿{chr(0x4E00 + number)}鑿"
        watcher.stdin.write(word + "\n")
        watcher.stdin.flush()
        began = time.perf_counter()
        engine.put([Document(**{**vars(document), "titles": (document.titles[0] + word,)})])
        engine.commit()
        watcher.stdout.readline()
        spent.append((time.perf_counter() - began) * 1000)
    watcher.stdin.close()
    watcher.wait()
    return sorted(spent)


def watch(folder: Path) -> None:
    engine = TantivyEngine(folder)
    print("ready", flush=True)
    for line in sys.stdin:
        query = Phrase(line.strip())
        gives_up = time.monotonic() + 10
        while not engine.search(query, start=0, rows=1, sort="relevance").total and time.monotonic() < gives_up:
            time.sleep(0.001)
        print("seen", flush=True)


def run(count: int, asked_count: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as place:
        folder, peer_folder = Path(place) / "tantivy", Path(place) / "fts5"
        peer_folder.mkdir()
        found = list(documents(count))
        engine = TantivyEngine(folder)
        began = time.perf_counter()
        engine.put(found)
        engine.commit()
        build = count / (time.perf_counter() - began)
        peer = Peer(peer_folder / "peer.sqlite")
        began = time.perf_counter()
        peer.put(found)
        peer_build = count / (time.perf_counter() - began)
        asked = questions(found, asked_count)

        def hits(question: Question) -> None:
            engine.search(ours(question, literal=False), start=question.start, rows=20, sort="relevance")

        def with_facets(question: Question) -> None:
            hits(question)
            engine.facets(ours(question, literal=False), FIVE)

        same = sum(
            engine.search(ours(one, literal=True), start=0, rows=1, sort="relevance").total
            == peer.ask(one, facets=False)
            for one in asked
        )
        rows = [
            ("Fumikura (tantivy)", build, size_of(folder), timed(with_facets, asked), timed(hits, asked)),
            (
                "SQLite FTS5, same pairs", peer_build, size_of(peer_folder),
                timed(lambda one: peer.ask(one, facets=True), asked), timed(lambda one: peer.ask(one, facets=False), asked),
            ),
        ]  # fmt: skip
        lines = [
            f"| {name} | {count:,} | {rate:,.0f} | {size:.1f} | {percentiles(faceted)} | {percentiles(bare)} |"
            for name, rate, size, faceted, bare in rows
        ]
        print("\n".join(lines), flush=True)
        seen = updates(engine, folder, found)
        engine.close()
        lines += [
            "",
            f"Update to visible in another process, one document a commit, p50 / p95 / p99 ms: {percentiles(seen)}.",
            f"Totals equal to the peer's on the words themselves: {same} of {len(asked)}."
            f" Facets {', '.join(FIVE)}; largest memory of the run {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
            f" (records and both engines); load average at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.",
        ]
    return lines


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--queries", type=int, default=365)
    arguments.add_argument("--append", type=Path)
    arguments.add_argument("--watch", type=Path)
    chosen = arguments.parse_args()
    if chosen.watch:
        watch(chosen.watch)
        return
    head = [
        "| engine | records | build records/s | index MB | p50 / p95 / p99 ms with 5 facets | without facets |",
        "|---|---|---|---|---|---|",
    ]
    text = "\n".join(head + run(chosen.records, chosen.queries))
    print(text)
    if chosen.append:
        with chosen.append.open("a", encoding="utf-8") as page:
            page.write(f"\n## Search, {chosen.records:,} synthesised records (`python -m bench.search`)\n\n{text}\n")


if __name__ == "__main__":
    main()
