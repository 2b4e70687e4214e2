"""What no record says of its reading is drafted, marked as a draft, searchable at once, and confirmed by people."""

import pytest

from fumikura.catalogue.drafting import NameParts, draft_name, draft_title, needs_reading
from fumikura.catalogue.models import Authority, BibliographicRecord, Reading
from fumikura.catalogue.queries import describe_record
from fumikura.catalogue.readings import readings_to_confirm, standing, with_the_same_writing
from fumikura.catalogue.services import (
    confirm_readings,
    delete_record,
    draft_missing,
    draft_readings,
    pass_over,
    save_edit,
    save_record,
    undo_confirmation,
)
from fumikura.journal.models import Entry
from fumikura.journal.readers import read_on
from fumikura.journal.subscriptions import subscriptions
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM, acting
from tests.catalogue.records import field, kokoro, record

pytestmark = pytest.mark.django_db


def bare(number: str, title: str, creator: str = "夏目, 漱石", *, language: str = "jpn", source: str = "MINASE"):
    """A record that says nothing of how it is read."""
    return record(
        field("245", "00", ("a", title)),
        field("260", "  ", ("a", "東京"), ("b", "岩波書店"), ("c", "1914")),
        field("700", "1 ", ("a", creator)),
        f001=number,
        f003=source,
        f008=f"200101s1914    ja ||||g |||| ||||||{language}  ",
    )


def saved(number: str, title: str, creator: str = "夏目, 漱石", **facts: str) -> BibliographicRecord:
    return save_record(bare(number, title, creator, **facts), by=SYSTEM, at=AT)


def drafted(*rows: BibliographicRecord) -> None:
    draft_readings(records=[row.pk for row in rows], by=SYSTEM, at=AT)
    for row in rows:
        row.refresh_from_db()


def confirmed(row: BibliographicRecord, text: str) -> list[int]:
    reading = Reading.objects.get(record=row, confirmed_at=None)
    return confirm_readings(texts={reading.pk: text}, by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("title", "reading"),
    [
        ("吾輩は猫である", "ワガハイ ワ ネコデ アル"),
        ("電子書籍の作り方 第2版", "デンシ ショセキ ノ ツクリカタ ダイ2ハン"),
        ("國木田獨歩集", "クニキダ ドッポシュウ"),
        ("四月の雪", "シガツ ノ ユキ"),
        ("ざしき童子のはなし", "ザシキ ワラシ ノ ハナシ"),
        ("ごん狐", "ゴンギツネ"),
    ],
)
def test_a_title_is_read_as_libraries_write_it(title: str, reading: str) -> None:
    draft = draft_title(title)
    assert draft is not None and draft.text == reading and draft.origin == "analysis"


def test_a_name_is_read_as_its_parts_are_read_in_the_authorities_here() -> None:
    parts = NameParts()
    parts.learn("海野, 十三", "ウンノ, ジュウザ")
    parts.learn("山本, 周五郎", "ヤマモト, シュウゴロウ")
    draft = draft_name("海野, 周五郎", "person", parts)
    assert draft is not None and draft.text == "ウンノ, シュウゴロウ"
    unsure = draft_name("海野, 周五郎", "person", NameParts())
    assert unsure is not None and unsure.confidence < draft.confidence


@pytest.mark.parametrize("title", ["こころ", "コンビニ", "Kokoro", "2001"])
def test_what_says_itself_how_it_is_read_needs_no_draft(title: str) -> None:
    assert not needs_reading(title)


def test_a_draft_is_marked_sorts_the_title_and_stands_in_the_description() -> None:
    book = saved("1", "東京の夏")
    drafted(book)
    assert (book.reading, book.reading_is_draft, book.sort_key[:4]) == ("トウキョウ ノ ナツ", True, "とうきよ")
    said = describe_record(book)
    assert said.title_reading == book.reading and said.title_reading_is_draft
    author = Authority.objects.get(kind="person")
    assert (author.reading, author.reading_is_draft) == ("ナツメ, ソウセキ", True)
    entry = Entry.objects.get(event="catalogue.readings-drafted")
    assert entry.particulars == {"records": [book.pk], "authorities": [author.pk]}


