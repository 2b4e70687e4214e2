"""Reading the maps of shelves: in which bookcase of which floor a copy should stand."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from fumikura.holdings.models import Bookcase, Floor, Item
from fumikura.organisation.models import Facility
from fumikura.statements.reads import prepared


def floors_of(facility: Facility) -> list[Floor]:
    """The floors of a site with their bookcases, from the lowest."""
    return list(_drawn().filter(facility=facility))


def find_floor(facility: Facility, pk: int) -> Floor | None:
    return _drawn().filter(facility=facility, pk=pk).first()


def _drawn() -> "QuerySet[Floor]":
    cases = Prefetch("bookcases", queryset=Bookcase.objects.order_by("pk"))
    return Floor.objects.select_related("facility").prefetch_related(cases).order_by("listed_order", "pk")


def bookcase_of(item: Item) -> Bookcase | None:
    """Where it should stand, with its floor; None where nobody drew it."""
    if item.location_id is None:
        return None
    return _fitting(_bookcases_at(location=item.location_id), item.call_number)


@prepared
def _bookcases_at(location: int) -> "QuerySet[Bookcase]":
    cases = Bookcase.objects.filter(location=location).select_related("floor__facility")
    return cases.order_by("floor__listed_order", "pk")


def bookcases_of(items: Iterable[Item]) -> dict[int, Bookcase]:
    """The same for many copies, by row number, with one query; those that nobody drew are left out."""
    placed = [item for item in items if item.location_id is not None]
    cases: dict[int, list[Bookcase]] = {}
    drawn = Bookcase.objects.filter(location_id__in={item.location_id for item in placed}).select_related("floor")
    for case in drawn.order_by("floor__listed_order", "pk") if placed else ():
        cases.setdefault(case.location_id or 0, []).append(case)
    found = {item.pk: _fitting(cases.get(item.location_id or 0, ()), item.call_number) for item in placed}
    return {pk: case for pk, case in found.items() if case is not None}


def _fitting(cases: Iterable[Bookcase], call_number: str) -> Bookcase | None:
    """The bookcase with the narrowest range that holds this call number: 913.6 before 913, 913 before everything."""
    found = [case for case in cases if holds(case.first, case.last, call_number)]
    return max(found, key=lambda case: (bool(case.first) + bool(case.last), case.first), default=None)


def holds(first: str, last: str, call_number: str) -> bool:
    """Whether a call number stands between these two, the last with everything that begins with it. Pure.

    >>> holds("913", "913.6", "913.6/ナ/1"), holds("913", "913.6", "914.6/ナ"), holds("", "", "E/ナ")
    (True, False, True)
    """
    number = call_number.strip()
    return first <= number and (not last or number < last or number.startswith(last))
