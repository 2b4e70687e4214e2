"""Many numbers in a statement that is worded once."""

import pytest
from django.db.models import QuerySet

from fumikura.organisation.models import Facility
from fumikura.statements.among import Among, AmongWords, listed
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert_many
from tests.cast import chuo, kita

pytestmark = pytest.mark.django_db


@prepared
def _codes_of(places: str) -> "QuerySet[Facility, tuple[str]]":
    return Facility.objects.filter(Among("pk", places)).order_by("code").values_list("code")


def test_one_many_and_none_are_asked_for_in_the_same_words(django_assert_num_queries) -> None:
    one, other = chuo(), kita()
    for wanted in ([one], [one, other], [], [other, other]):
        numbers = [place.pk for place in wanted]
        expected = list(Facility.objects.filter(pk__in=numbers).order_by("code").values_list("code"))
        with django_assert_num_queries(1):
            assert _codes_of(places=listed(numbers)) == expected


def test_a_thousand_numbers_are_no_more_parameters_than_one() -> None:
    place = chuo()
    assert _codes_of(places=listed([*range(10_000_000, 10_100_000), place.pk])) == [(place.code,)]
    assert list(Facility.objects.filter(Among("pk", listed([place.pk])))) == [place]


def test_words_are_looked_for_as_numbers_are() -> None:
    one, other = chuo(), kita()
    words = listed(["nowhere", other.code, "\"'; drop", one.code])
    assert {place.pk for place in Facility.objects.filter(AmongWords("code", words))} == {one.pk, other.pk}


def test_many_rows_are_written_in_one_statement_whatever_stands_in_them(django_assert_num_queries) -> None:
    place = chuo()
    kept = {"agency": place.agency, "calendar": place.calendar, "opens": place.opens, "closes": place.closes}
    rows = [Facility(code=f"R{n}", name=f"部屋\n{n}", kind="room", **kept) for n in range(30)]
    with django_assert_num_queries(1):
        insert_many(rows)
    insert_many([])
    assert list(Facility.objects.filter(kind="room").order_by("pk").values_list("code", "name")) == [
        (f"R{n}", f"部屋\n{n}") for n in range(30)
    ]
