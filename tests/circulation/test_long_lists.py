"""A long list asks the database as often as a short one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services
from fumikura.circulation.models import Hold, ShelfPlace
from fumikura.circulation.services import Want
from fumikura.circulation.services.without_hope import waiting_without_hope
from fumikura.holdings.models import Item
from fumikura.patrons.models import Patron
from tests.cast import AT, chuo, patron
from tests.circulation.cast import at_desk, house_rules, item

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def asked(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def reader() -> Patron:
    number = f"21{Patron.objects.count():06}"
    return patron(number, "ひと", number)


def title(name: str) -> BibliographicRecord:
    number = f"{name}{BibliographicRecord.objects.count()}"
    return BibliographicRecord.objects.create(
        source="TEST", number=number, title=name, marc=b"", created_at=AT, changed_at=AT
    )


def copy(record: BibliographicRecord) -> Item:
    return item(f"32{Item.objects.count():06}", record=record)


def any_of(*records: BibliographicRecord, enough: int = 1) -> Hold:
    wanted = Want(records, kind=Hold.Kind.ANY_OF, enough=enough)
    return services.place_hold(patron=reader(), want=wanted, pickup=chuo(), by=at_desk(), at=AT)


def two_volumes_of_which_one_lies_longer() -> None:
    house_rules()
    books = [copy(title("上")), copy(title("下"))]
    any_of(*(book.record for book in books), enough=2)
    for book in books:
        services.check_in(item=book, by=at_desk(), at=LATER)
    first, second = (ShelfPlace.objects.open().get(item=book) for book in books)
    ShelfPlace.objects.filter(pk=first.pk).update(until=LATER.date())
    ShelfPlace.objects.filter(pk=second.pk).update(until=LATER.date() + timedelta(days=3))


def test_what_is_to_be_cleared_off_the_hold_shelf_is_asked_once_for_all_sets() -> None:
    two_volumes_of_which_one_lies_longer()
    tomorrow = LATER.date() + timedelta(days=1)
    assert services.to_clear(chuo(), tomorrow) == [], "the other volume of the set is kept longer"
    short = asked(lambda: services.to_clear(chuo(), tomorrow))
    for _ in range(4):
        two_volumes_of_which_one_lies_longer()
    assert asked(lambda: services.to_clear(chuo(), tomorrow)) == short
    assert len(services.to_clear(chuo(), LATER.date() + timedelta(days=4))) == 10


def test_who_waits_in_vain_is_asked_once_however_many_titles_would_do() -> None:
    house_rules()
    lost = copy(title("紛失"))

    def several(holds: int) -> int:
        for _ in range(holds):
            any_of(lost.record, *(copy(title("代わり")).record for _ in range(2)))
        return asked(lambda: waiting_without_hope(lost))

    services.set_aside(item=lost, by=at_desk(), at=AT)
    alone = services.place_hold(
        patron=reader(), want=Want((lost.record,)), pickup=chuo(), by=at_desk(), at=AT + timedelta(hours=1)
    )
    short = several(2)
    assert several(5) == short
    Item.objects.filter(pk=lost.pk).update(reference_only=True)
    assert waiting_without_hope(lost) == (alone.pk,), "of a set some other title will do"
