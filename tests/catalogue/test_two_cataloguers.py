"""Two cataloguers decide about the same works in the same moment: one is told, and no work leads in a circle."""

import pytest

from fumikura.catalogue.models import DuplicatePair, WorkDecision
from fumikura.catalogue.same_works import mark_of_both
from fumikura.catalogue.services import join_works, keep_as_editions, save_record
from tests.cast import AT, SYSTEM
from tests.catalogue.test_works import beside, book, saved
from tests.circulation.test_two_desks import at_once
from tests.discovery.conftest import index  # noqa: F401 - a fixture
from tests.discovery.test_services import catch_up

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_two_works_are_joined_once_from_whichever_side() -> None:
    a, b = saved("a1", "走れメロス"), saved("b1", "Run, Melos!", "Dazai")
    more = saved("a2", "走れメロス", year="1999"), saved("b2", "Run, Melos!", "Dazai", year="1999")
    pairs, seen = [(a, b), more[::-1], (b, a), more], mark_of_both(a, b)

    def join(desk: int) -> object:
        one, other = pairs[desk]
        return join_works(record=one, other=other, seen=seen, by=SYSTEM, at=AT)

    answers = at_once(join, len(pairs))
    assert [one for one in answers if not isinstance(one, WorkDecision)] == [("works-together-already",)] * 3
    assert WorkDecision.objects.count() == 1
    assert beside(a) == {"a2", "b1", "b2"}


def test_two_pairs_of_the_same_two_works_are_kept_as_editions_at_once_and_join_them_once() -> None:
    works = [saved(f"a{n}", "走れメロス", year=f"199{n}") for n in range(3)]
    works += [saved(f"b{n}", "Run, Melos!", "Dazai", year=f"199{n}") for n in range(3)]
    crossed = [(works[0], works[3]), (works[1], works[4]), (works[2], works[5])]
    pairs = [
        DuplicatePair.objects.create(first=one, second=two, is_sure=False, reasons="title", found_at=AT)
        for one, two in crossed
    ]
    answers = at_once(lambda desk: keep_as_editions(pair=pairs[desk], by=SYSTEM, at=AT), len(pairs))
    assert answers == [None] * 3
    assert WorkDecision.objects.count() == 1
    assert set(DuplicatePair.objects.values_list("settled_as", flat=True)) == {"edition"}


@pytest.mark.usefixtures("index")
def test_what_is_imported_while_works_are_joined_stands_with_them() -> None:
    a, b = saved("a1", "走れメロス"), saved("b1", "Run, Melos!", "Dazai")
    seen = mark_of_both(a, b)

    def act(desk: int) -> object:
        if desk == 0:
            return join_works(record=a, other=b, seen=seen, by=SYSTEM, at=AT)
        return save_record(book(f"b{desk + 1}", "Run, Melos!", "Dazai"), by=SYSTEM, at=AT)

    answers = at_once(act, 4)
    if not isinstance(answers[0], WorkDecision):  # a new edition came first
        assert answers[0] == ("works-changed-meanwhile",)
    else:
        catch_up()
        assert beside(a) == {"b1", "b2", "b3", "b4"}
