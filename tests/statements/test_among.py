"""Many numbers in a statement that is worded once."""

import pytest
from django.db.models import QuerySet

from fumikura.organisation.models import Facility
from fumikura.statements.among import Among, listed
from fumikura.statements.reads import prepared
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
