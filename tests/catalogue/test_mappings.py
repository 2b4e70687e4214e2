"""Tables of any supplier: a person says once which column is what, and the next delivery needs only the name."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fumikura.catalogue.marc import formats
from fumikura.catalogue.marc.rows import ColumnPlan, guessed, guessed_from_values
from fumikura.catalogue.models import BibliographicRecord, ColumnMapping
from fumikura.catalogue.queries import column_plan, describe_record
from fumikura.catalogue.services import forget_mapping, import_file, rehearse_import, save_mapping
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from tests.cast import AT, SYSTEM

pytestmark = pytest.mark.django_db

TABLE = "品名,書いた人,よみがな,分野1,分野2,JAN\nこころ,夏目漱石,ココロ,書簡文学,友情,9784101010137\n坊っちゃん,夏目漱石,ボッチャン,教師,,\n"
PLAN = ColumnPlan(
    {
        "品名": "title",
        "書いた人": "creator",
        "よみがな": "title_reading",
        "分野1": "subject",
        "分野2": "subject",
        "JAN": "isbn",
    }
)


@pytest.fixture(params=["utf-8", "utf-8-sig", "cp932"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "新着.csv"
    path.write_bytes(TABLE.encode(request.param))
    return path


def test_strange_column_names_are_no_obstacle_once_they_are_said(file: Path) -> None:
    with pytest.raises(formats.NotReadable, match="no-title-column"):
        import_file(file, by=SYSTEM, at=AT)
    assert rehearse_import(file, by=SYSTEM, at=AT, plan=PLAN).counts.created == 2
    import_file(file, by=SYSTEM, at=AT, plan=PLAN)
    found = describe_record(BibliographicRecord.objects.get(title="こころ"))
    assert (found.title_reading, found.isbns[0]) == ("ココロ", "9784101010137")
    assert found.subjects == ("書簡文学", "友情")
    assert [name.name for name in found.creators] == ["夏目漱石"]


def test_a_table_without_header_is_read_by_the_place_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text("こころ\t夏目漱石\n坊っちゃん\t夏目漱石\n")
    import_file(path, by=SYSTEM, at=AT, plan=ColumnPlan({"1": "title", "2": "creator"}, has_header=False))
    assert set(BibliographicRecord.objects.values_list("title", "creator")) == {
        ("こころ", "夏目漱石"),
        ("坊っちゃん", "夏目漱石"),
    }


def test_known_names_are_guessed_and_each_single_field_is_given_once() -> None:
    assert guessed(["書名", "タイトル", "著者", "件名", "棚"]) == {
        "書名": "title",
        "著者": "creator",
        "件名": "subject",
    }


def test_a_column_of_isbn_is_known_by_its_numbers() -> None:
    lines = [["こころ", "978-4-10-101013-7", "1"], ["坊っちゃん", "", "2"]]
    assert guessed_from_values(["書名", "JAN", "冊数"], lines) == {"書名": "title", "JAN": "isbn"}


def test_a_mapping_is_kept_under_a_name_and_used_again_by_the_command(file: Path) -> None:
    save_mapping(" 新着 リスト ", PLAN, by=SYSTEM, at=AT)
    assert column_plan("新着 リスト") == PLAN
    call_command("import", str(file), mapping="新着 リスト", stdout=StringIO(), stderr=StringIO())
    assert BibliographicRecord.objects.count() == 2
    with pytest.raises(CommandError, match="あるのは: 新着 リスト"):
        call_command("import", str(file), mapping="ない名前", stdout=StringIO(), stderr=StringIO())


def test_a_mapping_needs_a_name_and_a_title() -> None:
    with pytest.raises(Refused) as refused:
        save_mapping(" ", ColumnPlan({"品名": "note"}), by=SYSTEM, at=AT)
    assert [reason.code for reason in refused.value.reasons] == ["mapping-unnamed", "mapping-without-title"]


def test_saved_again_it_is_kept_anew_and_thrown_away_it_is_gone() -> None:
    save_mapping("新着", PLAN, by=SYSTEM, at=AT)
    save_mapping("新着", ColumnPlan({"品名": "title"}), by=SYSTEM, at=AT)
    assert column_plan("新着") == ColumnPlan({"品名": "title"})
    forget_mapping("新着", by=SYSTEM, at=AT)
    forget_mapping("新着", by=SYSTEM, at=AT)
    assert not ColumnMapping.objects.exists()
    assert Entry.objects.filter(event="catalogue.column-mapping-forgotten").count() == 1
