"""How much a question will find, guessed before it is asked: by how many records hold the rarest pair of its commonest word.

Only how an answer is computed depends on it, never what is answered.
"""

from typing import Any, Final

from fumikura.discovery.engines.places import fields_of_way
from fumikura.discovery.query import (
    Among,
    And,
    AtLeast,
    Everything,
    Field,
    Like,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Start,
    Term,
    words_of,
)
from fumikura.discovery.text import Way, tokens, units, ways

LOOKED_AT: Final = ("title", "reading", "name", "subject", "publisher", "sound")
"""Fields in which what is common somewhere is common."""


def expected(searcher: Any, query: Query) -> int:
    """About how many records. Of several words what the commonest finds: so many are looked through."""
    found = words_of(query)
    if found:
        return max((_holding(searcher, way, word.field) for word in found for way in _ways(word)), default=0)
    match query:
        case Prefix(text, "ndc"):
            return int(searcher.doc_freq("ndc", text[:8]))
        case Field(name, value):
            return int(searcher.doc_freq(name, value))
        case And(parts):
            return min(expected(searcher, part) for part in parts)
        case Or(parts) | AtLeast(_, parts):
            return max(expected(searcher, part) for part in parts)
        case Among(ids):
            return len(ids)
        case Nothing() | Start() | Like():
            return 0
        case _:
            return int(searcher.num_docs)


def is_quickly_matched(query: Query) -> bool:
    """Whether hits are read from lists as they are, without looking at places: then it is the counting that costs."""
    match query:
        case Term(text, "any"):
            return all(len(way.cut) == 1 and way.by == "words" for way in ways(text))
        case Phrase(text, "any"):
            return len(units(text)) == 1
        case And(parts) | Or(parts):
            return all(map(is_quickly_matched, parts))
        case Not(part):
            return is_quickly_matched(part)
        case Field() | Everything() | Prefix(_, "ndc"):
            return True
        case _:
            return False


def _ways(word: Term | Phrase) -> tuple[Way, ...]:
    if isinstance(word, Term):
        return ways(word.text)
    return (Way(cut, "words"),) if (cut := units(word.text)) else ()


def _holding(searcher: Any, way: Way, field: str) -> int:
    if len(way.cut) == 1:
        return int(searcher.doc_freq("unit", way.cut[0]))
    most = 0
    for name in fields_of_way(way, field):
        if name not in LOOKED_AT:
            continue
        fewest = int(searcher.num_docs)
        for pair in tokens(way.cut)[::2]:
            fewest = min(fewest, int(searcher.doc_freq(name, pair)))
            if fewest <= most:
                break
        most = max(most, fewest)
    return most
