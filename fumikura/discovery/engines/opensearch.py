"""An OpenSearch cluster, asked over plain HTTP: the same fields of pairs, the same clauses, the same answers.

One index is one shard with copies on up to three nodes. It answers only what was committed (refreshed), and a change is
acknowledged only when every copy has it, so that a node may die: what it was asked is asked of another.
"""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fumikura.discovery.answers import Facet, FacetValue, Sort
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Counting, EngineAway, Found, HeadingKind, Prepared
from fumikura.discovery.engines.clauses import Clause, Occur
from fumikura.discovery.engines.cluster import READING, WRITING, Cluster
from fumikura.discovery.engines.compiling import Compiler
from fumikura.discovery.engines.fields import CODES, FACET_FIELDS, LARGEST_FIRST, PAIRS, SMALLEST_FIRST, fields_of
from fumikura.discovery.query import Query
from fumikura.discovery.text import units

SCHEMA: Final = "o4"
"""Changes with the fields below: an index of another schema is rebuilt, not read."""

AT_ONCE: Final = 1_000
"""So many changes travel together."""

ENOUGH: Final = 400
"""Of few hits so many are answered at once to whoever may want all."""

MOST_COPIES: Final = "0-2"
DEEPEST: Final = 11_000
LONGEST_CLASS: Final = 8
COPYING: Final = 900.0
"""Seconds within which a new index is copied to the other nodes."""
NO_BUCKETS: Final[dict[str, Any]] = {"buckets": []}


def mapping() -> dict[str, Any]:
    text = {"type": "text", "analyzer": "whitespace", "norms": False}
    code = {"type": "keyword", "ignore_above": 8000}
    fields: dict[str, Any] = dict.fromkeys(PAIRS, text)
    fields["title"] = {"type": "text", "analyzer": "whitespace"}
    fields |= {name: {**text, "index_options": "docs"} for name in ("unit", "title_unit", "mark", "word")}
    fields |= dict.fromkeys((*CODES, *SMALLEST_FIRST.values(), "name_key", "subject_key"), code)
    fields |= {name: {**code, "doc_values": False} for name in ("identifier", "ndc")}
    fields["year"] = {"type": "integer"}
    fields |= {name: {"type": "long", "index": False} for name in ("id", "work", *LARGEST_FIRST.values())}
    # Without the source it is half as large; documents are made anew from the catalogue.
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": fields}


def source_of(document: Document) -> Prepared:
    """The document as it travels: one line of JSON."""
    fields = dict(fields_of(document))
    if classes := fields.get("ndc"):
        fields["ndc"] = sorted({ndc[:length] for ndc in classes for length in range(1, LONGEST_CLASS + 1)})
    return {"id": document.id, "source": json.dumps(fields, ensure_ascii=False)}


class OpenSearchClauses:
    can_take_away = False

    def term_query(self, field: str, value: str) -> Clause:
        return {"term": {field: value}}

    def phrase_query(self, field: str, words: Sequence[str]) -> Clause:
        return {"match_phrase": {field: {"query": " ".join(words)}}}

    def whole_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        return None

    def piece_query(self, field: str, cut: Sequence[str]) -> Clause | None:
        return None

    def phrase_begun_query(self, field: str, words: Sequence[str]) -> Clause:
        return {"match_phrase_prefix": {field: {"query": " ".join(words), "max_expansions": 1000}}}

    def regex_query(self, field: str, pattern: str) -> Clause:
        return {"regexp": {field: {"value": pattern, "flags": "NONE"}}}

    def range_query(self, field: str, low: int, high: int) -> Clause:
        return {"range": {field: {"gte": low, "lte": high}}}

    def numbers_query(self, ids: Sequence[int]) -> Clause:
        return {"ids": {"values": list(map(str, ids))}}

    def exists_query(self, field: str) -> Clause:
        return {"exists": {"field": field}}

    def all_query(self) -> Clause:
        return {"match_all": {}}

    def empty_query(self) -> Clause:
        return {"match_none": {}}

    def boolean_query(self, clauses: Sequence[tuple[Occur, Clause]], *, at_least: int = 0) -> Clause:
        found: dict[str, Any] = {}
        for occur, clause in clauses:
            found.setdefault(occur.value, []).append(clause)
        return {"bool": {**found, "minimum_should_match": at_least} if at_least else found}

    def disjunction_max_query(self, clauses: Sequence[Clause]) -> Clause:
        return {"dis_max": {"queries": list(clauses)}}

    def const_score_query(self, clause: Clause, score: float) -> Clause:
        return {"constant_score": {"filter": clause, "boost": score}}

    def boost_query(self, clause: Clause, factor: float) -> Clause:
        return {"bool": {"must": [clause], "boost": factor}}


