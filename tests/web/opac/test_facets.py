"""What stands beside a search is what the database says, facet by facet."""

from collections import Counter

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.queries import describe_record
from fumikura.circulation.models import Loan
from fumikura.discovery import services
from fumikura.discovery.answers import FACETS, Answer
from fumikura.discovery.queries import parse, search
from fumikura.discovery.shelving import accessible_formats, series_titles
from fumikura.holdings.models import Item
from tests.cast import AT, kita
from tests.web.opac.cast import copy, field, title

pytestmark = pytest.mark.django_db(transaction=True)
Library = list[BibliographicRecord]


@pytest.fixture
def shelves(library: Library) -> None:
    """The small library and what its five books have not: a picture book, large print, a series, another language."""
    more = [
        title("くまのパン", "クマ ノ パン", number="f1", ndc="726.6", year="2019"),
        title("大きな文字の坊っちゃん", "ボッチャン", number="f2", extra=(field("250", a="大活字版"),), year="2003"),
        title("川の図鑑", "カワ ノ ズカン", number="f3", ndc="452.9", extra=(field("490", a="水瀬文庫", v="2"),)),
    ]
    for number, record in enumerate(more):
        copy(record, f"3400000{number}", home=kita())
    services.refresh(services.versions.answering_engine(), [record.pk for record in more], at=AT)


def counted(answer: Answer, name: str) -> dict[str, int]:
    (facet,) = [one for one in answer.facets if one.name == name]
    return {value.value: value.count for value in facet.values if value.value != "*"}


def test_every_facet_counts_what_the_database_holds(shelves: None) -> None:
    answer = search(parse(""), rows=0)
    records = list(BibliographicRecord.objects.filter(deleted_at=None))
    said = {row.pk: describe_record(row) for row in records}
    items = list(Item.objects.in_stock().select_related("home"))
    lent = set(Loan.objects.open().values_list("item", flat=True))
    wanted = {
        "site": Counter(home for _, home in {(item.record_id, item.home.code) for item in items}),
        "available": Counter(
            home for _, home in {(item.record_id, item.home.code) for item in items if item.pk not in lent}
        ),
        "kind": Counter(row.kind for row in records),
        "audience": Counter(one.audience for one in said.values() if one.audience),
        "language": Counter(row.language for row in records),
        "year": Counter(f"{row.year // 10 * 10}s" for row in records if row.year),
        "ndc": Counter(row.ndc[0] for row in records if row.ndc),
        "accessible": Counter(code for one in said.values() for code in accessible_formats(one)),
        "series": Counter(name for one in said.values() for name in series_titles(one.series)),
    }
    assert set(wanted) == set(FACETS)
    assert {name: counted(answer, name) for name in FACETS} == {name: dict(found) for name, found in wanted.items()}
    assert wanted["accessible"] and wanted["series"] and len(wanted["ndc"]) > 2


@pytest.mark.parametrize("name", FACETS)
def test_each_value_narrows_to_as_many_as_stand_beside_it(shelves: None, name: str) -> None:
    for value, count in counted(search(parse(""), rows=0), name).items():
        assert search(parse(""), rows=0, filters={name: [value]}).total == count, (name, value)
