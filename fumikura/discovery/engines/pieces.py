"""Pieces of text that very many records hold: 発掘調査報告書, 教育委員会. Each stands in the index as one word beside its pairs.

A phrase is found by reading the places of its pairs, which takes long where every pair is common, and where the phrase is not rare
itself. What counts as common is learnt from a sample before an index is built, and stays with it: who writes and who asks must agree.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from fumikura.discovery.documents import Document
from fumikura.discovery.engines.fields import text_pieces
from fumikura.discovery.text import is_wordlike, units
from fumikura.kernel.japanese import is_kana

PIECED: Final = ("title", "name", "subject", "publisher", "collection")
"""Fields that hold common pieces beside pairs."""

SHORTEST: Final = 3
LONGEST: Final = 12
WORTH_IT: Final = 50_000
"""Among fewer records than this every phrase is found soon enough."""
SAMPLE: Final = 4_000
ONE_IN: Final = 100
"""Common is what so many-th records of the sample hold."""
MOST: Final = 20_000
NAME: Final = "common.json"


class CommonPieces:
    """Closed under beginnings: when a piece is common, so is every beginning of it of three characters and more."""

    def __init__(self, pieces: Iterable[str] = ()) -> None:
        self._pieces = frozenset(pieces)
        self._first = frozenset(piece[: SHORTEST - 1] for piece in self._pieces)
        self._seen = lru_cache(maxsize=32_768)(self._within)

    def __len__(self) -> int:
        return len(self._pieces)

    def piece_of(self, cut: Sequence[str]) -> str:
        """The units as a common piece; empty when they are none."""
        if not SHORTEST <= len(cut) <= LONGEST:
            return ""
        piece = "".join(cut)
        return piece if len(piece) == len(cut) and piece in self._pieces else ""

    def with_pieces(self, pairs: str) -> str:
        """What a field of pairs holds, with its common pieces behind."""
        return pairs + self._seen(pairs) if self._pieces else pairs

    def _within(self, pairs: str) -> str:
        words = pairs.split(" ")
        found: set[str] = set()
        for start, word in enumerate(words):
            if word not in self._first:
                continue
            piece = word
            for following in words[start + 1 : start + LONGEST]:
                # Pairs overlap, and where a text ends stands a pair that is in no piece.
                piece += following[1:]
                if piece not in self._pieces:
                    break
                found.add(piece)
        return "".join(" " + piece for piece in sorted(found))

    def keep(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(sorted(self._pieces), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path) -> "CommonPieces":
        path = folder / NAME
        return cls(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else cls()


def learnt(sample: Iterable[Document]) -> CommonPieces:
    """What is common among these. Longer pieces are looked for only where shorter ones are common."""
    texts = [
        {cut for name in PIECED for text in text_pieces(document)[name] if len(cut := units(text)) >= SHORTEST}
        for document in sample
    ]
    least = max(len(texts) // ONE_IN, 2)
    common: set[str] = set()
    shorter: set[str] | None = None
    for length in range(SHORTEST, LONGEST + 1):
        counts: Counter[str] = Counter()
        for cuts in texts:
            counts.update({piece for cut in cuts for piece in _pieces(cut, length, shorter)})
        # Readings are not pieced: what is kana only would be looked up among them by its pairs all the same.
        shorter = {piece for piece, count in counts.items() if count >= least and not is_kana(piece)}
        if not shorter or len(common) + len(shorter) > MOST:
            break
        common |= shorter
    return CommonPieces(common)


def _pieces(cut: tuple[str, ...], length: int, shorter: set[str] | None) -> Iterable[str]:
    for start in range(len(cut) - length + 1):
        if shorter is None:
            if not any(map(is_wordlike, cut[start : start + length])):
                yield "".join(cut[start : start + length])
        elif "".join(cut[start : start + length - 1]) in shorter and not is_wordlike(cut[start + length - 1]):
            yield "".join(cut[start : start + length])
