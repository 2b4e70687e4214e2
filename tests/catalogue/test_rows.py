"""Tables and lists become MARC records by the names of their columns."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fumikura.catalogue.description import Name, description_of
from fumikura.catalogue.marc import rows
from fumikura.catalogue.marc.arrivals import Arrival


def table(text: str, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[Arrival]:
    stream = io.BytesIO(text.encode(encoding))
    return list(rows.arrivals_table(stream, delimiter=delimiter, encoding=encoding))


def lines(*texts: str) -> list[Arrival]:
    return list(rows.arrivals_json(io.BytesIO("\n".join(texts).encode())))


def only(arrivals: list[Arrival]) -> rows.Decoded:
    (arrival,) = arrivals
    assert arrival.decoded, arrival.fault
    return arrival.decoded


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_spreadsheet_of_a_small_library_becomes_records(encoding: str) -> None:
    text = (
        "番号,書名,書名ヨミ,著者,著者ヨミ,出版社,出版年,ISBN,分類,請求記号,件名\r\n"
        "7,こころ,ココロ,夏目 漱石;岡田 信一郎,なつめ そうせき,岩波書店,大正3年,978-4-00-310111-7,913.6,F ナ,小説;手紙\r\n"
    )
    found = description_of(only(table(text.replace("番号,", "書誌番号,"), encoding=encoding)).content)
    assert (found.title, found.title_reading, found.publisher, found.year) == ("こころ", "ココロ", "岩波書店", 1914)
    assert found.creators == (Name("夏目 漱石", "ナツメ, ソウセキ"), Name("岡田 信一郎"))
    assert (found.ndc, found.call_number, found.subjects) == (("913.6",), "F ナ", ("小説", "手紙"))
    assert found.isbns[0].startswith("9784003101117"[:12])


def test_the_aozora_list_becomes_records_with_source_and_number() -> None:
    row = (
        '{"work_id": "773", "person_id": "000148", "title": "こころ", "title_yomi": "こころ", "author": "夏目漱石",'
        ' "author_yomi": "なつめ そうせき", "author_card_name": "夏目 漱石", "base_publisher": "集英社文庫、集英社",'
        ' "base_raw": "「こころ」集英社文庫", "base_year": 1991, "ndc": "NDC 913", "cc": false}'
    )
    decoded = only(lines(row))
    assert [entry.data for entry in decoded.content.entries[:2]] == ["773", "aozora"]
    found = description_of(decoded.content)
    assert (found.title, found.title_reading, found.ndc, found.year) == ("こころ", "ココロ", ("913",), 1991)
    assert found.creators == (Name("夏目漱石", "ナツメ, ソウセキ"),)
    assert found.notes == ("底本: 「こころ」集英社文庫",)


def test_the_reading_of_another_person_is_not_taken() -> None:
    row = '{"work_id": "1", "person_id": "5", "title": "はつ恋", "author": "ツルゲーネフ", "contributors": [["神西清", "訳"]], "author_yomi": "じんざい きよし", "author_card_name": "神西 清"}'
    found = description_of(only(lines(row)).content)
    assert found.creators == (Name("ツルゲーネフ", "ツルゲーネフ"), Name("神西清", role="訳"))


def test_rows_under_a_licence_of_their_own_are_left_out() -> None:
    assert lines('{"title": "x", "cc": true}') == []


def test_rows_without_a_title_or_with_too_many_cells_are_handed_over_as_they_stand() -> None:
    good, untitled, long = table("書名,著者\nこころ,夏目漱石\n,芥川\nこころ,夏目,余り\n")
    assert good.decoded
    assert (untitled.fault, untitled.raw.decode()) == ("no-title", ",芥川")
    assert (long.fault, long.raw.decode()) == ("table-row", "こころ,夏目,余り")


def test_a_quotation_mark_that_nobody_closed_takes_its_row_aside_with_its_bytes() -> None:
    (alone,) = table('書名,著者\n"とじない,夏目\n坊っちゃん,夏目\n')
    assert (alone.fault, alone.raw.decode()) == ("table-row", '"とじない,夏目\n坊っちゃん,夏目')


def test_a_cell_may_hold_line_ends_and_quotation_marks() -> None:
    (found,) = table('書名,著者\n"こころ\n先生と私","夏目 ""漱石"""\n')
    assert found.decoded and description_of(found.decoded.content).title == "こころ 先生と私"
    assert found.raw == b""


def test_a_broken_first_line_of_json_takes_only_itself_aside() -> None:
    first, second = lines('{"title": ', '{"title": "こころ"}')
    assert (first.fault, first.raw) == ("json", b'{"title":') and second.decoded


def test_an_array_of_any_length_is_read_member_by_member() -> None:
    """Only so much of it is in memory as one member needs; behind a broken one nothing can be told apart."""
    members = [f'{{"title": "題{number}", "note": "{"長い注記" * 700}"}}' for number in range(40)]
    found = lines("[" + ",\n".join(members) + "]")
    assert len(found) == 40 and all(arrival.decoded for arrival in found)
    broken = lines("[" + ",\n".join([members[0], '{"title": oops}', members[1]]) + "]")
    assert [arrival.fault for arrival in broken] == ["", "json"]
    assert broken[1].raw.startswith(b'{"title": oops}') and broken[1].raw.endswith(b"]")
    over_lines = lines("{", '  "title": "こころ"', "}", "{", '  "title": "坊っちゃん"', "}")
    assert len(over_lines) == 2 and all(arrival.decoded for arrival in over_lines)


def test_a_broken_line_of_json_is_handed_over() -> None:
    first, second = lines('{"title": "こころ"}', '{"title": ')
    assert first.decoded
    assert (second.fault, second.raw) == ("json", b'{"title":')


def test_a_second_header_that_explains_the_first_is_no_record() -> None:
    text = (
        "manifestation_identifier\toriginal_title\tcreator\tisbn\n資料ID\tタイトル\t著者\tISBN\n\tこころ\t夏目漱石\t\n"
    )
    assert description_of(only(table(text, delimiter="\t")).content).title == "こころ"


@given(
    st.dictionaries(
        st.sampled_from([name for names in rows.COLUMNS.values() for name in names]),
        st.text() | st.integers() | st.lists(st.text()),
    )
)
def test_any_row_becomes_a_record_or_a_reason(row: dict[str, object]) -> None:
    try:
        decoded = rows.decode(rows._columns(row))
    except rows.Faulty:
        return
    assert description_of(decoded.content).title
