"""Records name persons, bodies and subjects; each is one authority however it is written, and namesakes stay apart."""

import pytest
from pymarc import Record

from fumikura.catalogue.authorities import works_about, works_of
from fumikura.catalogue.fields import Fields
from fumikura.catalogue.headings import heading_key, headings_of, may_be_one
from fumikura.catalogue.marc.content import content_of
from fumikura.catalogue.models import (
    Authority,
    AuthorityIdentifier,
    AuthorityLink,
    AuthorityVariant,
    BibliographicRecord,
)
from fumikura.catalogue.services import import_file, save_record
from fumikura.catalogue.works import bare_title, work_key
from fumikura.journal.models import Entry
from tests.cast import AT, SYSTEM
from tests.catalogue.records import field, kokoro, record
from tests.shared_data import shared

pytestmark = pytest.mark.django_db


def book(
    number: str, title: str, name: str, *, reading: str = "", dates: str = "", link: str = "", tag: str = "100"
) -> Record:
    parts = [("a", name)] + ([("d", dates)] if dates else []) + ([("0", link)] if link else [])
    fields = [field("245", "00", ("a", title)), field(tag, "1 ", *parts)]
    if reading:
        fields[1] = field(tag, "1 ", ("6", "880-01"), *parts)
        fields.append(field("880", "1 ", ("6", f"{tag}-01/$1"), ("a", reading)))
    return record(*fields, f001=number, f003="MINASE")


def saved(*arguments: str, **facts: str) -> BibliographicRecord:
    return save_record(book(*arguments, **facts), by=SYSTEM, at=AT)


def people() -> list[tuple[str, str]]:
    return list(Authority.objects.order_by("pk").values_list("heading", "dates"))


def test_a_record_is_linked_to_whom_and_what_it_names() -> None:
    save_record(kokoro(), by=SYSTEM, at=AT)
    links = AuthorityLink.objects.order_by("tag").values_list("tag", "authority__heading", "authority__kind", "role")
    assert list(links) == [("650", "書簡文学", "subject", ""), ("700", "夏目, 漱石", "person", "著")]
    soseki = Authority.objects.get(kind="person")
    assert (soseki.reading, soseki.dates) == ("ナツメ, ソウセキ", "1867-1916")


def test_one_person_written_in_several_ways_is_one() -> None:
    saved("1", "こころ", "夏目, 漱石", reading="ナツメ, ソウセキ", dates="1867-1916")
    saved("2", "門", "夏目漱石")
    saved("3", "それから", "夏目　漱石", reading="ﾅﾂﾒ ｿｳｾｷ")
    assert people() == [("夏目, 漱石", "1867-1916")]
    assert [work.first.title for work in works_of(Authority.objects.get())] == ["こころ", "それから", "門"]


def test_namesakes_with_other_years_or_another_reading_stay_apart() -> None:
    saved("1", "甲", "中村, 明", reading="ナカムラ, アキラ", dates="1935-")
    saved("2", "乙", "中村, 明", reading="ナカムラ, アキラ", dates="1960-")
    saved("3", "丙", "中村, 明", reading="ナカムラ, アキ")
    saved("4", "丁", "中村, 明", reading="ナカムラ, アキラ", dates="1935-2010")
    assert people() == [("中村, 明", "1935-"), ("中村, 明", "1960-"), ("中村, 明", "")]


def test_a_name_that_fits_two_is_neither() -> None:
    saved("1", "甲", "中村, 明", dates="1935-")
    saved("2", "乙", "中村, 明", dates="1960-")
    saved("3", "丙", "中村, 明")
    assert len(people()) == 3


