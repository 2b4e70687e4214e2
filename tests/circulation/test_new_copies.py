"""新しい本は自館の人から: who gets new copies, and that a long queue asks the database no more than a short one."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services
from fumikura.circulation.models import Allotment, Hold
from fumikura.circulation.services import Want, place_hold
from fumikura.holdings.models import Item, KeptAside
from fumikura.organisation.models import Facility
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, category, chuo, facility, kita, patron
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db
NIGHT = AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def new_copies_serve_their_own_library_for_sixty_days() -> None:
    rules = services.house_rules()
    rules["rules"][0]["give"]["hold.new_item_days"] = 60
    rules["rules"].append({
        "id": "new-copies-go-to-children-everywhere", "from": "2020-04-01", "if": {"category": "child"},
        "give": {"hold.new_item_days": 0},
    })  # fmt: skip
    services.save_policy_set(name="新しい本", rules=rules, effective_from=date(2020, 4, 1), by=SYSTEM, at=AT)


def minami() -> Facility:
    return facility("MINAMI", "南図書館")


def novel(number: str = "新刊") -> BibliographicRecord:
    return BibliographicRecord.objects.create(
        source="TEST", number=number, title=number, marc=b"", created_at=AT, changed_at=AT
    )


def bought(record: BibliographicRecord, copies: int, home: Facility) -> list[Item]:
    """New copies that nobody was promised yet: they lay in the office while readers asked for them."""
    first = Item.objects.count()
    books = [item(f"31{first + n:06}", record=record, home=home) for n in range(copies)]
    for book in books:
        services.set_aside(item=book, by=at_desk(), at=AT)
    return books


def queue(record: BibliographicRecord, *readers: tuple[int, Facility]) -> list[Hold]:
    """So many readers who collect there, one after the other, each a minute later."""
    holds: list[Hold] = []
    for many, pickup in readers:
        for _ in range(many):
            number = f"21{Patron.objects.count():06}"
            holds.append(
                place_hold(
                    patron=patron(number, "ひと", number), want=Want((record,)), pickup=pickup, by=at_desk(),
                    at=AT + timedelta(minutes=len(holds)),
                )
            )  # fmt: skip
    return holds


def out_of_the_office() -> None:
    KeptAside.objects.update(ended_at=AT)


def bound(holds: list[Hold]) -> list[int]:
    """Which of them have a copy, by their place in this list."""
    have = set(Allotment.objects.open().values_list("title__hold", flat=True))
    return [place for place, hold in enumerate(holds) if hold.pk in have]


def test_new_copies_pass_over_readers_elsewhere_while_somebody_waits_at_their_own_library() -> None:
    record = novel()
    bought(record, 3, chuo())
    holds = queue(record, (2, kita()), (1, chuo()), (1, minami()), (1, chuo()))
    out_of_the_office()
    assert services.allot(record=record.pk, by=SYSTEM, at=NIGHT) == 3
    assert bound(holds) == [0, 2, 4], "two of 中央 first; the third copy then goes by turn"


def test_a_copy_that_is_not_new_any_more_and_a_reader_for_whom_no_rule_keeps_it_wait_for_nobody() -> None:
    record = novel()
    bought(record, 1, chuo())
    holds = queue(record, (1, kita()), (1, chuo()))
    out_of_the_office()
    Patron.objects.filter(holds=holds[0]).update(category=category("child"))
    assert services.allot(record=record.pk, by=SYSTEM, at=NIGHT) == 1
    assert bound(holds) == [0]
    old = novel("旧刊")
    (book,) = bought(old, 1, chuo())
    Item.objects.filter(pk=book.pk).update(added_on=AT.date() - timedelta(days=60))
    holds = queue(old, (1, kita()), (1, chuo()))
    out_of_the_office()
    services.allot(record=old.pk, by=SYSTEM, at=NIGHT)
    assert bound(holds) == [0]


def test_who_wants_one_copy_of_another_library_is_passed_over_for_it_alone() -> None:
    record = novel()
    new, _other = bought(record, 2, chuo())
    (first,) = queue(record, (1, kita()))
    first.titles.update(item=new)
    second, third = queue(record, (2, chuo()))
    out_of_the_office()
    services.allot(record=record.pk, by=SYSTEM, at=NIGHT)
    assert bound([first, second, third]) == [1, 2]


def statements_of_a_night(number: str, *, copies: int, readers: int) -> int:
    """Twice as many collect elsewhere, and asked before those at the library whose copies are new."""
    record = novel(number)
    bought(record, copies, chuo())
    holds = queue(record, (readers, kita()), (readers, minami()), (readers, chuo()))
    out_of_the_office()
    with CaptureQueriesContext(connection) as queries:
        assert services.allot(record=record.pk, by=SYSTEM, at=NIGHT) == copies
    assert bound(holds) == list(range(2 * readers, 2 * readers + copies))
    return len(queries)


def test_a_night_asks_for_each_new_copy_the_same_however_many_wait_elsewhere() -> None:
    statements_of_a_night("先", copies=1, readers=1)
    short = statements_of_a_night("短", copies=2, readers=2)
    long = statements_of_a_night("長", copies=2, readers=7)
    many = statements_of_a_night("多", copies=7, readers=7)
    assert long == short
    assert many - long <= 5 * 30, "and for each further copy so much"


def test_a_scan_of_a_new_copy_asks_the_same_however_many_wait_elsewhere() -> None:
    asked = []
    for number, readers in (("先", 1), ("短", 1), ("長", 9)):
        record = novel(number)
        (book,) = bought(record, 1, chuo())
        holds = queue(record, (readers, kita()), (1, chuo()))
        with CaptureQueriesContext(connection) as queries:
            services.check_in(item=book, by=at_desk(), at=NIGHT)
        assert bound(holds)[-1:] == [readers]
        asked.append(len(queries))
    assert asked[1] == asked[2]


def test_where_a_rule_says_for_ever_an_old_copy_waits_for_its_own_library_too() -> None:
    rules = services.house_rules()
    rules["rules"][0]["give"]["hold.new_item_days"] = "unlimited"
    services.save_policy_set(
        name="いつも自館から", rules=rules, effective_from=AT.date() + timedelta(days=1), by=SYSTEM, at=AT
    )
    record = novel()
    bought(record, 1, chuo())
    Item.objects.update(added_on=date(2001, 4, 1))
    holds = queue(record, (1, kita()), (1, chuo()))
    out_of_the_office()
    assert services.allot(record=record.pk, by=SYSTEM, at=NIGHT) == 1
    assert bound(holds) == [1]
