"""CQL: what our parser reads, beside another one; what it becomes; and strings that nobody should send."""

import logging
import random
import time

import pytest
from cql.parser import CQLParser12, CQLParserError

from fumikura.discovery.parsing import isbn_query
from fumikura.discovery.query import And, Everything, Field, Not, Or, Phrase, Prefix, Range, Start, Term
from fumikura.protocols.sru.compiling import compiled, plain, sort_of
from fumikura.protocols.sru.cql import Boolean, Clause, Tree, Unparsable, parse

QUERIES = [
    "心",
    "夏目漱石",
    '"夏目 漱石"',
    "dc.title = こころ",
    "dc.title=こころ",
    'dc.title any "猫 犬"',
    "title all 心 and creator = 漱石",
    "title = a and title = b or title = c not title = d",
    "title = a and (title = b or title = c)",
    "((a))",
    'cql.serverChoice = "a \\"b\\" c"',
    "dc.date >= 1990",
    "dc.date <> 1990",
    'dc.date within "1990 2000"',
    "dc.title =/relevant/ignorecase 心",
    "dc.title adj/word 心",
    "a and/rel.combine=sum b",
    "a prox/unit=word/distance<=3 b",
    '> dc = "http://purl.org/dc/elements/1.1/" dc.title = 心',
    '> "http://purl.org/dc/elements/1.1/" title = 心',
    "a sortBy dc.title",
    "a and b sortBy dc.date/sort.descending dc.title",
    "title = and.or",
    "AND.x = 3",
]


@pytest.fixture(scope="module")
def other() -> CQLParser12:
    logging.getLogger("cql").setLevel(logging.CRITICAL)
    parser = CQLParser12()
    parser.build()
    return parser


def shape(tree: Tree) -> object:
    if isinstance(tree, Clause):
        return tree.index, tree.relation, plain(tree.term)
    return tree.operator, shape(tree.left), shape(tree.right)


def others_shape(tree: object) -> object:
    if hasattr(tree, "operator"):
        return tree.operator.value.lower(), others_shape(tree.left), others_shape(tree.right)
    relation = tree.relation
    term = str(tree.term)
    index = str(tree.index) if tree.index else "cql.serverChoice"
    return index, str(relation.comparitor).lower() if relation else "=", term


@pytest.mark.parametrize("text", QUERIES)
def test_it_reads_what_another_parser_reads(other: CQLParser12, text: str) -> None:
    theirs = other.parse(text)
    assert shape(parse(text).tree) == others_shape(theirs.root)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 27),
        ("   ", 27),
        ("title =", 10),
        ("title = a and", 10),
        ("(a", 13),
        ("a)", 13),
        ('"a', 14),
        ("a b", 10),
        ("a and and b", 10),
        ("= a", 10),
        ("a sortBy", 10),
        ("(" * 60 + "a" + ")" * 60, 13),
        ("x" * 5000, 12),
        (" and ".join("a" * 70), 38),
    ],
)
def test_what_is_no_cql_has_its_diagnostic(text: str, code: int) -> None:
    with pytest.raises(Unparsable) as wrong:
        parse(text)
    assert wrong.value.code == code


def test_booleans_bind_from_the_left() -> None:
    tree = parse("a or b and c").tree
    assert isinstance(tree, Boolean)
    assert (tree.operator, shape(tree.left)[0]) == ("and", "or")


CASES = {
    "こころ": Term("こころ"),
    "夏目 and 漱石": And((Term("夏目"), Term("漱石"))),
    'dc.title all "坊っちゃん 漱石"': And((Term("坊っちゃん", "title"), Term("漱石", "title"))),
    'dc.title any "猫 犬"': Or((Term("猫", "title"), Term("犬", "title"))),
    'dc.title adj "吾輩は 猫"': Phrase("吾輩は 猫", "title"),
    "dc.creator = 漱石": Term("漱石", "name"),
    'title = "^心"': Start("心", "title"),
    "pyth*": Prefix("pyth", "any"),
    "a\\*": Term("a*"),
    "dc.date = 1990": Range(1990, 1990),
    'dc.date within "1990 2000"': Range(1990, 2000),
    "dc.date > 1990": Range(1991, 9999),
    "ndc = 913.6": Prefix("913.6"),
    "bath.isbn = 978-4-900552-12-8": isbn_query("9784900552128"),
    "fumikura.site = chuo": Field("site", "CHUO"),
    "dc.language = JPN": Field("language", "jpn"),
    "cql.allRecords = 1": Everything(),
    "猫 not 犬": And((Term("猫"), Not(Term("犬")))),
    '> d = "http://purl.org/dc/elements/1.1/" d.title = 心': Term("心", "title"),
}