def test_a_number_decides_and_the_other_form_becomes_a_variant() -> None:
    saved("1", "坊っちゃん", "夏目, 漱石", link="(JTNDL)00054222")
    saved("2", "木屑録", "夏目, 金之助", link="http://id.ndl.go.jp/auth/ndlna/00054222")
    assert people() == [("夏目, 漱石", "")]
    assert AuthorityVariant.objects.get().name == "夏目, 金之助"
    assert AuthorityIdentifier.objects.get().value == "00054222"
    assert Entry.objects.filter(event="catalogue.authorities-changed").count() == 1
    saved("3", "文学論", "夏目金之助")
    assert AuthorityLink.objects.values("authority").distinct().count() == 1


def test_two_numbers_of_one_file_are_two_people() -> None:
    saved("1", "甲", "田中, 一郎", link="(JTNDL)00000001")
    saved("2", "乙", "田中, 一郎", link="(JTNDL)00000002")
    assert len(people()) == 2


def test_what_a_person_wrote_and_what_is_about_them_are_told_apart() -> None:
    saved("1", "こころ", "夏目, 漱石")
    saved("2", "漱石の思い出", "夏目, 漱石", tag="600")
    someone = Authority.objects.get()
    assert [work.first.title for work in works_of(someone)] == ["こころ"]
    assert [work.first.title for work in works_about(someone)] == ["漱石の思い出"]


def test_a_record_saved_over_names_only_what_it_names_now() -> None:
    saved("1", "こころ", "夏目, 漱石")
    saved("1", "こころ", "森, 鴎外")
    assert AuthorityLink.objects.get().authority.heading == "森, 鴎外"


def test_the_number_of_a_subject_with_subdivisions_is_not_that_of_the_subject() -> None:
    fields = [
        field("245", "00", ("a", "論集")),
        field("650", " 7", ("a", "著作権"), ("v", "論文集"), ("0", "01104753"), ("2", "ndlsh")),
    ]
    found = headings_of(Fields(content_of(record(*fields))))
    assert [(heading.name, heading.number) for heading in found] == [("著作権", ("", ""))]


def test_headings_are_compared_folded_and_without_blanks() -> None:
    assert heading_key("斎藤, 茂吉") == heading_key("齋藤茂吉")
    assert may_be_one("1867-1916", "", "", "ナツメ")
    assert may_be_one("1867-", "", "1867-1916", "")
    assert not may_be_one("1867-", "", "1868-", "")
    assert not may_be_one("-1916", "", "1867-1917", "")


@pytest.mark.parametrize(
    ("title", "bare"),
    [("破戒 下巻", "破戒"), ("破戒 (新装版)", "破戒"), ("坂の上の雲 Ⅲ", "坂の上の雲"), ("日本の歴史 第3巻", "日本の歴史"), ("1984", "1984"), ("上", "上")],
)  # fmt: skip
def test_volume_and_edition_are_no_part_of_the_work(title: str, bare: str) -> None:
    assert bare_title(title) == bare


def test_editions_share_a_work_and_other_writers_do_not() -> None:
    assert work_key("こころ 新装版", "夏目漱石") == work_key("こころ", "夏目, 漱石")
    assert work_key("こころ", "別の人") != work_key("こころ", "夏目, 漱石")
    assert work_key("こころ", "") == ""
    assert len(work_key("あ" * 500, "い" * 500)) <= 120


@pytest.mark.shared_data
def test_the_real_records_name_each_authority_once() -> None:
    import_file(shared("data/marc/japan/dev_120.mrc"), by=SYSTEM, at=AT)
    assert AuthorityLink.objects.count() > 250
    with_number = AuthorityIdentifier.objects.values("authority").distinct().count()
    assert with_number == AuthorityIdentifier.objects.count() > 100
    denshi = Authority.objects.filter(heading="電子書籍")
    assert denshi.count() == 1 and denshi.get().reading == "デンシ ショセキ"
    before = AuthorityLink.objects.count(), Authority.objects.count()
    import_file(shared("data/marc/japan/dev_120.mrc"), by=SYSTEM, at=AT)
    assert (AuthorityLink.objects.count(), Authority.objects.count()) == before
