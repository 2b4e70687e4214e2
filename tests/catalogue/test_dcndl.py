"""DC-NDL both ways: what NDL Search answers comes in with every fact, and goes out so that it comes back the same."""

import io
from pathlib import Path

import pytest
from lxml import etree
from pymarc import Record

from fumikura.catalogue.crosswalks import dcndl, read_dcndl, write_dcndl, write_mods, write_oai_dc
from fumikura.catalogue.crosswalks.dcndl_fields import LEFT_OUT
from fumikura.catalogue.crosswalks.terms import NAMESPACES, term
from fumikura.catalogue.description import Description, description_of
from fumikura.catalogue.marc import formats, iso2709
from fumikura.catalogue.marc.arrivals import Faulty
from fumikura.catalogue.marc.content import Content, content_of
from fumikura.catalogue.marc.xmlstream import parsed
from tests.catalogue.records import kokoro
from tests.shared_data import shared

HEAD = (
    "<rdf:RDF "
    + " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    + '><dcndl:BibResource rdf:about="https://example.jp/books/R1-I7#material">'
)
TAIL = "</dcndl:BibResource></rdf:RDF>"
TITLE = "<dc:title><rdf:Description><rdf:value>こころ : 先生と遺書</rdf:value><dcndl:transcription>ココロ : センセイ ト イショ</dcndl:transcription></rdf:Description></dc:title>"


def answers() -> list[Path]:
    """The recorded SRU answers of NDL Search that hold a record."""
    files = sorted(shared("data/ndl_api/cassettes").glob("ndlsearch*.xml"))
    return [path for path in files if b"BibResource" in path.read_bytes()]


def described(document: str) -> Description:
    (record,) = read_dcndl((HEAD + document + TAIL).encode())
    return description_of(content_of(record))


def again(record: Record) -> Record:
    (back,) = read_dcndl(write_dcndl(record))
    return back


def lines(record: Record) -> list[str]:
    return [str(record.leader), *map(str, record.fields)]


def test_a_title_brings_its_subtitle_and_both_readings() -> None:
    found = described(
        TITLE + "<dcndl:volume><rdf:Description><rdf:value>下</rdf:value></rdf:Description></dcndl:volume>"
    )
    assert (found.title, found.subtitle, found.volume) == ("こころ", "先生と遺書", "下")
    assert (found.title_reading, found.subtitle_reading) == ("ココロ", "センセイ ト イショ")


@pytest.mark.parametrize(
    ("name", "expected", "tag"),
    [
        ("夏目, 漱石, 1867-1916", ("夏目, 漱石", "1867-1916"), "100"),
        ("那須, 正幹, 1942-", ("那須, 正幹", "1942-"), "100"),
        ("はっとりしげる", ("はっとりしげる", ""), "100"),
        ("水瀬市教育委員会", ("水瀬市教育委員会", ""), "110"),
        ("筑波大学大学院図書館情報メディア研究科", ("筑波大学大学院図書館情報メディア研究科", ""), "110"),
    ],
)
def test_a_name_is_told_from_a_body_by_its_form(name: str, expected: tuple[str, str], tag: str) -> None:
    xml = f"<dcterms:creator><foaf:Agent><foaf:name>{name}</foaf:name></foaf:Agent></dcterms:creator>"
    (record,) = read_dcndl((HEAD + TITLE + xml + TAIL).encode())
    (creator,) = description_of(content_of(record)).creators
    assert (creator.name, creator.dates) == expected
    assert record.get_fields(tag)


def test_the_role_of_a_name_comes_from_the_statement_it_stands_in() -> None:
    agents = "".join(
        f"<dcterms:creator><foaf:Agent><foaf:name>{name}</foaf:name></foaf:Agent></dcterms:creator>"
        for name in ("夏目, 漱石", "北川, 太郎")
    )
    found = described(TITLE + agents + "<dc:creator>夏目漱石 著</dc:creator><dc:creator>北川太郎 訳</dc:creator>")
    assert [(name.name, name.role) for name in found.creators] == [("夏目, 漱石", "著"), ("北川, 太郎", "訳")]
    assert found.responsibility == "夏目漱石 著 ; 北川太郎 訳"


def test_an_ndl_record_has_the_identity_it_has_in_japan_marc() -> None:
    xml = '<dcterms:identifier rdf:datatype="http://ndl.go.jp/dcndl/terms/NDLBibID">000009899346</dcterms:identifier>'
    (record,) = read_dcndl((HEAD + TITLE + xml + TAIL).encode())
    assert (record["001"].data, record["003"].data) == ("000009899346", "JTNDL")


def test_a_local_record_comes_back_under_its_own_number() -> None:
    back = again(kokoro(number="号/1", source="MINASE"))
    assert (back["001"].data, back["003"].data) == ("号/1", "MINASE")