def test_a_reading_in_the_record_is_never_drafted_over() -> None:
    book = save_record(kokoro(), by=SYSTEM, at=AT)
    drafted(book)
    assert (book.reading, book.reading_is_draft) == ("ココロ", False)
    assert not Reading.objects.exists()


def test_chinese_titles_are_not_read_the_japanese_way() -> None:
    book = saved("1", "紅楼夢", language="chi")
    drafted(book)
    assert book.reading == "" and Authority.objects.get().reading == ""


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows the journal's readers what is committed, nothing else
def test_the_reader_of_the_journal_drafts_what_comes_in_and_a_second_reading_changes_nothing() -> None:
    book = saved("1", "東京の夏")
    reader = next(one for one in subscriptions() if one.reader == "catalogue.readings")
    while read_on(reader, at=AT):
        pass
    book.refresh_from_db()
    assert book.reading_is_draft and standing().unread == 0
    assert draft_readings(records=[book.pk], by=SYSTEM, at=AT).titles == 0


def test_everything_that_is_lacking_is_drafted_in_one_walk_that_may_be_broken_off() -> None:
    books = [saved(str(number), f"東京の夏 {number}") for number in range(3)]
    heard: list[tuple[int, int]] = []
    done = draft_missing(by=SYSTEM, at=AT, progress=lambda seen, total, _done: heard.append((seen, total)))
    assert (done.titles, done.names) == (3, 1)
    assert heard[-1][0] == heard[-1][1] == 4
    assert draft_missing(by=SYSTEM, at=AT).titles == 0
    assert {book.pk for book in books} == set(Reading.objects.exclude(record=None).values_list("record_id", flat=True))


def test_what_is_read_so_elsewhere_is_drafted_so_and_offered_first() -> None:
    drafted(known := saved("1", "裔"), other := saved("2", "東京の夏"))
    confirmed(known, "チスジ")
    drafted(again := saved("3", "裔", "二葉亭, 四迷"))
    assert again.reading == "チスジ"
    first = readings_to_confirm(kind="title").first()
    assert first is not None and first.record_id == again.pk and first.origin == "same-writing"
    assert readings_to_confirm(showing="same-writing", kind="title").count() == 1
    assert other.pk in {row.record_id for row in readings_to_confirm(showing="likely", kind="title")}


def test_another_edition_that_says_its_reading_tells_how_this_one_is_read() -> None:
    told = bare("1", "新世帯")
    told.add_field(field("880", "00", ("6", "245-01/$1"), ("a", "アラジョタイ")))
    told["245"].add_subfield("6", "880-01")
    save_record(told, by=SYSTEM, at=AT)
    drafted(book := saved("2", "新世帯"))
    assert book.reading == "アラジョタイ" and book.reading_is_draft


def test_a_person_confirms_and_takes_it_back() -> None:
    drafted(book := saved("1", "東京の夏"))
    done = confirmed(book, "とうきょう の なつ")
    book.refresh_from_db()
    assert (book.reading, book.reading_is_draft) == ("トウキョウ ノ ナツ", False)
    assert undo_confirmation(readings=done, by=SYSTEM, at=AT) == done
    book.refresh_from_db()
    assert book.reading_is_draft
    assert undo_confirmation(readings=done, by=SYSTEM, at=AT) == []
    events = Entry.objects.filter(event__startswith="catalogue.readings-c").order_by("pk")
    assert [one.event for one in events] == [
        "catalogue.readings-confirmed",
        "catalogue.readings-confirmation-undone",
    ]


