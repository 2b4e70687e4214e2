"""団体貸出 at the counter: one set on its page, sets of other places to send home, and what a group lends on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.models import Loan, OnwardLoan, SetBooking, Transit
from fumikura.holdings.models import Deposit, ItemSet
from fumikura.holdings.services.sets import make_set
from fumikura.patrons.models import Patron
from fumikura.patrons.queries import current_card
from fumikura.patrons.services import reissue_card
from tests import cast
from tests.cast import AT, SYSTEM
from tests.circulation.test_counter_verbs import a_class
from tests.web.desk.conftest import RIGHTS, enter

pytestmark = pytest.mark.django_db
LENDING = (*RIGHTS, "circulation.lend-set", "holdings.make-set")
LENDING_ONLY = tuple(right for right in LENDING if "override" not in right)


@pytest.fixture
def box(shelf) -> ItemSet:
    books = [shelf["kokoro"], shelf["kusamakura"]]
    return make_set(number="S0001", name="環境 4年", home=cast.chuo(), items=books, by=SYSTEM, at=AT)


@pytest.fixture
def pupils(db) -> Patron:
    return a_class()


@pytest.fixture
def desk(client: Client, shelf) -> Client:
    return enter(client, cast.staff("sano", *LENDING))


def north() -> Client:
    return enter(Client(), cast.staff("kimura", *LENDING), "KITA")


def send(client: Client, where: str, **fields: str) -> str:
    fields = {"request_key": timezone.now().isoformat(), **fields}
    return client.post(where, fields, follow=True).content.decode()


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_set_is_not_lent_to_a_card_that_was_reported_lost(desk, box, pupils) -> None:
    lost = current_card(pupils)
    reissue_card(patron=pupils, number="20009991", by=SYSTEM, at=AT)
    for where, said in (("/desk/sets", {"number": "S0001"}), (f"/desk/sets/{box.pk}", {})):
        page = send(desk, where, did="lend", card=lost.number, until=in_days(20), **said)
        assert "使えなくなっています" in page and not Loan.objects.exists()


def test_the_label_leads_to_the_set_and_a_strange_one_to_a_sentence(desk, box) -> None:
    page = desk.get("/desk/sets?label=s0001", follow=True).content.decode()
    for words in ("環境 4年", "持ち主の館にあります", "草枕"):
        assert words in page
    assert "この番号の組はありません" in desk.get("/desk/sets?label=S9", follow=True).content.decode()
    assert desk.get(f"/desk/sets/{box.pk}/paper").content.startswith(b"%PDF")
    assert desk.get("/desk/sets/999").status_code == 404


def test_a_term_is_booked_refused_cancelled_and_taken_up_again(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    wish = {"did": "book", "first": in_days(10), "until": in_days(40)}
    assert "申込みを受けました" in send(desk, here, card="20009999", note="環境の単元", **wish)
    page = send(desk, here, facility=cast.kita().code, **{**wish, "first": in_days(39), "until": in_days(60)})
    assert "ほかへの申込みがあります" in page and f'value="{in_days(60)}"' in page
    assert "だれのための申込みかわかりません" in send(
        desk, here, **{**wish, "first": in_days(50), "until": in_days(60)}
    )
    assert "申込みの予定" in page and "第三小 4年1組" in desk.get("/desk/sets").content.decode()
    page = send(desk, here, did="cancel", booking=str(SetBooking.objects.get().pk))
    assert "申込みを取り消しました" in page and "もどす" in page
    assert "申込みをもどしました" in send(desk, here, did="undo")
    assert SetBooking.objects.open().get().patron == pupils


def test_a_whole_set_taken_back_by_mistake_goes_back_to_its_class(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    assert "2点を貸しました" in send(desk, here, did="lend", card="20009999", until=in_days(60))
    page = send(desk, here, did="return")
    assert "2点を受け取りました" in page and 'value="undo"' in page
    assert "受け取りをもどしました" in send(desk, here, did="undo")
    assert set(Loan.objects.open().values_list("patron", flat=True)) == {pupils.pk}
    assert "2点を受け取りました" in send(desk, "/desk/sets", did="return", number="S0001")
    assert "受け取りをもどしました" in send(desk, "/desk/sets", did="undo")
    stranger = north()
    assert "取り消せません" in send(stranger, here, did="undo")


def test_whoever_lends_over_a_promise_says_why_and_the_page_of_the_set_tells(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    enter(desk, cast.staff("shimizu", *LENDING, "circulation.override-hold"))
    page = send(desk, here, did="book", facility=cast.kita().code, first=in_days(10), until=in_days(40))
    assert 'id="lend-why"' in page and 'id="place-words"' in page
    wish = {"did": "lend", "card": "20009999", "until": in_days(20)}
    assert "ほかへの申込みがあります" in send(desk, here, **wish)
    assert "ほかへの申込みがあります" in send(desk, here, person="on", why="agreed", **wish)
    page = send(desk, here, booked="on", **wish)
    assert "認めるわけが書かれていません" in page and 'name="booked" value="on" checked' in page
    page = send(desk, here, booked="on", why="other", words="展示が延びた", **wish)
    assert "2点を貸しました" in page and "認めたこと" in page and "「展示が延びた」" in page


def test_each_objection_has_a_tick_of_its_own_for_those_who_may_pass_it_over(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    page = desk.get(here).content.decode()
    assert page.count('name="person"') == 2 and 'name="kept"' in page and 'name="booked"' not in page
    enter(desk, cast.staff("kimura", *LENDING_ONLY, "circulation.override-hold"))
    page = desk.get(here).content.decode()
    assert page.count('name="booked"') == 2 and 'name="kept"' not in page


def test_a_set_is_booked_for_one_person_only_when_somebody_answers_for_it(desk, box) -> None:
    here, teacher = f"/desk/sets/{box.pk}", cast.hanako()
    manager = enter(Client(), cast.staff("shimizu", *LENDING))
    enter(desk, cast.staff("kimura", *LENDING_ONLY))
    booked = {"did": "book", "card": "20004318", "first": in_days(0), "until": in_days(20)}
    lent = {"did": "lend", "card": "20004318", "until": in_days(20)}
    assert "団体や学級のカードではありません" in send(desk, here, **booked)
    assert "団体や学級のカードではありません" in send(desk, here, **lent)
    assert "申込みを受けました" in send(manager, here, person="on", why="agreed", **booked)
    assert "申込みを取り消しました" in send(desk, here, did="cancel", booking=str(SetBooking.objects.get().pk))
    assert "申込みをもどしました" in send(desk, here, did="undo")
    assert "2点を貸しました" in send(desk, here, **lent)
    assert {loan.patron for loan in Loan.objects.open()} == {teacher}


def test_a_set_refused_on_the_list_is_shown_on_its_own_page_with_what_was_typed(desk, box) -> None:
    cast.hanako()
    page = send(desk, "/desk/sets", did="lend", number="S0001", card="20004318", until=in_days(20))
    assert "団体や学級のカードではありません" in page and f'action="/desk/sets/{box.pk}"' in page
    assert 'id="lend-card"' in page and 'value="20004318"' in page


def test_a_deposit_goes_to_the_other_library_and_is_called_back(desk, box) -> None:
    here, kita = f"/desk/sets/{box.pk}", cast.kita()
    page = send(desk, here, did="place", facility=kita.code, until=in_days(90))
    assert "2点を北図書館行きの箱に入れます" in page
    assert "北図書館に貸付中" in page
    other = north()
    assert "持ち主の館へ返す" in other.get(here).content.decode()
    assert "2点を受け取りました" in send(other, here, did="return")
    assert "期間中ここに置くことになっています" in send(other, here, did="return")
    assert "2点を呼びもどしました" in send(desk, here, did="recall")
    assert "期間が終わった本" in other.get("/desk/sets").content.decode()
    send(desk, here, did="place", facility=kita.code, until=in_days(90))
    assert "貸付を終えました。2点" in send(other, here, did="send-home")
    assert Transit.objects.open().count() == 2
    assert "2点を受け取りました" in send(desk, here, did="return")
    assert not Deposit.objects.filter(ended_at=None).exists()


def test_a_set_called_back_while_it_travels_is_not_said_to_be_at_home(desk, box) -> None:
    here = f"/desk/sets/{box.pk}"
    send(desk, here, did="place", facility=cast.kita().code, until=in_days(90))
    page = send(desk, here, did="recall")
    assert "運んでいる途中です：2点" in page and "持ち主の館にあります" not in page
    assert "着いてから返します" in page


def test_what_a_class_had_lent_on_is_looked_for_in_the_box(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    send(desk, here, did="lend", card="20009999", until=in_days(60))
    send(desk, f"/desk/readers/{pupils.key}/onward", scanned="31002745", holder="3年2組 12番")
    page = send(desk, here, did="return")
    assert "また貸し中だった本があります：3100 2745。" in page and "12番" not in page
    send(desk, here, did="undo")
    assert "また貸し中" not in send(desk, "/desk/sets", did="return", number="S0001")


def test_what_was_passed_over_twice_is_told_once_and_without_gaps(desk, box, pupils) -> None:
    here = f"/desk/sets/{box.pk}"
    enter(desk, cast.staff("shimizu", *LENDING, "circulation.override-hold"))
    for first in (10, 30):
        send(desk, here, did="book", facility=cast.kita().code, first=in_days(first), until=in_days(first + 5))
    page = send(desk, here, did="lend", card="20009999", until=in_days(40), booked="on", why="agreed")
    assert page.count("この組は、ほかへの申込みがあります。") == 1


def test_a_group_says_who_has_what_and_how_often(desk, box, pupils) -> None:
    send(desk, f"/desk/sets/{box.pk}", did="lend", card="20009999", until=in_days(60))
    here = f"/desk/readers/{pupils.key}/onward"
    assert here in desk.get(f"/desk/readers/{pupils.key}").content.decode()
    page = send(desk, here, scanned="31002745", holder="3年2組 12番")
    assert "また貸しを記録しました：こころ" in page and "3年2組 12番" in page and "うち また貸し中 1点" in page
    assert "だれが持っているかが入っていません" in send(desk, here, scanned="31001182", holder=" ")
    page = send(desk, here, scanned="31002745", back="yes")
    assert "団体にもどりました" in page and not OnwardLoan.objects.exists()
    page = send(desk, here, month=f"{timezone.localdate():%Y-%m}", told="42")
    assert "この月の回数を42回にしました" in page
    assert "回数か月が正しくありません" in send(desk, here, month="2999-01", told="1")
    assert desk.get(f"/desk/readers/{cast.hanako().key}/onward").status_code == 404