def test_a_local_record_goes_out_with_every_fact_and_comes_back() -> None:
    before, after = description_of(content_of(kokoro())), description_of(content_of(again(kokoro())))
    for name in (
        "title", "title_reading", "subtitle", "subtitle_reading", "responsibility", "publisher", "publisher_reading",
        "place", "published", "year", "extent", "series", "isbns", "ndc", "subjects", "subject_readings", "language", "kind",
        "audience", "contents", "price",
    ):  # fmt: skip
        assert getattr(after, name) == getattr(before, name), name
    assert [(name.name, name.reading, name.dates) for name in after.creators] == [
        (name.name, name.reading, name.dates) for name in before.creators
    ]


def test_a_record_without_a_title_is_refused_and_its_xml_kept() -> None:
    document = (HEAD + "<dcterms:date>2008</dcterms:date>" + TAIL).encode()
    with pytest.raises(Faulty, match="no-title"):
        list(read_dcndl(document))
    (arrival,) = dcndl.arrivals(io.BytesIO(document))
    assert arrival.fault == "no-title" and b"2008" in arrival.raw


def test_broken_xml_keeps_what_came_before_it() -> None:
    document = (HEAD + TITLE + TAIL[:-10] + "<dcndl:BibResource><dc:title>こころ</dc:titel>").encode()
    good, broken = dcndl.arrivals(io.BytesIO(document))
    assert good.decoded and broken.fault == "xml" and broken.raw


def test_a_long_table_of_contents_is_divided_over_fields() -> None:
    parts = "".join(
        f"<rdf:Description><dcterms:title>第{n}章 {'長い題' * 20}</dcterms:title></rdf:Description>" for n in range(200)
    )
    found = described(f'{TITLE}<dcterms:tableOfContents rdf:parseType="Collection">{parts}</dcterms:tableOfContents>')
    assert len(found.contents) == 200


@pytest.mark.shared_data
def test_every_recorded_answer_comes_in_with_its_facts() -> None:
    assert len(answers()) >= 20
    for path in answers():
        (record,) = read_dcndl(path.read_bytes())
        found = description_of(content_of(record))
        facts = facts_of(path)
        assert f"{found.title} : {found.subtitle}".removesuffix(" : ") == facts["dc:title"][0].rstrip("."), path.name
        assert [(name.dates and f"{name.name}, {name.dates}") or name.name for name in found.creators] == facts[
            "dcterms:creator"
        ]
        assert set(facts["reading"]) <= set(readings_in(found, record)), path.name
        assert [found.year] == [int(year[:4]) for year in facts["dcterms:issued"]] or not facts["dcterms:issued"]
        assert set(facts["ndc"]) == set(found.ndc), path.name
        assert found.publisher.startswith(tuple(facts["dcterms:publisher"][:1]) or ""), path.name
        assert {word.rstrip(".") for word in facts["dcterms:subject"]} <= set(found.subjects), path.name
        assert [found.volume] == facts["dcndl:volume"] or not facts["dcndl:volume"], path.name
        assert [text.replace(" ; ", " ") for text in facts["dcndl:seriesTitle"]] == list(found.series), path.name
        assert {"jpno", "isbn", "issn"} & {kind for kind, _value in found.identifiers} or not facts["number"], path.name


def facts_of(path: Path) -> dict[str, list[str]]:
    """The plain words of the properties, read without our reader."""
    text = parsed(path.read_bytes()).findtext(".//{*}recordData") or ""
    resource = parsed(text.strip().encode()).find(term("dcndl:BibResource"))
    assert resource is not None
    names = (
        "dc:title",
        "dcterms:creator",
        "dcterms:publisher",
        "dcterms:issued",
        "dcterms:subject",
        "dcndl:volume",
        "dcndl:seriesTitle",
    )
    found: dict[str, list[str]] = {}
    for name in names:
        words = [
            next(
                (
                    " ".join(inner.itertext()).split("\n")[0].strip()
                    for inner in child.iter(term("rdf:value"), term("foaf:name"))
                ),
                (child.text or "").strip(),
            )
            for child in resource.findall(term(name))
        ]
        found[name] = [" ".join(word.split()) for word in words if word]
    found["dcterms:subject"] = [word for word in found["dcterms:subject"] if word]
    found["reading"] = [
        " ".join((inner.text or "").split())
        for name in ("dc:title", "dcterms:creator", "dcterms:subject", "dcndl:seriesTitle", "dcterms:publisher")
        for child in resource.findall(term(name))
        for inner in child.iter(term("dcndl:transcription"))
    ]
    found["ndc"] = [
        (child.get(term("rdf:resource")) or "").rsplit("/", 1)[-1]
        for child in resource.findall(term("dcterms:subject"))
        if "/class/ndc" in (child.get(term("rdf:resource")) or "")
    ] + [
        child.text or ""
        for child in resource.findall(term("dc:subject"))
        if "NDC" in (child.get(term("rdf:datatype")) or "")
    ]
    found["number"] = [
        child.text or ""
        for child in resource.findall(term("dcterms:identifier"))
        if (child.get(term("rdf:datatype")) or "").endswith(("/JPNO", "/ISBN", "/ISSN"))
    ]
    return found


