"""五十音 order wherever a person sees a list that is sorted by words: one line a list."""

import pytest

from fumikura.catalogue import queries as catalogue
from fumikura.catalogue.authorities import find_authorities, local_people
from fumikura.catalogue.drafting import dictionary_name
from fumikura.catalogue.marc.rows import ColumnPlan
from fumikura.catalogue.models import Authority, BibliographicRecord, SourceRule
from fumikura.catalogue.ordering import as_read
from fumikura.catalogue.services import save_mapping
from fumikura.discovery.models import SavedSearch
from fumikura.discovery.saved import saved_searches
from fumikura.kernel.japanese import sort_key
from fumikura.patrons.queries import find_patrons
from fumikura.stocktake.rules.order import shelf_key
from tests import cast
from tests.cast import AT

WORDS = ["山の本", "かんさつ", "がくしゅう", "海の本", "空の本", "絵本"]
IN_ORDER = ["海の本", "絵本", "がくしゅう", "かんさつ", "空の本", "山の本"]
by_dictionary = pytest.mark.skipif(not dictionary_name(), reason="no dictionary of readings is installed")


@by_dictionary
def test_words_without_a_reading_stand_as_they_are_read_and_numbers_by_their_size() -> None:
    assert sorted(WORDS, key=as_read) == IN_ORDER
    assert sorted(["棚10", "棚2", "児童2"], key=as_read) == ["児童2", "棚2", "棚10"]


@by_dictionary
@pytest.mark.django_db
def test_saved_searches_sources_their_rules_and_column_plans() -> None:
    reader = cast.hanako()
    for number, name in enumerate(WORDS):
        SavedSearch.objects.create(patron=reader, name=name, address=f"q={number}", made_at=AT, seen_on=cast.TODAY)
        save_mapping(
            name=name, plan=ColumnPlan.of({"columns": {"書名": "title"}, "has_header": True}), by=cast.SYSTEM, at=AT
        )
        SourceRule.objects.create(source=name)
        BibliographicRecord.objects.create(source=name, title=name, created_at=AT, changed_at=AT, written_at=AT)
    assert [one.name for one in saved_searches(reader)] == IN_ORDER
    assert [one.name for one in catalogue.column_mappings()] == IN_ORDER
    assert [one.source for one in catalogue.source_rules()] == IN_ORDER
    assert catalogue.sources() == IN_ORDER


@pytest.mark.django_db
def test_people_of_the_city_authorities_and_patrons_stand_by_their_reading() -> None:
    named = [("神田, 一", "カンダ, ハジメ"), ("学, 花子", "ガク, ハナコ"), ("秋野, 学", "アキノ, マナブ")]
    for heading, reading in named:
        Authority.objects.create(
            kind="person", heading=heading, reading=reading, key=heading, identity=heading,
            sort_key=sort_key(reading), is_local=True, created_at=AT, changed_at=AT,
        )  # fmt: skip
        cast.patron(heading.replace(", ", " "), reading.replace(", ", " "), card=f"2000{len(heading)}{ord(reading[0])}")
    wanted = ["秋野, 学", "学, 花子", "神田, 一"]
    assert [row.heading for row in local_people()] == wanted
    assert [row.heading for row in find_authorities("", "person")] == wanted
    assert [one.name for one in find_patrons("は")] == ["学 花子", "神田 一"]


def test_call_numbers_on_a_shelf_stand_by_kana_and_not_by_code() -> None:
    assert sorted(["913.6/カン", "913.6/ガク", "913.6/カ", "913/ワ"], key=shelf_key) == [
        "913/ワ", "913.6/カ", "913.6/ガク", "913.6/カン",
    ]  # fmt: skip