@pytest.mark.parametrize("text", CASES)
def test_it_becomes_what_the_simple_box_asks(text: str) -> None:
    assert compiled(parse(text)) == CASES[text]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense = a", 16),
        ("foo.title = a", 15),
        ("title exact a", 22),
        ("title nearly a", 19),
        ("title =/fuzzy a", 20),
        ("title = a?c", 28),
        ("title = *a", 28),
        ("title = a^b", 32),
        ("subject = ^a", 32),
        ("dc.date = yesterday", 36),
        ("ndc = x", 36),
        ("a prox b", 39),
        ("a and/combine=sum b", 46),
        ('title = ""', 27),
        ("isbn > 3", 22),
    ],
)
def test_what_is_not_supported_is_said_by_number(text: str, code: int) -> None:
    with pytest.raises(Unparsable) as wrong:
        compiled(parse(text))
    assert wrong.value.code == code


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("a", "relevance"),
        ("a sortBy dc.title", "title"),
        ("a sortBy dc.date/sort.descending", "newest"),
        ("a sortBy dc.date", "oldest"),
        ("a sortBy dc.creator/sort.ascending", "creator"),
    ],
)
def test_orders_are_those_of_the_index(text: str, order: str) -> None:
    parsed = parse(text)
    assert sort_of(parsed.sort, parsed.prefixes) == order


@pytest.mark.parametrize(
    ("text", "code"), [("a sortBy b c", 83), ("a sortBy ndc", 87), ("a sortBy title/sort.descending", 88)]
)
def test_other_orders_are_refused(text: str, code: int) -> None:
    parsed = parse(text)
    with pytest.raises(Unparsable) as wrong:
        sort_of(parsed.sort, parsed.prefixes)
    assert wrong.value.code == code


def test_twenty_thousand_mutated_queries_are_read_or_refused_each_within_a_second(other: CQLParser12) -> None:
    dice, slowest, read = random.Random(2026), 0.0, 0
    pieces = [
        "(",
        ")",
        '"',
        "\\",
        "*",
        "^",
        "?",
        "=",
        "<>",
        "/",
        " and ",
        " or ",
        " not ",
        ">",
        "sortBy",
        "心",
        "\x00",
        "𠮷",
        "prox",
    ]
    for _ in range(20_000):
        letters = list(dice.choice(QUERIES))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(letters) + 1)
            match dice.randrange(3):
                case 0:
                    letters[at:at] = list(dice.choice(pieces))
                case 1:
                    del letters[at : at + dice.randint(1, 4)]
                case 2:
                    letters[at:at] = list(dice.choice(QUERIES))[: dice.randint(1, 12)]
        began = time.thread_time()
        try:
            compiled(parse("".join(letters)))
            read += 1
        except Unparsable as wrong:
            assert wrong.code > 0
        slowest = max(slowest, time.thread_time() - began)
    assert slowest < 1
    assert read > 1000


def test_where_the_other_parser_reads_a_mutated_query_ours_reads_the_same(other: CQLParser12) -> None:
    dice, compared = random.Random(5), 0
    for _ in range(600):
        text = f"{dice.choice(QUERIES[:14])} {dice.choice(['and', 'or', 'not'])} ({dice.choice(QUERIES[:14])})"
        try:
            theirs = others_shape(other.parse(text).root)
        except (CQLParserError, AttributeError):
            continue
        assert shape(parse(text).tree) == theirs
        compared += 1
    assert compared > 300
