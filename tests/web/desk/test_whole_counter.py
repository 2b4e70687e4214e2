"""Everything at the counter beside one card and one book: stacks, pieces, kinds of lending, notes, families, sets, slips."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fumikura.circulation.models import CounterNote, Exemption, Loan
from fumikura.circulation.services import check_in, write_note
from fumikura.holdings.models import Item, ItemSet
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.patrons.models import Block, Patron
from fumikura.web.desk.rolls import fold
from tests import cast
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import Counter, enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, shelf) -> Counter:
    user = cast.staff("shimizu", *PERMISSIONS)
    return Counter(enter(client, user), user)


def test_books_before_the_card_are_lent_when_the_card_is_read(desk, hanako):
    desk.scan("31002745")
    desk.scan("31001182")
    page = desk.scan("20004318")
    assert desk.said(page) == "stack-lent"
    assert set(Loan.objects.values_list("item__barcode", flat=True)) == {"31002745", "31001182"}


def test_a_book_that_is_out_does_not_wait_for_the_card(desk, hanako):
    desk.scan("20004318")
    desk.scan("31002745")
    desk.post("departures")
    desk.scan("31002745")
    cast.taro()
    assert desk.said(desk.scan("20004326")) == "patron-open"


def test_esc_drops_the_books_that_wait(desk, hanako):
    desk.scan("31002745")
    assert desk.said(desk.post("departures")) == "stack-dropped"
    desk.scan("20004318")
    assert not Loan.objects.exists()


def test_a_stack_is_lent_only_when_the_hand_and_the_reader_agree(desk, hanako):
    desk.scan("20004318")
    page = desk.post("stacks", numbers="31002745\n31001182\n", counted="3")
    assert "3冊のはずが、読めたのは2冊です" in page
    assert not Loan.objects.exists()
    assert desk.said(desk.post("answers", say="no")) == "left-stack"
    page = desk.post("stacks", numbers="31002745\n31001182\n", counted="2")
    assert desk.said(page) == "stack-lent"
    assert Loan.objects.count() == 2


def test_a_question_in_a_stack_is_answered_and_the_stack_goes_on(desk, hanako):
    desk.scan("20004318")
    page = desk.post("stacks", numbers="31002745 31004406 31001182", counted="3")
    assert "禁帯出" in page or desk.said(page) == "to-confirm"
    assert Loan.objects.count() == 1
    desk.post("answers", say="yes", overriding="reference-only")
    assert Loan.objects.count() == 3


def test_a_returned_stack_with_an_unknown_tag_asks_first(desk, hanako):
    desk.scan("20004318")
    desk.scan("31002745")
    desk.mode = "take-back"
    assert desk.said(desk.post("stacks", numbers="31002745 39999999", counted="")) == "stack-differs"
    desk.post("answers", say="yes")
    assert not Loan.objects.open().exists()


def test_a_book_with_a_cd_is_counted_at_the_loan_and_at_the_return(desk, hanako):
    Item.objects.filter(barcode="31002745").update(parts=2, parts_words="本・CD 1枚")
    desk.scan("20004318")
    page = desk.scan("31002745")
    assert "付録つき：全部で2点" in page and "本・CD 1枚" in page
    desk.post("answers", say="yes")
    assert Loan.objects.open().count() == 1
    desk.mode = "take-back"
    desk.scan("31002745")
    page = desk.post("answers", say="no")
    assert desk.said(page) == "to-confirm"
    assert Loan.objects.open().exists()
    desk.post("answers", say="yes", overriding="part-missing")
    assert not Loan.objects.open().exists()


def test_in_house_use_of_a_reference_book_needs_no_exception(desk, hanako):
    desk.scan("20004318")
    assert desk.said(desk.post("kinds", kind="in-house")) == "kind-in-house"
    assert desk.said(desk.scan("31004406")) == "lent"
    loan = Loan.objects.get()
    assert (loan.kind, loan.due_on) == ("in-house", timezone.localdate())


def test_a_note_pops_up_once_and_is_read(desk, hanako):
    write_note(text="落とし物を預かっています", patron=hanako, by=at_desk(), at=cast.AT)
    write_note(
        text="地図が折れています", item=Item.objects.get(barcode="31002745"), stays=True, by=at_desk(), at=cast.AT
    )
    assert "落とし物を預かっています" in desk.scan("20004318")
    note = CounterNote.objects.get(patron=hanako)
    assert "落とし物を預かっています" not in desk.post("notes/read", note=note.pk)
    for _ in range(2):
        assert "地図が折れています" in desk.scan("31002745")


def reader_page(desk, patron, **fields: object) -> str:
    address = f"/desk/readers/{patron.key}"
    if fields:
        fields = {"request_key": timezone.now().isoformat(), **fields}
        return desk.client.post(address, fields, follow=True).content.decode()
    return desk.client.get(address).content.decode()


def test_a_reader_is_blocked_with_a_reason_and_free_again(desk, hanako):
    assert "貸出停止にしました" in reader_page(desk, hanako, why="mail-returned", until="", block_note="転居か")
    assert "郵便がもどってきた" in reader_page(desk, hanako)
    desk.scan("20004318")
    assert desk.said(desk.scan("31002745")) == "to-confirm"
    reader_page(desk, hanako, lift=Block.objects.get().pk)
    assert "停止していません" in reader_page(desk, hanako)


def test_the_family_is_one_key_away(desk, hanako):
    child = cast.taro(guardian=hanako)
    page = reader_page(desk, hanako)
    assert "ご家族" in page and child.key in page
    assert hanako.key in reader_page(desk, child)


def test_two_records_of_one_person_are_joined_and_parted(desk, hanako):
    cast.taro()
    page = desk.client.get(f"/desk/readers/{hanako.key}?join=20004326").content.decode()
    assert "この方にまとめます" in page
    assert "1つにまとめました" in reader_page(desk, hanako, other="20004326")
    assert "2つの登録にもどしました" in reader_page(desk, hanako, part="yes")
    assert Patron.objects.filter(merged_into=None).count() == 2


def lent(desk) -> Loan:
    desk.scan("20004318")
    desk.scan("31002745")
    return Loan.objects.get()


def act_on(desk, loan: Loan, **fields: object) -> str:
    fields = {"request_key": timezone.now().isoformat(), **fields}
    return desk.client.post(f"/desk/loans/{loan.pk}", fields, follow=True).content.decode()


def test_said_to_be_returned_then_lost_then_replaced_by_a_new_copy(desk, hanako):
    loan = lent(desk)
    assert "督促は止まります" in act_on(desk, loan, did="claimed")
    assert "紛失の届けを受けました" in act_on(desk, loan, did="lost")
    assert "もう使われています" in act_on(desk, loan, did="kind", barcode="31001182")
    assert "代わりの本を受けました" in act_on(desk, loan, did="kind", barcode="31009999")
    assert Item.objects.get(barcode="31009999").record == loan.item.record
    assert not Loan.objects.open().exists()


def test_reminders_wait_for_a_reader_and_for_a_loan(desk, hanako):
    loan, until = lent(desk), (timezone.localdate() + timedelta(days=30)).isoformat()

    def send(**fields: object) -> str:
        fields = {"request_key": timezone.now().isoformat(), **fields}
        return desk.client.post("/desk/reminders/exemptions", fields, follow=True).content.decode()

    assert "この本の督促を待つ" in desk.client.get(f"/desk/loans/{loan.pk}").content.decode()
    assert "『こころ" in desk.client.get(f"/desk/reminders/exemptions?loan={loan.pk}").content.decode()
    assert "わけが書かれていません" in send(loan=loan.pk, until=until, why="other")
    assert "督促を待つことにしました" in send(loan=loan.pk, until=until, why="post")
    page = send(scanned="20004318", until=until, why="illness", words="入院")
    assert "水野 花子 さん" in page and "入院" in page
    send(end=Exemption.objects.get(patron=hanako).pk)
    assert "水野" not in desk.client.get("/desk/reminders/exemptions").content.decode()


def test_replaced_by_its_price(desk, hanako):
    loan = lent(desk)
    assert "相当額の弁償を受けました" in act_on(desk, loan, did="price")


def test_what_a_machine_received_is_finalised_from_the_list(desk, hanako):
    loan = lent(desk)
    check_in(item=loan.item, by=at_desk(via="return-machine"), at=timezone.now(), mode="provisional")
    assert "こころ" in desk.client.get("/desk/late-returns").content.decode()
    sent = {"request_key": "k1", "all": "yes", "loan": loan.pk}
    page = desk.client.post("/desk/late-returns", sent, follow=True).content.decode()
    assert "1点の返却を仕上げました" in page
    assert not Loan.objects.open().exists()


def test_a_box_emptied_late_counts_for_its_day(desk, hanako):
    loan = lent(desk)
    before = timezone.now() - timedelta(days=5)
    Loan.objects.filter(pk=loan.pk).update(lent_at=before)
    day = (timezone.localdate() - timedelta(days=2)).isoformat()
    sent = {"request_key": "k2", "scanned": "31002745", "day": day}
    assert "この館の棚へ" in desk.client.post("/desk/late-returns", sent, follow=True).content.decode()
    loan.refresh_from_db()
    assert timezone.localdate(loan.returned_at).isoformat() == day
    early = {"request_key": "k3", "scanned": "31002745", "day": "2999-01-01"}
    assert "いまより先" in desk.client.post("/desk/late-returns", early, follow=True).content.decode()


def test_a_class_set_is_made_lent_and_taken_back(desk, shelf):
    cast.patron("4年1組", "よねんいちくみ", "20009999", residency="group")

    def send(**fields: object) -> str:
        fields = {"request_key": timezone.now().isoformat(), **fields}
        return desk.client.post("/desk/sets", fields, follow=True).content.decode()

    assert "2点を入れました" in send(did="make", number="S0001", name="環境 4年", numbers="31002745\n31001182")
    until = (timezone.localdate() + timedelta(days=60)).isoformat()
    assert "2点を貸しました" in send(did="lend", number="S0001", card="20009999", until=until)
    assert Loan.objects.open().count() == 2
    assert "2点を受け取りました" in send(did="return", number="S0001")
    assert "この番号の組（セット）はありません" in send(did="return", number="S9999")
    assert ItemSet.objects.get().name == "環境 4年"


def test_the_slip_goes_to_a_roll_printer_and_into_a_pdf_without_a_name(desk, hanako):
    lent(desk)
    desk.post("departures", how="slip")
    roll = desk.client.get("/desk/slip.bin?titles=yes")
    assert roll.content.startswith(b"\x1b@")
    assert "こころ".encode("cp932") in roll.content
    plain = desk.client.get("/desk/slip.bin?plain=yes").content.decode()
    assert "返す日" in plain and "水野" not in plain
    assert desk.client.get("/desk/slip.pdf").content.startswith(b"%PDF")


def test_a_printer_without_hangul_is_given_english_and_no_question_marks(desk, hanako):
    Patron.objects.filter(pk=hanako.pk).update(language="ko")
    lent(desk)
    assert "반납일" in desk.post("departures", how="slip")
    assert "반납일" in desk.client.get("/desk/slip.bin?plain=yes").content.decode()
    roll = desk.client.get("/desk/slip.bin").content
    assert b"Return by" in roll and b"?" not in roll


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("ご利用ありがとうございました。3点を貸し出しました。", ["ご利用ありがとうございました。", "3点を貸し出しました。"]),
        ("借りた本は12月6日（日）までに中央図書館へお返しください。", ["借りた本は12月6日（日）までに", "中央図書館へお返しください。"]),
        ("・吾輩は猫である（ちくま文庫 夏目漱石全集1）", ["・吾輩は猫である（ちくま文庫", "夏目漱石全集1）"]),
        ("Please bring everything back by 6 December.", ["Please bring everything back by", "6 December."]),
        ("あ" * 16 + "っあ。", ["あ" * 15, "あっあ。"]),
    ],
)  # fmt: skip
def test_lines_of_a_roll_end_between_words(written, lines):
    assert list(fold(written, 32)) == lines


def test_lines_of_a_roll_are_folded_at_its_width():
    assert list(fold("あ" * 20, 32)) == ["あ" * 16, "あ" * 4]