def test_an_import_never_writes_over_a_confirmed_reading_and_a_draft_gives_way() -> None:
    drafted(book := saved("1", "東京の夏"), other := saved("2", "大阪の冬"))
    confirmed(book, "トウケイ ノ ナツ")
    for number, title, kana in (("1", "東京の夏", "トウキョウ ノ ナツ"), ("2", "大阪の冬", "オオサカ ノ フユ")):
        better = bare(number, title)
        better.add_field(field("880", "00", ("6", "245-01/$1"), ("a", kana)))
        better["245"].add_subfield("6", "880-01")
        save_record(better, by=SYSTEM, at=AT)
    book.refresh_from_db()
    other.refresh_from_db()
    assert (book.reading, book.reading_is_draft) == ("トウケイ ノ ナツ", False)
    assert describe_record(book).title_reading == "トウケイ ノ ナツ"
    assert (other.reading, other.reading_is_draft) == ("オオサカ ノ フユ", False)
    assert not readings_to_confirm(kind="title").exists()


def test_a_title_that_is_corrected_is_drafted_anew_and_what_was_confirmed_comes_back_with_its_title() -> None:
    drafted(book := saved("1", "東京の夏"))
    confirmed(book, "トウケイ ノ ナツ")
    drafted(book := saved("1", "大阪の冬"))
    assert book.reading == "オオサカ ノ フユ" and book.reading_is_draft
    book = saved("1", "東京の夏")
    assert (book.reading, book.reading_is_draft) == ("トウケイ ノ ナツ", False)


def test_a_cataloguer_who_writes_the_reading_into_the_record_has_the_last_word() -> None:
    from uuid import uuid4

    from fumikura.catalogue.editing.lines import text_of
    from fumikura.catalogue.marc.content import content_of
    from fumikura.catalogue.marc.iso2709 import decode

    drafted(book := saved("1", "東京の夏"))
    confirmed(book, "トウケイ ノ ナツ")
    better = bare("1", "東京の夏")
    better.add_field(field("880", "00", ("6", "245-01/$1"), ("a", "トウキョウ ノ ナツ")))
    better["245"].add_subfield("6", "880-01")
    base = text_of(decode(bytes(book.marc)).content)
    book = save_edit(uuid4(), content_of(better), record=book, base=base, by=SYSTEM, at=AT)
    assert (book.reading, book.reading_is_draft) == ("トウキョウ ノ ナツ", False)
    assert not Reading.objects.filter(record=book).exists()


def test_a_drafted_name_tells_nobody_from_a_namesake() -> None:
    drafted(saved("1", "東京の夏", "菊池, 寛"))
    assert Authority.objects.get().reading_is_draft
    said = bare("2", "大阪の冬", "菊池, 寛")
    said.add_field(field("880", "1 ", ("6", "700-01/$1"), ("a", "キクチ, カン")))
    said["700"].add_subfield("6", "880-01")
    save_record(said, by=SYSTEM, at=AT)
    author = Authority.objects.get()
    assert (author.reading, author.reading_is_draft) == ("キクチ, カン", False)


def test_all_of_one_writing_are_confirmed_together_and_what_was_left_comes_last() -> None:
    drafted(*(books := [saved(str(number), "年報", f"水瀬市, {number}課") for number in range(4)]))
    shown = list(readings_to_confirm(kind="title"))
    others = with_the_same_writing(shown[:1])[shown[0].pk]
    assert len(others) == 3
    pass_over(readings=[shown[0].pk], by=SYSTEM, at=AT)
    assert readings_to_confirm(kind="title").last() == shown[0]
    assert len(confirm_readings(texts=dict.fromkeys(others, "ネンポウ"), by=SYSTEM, at=AT)) == 3
    delete_record(record=books[0], by=SYSTEM, at=AT)
    assert readings_to_confirm(kind="title").count() <= 1


def test_what_is_not_kana_is_refused_and_nothing_is_confirmed() -> None:
    drafted(book := saved("1", "東京の夏"))
    with pytest.raises(Refused) as refused:
        confirmed(book, "トウキョウ の 夏")
    assert refused.value.reasons[0].code == "reading-not-kana"
    assert Reading.objects.filter(confirmed_at=None, record=book).exists()


def test_only_who_may_confirms() -> None:
    drafted(book := saved("1", "東京の夏"))
    with pytest.raises(NotPermitted):
        confirm_readings(texts={Reading.objects.get(record=book).pk: "ア"}, by=acting("catalogue.save"), at=AT)
