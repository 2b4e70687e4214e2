"""What doors are told: hits with reasons, facets, other writings, suggestions."""

from pathlib import Path

import pytest
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import records_of_same_works
from fumikura.catalogue.services import save_record
from fumikura.discovery import grouping
from fumikura.discovery.answers import FacetValue
from fumikura.discovery.explaining import mended, sized_otherwise
from fumikura.discovery.queries import instead, parse, search, suggest
from fumikura.discovery.services import refresh
from fumikura.discovery.text import joined_name
from fumikura.discovery.versions import answering_engine
from fumikura.journal.readers import read_everything
from fumikura.journal.subscriptions import subscriptions
from tests.cast import AT, SYSTEM
from tests.catalogue.records import kokoro_bytes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


@pytest.fixture
def library(index: Path) -> None:
    for number, title in enumerate(["こころ :", "電子圖書舘の研究", "髙瀬舟", "図書館の旅"], start=1):
        save_record(kokoro_bytes(str(number), title), by=SYSTEM, at=AT)
    read_everything(subscriptions(), clock=timezone.now)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("こころ", "exact"),
        ("ココロ", "kana"),
        ("ソウセキ", "reading"),
        ("souseki", "reading"),
        ("ソーセキ", "sound"),
        ("電子圖書舘", "exact"),
        ("電子図書館", "variant"),
        ("高瀬舟", "variant"),
        ("書簡文学", "other"),
        ("9784101010137", "exact"),
    ],
)
def test_the_first_hit_says_how_it_was_found(typed: str, why: str) -> None:
    assert search(parse(typed)).hits[0].why == why


@pytest.mark.usefixtures("library")
def test_the_answer_names_the_other_writings_that_were_searched() -> None:
    assert search(parse("図書館")).also == ("圖書館", "図書舘")
    assert search(parse("電子圖書舘")).also[0] == "電子図書館"
    assert search(parse("souseki")).also == ("そうせき",)
    assert search(parse("さじ")).also == ()


@pytest.mark.usefixtures("library")
def test_facets_count_all_hits_and_filters_narrow() -> None:
    answer = search(parse("図書館"), rows=1)
    assert (answer.total, len(answer.hits)) == (2, 1)
    facets = {facet.name: facet.values for facet in answer.facets}
    assert facets["kind"] == (FacetValue("book", 2),)
    assert facets["year"] == (FacetValue("1910s", 2),)
    assert facets["ndc"] == (FacetValue("9", 2),)
    assert search(parse("図書館"), filters={"year": ["1910s"], "ndc": ["913"]}).total == 2
    assert search(parse("図書館"), filters={"year": ["1990s"]}).total == 0
    assert search(parse("図書館"), filters={"ndc": ["x", "9"]}).total == 2
    assert search(parse("図書館"), filters={"colour": ["red"]}).total == 0
    assert search(parse("図書館"), facets=()).facets == ()


@pytest.mark.usefixtures("library")
def test_an_empty_box_is_everything_and_pages_do_not_overlap() -> None:
    pages = [search(parse(""), start=start, rows=2, sort="title").hits for start in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 0]
    assert len({hit.record_id for page in pages for hit in page}) == 4
    assert search(parse(""), start=10**9).hits == ()
    assert search(parse(""), start=-5, rows=0).total == 4


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("typed", ["夏", "なつ", "ナツメ", "natsume", "nats", "NATSU"])
def test_a_name_is_suggested_from_kanji_kana_and_romaji_alike(typed: str) -> None:
    offered = suggest(typed)
    assert [(one.text, one.kind, one.count) for one in offered if one.kind == "name"] == [("夏目漱石", "name", 4)]


@pytest.mark.usefixtures("library")
def test_titles_are_suggested_by_their_beginning() -> None:
    assert [one.text for one in suggest("図書") if one.kind == "title"] == ["図書館の旅"]
    assert suggest("。") == ()
    assert suggest("") == ()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("夏目嗽石", "夏目漱石"),
        ("なつめそうせけ", "夏目漱石"),
        ("natume soseki", None),
        ("natumesouseke", "夏目漱石"),
        ("高瀬船", "髙瀬舟"),
        ("夏目漱石 高瀬船", "夏目漱石 髙瀬舟"),
        ("図書館の旅 夏目嗽石", "図書館の旅 夏目漱石"),
        ("図書館の旅 髙瀬舟", "図書館の旅"),
        ("該当のない語", None),
        ("", None),
    ],
)
def test_a_question_that_found_nothing_is_offered_others_that_find_something(typed: str, first: str | None) -> None:
    offered = instead(typed)
    if first is None:
        assert search(parse(typed)).total or not offered
    else:
        assert search(parse(typed)).total == 0
        assert offered[0].text == first
        assert all(search(parse(one.text)).total == one.count > 0 for one in offered)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ひぐちいちょう", "ひぐちいちよう"),
        ("ぼつちやん", "ぼっちゃん"),
        ("ボッチヤン", "ボッチャン"),
        ("がつこう", "がっこう"),
    ],
)
def test_kana_in_the_wrong_size_are_tried_in_the_other(typed: str, meant: str) -> None:
    assert meant in sized_otherwise(typed)


