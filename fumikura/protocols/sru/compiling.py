"""CQL → what discovery is asked, or the diagnostic that says what is not supported. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from fumikura.discovery.answers import Sort
from fumikura.discovery.parsing import isbn_query, normalised_number
from fumikura.discovery.query import (
    Everything,
    Field,
    KeyField,
    Not,
    Nothing,
    Phrase,
    Prefix,
    Query,
    Range,
    Start,
    Term,
    TextField,
    all_of,
    any_of,
)
from fumikura.discovery.text import units
from fumikura.protocols.sru.cql import Boolean, Clause, Modifier, Parsed, SortKey, Tree, Unparsable

SETS: Final[Mapping[str, str]] = {
    "info:srw/cql-context-set/1/cql-v1.1": "cql",
    "info:srw/cql-context-set/1/cql-v1.2": "cql",
    "http://www.loc.gov/zing/cql/context-sets/cql/v1.2/": "cql",
    "info:srw/cql-context-set/1/dc-v1.1": "dc",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://zing.z3950.org/cql/bath/2.0/": "bath",
    "http://ndl.go.jp/dcndl/terms/": "dcndl",
    "info:srw/cql-context-set/2/rec-1.1": "rec",
}
"""Context sets by URI, for prefixes that a query assigns itself."""
KNOWN_SETS: Final = frozenset({*SETS.values(), "fumikura", "srw"})

TEXT: Final[Mapping[str, TextField]] = {
    **dict.fromkeys(("serverchoice", "anywhere", "any", "anyindexes", "keywords"), "any"),
    **dict.fromkeys(("title", "ti", "alternative"), "title"),
    **dict.fromkeys(("creator", "author", "contributor", "name", "personalname", "corporatename", "au"), "name"),
    **dict.fromkeys(("subject", "su", "topic"), "subject"),
    "publisher": "publisher",
}
KEYS: Final[Mapping[str, KeyField]] = {
    **dict.fromkeys(("isbn", "issn", "identifier", "standardidentifier", "jpno"), "identifier"),
    **dict.fromkeys(("type", "kind", "materialtype"), "kind"),
    "language": "language",
    "audience": "audience",
    **dict.fromkeys(("site", "possessinglibrary", "library"), "site"),
    "available": "available",
}
DATES: Final = frozenset({"date", "year", "issued", "publicationdate"})
CLASSES: Final = frozenset({"ndc", "classification", "coverage"})

_MODIFIERS: Final = frozenset(
    {"relevant", "ignorecase", "ignoreaccents", "stem", "string", "word", "unmasked", "masked"}
)
"""Relation modifiers that say what is done anyway, or that change nothing here."""
_MASK: Final = re.compile(r"(?<!\\)(?:\\\\)*[*?]")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_YEAR: Final = re.compile(r"[0-9]{4}")
LONGEST_TERM: Final = 500


def compiled(parsed: Parsed) -> Query:
    """Raises Unparsable with the diagnostic of what is not supported."""
    return _tree(parsed.tree, parsed.prefixes)


def _tree(tree: Tree, prefixes: Mapping[str, str]) -> Query:
    if isinstance(tree, Clause):
        return _clause(tree, prefixes)
    return _boolean(tree, prefixes)


def _boolean(tree: Boolean, prefixes: Mapping[str, str]) -> Query:
    if tree.operator == "prox":
        raise Unparsable(39)
    if tree.modifiers:
        raise Unparsable(46, tree.modifiers[0].name)
    left, right = _tree(tree.left, prefixes), _tree(tree.right, prefixes)
    match tree.operator:
        case "and":
            return all_of(left, right)
        case "or":
            return any_of(left, right)
        case _:
            return all_of(left, Not(right))


def index_name(index: str, prefixes: Mapping[str, str]) -> str:
    """Lower case, without its context set, which must be one that we know."""
    prefix, dot, name = index.lower().rpartition(".")
    if dot:
        known = SETS.get(prefixes[prefix]) if prefix in prefixes else prefix
        if known not in KNOWN_SETS:
            raise Unparsable(15, prefix)
    return name


def _clause(clause: Clause, prefixes: Mapping[str, str]) -> Query:
    name = index_name(clause.index, prefixes)
    if len(clause.term) > LONGEST_TERM:
        raise Unparsable(23, str(LONGEST_TERM))
    _check(clause.modifiers)
    relation = clause.relation.removeprefix("cql.")
    if name == "allrecords":
        return Everything()
    if not clause.term.strip():
        raise Unparsable(27)
    if relation == "<>":
        return all_of(Everything(), Not(_positive(name, "=", clause.term)))
    return _positive(name, relation, clause.term)


def _check(modifiers: Sequence[Modifier]) -> None:
    for modifier in modifiers:
        if modifier.name.removeprefix("cql.") not in _MODIFIERS:
            raise Unparsable(20, modifier.name)


def _positive(name: str, relation: str, term: str) -> Query:
    if name in TEXT:
        return _text(TEXT[name], relation, term)
    if name in DATES:
        return _date(relation, plain(term))
    if name in CLASSES:
        return _class(relation, term)
    if name in KEYS:
        return _key(KEYS[name], relation, plain(term))
    if name in {"id", "recordidentifier"}:
        raise Unparsable(16, name)
    raise Unparsable(16, name)


def _text(field: TextField, relation: str, term: str) -> Query:
    match relation:
        case "=" | "scr":
            return _anchored(field, term) or _words(field, term)
        case "all":
            return _words(field, term)
        case "any":
            return any_of(*(part for word in term.split() if (part := _word(field, word)) is not None))
        case "adj":
            return _phrase(field, term)
    raise Unparsable(
        19 if relation not in {"<", ">", "<=", ">=", "==", "exact", "within", "encloses"} else 22, relation
    )


def _anchored(field: TextField, term: str) -> Query | None:
    """^心 is a title or a name that begins so."""
    if not term.startswith("^"):
        return None
    if field not in {"title", "name"}:
        raise Unparsable(32, "^")
    return Start(_unmasked(term[1:]), "title" if field == "title" else "name")


def _words(field: TextField, term: str) -> Query:
    parts = [part for word in term.split() if (part := _word(field, word)) is not None]
    return all_of(*parts) if parts else Nothing()


def _word(field: TextField, word: str) -> Query | None:
    """One word; None when nothing in it can be searched. pyth* is the only masking there is, and only anywhere."""
    if word.endswith("*") and not word.endswith("\\*"):
        stem = _unmasked(word[:-1])
        if field == "any" and stem.isascii() and stem.isalnum() and len(stem) > 1:
            return Prefix(stem, "any")
        raise Unparsable(28, "*")
    text = _unmasked(word)
    return Term(text, field) if units(text) else None


def _phrase(field: TextField, term: str) -> Query:
    text = _unmasked(term)
    return Phrase(text, field) if units(text) else Nothing()


def _unmasked(term: str) -> str:
    if found := _MASK.search(term):
        raise Unparsable(28, found[0][-1])
    if "^" in re.sub(r"\\.", "", term):
        raise Unparsable(32, "^")
    return plain(term)


def plain(term: str) -> str:
    """Without the backslashes that escape."""
    return _ESCAPED.sub(r"\1", term)


def _date(relation: str, term: str) -> Query:
    years = [int(year) for year in _YEAR.findall(unicodedata.normalize("NFKC", term))]
    if not years:
        raise Unparsable(36, term[:80])
    match relation:
        case "=" | "==" | "scr" | "exact" if len(years) == 1:
            return Range(years[0], years[0])
        case "within" | "=" | "scr" if len(years) == 2:
            return Range(min(years), max(years))
        case ">=":
            return Range(years[0], 9999)
        case ">":
            return Range(years[0] + 1, 9999)
        case "<=":
            return Range(0, years[0])
        case "<":
            return Range(0, years[0] - 1)
    raise Unparsable(22, relation)


def _class(relation: str, term: str) -> Query:
    number = unicodedata.normalize("NFKC", plain(term)).rstrip("*.").strip()
    if relation not in {"=", "scr", "all", "any", "adj", "=="}:
        raise Unparsable(22, relation)
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]*)?", number):
        raise Unparsable(36, term[:80])
    return Prefix(number)


def _key(field: KeyField, relation: str, term: str) -> Query:
    if relation not in {"=", "==", "exact", "scr", "any", "all", "adj"}:
        raise Unparsable(22, relation)
    values = term.split() if relation == "any" else [term.strip()]
    return any_of(*(_value(field, value) for value in values))


def _value(field: KeyField, value: str) -> Query:
    if field == "identifier":
        return isbn_query(value) or Field("identifier", normalised_number(value))
    return Field(field, value.upper() if field in {"site", "available"} else value.lower())


SORTED: Final[Mapping[str, tuple[Sort, Sort]]] = {
    # index: (ascending, descending)
    **dict.fromkeys(("title",), ("title", "title")),
    **dict.fromkeys(("creator", "author", "name"), ("creator", "creator")),
    **dict.fromkeys(("date", "year", "issued"), ("oldest", "newest")),
}
_ONE_WAY: Final = frozenset({"title", "creator"})


def sort_of(keys: Sequence[SortKey], prefixes: Mapping[str, str]) -> Sort:
    """The one order that is kept; a second key, or titles backwards, is more than the index can do."""
    if not keys:
        return "relevance"
    if len(keys) > 1:
        raise Unparsable(83, str(len(keys)))
    name = index_name(keys[0].index, prefixes)
    if name not in SORTED:
        raise Unparsable(87, keys[0].index)
    descending = any(modifier.name.endswith("descending") for modifier in keys[0].modifiers)
    ascending, backwards = SORTED[name]
    if descending and ascending in _ONE_WAY:
        raise Unparsable(88, keys[0].index)
    return backwards if descending else ascending


def sort_keys_of(text: str) -> tuple[SortKey, ...]:
    """The sortKeys parameter of SRU 1.1: `title,dc,0` — name, schema, ascending."""
    keys = []
    for key in text.split():
        parts = [*key.split(","), "", ""]
        down = () if parts[2] in {"", "1"} else (Modifier("descending"),)
        keys.append(SortKey(parts[0], down))
    return tuple(keys)