class OpenSearchEngine:
    """One index of the cluster, under the name of the version and the prefix in SEARCH_URL."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._index = f"/{cluster.prefix}-{name.lower()}"
        self._compiler = Compiler(OpenSearchClauses())
        self._waiting: list[tuple[str, str]] = []
        self._made = False
        self._is_new = False
        self._commits = 0

    def learn(self, sample: Iterable[Document]) -> None:
        """Nothing: it knows pairs only."""

    def put(self, documents: Iterable[Document]) -> int:
        return self.put_prepared(map(source_of, documents))

    def put_prepared(self, documents: Iterable[Prepared]) -> int:
        count = 0
        for document in documents:
            self._waiting.append((f'{{"index":{{"_id":"{document["id"]}"}}}}', document["source"]))
            count += 1
            if len(self._waiting) >= AT_ONCE:
                self._send()
        return count

    def remove(self, ids: Iterable[int]) -> None:
        self._waiting += [(f'{{"delete":{{"_id":"{number}"}}}}', "") for number in ids]

    def commit(self) -> None:
        """Everything handed over is on every copy and found; a new index gets its copies now, which is cheaper than writing to each."""
        self._send()
        self._cluster.ask("POST", f"{self._index}/_refresh", patience=WRITING)
        if self._is_new:
            copies = {"index": {"auto_expand_replicas": MOST_COPIES}}
            self._cluster.ask("PUT", f"{self._index}/_settings", copies, patience=WRITING)
            self._wait_for_copies()
            self._is_new = False
        self._commits += 1

    def _wait_for_copies(self) -> None:
        """A question that waits for the answer would be given up as that of a silent node: those of a million records take minutes."""
        until = time.monotonic() + COPYING
        health = f"/_cluster/health{self._index}"
        while self._cluster.ask("GET", health, patience=WRITING).body.get("status") != "green":
            if time.monotonic() > until:
                raise EngineAway("OpenSearch has not made its copies")
            time.sleep(0.2)

    def close(self) -> None:
        self._waiting = []

    def exists(self) -> bool:
        return self._cluster.ask("HEAD", self._index, patience=READING).status == 200

    def discard(self) -> None:
        self._cluster.ask("DELETE", self._index, patience=WRITING)

    def count(self) -> int:
        return int(self._cluster.ask("GET", f"{self._index}/_count", patience=READING).body.get("count", 0))

    def generation(self) -> int:
        """There is nothing cheap to ask whether another process has committed: a second is a generation."""
        return int(time.monotonic()) * 1_000_000 + self._commits

    def search(self, query: Query, *, start: int, rows: int, sort: Sort, whole: int = 0) -> Found:
        compiled = self._compiler.ranking(query) if sort == "relevance" else self._compiler.matching(query)
        order: dict[str, str] = {"_score": "desc"}
        if sort in LARGEST_FIRST:
            order = {LARGEST_FIRST[sort]: "desc"}
        elif sort in SMALLEST_FIRST:
            order = {SMALLEST_FIRST[sort]: "asc"}
        body = {
            "query": compiled,
            "from": start,
            # Asking twice takes longer than reading some hundred numbers more.
            "size": max(rows, min(whole, ENOUGH)),
            "sort": [order, {"id": "asc"}],
            "track_total_hits": True,
            "docvalue_fields": ["work"],
        }
        found = self._asked(body)
        hits = found.get("hits", {"total": {"value": 0}, "hits": []})
        works = tuple(int(hit["fields"]["work"][0]) for hit in hits["hits"])
        return Found(hits["total"]["value"], tuple(int(hit["_id"]) for hit in hits["hits"]), works)

    def facets(self, query: Query, names: Sequence[str]) -> tuple[Facet, ...]:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        asked = {
            name: {"terms": {"field": FACET_FIELDS.get(name, name), "size": 1000, "order": order}} for name in names
        }
        found = self._asked({"query": self._compiler.matching(query), "size": 0, "aggs": asked}).get("aggregations", {})
        return tuple(
            Facet(
                name, tuple(FacetValue(one["key"], one["doc_count"]) for one in found.get(name, NO_BUCKETS)["buckets"])
            )
            for name in names
        )

    def counting(self, query: Query, names: Sequence[str]) -> Counting:
        found = self.facets(query, names)
        return Counting(lambda: found)

    def headings_starting(self, kind: HeadingKind, text: str, limit: int) -> list[tuple[str, int]]:
        typed = "".join(units(text))
        if not typed:
            return []
        field = f"{kind}_key"
        # Not ".*": what follows the typed text is at least a tab, and OpenSearch 2.19 trips over plain prefixes here.
        terms = {"field": field, "include": f"{escaped(typed)}.+", "size": limit * 2}
        asked = {"query": {"prefix": {field: typed}}, "size": 0, "aggs": {"keys": {"terms": terms}}}
        found: dict[str, int] = {}
        for bucket in self._asked(asked).get("aggregations", {"keys": NO_BUCKETS})["keys"]["buckets"]:
            heading = bucket["key"].split("\t")[1]
            found[heading] = max(bucket["doc_count"], found.get(heading, 0))
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))[:limit]

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer of all of the index, never of a part; empty when the index is gone."""
        path = f"{self._index}/_search?allow_partial_search_results=false"
        return self._cluster.ask("POST", path, body | {"_source": False}, patience=READING).body

    def _send(self) -> None:
        """Send what waits, and again what the cluster could not take at the moment."""
        self._make()
        changes, self._waiting = self._waiting, []
        for start in range(0, len(changes), AT_ONCE):
            self._cluster.change(self._index, changes[start : start + AT_ONCE])

    def _make(self) -> None:
        if self._made:
            return
        if not self.exists():
            settings = {
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "refresh_interval": -1,
                "max_result_window": DEEPEST,
            }
            self._cluster.ask("PUT", self._index, {"settings": settings, "mappings": mapping()}, patience=WRITING)
            self._is_new = True
        self._made = True


def escaped(text: str) -> str:
    """The text as a regular expression of Lucene's."""
    return "".join(f"\\{sign}" if sign in '.?+*|{}[]()"\\#@&<>~^$-' else sign for sign in text)
