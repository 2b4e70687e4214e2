"""SQLite FTS5 over the same pairs of characters: one contentless table, side tables for the facets."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from bench.searching.questions import Question
from fumikura.discovery.documents import Document
from fumikura.discovery.text import tokens, units


class Fts5:
    name = "SQLite FTS5, same pairs"

    def why_not(self) -> str:
        return ""

    def open(self, folder: Path) -> None:
        self.db = sqlite3.connect(folder / "peer.sqlite")
        self.db.executescript("PRAGMA temp_store=memory; PRAGMA cache_size=-200000;")

    def close(self) -> None:
        self.db.close()

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        self.open(folder)
        self.db.executescript(
            "PRAGMA journal_mode=off; PRAGMA synchronous=off;"
            "CREATE VIRTUAL TABLE text USING fts5(pairs, unit, key, content='', tokenize=\"unicode61 remove_diacritics 0 tokenchars '^$_+#.'\");"
            "CREATE TABLE one (id INTEGER PRIMARY KEY, kind, language, decade, ndc, year INTEGER, class);"
            "CREATE TABLE site (id INTEGER, code, PRIMARY KEY (id, code)) WITHOUT ROWID;"
            "CREATE INDEX one_class ON one (class);"
        )
        rows = iter(documents)
        while some := list(islice(rows, 5_000)):
            self._put(some)
        self.db.execute("INSERT INTO text(text) VALUES ('optimize')")
        self.db.commit()
        self.close()

    def _put(self, found: Sequence[Document]) -> None:
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