def test_the_beginning_of_a_title_written_with_other_characters_leads_to_it() -> None:
    offered = mended(
        "我輩は猫",
        total=lambda asked: 2 if asked == "吾輩は猫である" else 0,
        like=lambda _word: [("吾輩は猫である", "ワガハイ ワ ネコ デ アル"), ("猫", "ネコ")],
        read=lambda _word: "ワガハイ ワ ネコ",
    )
    assert [one.text for one in offered] == ["吾輩は猫である"]


@pytest.mark.parametrize(
    ("typed", "read", "there", "offered"),
    [
        ("電車", "デンシャ", {"でんしゃ"}, "でんしゃ"),
        ("でんしゃの本", "", {"でんしゃ"}, "でんしゃ"),
        ("おばけのほん", "", {"おばけ"}, "おばけ"),
        ("ファーブル昆虫記", "", {"ファーブル 昆虫記"}, "ファーブル 昆虫記"),
        ("水瀬の歴史", "", {"水瀬 歴史"}, "水瀬 歴史"),
        ("913", "", {"分類:913"}, "分類:913"),
        ("K913", "", {"分類:913"}, "分類:913"),
        ("水瀬市史3", "", {"水瀬市", "水瀬市史 3"}, "水瀬市史 3"),
        ("漱石こころ", "", {"漱石 こころ", "こころ"}, "漱石 こころ"),
        ("「羅生門」、 鼻", "", {"羅生門", "鼻"}, "羅生門"),
        ("！！", "", {""}, None),
    ],
)
def test_what_was_typed_and_is_found_nowhere_leads_to_what_was_meant(
    typed: str, read: str, there: set[str], offered: str | None
) -> None:
    found = mended(typed, total=lambda one: 5 if one in there else 0, like=lambda _word: [], read=lambda _word: read)
    assert next((one.text for one in found), None) == offered


@pytest.mark.usefixtures("library")
def test_a_citation_with_points_between_its_parts_finds_its_book() -> None:
    assert search(parse("夏目漱石.こころ.1914")).total == search(parse("夏目漱石 こころ 1914")).total > 0


def test_names_from_abroad_keep_their_order_and_comma() -> None:
    assert [joined_name(one) for one in ("夏目, 漱石", "ポー, エドガー アラン", "Tolstoy, Leo")] == [
        "夏目漱石",
        "ポー, エドガー アラン",
        "Tolstoy, Leo",
    ]


def test_words_without_such_kana_are_left_alone() -> None:
    assert sized_otherwise("かつおぶし") == sized_otherwise("夏目漱石") == []


@pytest.mark.usefixtures("library")
def test_a_citation_pasted_whole_finds_its_book_and_says_that_not_all_words_fit() -> None:
    answer = search(parse("夏目漱石『こころ』(岩波書店、1914年)、第38刷"))
    assert answer.loosened
    assert [hit.record_id for hit in answer.hits] == [hit.record_id for hit in search(parse("こころ 1914")).hits]
    assert not search(parse("夏目漱石『こころ』")).loosened
    assert not search(parse("該当のない語 ほかにもない語 さらにない語")).loosened


@pytest.mark.usefixtures("library")
def test_the_number_of_queries_does_not_grow_with_the_hits(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        search(parse(""))


@pytest.mark.usefixtures("library")
def test_works_are_the_same_whether_all_hits_were_looked_at_or_only_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = [hit.record_id for hit in search(parse(""), rows=2, sort="newest").hits]
    BibliographicRecord.objects.filter(pk__in=pair).update(work_key="one/work")
    refresh(answering_engine(), pair, at=AT)
    whole = search(parse(""), rows=2, sort="newest", by="work").hits
    assert [hit.others for hit in whole if hit.record_id in pair] == [(pair[1],)]
    monkeypatch.setattr(grouping, "LOOK", 1)
    monkeypatch.setattr(grouping, "COUNTED", 0)
    assert search(parse(""), rows=2, sort="newest", by="work").hits == whole
    assert records_of_same_works(pair) == {pair[0]: {pair[1]}, pair[1]: {pair[0]}}


@pytest.mark.usefixtures("library")
def test_what_stands_alone_is_not_asked_for_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    BibliographicRecord.objects.update(work_key="")
    refresh(answering_engine(), list(BibliographicRecord.objects.values_list("pk", flat=True)), at=AT)
    monkeypatch.setattr(grouping, "LOOK", 1)
    monkeypatch.setattr(grouping, "COUNTED", 0)
    monkeypatch.setattr(grouping, "records_of_same_works", lambda _ids: pytest.fail("asked for works"))
    assert len(search(parse(""), rows=2, by="work").hits) == 2


@pytest.mark.parametrize(("typed", "meant"), [("渡島", "雪国"), ("雪園", "雪国"), ("転記図書館の旅", "図書館の旅")])
def test_a_wrong_kanji_leads_to_the_title_that_was_meant(library: None, typed: str, meant: str) -> None:
    save_record(kokoro_bytes("9", "雪国"), by=SYSTEM, at=AT)
    read_everything(subscriptions(), clock=timezone.now)
    offered = [one.text for one in instead(typed)]
    assert (meant in offered) == (typed != "渡島")
