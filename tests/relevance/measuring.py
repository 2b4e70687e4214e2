"""Asking every question of an index over the real records, and weighing the answers against the judgments."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

from fumikura.discovery.answers import Instead
from fumikura.discovery.documents import Document
from fumikura.discovery.engines import Engine
from fumikura.discovery.explaining import FEW, is_doubtful, mended
from fumikura.discovery.parsing import loosened, parse
from fumikura.discovery.queries import ALIKE, MANY_ALIKE, probably_read
from fumikura.discovery.query import Like, Query
from fumikura.discovery.text import units
from fumikura.kernel.romaji import kana_of
from tests.relevance.corpus import Named

QUESTIONS = Path(__file__).with_name("questions.tsv")
DEPTH = 10
WANTED = 2
"""The lowest grade that recall asks for."""
AT_MOST = 1000


@dataclass(frozen=True)
class Question:
    kind: str
    typed: str
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Weighed:
    question: Question
    ndcg: float
    """Of the first ten, 0 to 1."""
    recall: float
    """Share of what was meant or belongs to it (grades 3 and 2) that is anywhere in the answer."""
    by_correction: str
    """The もしかして that was followed, because nothing was found; else empty."""


def questions() -> list[Question]:
    rows = (line.split("\t") for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [
        Question(kind, typed, {name: int(grade) for name, grade in (one.rsplit("=", 1) for one in judged.split())})
        for kind, typed, judged in rows
        if kind != "kind"
    ]


class Searching:
    """What a page does with a question: the words; else most of them; when that is little, the first もしかして behind it."""

    def __init__(self, engine: Engine, named: Sequence[Named]) -> None:
        self._engine = engine
        self._names = {document.id: name for name, document in named}
        self._documents = {document.id: document for _, document in named}

    def weigh(self, question: Question) -> Weighed:
        found, correction = self._answer(question.typed), ""
        if self._is_doubtful(question.typed, found) and (first := next(self._mended(question.typed), None)):
            found = list(dict.fromkeys([*found, *self._answer(first.text)]))
            correction = first.text
        return Weighed(question, ndcg(found, question.grades), recall(found, question.grades), correction)

    def _is_doubtful(self, typed: str, found: Sequence[str]) -> bool:
        shown = [self._documents[number] for number in self._ids(parse(typed))[:FEW]]
        texts = [text for one in shown for text in (one.titles[0], *one.readings, *one.drafts)]
        return is_doubtful(typed, len(found), texts)

    def _mended(self, typed: str) -> Iterator[Instead]:
        return mended(typed, total=self._total, like=self._like, read=probably_read)

    def _answer(self, typed: str) -> list[str]:
        query = parse(typed)
        found = self._ids(query)
        if not found and (some_words := loosened(query)):
            found = self._ids(some_words)
        return [self._names[number] for number in found]

    def _ids(self, query: Query) -> tuple[int, ...]:
        return self._engine.search(query, start=0, rows=AT_MOST, sort="relevance").ids

    def _total(self, typed: str) -> int:
        return self._engine.search(parse(typed), start=0, rows=0, sort="relevance").total

    def _like(self, word: str) -> list[tuple[str, str]]:
        rows = MANY_ALIKE if len(units(word)) == 2 else ALIKE
        found = self._engine.search(Like(kana_of(word) or word), start=0, rows=rows, sort="relevance").ids
        return [pair for number in found for pair in compared(self._documents[number])]


def compared(document: Document) -> list[tuple[str, str]]:
    """What the page compares a misspelt word with: the title and the first name, written and read."""
    title = document.titles[0]
    pairs = [(title, title), *((title, reading) for reading in (document.readings + document.drafts)[:1])]
    for name, reading in document.names[:1]:
        pairs += [(name, name), (name, reading)]
    return [(offer, other) for offer, other in pairs if other]


def ndcg(found: Sequence[str], grades: Mapping[str, int]) -> float:
    gained = _gain([grades.get(name, 0) for name in found[:DEPTH]])
    return gained / _gain(sorted(grades.values(), reverse=True)[:DEPTH])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def recall(found: Sequence[str], grades: Mapping[str, int]) -> float:
    wanted = {name for name, grade in grades.items() if grade >= WANTED}
    return len(wanted.intersection(found)) / len(wanted)


def by_kind(weighed: Sequence[Weighed]) -> dict[str, tuple[int, float, float]]:
    """(questions, mean nDCG, mean recall) of each kind."""
    groups: dict[str, list[Weighed]] = defaultdict(list)
    for one in weighed:
        groups[one.question.kind].append(one)
    return {kind: (len(some), *means(some)) for kind, some in groups.items()}


def means(weighed: Sequence[Weighed]) -> tuple[float, float]:
    return sum(one.ndcg for one in weighed) / len(weighed), sum(one.recall for one in weighed) / len(weighed)
