"""CQL 1.2 (the Contextual Query Language): text → tree. Pure; a recursive-descent parser after the grammar of the Library of
Congress, with the limits that a public address needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 4000
DEEPEST: Final = 40
MOST_BOOLEANS: Final = 60
BOOLEANS: Final = frozenset({"and", "or", "not", "prox"})
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<quoted>"(?:\\.|[^"\\])*")|(?P<symbol><>|==|>=|<=|[()/=<>])|(?P<plain>[^\s()/=<>"]+)|(?P<other>\S))""",
    re.DOTALL,
)
_SYMBOLS: Final = frozenset({"=", "==", "<>", "<", ">", "<=", ">="})


class Unparsable(Exception):
    """`code` is a diagnostic of SRU (10: syntax), `details` what it is about."""

    def __init__(self, code: int, details: str = "") -> None:
        self.code = code
        self.details = details
        super().__init__(code, details)


@dataclass(frozen=True)
class Modifier:
    name: str
    comparison: str = ""
    value: str = ""


@dataclass(frozen=True)
class Clause:
    """index relation term; a bare term has the index cql.serverChoice."""

    term: str
    """As written, with its backslashes: * ? ^ mask and anchor unless escaped."""
    index: str = "cql.serverChoice"
    relation: str = "="
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True)
class Boolean:
    operator: str
    left: "Tree"
    right: "Tree"
    modifiers: tuple[Modifier, ...] = ()


Tree = Clause | Boolean


@dataclass(frozen=True)
class SortKey:
    index: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True)
class Parsed:
    tree: Tree
    sort: tuple[SortKey, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Prefix to the URI of its context set, as assigned in the query; the empty prefix is the default set."""


@dataclass(frozen=True)
class Token:
    kind: str
    """quoted, symbol, plain or end."""
    text: str


def parse(text: str) -> Parsed:
    """Raises Unparsable. Any text may be given."""
    if len(text) > LONGEST:
        raise Unparsable(12, str(LONGEST))
    if not text.strip():
        raise Unparsable(27)
    return _Parser(list(_tokens(text))).whole()


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text.rstrip()):
        kind = found.lastgroup or "other"
        if kind == "other":
            raise Unparsable(14 if found[kind] == '"' else 10, found[kind])
        shown = found[kind]
        yield Token(kind, shown[1:-1] if kind == "quoted" else shown)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._booleans = 0
        self._prefixes: dict[str, str] = {}

    def whole(self) -> Parsed:
        tree = self._query(0)
        sort = self._sort_keys()
        if self._here.kind != "end":
            raise Unparsable(13 if self._here.text == ")" else 10, self._here.text[:80])
        return Parsed(tree, sort, self._prefixes)

    @property
    def _here(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("end", "")

    def _next(self) -> Token:
        token = self._here
        self._at += 1
        return token

    def _is_symbol(self, *symbols: str) -> bool:
        return self._here.kind == "symbol" and self._here.text in symbols

    def _is_word(self, *words: str) -> bool:
        return self._here.kind == "plain" and self._here.text.lower() in words

    def _query(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise Unparsable(13, f"more than {DEEPEST} parentheses inside one another")
        while self._is_symbol(">"):
            self._prefix()
        tree = self._clause(depth)
        while self._is_word(*BOOLEANS):
            self._booleans += 1
            if self._booleans > MOST_BOOLEANS:
                raise Unparsable(38, str(MOST_BOOLEANS))
            operator = self._next().text.lower()
            modifiers = self._modifiers()
            tree = Boolean(operator, tree, self._clause(depth), modifiers)
        return tree

    def _prefix(self) -> None:
        self._next()
        name = self._text()
        if self._is_symbol("="):
            self._next()
            self._prefixes[name.lower()] = self._text()
        else:
            self._prefixes[""] = name

    def _clause(self, depth: int) -> Tree:
        if self._is_symbol("("):
            self._next()
            tree = self._query(depth + 1)
            if not self._is_symbol(")"):
                raise Unparsable(13, "an open parenthesis")
            self._next()
            return tree
        first = self._next()
        if first.kind not in {"plain", "quoted"}:
            raise Unparsable(10, first.text or "the query ends too early")
        if first.kind == "plain" and first.text.lower() in BOOLEANS | {"sortby"}:
            raise Unparsable(10, first.text)
        relation = self._relation()
        if relation is None:
            return Clause(first.text)
        modifiers = self._modifiers()
        return Clause(self._text(), first.text, relation, modifiers)

    def _relation(self) -> str | None:
        """The relation that comes next, if one does: a symbol, or a word that is followed by something to compare with."""
        if self._is_symbol(*_SYMBOLS):
            return self._next().text
        follows = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else Token("end", "")
        named = self._here.kind == "plain" and self._here.text.lower() not in BOOLEANS | {"sortby"}
        if named and (follows.kind in {"plain", "quoted"} or follows.text == "/"):
            return self._next().text.lower()
        return None

    def _modifiers(self) -> tuple[Modifier, ...]:
        found = []
        while self._is_symbol("/"):
            self._next()
            name = self._text()
            if self._is_symbol(*_SYMBOLS):
                found.append(Modifier(name.lower(), self._next().text, self._text()))
            else:
                found.append(Modifier(name.lower()))
        return tuple(found)

    def _sort_keys(self) -> tuple[SortKey, ...]:
        if not self._is_word("sortby"):
            return ()
        self._next()
        keys = []
        while self._here.kind in {"plain", "quoted"}:
            keys.append(SortKey(self._next().text, self._modifiers()))
        if not keys:
            raise Unparsable(10, "sortBy without a key")
        return tuple(keys)

    def _text(self) -> str:
        token = self._next()
        if token.kind not in {"plain", "quoted"}:
            raise Unparsable(10, token.text or "the query ends too early")
        return token.text
