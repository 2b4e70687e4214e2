"""The maps of shelves: a copy is pointed to in the bookcase that holds its call number."""

import pytest

from fumikura.holdings.floors import bookcase_of, bookcases_of, floors_of, holds
from fumikura.holdings.models import ShelvingLocation
from fumikura.holdings.services.floors import Case, Plan, draw_floor, remove_floor
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, acting, chuo, kita
from tests.circulation.cast import item, kokoro

SANO = acting("holdings.draw-floors")


@pytest.mark.parametrize(
    ("first", "last", "number", "inside"),
    [
        ("", "", "913.6/ナ/1", True),
        ("913", "913.6", "913.6/ナ/1", True),
        ("913", "913.6", "913.7/ア", False),
        ("913", "913.6", "912/キ", False),
        ("", "E", "E/ナ", True),
        ("913.6/タ", "913.6/ナ", "913.6/ナ/2", True),
        ("913.6/タ", "913.6/ナ", "913.6/ハ", False),
    ],
)
def test_a_bookcase_holds_from_its_first_number_to_all_that_begin_with_its_last(
    first: str, last: str, number: str, inside: bool
) -> None:
    assert holds(first, last, number) is inside


@pytest.mark.django_db
def test_the_narrowest_bookcase_is_the_place() -> None:
    novels = ShelvingLocation.objects.create(facility=chuo(), code="novels", name="文学・小説")
    whole = Case(label="文学", left=5, top=5, width=40, height=5, location=novels)
    japanese = Case(label="日本の小説 な", left=5, top=15, width=40, height=5, location=novels, first="913.6/ナ")
    door = Case(label="入口", left=80, top=50, width=15, height=5)
    draw_floor(chuo(), Plan(name="1階"), [whole, japanese, door], by=SANO, at=AT)
    book = item(record=kokoro(), location=novels, call_number="913.6/ナ/1")
    assert bookcase_of(book).label == "日本の小説 な"
    assert bookcases_of([book])[book.pk].label == "日本の小説 な" and bookcases_of([]) == {}
    book.call_number = "911/イ"
    assert bookcase_of(book).label == "文学"
    book.location = None
    assert bookcase_of(book) is None


@pytest.mark.django_db
def test_a_floor_is_drawn_anew_under_its_name_and_removed() -> None:
    draw_floor(chuo(), Plan(name="1階"), [], by=SANO, at=AT)
    draw_floor(chuo(), Plan(name="1階", depth=80), [], by=SANO, at=AT)
    (floor,) = floors_of(chuo())
    assert floor.depth == 80
    remove_floor(floor, by=SANO, at=AT)
    assert floors_of(chuo()) == []


@pytest.mark.django_db
def test_a_shelf_beyond_the_wall_and_a_floor_of_another_site_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        draw_floor(chuo(), Plan(name=""), [Case(label="x", left=90, top=1, width=20, height=5)], by=SANO, at=AT)
    assert [reason.kind for reason in refused.value.reasons] == ["floor-without-name", "shelf-off-the-floor"]
    with pytest.raises(NotPermitted):
        draw_floor(kita(), Plan(name="1階"), [], by=SANO, at=AT)
