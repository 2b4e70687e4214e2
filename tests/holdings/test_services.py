from datetime import date

import pytest

from fumikura.catalogue.services import save_record
from fumikura.holdings.models import Item, ItemIdentifier, Missing
from fumikura.holdings.queries import find_item, find_items, get_item, items_of, items_of_records
from fumikura.holdings.services import NewItem, add_items, change_item, mark_missing, see_item, withdraw_item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import NotPermitted, Refused
from tests.cast import AT, SYSTEM, acting, agency, chuo, facility, kita
from tests.catalogue.records import kokoro_bytes
from tests.circulation.cast import item, kokoro

pytestmark = pytest.mark.django_db


def new(barcode: str, **facts: object) -> NewItem:
    return NewItem(**{"barcode": barcode, "record": kokoro(), "home": chuo(), "agency": agency(), **facts})


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_an_item_is_found_however_its_barcode_is_scanned() -> None:
    book = item("30000017")
    for scanned in ("30000017", "a30000017a\r", "３０００００１７", " 3000 0017 "):
        assert find_item(scanned) == book


def test_an_item_is_found_by_the_number_of_its_tag() -> None:
    book = item()
    ItemIdentifier.objects.create(item=book, scheme="uid", value="E0040150")
    assert find_item("E0040150") == book


def test_an_unknown_number_is_refused_and_said_back() -> None:
    with pytest.raises(Refused) as refused:
        find_item("39999999")
    assert refused.value.reasons[0].facts() == {"barcode": "39999999"}
    with pytest.raises(Refused):
        get_item(0)


def test_two_agencies_may_use_one_number_and_the_scanner_must_then_say_which() -> None:
    mine, theirs = item("30000017"), item("30000017", agency=agency("SCHOOL"))
    with pytest.raises(Refused):
        find_item("30000017")
    assert find_item("30000017", agency="SCHOOL") == theirs
    assert find_item("30000017", agency="MINASE") == mine


def test_many_are_found_as_each_would_be_in_two_questions(django_assert_num_queries) -> None:
    book, tagged = item("30000017"), item("30000025")
    ItemIdentifier.objects.create(item=tagged, scheme="uid", value="E0040150")
    item("30000033"), item("30000033", agency=agency("SCHOOL"))
    with django_assert_num_queries(2):
        assert find_items(["E0040150", "a30000017a\r", "３０００００１７", "30000025"]) == [tagged, book]
    with pytest.raises(Refused) as refused:
        find_items(["30000017", "39999999", "", "30000033"])
    assert [reason.facts()["barcode"] for reason in refused.value.reasons] == ["39999999", "", "30000033"]


def test_many_copies_join_with_one_entry_and_few_queries(django_assert_max_num_queries) -> None:
    batch = [new(f"3{n:07}") for n in range(300)]
    with django_assert_max_num_queries(12):
        added = add_items(batch, by=SYSTEM, at=AT)
    entry = Entry.objects.get(event="holdings.items-added")
    assert (len(added), entry.particulars["count"]) == (300, 300)
    assert added[0].added_on == date(2026, 5, 20)


def test_one_unfit_copy_keeps_all_of_them_out() -> None:
    item("30000017")
    with pytest.raises(Refused) as refused:
        add_items([new("30000025"), new("30000017"), new("30000033"), new("30000033")], by=SYSTEM, at=AT)
    assert codes(refused) == ["barcode-taken", "barcode-taken"]
    assert Item.objects.count() == 1


def test_a_number_must_have_the_check_digit_of_its_agency() -> None:
    strict = agency("STRICT", item_check="7dr")
    with pytest.raises(Refused) as refused:
        add_items([new("30000017", agency=strict)], by=SYSTEM, at=AT)
    assert codes(refused) == ["barcode-misread"]


def test_a_counter_without_stock_is_nobodys_home() -> None:
    counter = facility("EKIMAE", "駅前図書館ターミナル", holds_stock=False)
    with pytest.raises(Refused) as refused:
        add_items([new("30000017", home=counter)], by=SYSTEM, at=AT)
    assert codes(refused) == ["site-holds-no-stock"]


def test_withdrawn_is_withdrawn_once_and_leaves_the_lists() -> None:
    book = item()
    withdraw_item(book, reason="worn", by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        withdraw_item(book, reason="worn", by=SYSTEM, at=AT)
    assert codes(refused) == ["item-withdrawn"]
    assert items_of(book.record_id) == []


def test_a_missing_item_is_missing_once_and_found_by_a_scan() -> None:
    book = item()
    assert mark_missing(book, by=SYSTEM, at=AT) == mark_missing(book, by=SYSTEM, at=AT)
    see_item(book, facility=kita(), by=SYSTEM, at=AT)
    book.refresh_from_db()
    assert book.last_seen_facility == kita()
    assert not Missing.objects.filter(found_at=None).exists()
    see_item(book, facility=kita(), by=SYSTEM, at=AT)
    events = Entry.objects.filter(subject=f"holdings.item:{book.pk}").order_by("id").values_list("event", flat=True)
    assert list(events) == ["holdings.item-added", "holdings.item-missing", "holdings.item-found", "holdings.item-seen"]


def test_what_is_known_of_a_copy_can_be_changed_by_those_who_may() -> None:
    book = item()
    with pytest.raises(NotPermitted):
        change_item(book, by=acting("holdings.add-item"), at=AT, call_number="913.6/ナ")
    assert change_item(book, by=SYSTEM, at=AT, call_number="913.6/ナ").call_number == "913.6/ナ"
    with pytest.raises(ValueError, match="barcode"):
        change_item(book, by=SYSTEM, at=AT, barcode="1")


def test_the_copies_of_many_titles_come_with_one_query(django_assert_num_queries) -> None:
    books = [item(f"3{n:07}") for n in range(5)]
    with django_assert_num_queries(1):
        assert items_of_records([books[0].record_id])[books[0].record_id] == books


def test_a_copy_that_moves_to_another_title_is_news_of_both() -> None:
    book, other = item(), save_record(kokoro_bytes("100002", "坊っちゃん :"), by=SYSTEM, at=AT)
    before = book.record_id
    change_item(book, by=SYSTEM, at=AT, record=other)
    entry = Entry.objects.filter(event="holdings.item-changed").get()
    assert entry.particulars["records"] == sorted([before, other.pk])
