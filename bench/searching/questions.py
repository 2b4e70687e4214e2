"""What is asked: a mix of what people type, cut from the records themselves, and the peers' common measure of an answer."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fumikura.discovery.documents import Document
from fumikura.discovery.text import units

FIVE = ("site", "kind", "language", "year", "ndc")
"""The facets that every engine counts over all hits."""


class Peer(Protocol):
    """One engine beside the others. Built once into a folder that is kept, then opened and asked."""

    name: str

    def why_not(self) -> str:
        """Why it cannot take part on this machine; empty when it can."""

    def build(self, folder: Path, documents: Iterable[Document]) -> None: ...

    def open(self, folder: Path) -> None: ...

    def ask(self, question: "Question", *, facets: bool) -> int:
        """The exact total, having fetched the best 20 and, when asked for, the five facets."""

    def close(self) -> None: ...


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