def readings_in(found: Description, record: Record) -> list[str]:
    title = f"{found.title_reading or found.title_romaji} : {found.subtitle_reading}".removesuffix(" : ")
    linked = [field for field in record.get_fields("880") if field["6"][:3] != "245"]
    said = [" ".join(value for code, value in field.subfields if code not in "60").rstrip(".") for field in linked]
    joined = ["--".join(value for code, value in field.subfields if code in "ax") for field in linked]
    single = [text.rstrip(".") for field in linked for text in field.get_subfields("b")]
    return [title, *said, *joined, *single]


@pytest.mark.shared_data
def test_every_recorded_answer_goes_out_and_comes_back_the_same() -> None:
    for path in answers():
        (first,) = read_dcndl(path.read_bytes())
        assert lines(again(first)) == lines(first), path.name


@pytest.mark.shared_data
def test_no_property_of_the_recorded_answers_is_dropped_without_a_word() -> None:
    source = "".join(
        path.read_text() for path in Path(dcndl.__file__).parent.glob("dcndl_*.py") if "writing" not in path.name
    )
    prefixes = {uri: prefix for prefix, uri in NAMESPACES.items()}
    for path in answers():
        text = parsed(path.read_bytes()).findtext(".//{*}recordData") or ""
        for resource in parsed(text.strip().encode()).iter(term("dcndl:BibResource")):
            for child in resource.iterchildren(etree.Element):
                uri, name = str(child.tag)[1:].split("}")
                known = f"{prefixes[uri]}:{name}"
                assert known in LEFT_OUT or f'"{known}"' in source, (path.name, known)


@pytest.mark.shared_data
def test_the_real_japanese_records_come_back_with_their_facts() -> None:
    with shared("data/marc/japan/dev_120.mrc").open("rb") as stream:
        contents = [iso2709.decode(piece).content for piece in iso2709.pieces(stream)]
    for content in contents:
        before, after = description_of(content), back_from_dcndl(content)
        for name in (
            "title",
            "title_reading",
            "subtitle",
            "publisher",
            "published",
            "year",
            "ndc",
            "isbns",
            "volume",
            "kind",
            "extent",
        ):
            assert getattr(after, name) == getattr(before, name), (name, before.title)
        assert {name.name: name.reading for name in after.creators} == {
            name.name: name.reading for name in before.creators
        }
        assert set(before.subjects) == set(after.subjects)


def back_from_dcndl(content: Content) -> Description:
    (back,) = read_dcndl(write_dcndl(content))
    return description_of(content_of(back))


@pytest.mark.shared_data
def test_a_recorded_answer_is_recognised_and_an_empty_one_said_to_be_empty() -> None:
    assert {formats.recognise(path).format for path in answers()} == {"dcndl"}
    empty = shared("data/ndl_api/cassettes") / "ndlsearch.ndl.go.jp_041_200.xml"
    if empty.exists():
        with pytest.raises(formats.NotReadable, match="no-records"):
            formats.recognise(empty)


def test_simple_dublin_core_names_title_creator_subject_and_numbers() -> None:
    root = parsed(write_oai_dc(kokoro(), about="https://example.jp/records/1"))
    said = [(etree.QName(child).localname, child.text) for child in root]
    for statement in (
        ("title", "こころ : 先生と遺書"), ("creator", "夏目, 漱石"), ("subject", "書簡文学--日本"), ("subject", "NDC:913.6/N58"),
        ("publisher", "岩波書店"), ("date", "1914"), ("language", "jpn"), ("identifier", "ISBN:9784101010137"),
        ("identifier", "https://example.jp/records/1"), ("type", "Text"),
    ):  # fmt: skip
        assert statement in said


def test_mods_keeps_the_readings_apart_from_the_title() -> None:
    root = parsed(write_mods(kokoro()))
    space = {"m": "http://www.loc.gov/mods/v3"}
    assert [title.text for title in root.iterfind("m:titleInfo/m:title", space)] == ["こころ", "ココロ", "Kokoro"]
    assert root.findtext("m:name/m:alternativeName/m:namePart", namespaces=space) == "ナツメ, ソウセキ"
    assert root.findtext("m:recordInfo/m:recordIdentifier", namespaces=space) == "100001"
