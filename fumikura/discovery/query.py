"""What is being asked, whatever door it came through. Frozen, pure; every door parses to it, every engine compiles from it."""

from dataclasses import dataclass
from typing import Final, Literal

TextField = Literal["any", "title", "name", "subject", "publisher", "series", "contents", "rest"]
"""Where words are looked for. `any` is all text; `title` and `name` include their readings; `contents` is the works inside and the
summary; `rest` is notes and whatever else is worth finding."""

KeyField = Literal["identifier", "kind", "language", "audience", "site", "available", "accessible", "series"]
"""Where whole values are looked for. `site` holds codes of facilities with a copy, `available` of those with one in,
`accessible` codes of formats for those who cannot read print as usual, `series` titles of series without number."""

ANY: Final = "*"
"""A value of `available`: one is in somewhere."""


@dataclass(frozen=True)
class Term:
    """Words as somebody typed them: found inside longer text, in any script, also by sound."""

    text: str
    field: TextField = "any"


@dataclass(frozen=True)
class Phrase:
    """Words in this order and nothing between them; folded, but not searched by sound."""

    text: str
    field: TextField = "any"


@dataclass(frozen=True)
class Start:
    """The beginning of a title or a name, as somebody is typing it."""

    text: str
    field: Literal["title", "name"] = "title"


@dataclass(frozen=True)
class Prefix:
    """A class of the NDC with everything below it ("91", "913.6"), or the beginning of a word in Latin script."""

    text: str
    field: Literal["ndc", "any"] = "ndc"


@dataclass(frozen=True)
class Field:
    """A whole value: an identifier (normalised), a kind, a language, a site."""

    name: KeyField
    value: str


@dataclass(frozen=True)
class Range:
    """Published from `low` to `high`, both included."""

    low: int
    high: int
    field: Literal["year"] = "year"


@dataclass(frozen=True)
class Among:
    """One of these records."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Like:
    """A title, reading or name that shares a good part of its pairs of characters with a word: a slip of the pen."""

    text: str


@dataclass(frozen=True)
class AtLeast:
    """So many of the parts: a pasted citation, of which the catalogue knows most but not all."""

    count: int
    parts: tuple["Query", ...]


@dataclass(frozen=True)
class And:
    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Query", ...]


@dataclass(frozen=True)
class Not:
    part: "Query"


@dataclass(frozen=True)
class Everything:
    """All there is: an empty box, to be narrowed by filters."""


@dataclass(frozen=True)
class Nothing:
    """What no document answers, e.g. a box with punctuation only."""


Query = Term | Phrase | Start | Prefix | Field | Range | Among | Like | AtLeast | And | Or | Not | Everything | Nothing


def all_of(*parts: Query) -> Query:
    """The parts together, without needless nesting: Everything adds nothing, one part is itself."""
    flat: list[Query] = []
    for part in parts:
        flat += part.parts if isinstance(part, And) else () if isinstance(part, Everything) else (part,)
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else Everything()


def any_of(*parts: Query) -> Query:
    """One of the parts is enough; no parts at all is Nothing."""
    return Or(parts) if len(parts) > 1 else parts[0] if parts else Nothing()


def words_of(query: Query) -> tuple[Term | Phrase, ...]:
    """The words somebody wants to see, in their order: what a hit is explained and highlighted by."""
    match query:
        case Term() | Phrase():
            return (query,)
        case And(parts) | Or(parts) | AtLeast(_, parts):
            return tuple(word for part in parts for word in words_of(part))
        case _:
            return ()
