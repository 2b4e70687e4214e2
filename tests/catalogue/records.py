"""Small invented records in the shape of JAPAN/MARC."""

from pymarc import Field, Indicators, Leader, Record, Subfield

from fumikura.catalogue.marc import iso2709
from fumikura.catalogue.marc.content import content_of


def field(tag: str, marks: str, *parts: tuple[str, str]) -> Field:
    return Field(tag=tag, indicators=Indicators(*marks), subfields=[Subfield(*part) for part in parts])


def record(*fields: Field, leader: str = "00000cam a2200000 i 4500", **control: str) -> Record:
    made = Record()
    made.leader = Leader(leader)
    for tag, data in sorted(control.items()):
        made.add_field(Field(tag=tag.removeprefix("f"), data=data))
    made.add_field(*fields)
    return made


def kokoro(number: str = "100001", title: str = "こころ :", source: str = "MINASE") -> Record:
    return record(
        field("015", "  ", ("a", "20000001"), ("2", "jnb")),
        field("020", "  ", ("a", "4-10-101013-7 :"), ("c", "400円")),
        field("084", "  ", ("a", "913.6"), ("2", "njb/09")),
        field("084", "  ", ("a", "913.6/N58"), ("2", "njb/10")),
        field("245", "00", ("6", "880-01"), ("a", title), ("b", "先生と遺書 /"), ("c", "夏目漱石 著.")),
        field("260", "  ", ("6", "880-03"), ("a", "東京 :"), ("b", "岩波書店,"), ("c", "1914.9.")),
        field("300", "  ", ("a", "426p ;"), ("c", "20cm.")),
        field("490", "0 ", ("a", "漱石文庫 ;"), ("v", "3")),
        field("505", "00", ("t", "先生と私 /"), ("r", "夏目漱石 著."), ("t", "両親と私.")),
        field("650", " 7", ("6", "880-04"), ("a", "書簡文学"), ("z", "日本"), ("2", "ndlsh")),
        field("700", "1 ", ("6", "880-02"), ("a", "夏目, 漱石,"), ("d", "1867-1916"), ("e", "著")),
        field("856", "40", ("u", "https://example.jp/kokoro"), ("3", "本文")),
        field("856", "40", ("u", "javascript:alert(1)")),
        field("880", "00", ("6", "245-01/$1"), ("a", "ココロ :"), ("b", "センセイ ト イショ.")),
        field("880", "00", ("6", "245-01/(B"), ("a", "Kokoro :"), ("b", "Sensei to isho.")),
        field("880", "1 ", ("6", "700-02/$1"), ("a", "ナツメ, ソウセキ,"), ("d", "1867-1916")),
        field("880", "1 ", ("6", "700-02/(B"), ("a", "Natsume, Soseki,"), ("d", "1867-1916")),
        field("880", "  ", ("6", "260-03/$1"), ("b", "イワナミ ショテン.")),
        field("880", " 7", ("6", "650-04/$1"), ("a", "ショカン ブンガク"), ("z", "ニホン")),
        f001=number,
        f003=source,
        f008="200101s1914    ja ||||g |||| ||||||jpn  ",
    )


def kokoro_bytes(number: str = "100001", title: str = "こころ :", source: str = "MINASE") -> bytes:
    return iso2709.encode(content_of(kokoro(number, title, source)))
