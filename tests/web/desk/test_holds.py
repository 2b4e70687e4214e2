"""F4, the walk with the handheld, and the hold shelf."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fumikura.acquisitions.models import Suggestion
from fumikura.catalogue.models import BibliographicRecord
from fumikura.circulation import services as circulation
from fumikura.circulation.models import Hold, ShelfPlace
from fumikura.circulation.queries import states_of
from tests import cast
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import RIGHTS, Counter, enter

pytestmark = pytest.mark.django_db
MORE = (
    "circulation.place-hold",
    "circulation.cancel-hold",
    "circulation.change-pickup",
    "circulation.pick",
    "circulation.suspend-hold",
    "circulation.extend-shelf",
    "circulation.reorder-set",
)


@pytest.fixture
def desk(client, shelf, hanako) -> Counter:
    cast.kita()
    user = cast.staff("sano", *RIGHTS, *MORE)
    return Counter(enter(client, user), user)


def open_patron(desk: Counter) -> None:
    desk.scan("20004318")


def ask(desk: Counter, record: int, **fields: object):
    fields = {"record": record, "pickup": "CHUO", "request_key": "k1", **fields}
    return desk.client.post("/desk/holds", fields, follow=True)


def test_without_a_card_f4_says_what_to_do_first(desk: Counter) -> None:
    assert "先に、利用カードを読んでください" in desk.client.get("/desk/holds").content.decode()


def test_a_copy_scanned_at_f4_is_waited_for(desk: Counter, shelf) -> None:
    open_patron(desk)
    page = desk.client.get("/desk/holds?q=31002745").content.decode()
    assert "こころ" in page and "予約する" in page
    answer = ask(desk, shelf["kokoro"].record_id).content.decode()
    assert "予約を受けました" in answer and "棚から取るところ" in answer


def test_a_slip_keeps_its_time_and_a_time_to_come_is_refused(desk: Counter, shelf) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id, accepted="2026-01-05T10:00", contact="telephone")
    hold = Hold.objects.get()
    assert (timezone.localtime(hold.accepted_at).strftime("%m-%d %H:%M"), hold.contact) == ("01-05 10:00", "telephone")
    answer = ask(desk, shelf["kusamakura"].record_id, accepted="2999-01-05T10:00", request_key="k2")
    assert answer.status_code == 422
    assert "いまより先" in answer.content.decode()


def test_a_hold_is_moved_and_cancelled(desk: Counter, shelf) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id)
    hold = Hold.objects.get()
    page = desk.client.post(f"/desk/holds/{hold.pk}", {"pickup": "KITA", "request_key": "a"}, follow=True)
    assert "受け取る館を変えました" in page.content.decode()
    desk.client.post(f"/desk/holds/{hold.pk}", {"cancel": "yes", "request_key": "b"}, follow=True)
    hold.refresh_from_db()
    assert hold.closed_as == "cancelled"


def test_the_walk_ends_on_the_hold_shelf_with_a_number_and_no_name(desk: Counter, shelf, hanako) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id)
    page = desk.client.get("/desk/picking").content.decode()
    assert "こころ" in page and "あと1冊" in page
    page = desk.client.post("/desk/picking", {"scanned": "31002745", "request_key": "p"}, follow=True).content.decode()
    slot = f"{ShelfPlace.objects.get().pk:04d}"
    assert f"取置の棚へ（番号 {slot}）" in page and "棚から取る本はありません" in page
    for where in ("/desk/hold-shelf", "/desk/hold-shelf/slips"):
        page = desk.client.get(where).content.decode()
        assert slot in page
        assert "水野" not in page and "20004318" not in page


def test_a_book_not_there_is_searched_again_then_missing(desk: Counter, shelf) -> None:
    book = shelf["kokoro"]
    open_patron(desk)
    ask(desk, book.record_id)
    page = desk.client.post("/desk/picking", {"missing": book.pk, "request_key": "m1"}, follow=True).content.decode()
    assert "もう一度さがす本" in page and "前にも見つからなかった本" in page
    page = desk.client.post("/desk/picking", {"missing": book.pk, "request_key": "m2"}, follow=True).content.decode()
    assert "不明にしました" in page
    assert states_of([book], timezone.now())[book.pk].kind == "missing"


@pytest.mark.parametrize("scanned", ["", "999", "31000000"])
def test_a_number_that_is_none_is_answered_in_words(desk: Counter, scanned: str) -> None:
    answer = desk.client.post("/desk/picking", {"scanned": scanned, "request_key": "p"})
    assert answer.status_code == 422
    assert desk.client.post("/desk/picking", {"missing": "x", "request_key": "q"}).status_code == 422


def test_whoever_is_telephoned_has_days_from_then_on(desk: Counter, shelf, hanako) -> None:
    now = timezone.now()
    want = circulation.Want((shelf["kokoro"].record,))
    hold = circulation.place_hold(
        patron=hanako, want=want, pickup=cast.chuo(), by=at_desk(), at=now, contact="telephone"
    )
    circulation.check_in(item=shelf["kokoro"], by=at_desk(), at=now)
    page = desk.client.get("/desk/hold-shelf").content.decode()
    assert "電話でお知らせする本" in page
    page = desk.client.post(f"/desk/hold-shelf/{hold.pk}", {"reached": "yes", "request_key": "t"}, follow=True)
    assert "取り置きます" in page.content.decode()
    assert ShelfPlace.objects.get().until is not None
    again = desk.client.post(f"/desk/hold-shelf/{hold.pk}", {"request_key": "e"})
    assert again.status_code == 422


def test_what_was_cancelled_is_to_be_fetched_down(desk: Counter, shelf, hanako) -> None:
    now = timezone.now()
    want = circulation.Want((shelf["kokoro"].record,))
    hold = circulation.place_hold(patron=hanako, want=want, pickup=cast.chuo(), by=at_desk(), at=now)
    circulation.check_in(item=shelf["kokoro"], by=at_desk(), at=now)
    circulation.cancel_hold(hold=hold, by=at_desk(), at=now)
    assert "棚から下ろす本" in desk.client.get("/desk/hold-shelf").content.decode()


def test_a_slip_for_a_set_keeps_its_time_and_its_order_can_be_changed(desk: Counter, shelf) -> None:
    open_patron(desk)
    records = [shelf["kokoro"].record_id, shelf["kusamakura"].record_id]
    slip = {"accepted": "2026-01-05T10:00", "way": "telephone", "contact": "telephone", "needed_by": "2099-01-01"}
    sent = {"record": records, "kind": "ordered", "enough": "1", "pickup": "CHUO", "request_key": "k1", **slip}
    asked = desk.client.post("/desk/holds", sent, follow=True)
    hold = Hold.objects.get()
    assert (timezone.localtime(hold.accepted_at).strftime("%m-%d %H:%M"), hold.contact) == ("01-05 10:00", "telephone")
    assert (hold.kind, hold.via, str(hold.needed_by)) == ("ordered", "telephone", "2099-01-01")
    assert "まとめた本と、順番" in asked.content.decode()
    said = desk.client.post(f"/desk/holds/{hold.pk}", {"up": records[1], "request_key": "up"}, follow=True)
    assert "順番を変えました" in said.content.decode()
    assert list(hold.titles.order_by("place").values_list("record", flat=True)) == records[::-1]
    wrong = desk.client.post(f"/desk/holds/{hold.pk}", {"up": "999999", "request_key": "up2"})
    assert wrong.status_code == 422


def test_ticked_titles_become_one_hold(desk: Counter, shelf) -> None:
    open_patron(desk)
    records = [shelf["kokoro"].record_id, shelf["kusamakura"].record_id]
    answer = desk.client.post(
        "/desk/holds",
        {"record": records, "kind": "any-of", "enough": "1", "pickup": "CHUO", "request_key": "k"},
        follow=True,
    ).content.decode()
    hold = Hold.objects.get()
    assert (hold.kind, hold.want, hold.titles.count()) == ("any-of", 1, 2)
    assert "ほか1点" in answer
    one = desk.client.post(
        "/desk/holds", {"record": records[:1], "kind": "together", "pickup": "CHUO", "request_key": "j"}
    )
    assert one.status_code == 422 and "2つ以上" in one.content.decode()


def test_only_this_copy_and_until_a_day(desk: Counter, shelf) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id, only="31002745", needed_by="2999-07-01")
    hold = Hold.objects.get()
    assert hold.titles.get().item == shelf["kokoro"] and hold.needed_by.year == 2999


def test_a_day_that_is_over_is_no_day_until_which_it_is_needed(desk: Counter, shelf) -> None:
    open_patron(desk)
    page = ask(desk, shelf["kokoro"].record_id, needed_by="2020-01-01").content.decode()
    assert "その日は、もう過ぎています" in page and not Hold.objects.exists()


def test_a_hold_sleeps_and_wakes_at_the_desk(desk: Counter, shelf) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id)
    where = f"/desk/holds/{Hold.objects.get().pk}"
    page = desk.client.post(where, {"suspend": "yes", "until": "2999-07-01", "request_key": "s"}, follow=True)
    assert "予約を休ませました" in page.content.decode() and "お休み中" in page.content.decode()
    answer = desk.client.post(where, {"suspend": "yes", "until": "soon", "request_key": "s2"})
    assert answer.status_code == 422
    page = desk.client.post(where, {"wake": "yes", "request_key": "w"}, follow=True).content.decode()
    assert "予約を元にもどしました" in page


def test_a_copy_on_the_hold_shelf_says_why_and_prints_it_on_a_slip(desk: Counter, shelf, hanako) -> None:
    copy, now = shelf["kokoro"], timezone.now()
    kept = circulation.place_hold(
        patron=hanako, want=circulation.Want((copy.record,)), pickup=cast.chuo(), by=at_desk(), at=now
    )
    assert f"/desk/copies/{copy.pk}/why" in desk.client.get("/desk/picking").content.decode()
    circulation.check_in(item=copy, by=at_desk(), at=now)
    assert f"/desk/copies/{copy.pk}/why" in desk.client.get("/desk/hold-shelf").content.decode()
    page = desk.client.get(f"/desk/copies/{copy.pk}/why").content.decode()
    for said in ("なぜ、この方が先か", "なぜ、この1冊か", "なぜ、この道か", "なぜ、この日までか", "開館日7日"):
        assert said in page
    for said in ("どの規則で予約を受けたか", "「水瀬の規則」", "取り置きの日数", "基本", "予約できる数（図書・雑誌）"):
        assert said in page
    slip = desk.client.get(f"/desk/copies/{copy.pk}/why?slip=yes").content.decode()
    assert "職員用の票" in slip and "先に申し込んだ方からです" in slip and "水野" not in slip + page
    queue = desk.client.get(f"/desk/titles/{copy.record_id}/queue").content.decode()
    assert "取置の棚に" in queue and "水野" not in queue
    assert kept.pk
    assert desk.client.get("/desk/copies/999999/why").status_code == 404
    assert desk.client.get("/desk/titles/999999/queue").status_code == 404


def test_the_slip_names_by_what_those_who_asked_earlier_come_later(desk: Counter, shelf, hanako) -> None:
    copy, now = shelf["kokoro"], timezone.now()
    taro, wish = cast.taro(), circulation.Want((copy.record,))
    circulation.check_out(item=copy, patron=taro, by=at_desk(), at=now - timedelta(hours=5))
    sleeper = cast.patron("読者 一", "どくしゃ いち", "20005017")
    for hours, reader in ((3, sleeper), (2, hanako)):
        at = now - timedelta(hours=hours)
        hold = circulation.place_hold(patron=reader, want=wish, pickup=cast.chuo(), by=at_desk(), at=at)
        if reader == sleeper:
            until = timezone.localdate() + timedelta(days=30)
            circulation.suspend_hold(hold=hold, until=until, by=at_desk(), at=at)
    circulation.check_in(item=copy, by=at_desk(), at=now)
    slip = desk.client.get(f"/desk/copies/{copy.pk}/why?slip=yes").content.decode()
    assert "先の申し込み" in slip and "休んでいます" in slip and "読者" not in slip


def test_a_loan_and_a_book_for_nobody_are_explained_too(desk: Counter, shelf) -> None:
    assert "だれの予約でもなく" in desk.client.get(f"/desk/copies/{shelf['kokoro'].pk}/why").content.decode()
    desk.scan("20004318")
    assert f"/desk/copies/{shelf['kokoro'].pk}/why" in desk.scan("31002745")
    assert "規則「" in desk.client.get(f"/desk/copies/{shelf['kokoro'].pk}/why").content.decode()


def test_an_objection_is_passed_over_with_a_reason_that_stays_visible(desk: Counter, shelf, hanako) -> None:
    hanako.cards.update(expires_on=timezone.localdate() - timedelta(days=1))
    open_patron(desk)
    record = shelf["kokoro"].record_id
    asked = ask(desk, record).content.decode()
    assert "認めるわけ" in asked
    again = ask(desk, record, overriding="card-expired", request_key="k2")
    assert again.status_code == 422
    assert 'value="card-expired" checked' in again.content.decode()
    done = ask(
        desk, record, overriding="card-expired", why="other", words="書類を待つ", request_key="k3"
    ).content.decode()
    assert "予約を受けました" in done and "書類を待つ" in done


def test_what_nobody_collects_is_cleared_from_the_hold_shelf_scan_by_scan(desk: Counter, shelf, hanako) -> None:
    now, taro = timezone.now(), cast.taro()
    for reader, copy in ((hanako, shelf["kokoro"]), (taro, shelf["kusamakura"])):
        want = circulation.Want((copy.record,))
        circulation.place_hold(patron=reader, want=want, pickup=cast.chuo(), by=at_desk(), at=now)
        circulation.check_in(item=copy, by=at_desk(), at=now)
    assert "片づける本はありません" in desk.client.get("/desk/hold-shelf/clearing").content.decode()
    cancelled, moved = Hold.objects.order_by("pk")
    circulation.cancel_hold(hold=cancelled, by=at_desk(), at=now)
    circulation.change_pickup(hold=moved, pickup=cast.kita(), by=at_desk(), at=now)
    page = desk.client.get("/desk/hold-shelf/clearing").content.decode()
    assert "取りやめた" in page and "受け取る館が変わった" in page
    scanned = {"request_key": "k1", "scanned": "31001182"}
    page = desk.client.post("/desk/hold-shelf/clearing", scanned, follow=True).content.decode()
    assert "行きの箱へ" in page and "あと1冊" in page
    unknown = desk.client.post("/desk/hold-shelf/clearing", {"request_key": "k2", "scanned": "39999999"})
    assert unknown.status_code == 422


def test_a_hold_past_its_day_is_cleared_before_the_night_too(desk: Counter, shelf, hanako) -> None:
    copy, now = shelf["kokoro"], timezone.now()
    hold = circulation.place_hold(
        patron=hanako, want=circulation.Want((copy.record,)), pickup=cast.chuo(), by=at_desk(), at=now
    )
    circulation.check_in(item=copy, by=at_desk(), at=now)
    ShelfPlace.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert "期限が過ぎた" in desk.client.get("/desk/hold-shelf/clearing").content.decode()
    desk.client.post("/desk/hold-shelf/clearing", {"request_key": "k1", "scanned": "31002745"})
    hold.refresh_from_db()
    assert hold.closed_as == "expired"
    assert "片づける本はありません" in desk.client.get("/desk/hold-shelf/clearing").content.decode()


def test_a_request_by_telephone_keeps_its_channel_and_its_time(client, shelf, hanako) -> None:
    user = cast.staff("kimura", *RIGHTS, *MORE, "acquisitions.suggest")
    desk = Counter(enter(client, user), user)
    assert "先に、利用カードを読んでください" in desk.client.get("/desk/requests").content.decode()
    desk.scan("20004318")

    def send(**fields: object):
        return desk.client.post("/desk/requests", {"request_key": timezone.now().isoformat(), **fields}, follow=True)

    wish = {"title": "海を渡った文庫", "pickup": "CHUO", "way": "telephone", "contact": "telephone"}
    page = send(**wish, accepted="2026-01-05T10:00").content.decode()
    assert "リクエストを受けました" in page and "海を渡った文庫" in page
    made = Suggestion.objects.get()
    told = (made.via, made.contact, timezone.localtime(made.asked_at).strftime("%m-%d %H:%M"))
    assert told == ("telephone", "telephone", "01-05 10:00")
    assert send(**wish).status_code == 422
    assert "取り下げました" in send(withdraw=made.pk).content.decode()


def test_a_hold_by_telephone_is_told_from_one_at_the_counter(desk: Counter, shelf) -> None:
    open_patron(desk)
    ask(desk, shelf["kokoro"].record_id, way="telephone")
    assert Hold.objects.get().via == "telephone"


def test_a_title_on_order_is_waited_for_from_the_counter(desk: Counter, shelf, hanako) -> None:
    title = BibliographicRecord.objects.get(pk=shelf["kokoro"].record_id)
    shelf["kokoro"].delete()
    open_patron(desk)
    assert ask(desk, title.pk).status_code == 422
    Suggestion.objects.create(
        title="こころ", pickup=cast.chuo(), asked_at=timezone.now(), via="opac", decision="buy", record=title
    )
    assert "予約を受けました" in ask(desk, title.pk, request_key="k2").content.decode()
    assert "いつになるかは分かりません" in desk.client.get("/desk/holds").content.decode()


def test_the_desk_reads_that_another_site_stands_in_for_the_one_on_a_telephone_slip(desk: Counter, shelf) -> None:
    at = timezone.now()
    days = {"first_on": at.date(), "last_on": at.date() + timedelta(days=2)}
    circulation.close_site(facility=cast.kita(), **days, substitute=cast.chuo(), by=at_desk(), at=at)
    open_patron(desk)
    page = ask(desk, shelf["kokoro"].record_id, pickup="KITA", way="telephone").content.decode()
    assert "休館のため、受取場所が中央図書館に変わりました。" in page
    assert Hold.objects.open().get().pickup == cast.chuo()
