"""How words are written: 図書館 is found by 圖書舘, but who is written as asked comes first, then old forms, then variants.

Folding makes all writings one, so the index keeps aside by which old or variant characters a title or its names are written.
Most records have none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import is_normalized

from fumikura.kernel.japanese import WRITTEN_OTHERWISE, fold, forms_of

ONLY: Final = "!"
"""Before a character: today's form of it does not stand there as well."""


def marks(texts: Iterable[str]) -> tuple[str, ...]:
    """The old and variant characters of some text: 電子圖書館 → 圖, !圖."""
    there: set[str] = set()
    for text in texts:
        # Only compatibility characters turn into others here, and they are not in normal form.
        if not WRITTEN_OTHERWISE.isdisjoint(text) or not is_normalized("NFKC", text):
            there.update(fold(text, "kana"))
        else:
            there.update(text)
    found: list[str] = []
    for sign in sorted(there & WRITTEN_OTHERWISE):
        found.append(sign)
        if _today(sign) not in there:
            found.append(ONLY + sign)
    return tuple(found)


@dataclass(frozen=True)
class Writing:
    """What the marks of a text say about how near it is to the words asked for; empty when they can be written one way only."""

    needed: tuple[str, ...] = ()
    """Marks without which it is not written as asked."""
    older: tuple[str, ...] = ()
    """Marks with any of which it is written in old forms."""
    needed_variants: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    """The same for variants (異体字), which are farther away."""

    @property
    def is_plain(self) -> bool:
        return not (self.needed or self.older or self.needed_variants or self.variants)


@lru_cache(maxsize=16_384)
def writing_of(text: str) -> Writing:
    """Of words as typed."""
    needed: dict[str, None] = {}
    older: dict[str, None] = {}
    needed_variants: dict[str, None] = {}
    variants: dict[str, None] = {}
    typed = set(fold(text, "kana"))
    for sign in sorted(typed):
        today = _today(sign)
        if today != sign:
            (needed if fold(sign, "old-form") == today else needed_variants)[sign] = None
        for form in forms_of(today):
            if form not in typed:
                (older if fold(form, "old-form") == today else variants)[ONLY + form] = None
    return Writing(tuple(needed), tuple(older), tuple(needed_variants), tuple(variants))


@lru_cache(maxsize=16_384)
def _today(sign: str) -> str:
    return fold(sign)
