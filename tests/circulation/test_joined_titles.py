"""Two titles that become one while readers wait, and two again: nobody is promised the wrong book, nobody is forgotten."""

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services import save_record
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Allotment, Hold, HoldTitle, Loan, ShelfPlace
from fumikura.circulation.services.queue import waiting_line
from fumikura.holdings.models import Item
from fumikura.journal.models import Entry
from fumikura.kernel.refusals import Refused
from fumikura.patrons.models import Patron
from tests.cast import AT, SYSTEM, chuo, facility, hanako, taro
from tests.catalogue.records import kokoro_bytes
from tests.circulation.cast import at_desk, item

pytestmark = pytest.mark.django_db
DESK = at_desk()


@pytest.fixture
def first() -> BibliographicRecord:
    return save_record(kokoro_bytes("200001", "草枕"), by=SYSTEM, at=AT)


@pytest.fixture
def second() -> BibliographicRecord:
    return save_record(kokoro_bytes("200002", "くさまくら"), by=SYSTEM, at=AT)


def waits(reader: Patron, *records: BibliographicRecord, kind: str = "one", only: Item | None = None) -> Hold:
    want = circulation.Want(records, kind=kind, item=only)
    return circulation.place_hold(patron=reader, want=want, pickup=chuo(), by=DESK, at=AT)


def promised() -> dict[int, str]:
    rows = Allotment.objects.open().values_list("title__hold", "item__barcode")
    return dict(rows)


def told(event: str) -> int:
    return Entry.objects.filter(event=f"circulation.{event}").count()


def test_whoever_was_promised_the_other_title_waits_for_the_right_one_again(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    book = item("30000001", record=second)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    hold = waits(hanako(), first)
    circulation.check_in(item=book, by=DESK, at=AT)
    assert told("hold-ready") == 1
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert promised() == {}
    assert (told("hold-unready"), told("hold-requeued")) == (1, 1)
    assert waiting_line(first.pk) == [hold.pk]


def test_who_waits_for_the_right_title_gets_the_copy_that_is_free_again(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    item("30000001", record=second)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    early = waits(hanako(), first)
    late = waits(taro(), first)
    HoldTitle.objects.filter(hold=late).update(record=second)
    assert promised() == {early.pk: "30000001"}
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert promised() == {late.pk: "30000001"}


def test_who_waits_for_one_copy_waits_for_it_wherever_it_belongs(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    book = item("30000001", record=second)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    hold = waits(hanako(), first, only=book)
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert hold.titles.get().record == second
    assert promised() == {hold.pk: "30000001"}


@pytest.mark.parametrize("kind", ["ordered", "together", "any-of"])
def test_a_set_in_which_both_were_waits_for_it_once_and_for_both_when_they_are_two_again(
    first: BibliographicRecord, second: BibliographicRecord, kind: str
) -> None:
    item("30000001", record=first), item("30000002", record=second)
    hold = waits(hanako(), first, second, kind=kind)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    assert [title.record for title in hold.titles.all()] == [first]
    assert len(promised()) == 1 and told("hold-title-merged") == 1
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert [title.record for title in hold.titles.order_by("place")] == [first, second]


def test_of_two_that_were_both_wanted_and_are_two_again_both_are_wanted(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    item("30000001", record=first), item("30000002", record=second)
    want = circulation.Want((first, second), kind="any-of", enough=2)
    hold = circulation.place_hold(patron=hanako(), want=want, pickup=chuo(), by=DESK, at=AT)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    assert Hold.objects.get(pk=hold.pk).want == 1
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert Hold.objects.get(pk=hold.pk).want == 2


def test_a_set_announced_as_whole_while_two_titles_were_one_waits_again_when_they_are_two(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    third = save_record(kokoro_bytes("200003", "三四郎"), by=SYSTEM, at=AT)
    books = [item(f"3000000{n}", record=record) for n, record in enumerate((first, third))]
    missing = item("30000009", record=second)
    circulation.check_out(item=missing, patron=taro(), by=DESK, at=AT)
    hold = waits(hanako(), first, second, third, kind="together")
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    for book in books:
        circulation.check_in(item=book, by=DESK, at=AT)
    assert told("hold-ready") == 1
    assert circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT) == ("set-waits-again",)
    assert told("hold-unready") == 1
    assert not ShelfPlace.objects.open().exclude(ready_on=None, until=None).exists()
    assert circulation.check_in(item=missing, by=DESK, at=AT).messages[-1:] == ("put-on-hold-shelf",)
    assert told("hold-ready") == 2
    assert set(promised()) == {hold.pk}


def test_a_set_that_named_a_title_twice_names_it_once_after_it_went_into_another(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    item("30000001", record=first), item("30000002", record=second)
    hold = waits(hanako(), first, second, kind="ordered")
    HoldTitle.objects.create(hold=hold, record=second, place=3)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    assert [title.record for title in hold.titles.all()] == [first] and told("hold-title-merged") == 2
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    assert [title.record for title in hold.titles.order_by("place")] == [first, second, second]


def test_a_copy_that_was_bound_to_a_set_fulfils_the_set_and_not_an_earlier_wish(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    third = save_record(kokoro_bytes("200003", "三四郎"), by=SYSTEM, at=AT)
    book, other, _ = (item(f"3000000{n}", record=record) for n, record in enumerate((first, second, third)))
    reader = hanako()
    circulation.check_out(item=other, patron=taro(), by=DESK, at=AT)
    alone = waits(reader, second)
    pair = waits(reader, first, third, kind="together")
    circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    book.refresh_from_db()
    circulation.check_out(item=book, patron=reader, by=DESK, at=AT)
    assert not Allotment.objects.open().filter(item__in=Loan.objects.open().values("item")).exists()
    assert pair.titles.get(record=first).done_at and Hold.objects.open().filter(pk=alone.pk).exists()


def test_a_hold_on_a_title_that_went_into_another_is_a_hold_on_that(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    item("30000001", record=first)
    circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    reader = hanako()
    hold = waits(reader, BibliographicRecord.objects.get(pk=second.pk))
    assert hold.titles.get().record == first
    assert promised() == {hold.pk: "30000001"}
    with pytest.raises(Refused) as refused:
        waits(reader, BibliographicRecord.objects.get(pk=second.pk))
    assert "already-held-by-you" in [reason.code for reason in refused.value.reasons]


def test_a_door_behind_which_nothing_lies_for_the_hold_any_more_does_not_open(
    first: BibliographicRecord, second: BibliographicRecord
) -> None:
    eki, there = facility("EKI", "駅前", holds_stock=False), at_desk("EKI")
    circulation.set_up_locker(facility=eki, doors=1, by=DESK, at=AT)
    book = item("30000001", record=second)
    merge = circulation.merge_titles(kept=first, gone=second, by=SYSTEM, at=AT)
    circulation.place_hold(patron=hanako(), want=circulation.Want((first,)), pickup=eki, by=DESK, at=AT)
    circulation.check_in(item=book, by=there, at=AT)
    stay = circulation.fill_locker(item=book, facility=eki, by=there, at=AT)
    circulation.unmerge_titles(merge=merge, by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        circulation.open_locker(code=stay.code, facility=eki, by=there, at=AT)
    assert [reason.code for reason in refused.value.reasons] == ["locker-code-wrong"]
