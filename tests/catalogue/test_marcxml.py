"""MARCXML: as a stream, inside OAI-PMH, from hostile hands, and out again."""

import io

from hypothesis import given

from fumikura.catalogue.marc import iso2709, marcjson, marcxml
from fumikura.catalogue.marc.content import Content, Entry, content_of
from tests.catalogue.records import kokoro
from tests.catalogue.test_iso2709 import RECORDS

BARE = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000   4500</leader>'
    '<controlfield tag="001">{number}</controlfield>'
    '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{title}</subfield></datafield></record>'
)


def read(text: str | bytes) -> list[marcxml.Arrival]:
    return list(marcxml.arrivals(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def readable(content: Content) -> Content:
    """Without what XML 1.0 cannot hold or does not keep apart."""

    def kept(text: str) -> str:
        return marcxml._clean(text)

    return Content(
        content.leader,
        [
            Entry(e.tag, e.marks, [(c, kept(t)) for c, t in e.parts] if e.marks else (), kept(e.data))
            for e in content.entries
        ],
    )


@given(RECORDS)
def test_a_written_record_is_read_back(content: Content) -> None:
    (arrival,) = read(marcxml.HEAD + marcxml.element_text(content) + marcxml.TAIL)
    assert arrival.decoded
    assert arrival.decoded.content.entries == readable(content).entries


@given(RECORDS)
def test_marc_in_json_is_read_back(content: Content) -> None:
    (arrival,) = marcjson.arrivals(io.BytesIO(marcjson.text(content).encode()))
    assert arrival.decoded
    assert arrival.decoded.content.entries == content.entries


def test_many_records_pass_through_a_small_window() -> None:
    text = marcxml.HEAD + marcxml.element_text(content_of(kokoro())) * 400 + marcxml.TAIL
    arrivals = read(text)
    assert len(arrivals) == 400
    assert all(arrival.decoded for arrival in arrivals)


def test_oai_pmh_envelopes_are_not_taken_for_records() -> None:
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header/><metadata>'
        + BARE.format(number=1, title="こころ")
        + '</metadata></record><record><header status="deleted"/></record></ListRecords></OAI-PMH>'
    )
    (arrival,) = read(text)
    assert arrival.decoded
    assert arrival.decoded.content.entries[1].parts == [("a", "こころ")]


def test_what_stands_behind_a_break_in_the_xml_is_handed_over() -> None:
    broken = "<record><leader>  </leader><datafield tag='245' <<<"
    good, bad = read("<collection>" + BARE.format(number=1, title="こころ") + broken)
    assert good.decoded
    assert bad.fault == "xml"
    assert bad.raw == broken.encode()


def test_a_file_cut_off_gives_what_is_whole() -> None:
    text = marcxml.HEAD + marcxml.element_text(content_of(kokoro())) * 3
    *good, bad = read(text[:-40])
    assert [bool(arrival.decoded) for arrival in good] == [True, True]
    assert bad.fault == "xml"


def test_entities_are_neither_fetched_nor_blown_up() -> None:
    secret = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BARE.format(number=1, title="&x;")
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + BARE.format(
        number=1, title="&b;"
    )
    for text in (secret, bomb):
        (arrival,) = read(text)
        assert arrival.fault == "xml"
        assert b"root:" not in arrival.raw


def test_bad_tags_and_short_leaders_do_not_stop_the_file() -> None:
    odd = BARE.format(number=1, title="こころ").replace('tag="245"', 'tag="24五"')
    short = BARE.format(number=2, title="こころ").replace("00000nam a2200000   4500", "nam")
    first, second = read(f"<collection>{odd}{short}</collection>")
    assert first.fault == "directory"
    assert second.decoded
    assert len(second.decoded.content.leader) == 24


def test_a_record_too_long_for_marc_is_handed_over() -> None:
    (arrival,) = read(BARE.format(number=1, title="長" * 5000))
    assert arrival.fault == "field-too-long"
    assert "長長長".encode() in arrival.raw


def test_separators_inside_a_text_cannot_tear_the_record_apart() -> None:
    line = '{"leader":"00000nam a2200000   4500","fields":[{"245":{"ind1":"0","ind2":"0","subfields":[{"a":"a\\u001eb"}]}}]}'
    (arrival,) = marcjson.arrivals(io.BytesIO(line.encode()))
    assert arrival.decoded
    assert iso2709.decode(arrival.decoded.marc).content.entries[0].parts == [("a", "a b")]


def test_broken_lines_of_json_are_handed_over_one_by_one() -> None:
    good = marcjson.text(content_of(kokoro()))
    bad = [
        '{"leader": "x"}',
        '{"leader": "x", "fields": [1]}',
        "{",
        "12",
        '{"leader":"x","fields":[{"245":{"subfields":[{"":"x"}]}}]}',
    ]
    arrivals = list(marcjson.arrivals(io.BytesIO((good + "\n".join(bad) + "\n" + good).encode())))
    assert [arrival.fault for arrival in arrivals] == ["", *["json"] * 5, ""]
    assert [arrival.raw.decode() for arrival in arrivals[1:-1]] == bad
