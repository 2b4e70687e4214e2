"""Lending at the counter: a card, then books; every outcome without JavaScript."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fumikura.circulation.models import Loan, PolicySet
from fumikura.circulation.services import check_out, house_rules
from fumikura.journal.models import Entry
from fumikura.notices.services import address_came_back
from fumikura.organisation.services import declare_disaster, end_disaster
from fumikura.patrons.models import Patron
from tests import cast
from tests.circulation.test_counter_verbs import a_set
from tests.circulation.test_lockers import crate_for_station
from tests.web.desk.conftest import RIGHTS, book, enter

pytestmark = pytest.mark.django_db


def test_a_card_and_a_book_make_a_loan(counter, hanako):
    page = counter.scan("20004318")
    assert counter.said(page) == "patron-open"
    assert "<ruby>水野<rt>みずの</rt></ruby>" in page
    page = counter.scan("31002745")
    assert counter.said(page) == "lent"
    loan = Loan.objects.get()
    assert (loan.patron, loan.item.barcode) == (hanako, "31002745")
    assert "『こころ』" in page and "この方の今回" in page


def test_what_scanners_and_keyboards_add_is_folded_off(counter, hanako):
    counter.scan("a20004318a\r")
    assert counter.said(counter.scan("Ａ３１００　２７４５Ａ")) == "lent"


def test_opening_a_patron_is_written_down_for_the_patron_to_see(counter, hanako):
    counter.scan("20004318")
    assert Entry.objects.filter(event="patrons.patron-viewed", patron_key=hanako.key).count() == 1


def test_neither_address_nor_telephone_is_on_the_page(counter):
    cast.patron(address="水瀬市本町1-1", phone="000-111-2222")
    page = counter.scan("20004318")
    assert "本町" not in page and "111-2222" not in page


def test_the_same_form_sent_twice_lends_once_and_answers_the_same(counter, hanako):
    counter.scan("20004318")
    fields = {
        "scanned": "31002745",
        "mode": "lend",
        "visit": counter.hidden("visit"),
        "request_key": counter.hidden("request_key"),
    }
    before = counter.client.cookies["fumikura_desk"].value
    first = counter.client.post("/desk/scans", fields, follow=True).content.decode()
    counter.client.cookies["fumikura_desk"] = before  # the second click left before the first answer came
    second = counter.client.post("/desk/scans", fields, follow=True).content.decode()
    assert counter.said(first) == counter.said(second) == "lent"
    assert Loan.objects.count() == 1


def test_the_same_book_twice_within_three_seconds_is_one_scan(counter, hanako):
    counter.scan("20004318")
    counter.scan("31002745")
    assert counter.said(counter.scan("31002745")) == "lent"
    assert Loan.objects.count() == 1


def test_the_same_book_again_later_is_said_to_be_lent_already(counter, hanako, monkeypatch):
    counter.scan("20004318")
    counter.scan("31002745")
    pass_time(monkeypatch, seconds=4)
    page = counter.scan("31002745")
    assert counter.said(page) == "refused"
    assert "この方がいま借りている本です" in page
    assert f'id="loan-{Loan.objects.get().pk}" checked' in page, "F8 renews it at once"


def test_a_book_without_a_card_shows_where_it_is(counter):
    page = counter.scan("31002745")
    assert counter.said(page) == "item-state"
    assert "カードを読むと、この本を貸します" in page
    assert not Loan.objects.exists()


def test_an_unknown_number_says_what_to_do(counter):
    page = counter.scan("39999999")
    assert counter.said(page) == "unknown"
    assert "3999 9999" in page and "手で入れて" in page


def test_a_misread_number_says_read_it_again(counter):
    agency = cast.agency()
    agency.item_check = agency.card_check = "m10w3"
    agency.save()
    assert counter.said(counter.scan("39999999")) == "misread"
    assert counter.said(counter.scan("<script>")) == "misread"
    assert counter.said(counter.scan("3" * 200)) == "misread"


def test_the_shops_barcode_on_the_cover_is_recognised(counter):
    page = counter.scan("9784101010137")
    assert counter.said(page) == "shop-barcode"
    assert "図書館のラベル" in page


@pytest.mark.parametrize(("made", "said"), [(a_set, "set-label"), (crate_for_station, "crate-label")])
def test_the_label_of_a_set_or_a_crate_is_not_called_misread(counter, made, said):
    assert counter.said(counter.scan(made().number)) == said


def test_an_empty_scan_is_no_error(counter):
    assert counter.said(counter.scan("  ")) == "empty"


def test_an_expired_card_opens_and_says_so(counter, hanako):
    hanako.cards.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert "有効期限" in counter.scan("20004318")
    page = counter.scan("31002745")
    assert counter.said(page) == "to-confirm"
    assert not Loan.objects.exists()


def test_a_stopped_card_opens_nothing(counter, hanako):
    hanako.cards.update(stopped_at=timezone.now())
    page = counter.scan("20004318")
    assert counter.said(page) == "refused"
    assert "水野" not in page


def test_all_reasons_at_once_with_a_tick_for_each_that_this_person_may_allow(counter, hanako):
    hanako.cards.update(expires_on=timezone.localdate() - timedelta(days=1))
    counter.scan("20004318")
    page = counter.scan("31004406")
    assert counter.said(page) == "to-confirm"
    assert page.count('name="overriding"') == 2
    page = counter.post("answers", say="yes", overriding=["reference-only"])
    assert counter.said(page) == "to-confirm" and not Loan.objects.exists()
    page = counter.post("answers", say="yes", overriding=["reference-only", "card-expired"])
    assert counter.said(page) == "lent"
    assert Entry.objects.filter(event="circulation.refusal-overridden").count() == 2


def test_whoever_passes_over_an_objection_says_why_and_the_page_of_the_copy_tells_it(counter, shelf, hanako):
    counter.scan("20004318")
    assert 'name="why"' in counter.scan("31004406")
    page = counter.post("answers", say="yes", overriding=["reference-only"], why="other", words=" ")
    assert "わけを書いてください" in page and not Loan.objects.exists()
    assert '<option value="other" selected>' in page
    page = counter.post("answers", say="yes", overriding=["reference-only"], why="other", words="館長の特別な許可")
    assert counter.said(page) == "lent"
    entry = Entry.objects.get(event="circulation.refusal-overridden")
    assert (entry.particulars["why"], entry.particulars["words"]) == ("other", "館長の特別な許可")
    copy = f"/desk/copies/{shelf['jiten'].pk}/why"
    for address in (copy, f"{copy}?slip=yes"):
        assert "館長の特別な許可" in counter.client.get(address).content.decode()


def test_what_the_guardian_agreed_to_is_ticked_on_the_page_of_the_child(client, shelf, hanako):
    rules = house_rules()
    rules["rules"][0]["give"]["loan.guardian_consent_for"] = ["dvd"]
    PolicySet.objects.create(version=2, name="同意", effective_from=date(2020, 4, 2), rules=rules, digest="consent")
    child = cast.taro(born_on=date(2018, 5, 20), guardian=hanako)
    enter(client, cast.staff("sano", *RIGHTS, "patrons.change"))
    here = f"/desk/readers/{child.key}"
    assert "保護者の同意" in client.get(here).content.decode()
    assert "保護者の同意" not in client.get(f"/desk/readers/{hanako.key}").content.decode()
    client.post(here, {"request_key": "agree", "consents": "yes", "agreed": ["dvd", "nonsense"]})
    child.refresh_from_db()
    assert child.consents == ["dvd"]
    entry = Entry.objects.filter(event="patrons.patron-changed", patron_key=child.key).latest("id")
    assert entry.particulars["fields"] == ["consents"]


def test_a_service_is_ticked_on_the_page_of_its_reader_and_the_rules_for_it_lend_longer(client, shelf, hanako):
    rules = house_rules()
    longer = {"id": "宅配", "from": "2020-04-02", "if": {"service": "home-delivery"}, "give": {"loan.period": 28}}
    rules["rules"].append(longer)
    PolicySet.objects.create(version=2, name="宅配", effective_from=date(2020, 4, 2), rules=rules, digest="service")
    enter(client, cast.staff("sano", *RIGHTS, "patrons.change"))
    here = f"/desk/readers/{hanako.key}"
    ticked = {"request_key": "flag", "services": "yes", "service": ["home-delivery", "nonsense"]}
    page = client.post(here, ticked, follow=True).content.decode()
    assert "サービスの印を書きました" in page
    hanako.refresh_from_db()
    assert hanako.services == ["home-delivery"]
    loan = check_out(item=shelf["kokoro"], patron=hanako, by=cast.acting("circulation.check-out"), at=cast.AT)
    assert loan.snapshot["given"]["loan.period"] == [28, "宅配"]


def test_a_reason_that_this_person_may_not_allow_says_who_may(client, shelf, hanako):
    from tests.web.desk.conftest import Counter

    cast.role("librarian", "circulation.override-item")
    user = cast.staff("kimura", "patrons.view", "circulation.check-out")
    counter = Counter(enter(client, user), user)
    counter.scan("20004318")
    page = counter.scan("31004406")
    assert counter.said(page) == "refused"
    assert "librarianが認められます" in page and 'name="overriding"' not in page


def test_nothing_else_is_heard_while_a_question_is_open(counter, hanako):
    counter.scan("20004318")
    counter.scan("31004406")
    page = counter.scan("31002745")
    assert counter.said(page) == "to-confirm"
    assert "先に、上の問いに答えてください" in page and not Loan.objects.exists()


def test_esc_leaves_the_book_and_keeps_the_patron(counter, hanako):
    counter.scan("20004318")
    counter.scan("31004406")
    page = counter.post("departures")
    assert counter.said(page) == "left-lend"
    assert "水野" in page


def test_a_scanned_yes_answers_one_question_after_the_other(counter, hanako):
    hanako.cards.update(expires_on=timezone.localdate() - timedelta(days=1))
    counter.scan("20004318")
    counter.scan("31004406")
    assert counter.said(counter.scan("はい")) == "to-confirm"
    assert counter.said(counter.scan("はい")) == "lent"


def test_another_card_asks_before_it_takes_the_place(counter, hanako):
    cast.taro()
    counter.scan("20004318")
    page = counter.scan("20004326")
    assert counter.said(page) == "next-patron" and "水野" in page
    page = counter.scan("20004326")
    assert counter.said(page) == "patron-open" and "北川" in page and "水野" not in page


def test_a_withdrawn_book_is_not_lent_whoever_asks(counter, hanako, shelf):
    from fumikura.holdings.services import withdraw_item

    withdraw_item(shelf["kokoro"], reason="worn", by=cast.SYSTEM, at=cast.AT)
    counter.scan("20004318")
    page = counter.scan("31002745")
    assert counter.said(page) == "refused" and "除籍" in page


def test_a_site_that_does_not_lend_says_so(client, shelf, hanako):
    from tests.web.desk.conftest import Counter

    cast.facility("BUNKA", "文化資料館", lends=False)
    user = cast.staff("kimura", "patrons.view", "circulation.check-out")
    counter = Counter(enter(client, user, "BUNKA"), user)
    counter.scan("20004318")
    page = counter.scan("31002745")
    assert counter.said(page) == "refused" and not Loan.objects.exists()


def test_a_missing_right_is_said_in_words(client, shelf, hanako):
    from tests.web.desk.conftest import Counter

    user = cast.staff("kimura", "patrons.view")
    counter = Counter(enter(client, user), user)
    counter.scan("20004318")
    page = counter.scan("31002745")
    assert counter.said(page) == "refused" and "権限" in page


def test_without_the_right_to_look_up_patrons_no_panel_opens(client, shelf, hanako):
    from tests.web.desk.conftest import Counter

    user = cast.staff("kimura", "circulation.check-out")
    counter = Counter(enter(client, user), user)
    page = counter.scan("20004318")
    assert counter.said(page) == "refused" and "水野" not in page


def test_nobody_who_has_not_signed_in_comes_to_the_counter(client, db):
    assert client.get("/desk/").headers["Location"].startswith("/staff/sign-in")
    assert client.post("/desk/scans", {"scanned": "20004318"}).status_code == 302


def test_the_slip_has_the_day_and_no_name(counter, hanako):
    counter.scan("20004318")
    counter.scan("31002745")
    page = counter.post("departures", how="slip")
    assert counter.said(page) == "finished"
    slip = page.partition('id="slip"')[2].partition("</section>")[0]
    assert "返す日" in slip and "こころ" not in slip and "水野" not in page
    assert "こころ" in counter.client.get("/desk/?titles=yes").content.decode()
    assert 'id="slip"' in counter.post("departures", how="slip"), "F10 again does not lose it"


def test_the_panel_closes_after_ninety_seconds(counter, hanako, monkeypatch):
    counter.scan("20004318")
    pass_time(monkeypatch, seconds=91)
    assert "水野" not in counter.page()
    page = counter.scan("31002745")
    assert counter.said(page) == "item-state" and not Loan.objects.exists()


def test_a_page_of_an_earlier_visit_is_not_obeyed(counter, hanako):
    cast.taro()
    counter.scan("20004318")
    old = counter.hidden("visit")
    counter.post("departures")
    counter.scan("20004326")
    page = counter.scan("31002745", visit=old)
    assert counter.said(page) == "page-out-of-date" and not Loan.objects.exists()


def test_the_tenth_scan_asks_the_database_no_more_than_the_second(counter, hanako):
    for number in range(10):
        book(f"本{number}", f"3200{number:04}")
    counter.scan("20004318")
    counts = []
    for number in range(10):
        fields = {name: counter.hidden(name) for name in ("visit", "request_key")}
        with CaptureQueriesContext(connection) as asked:
            counter.client.post(
                "/desk/scans", {"scanned": f"3200{number:04}", "mode": "lend", **fields}, headers={"X-Desk": "part"}
            )
        counts.append(len(asked))
    assert counts[9] == counts[1] <= 35


def test_disaster_mode_is_said_at_the_counter_and_costs_no_question(counter, hanako):
    assert "災害モード" not in counter.page()
    with CaptureQueriesContext(connection) as before:
        counter.page()
    declare_disaster(by=cast.SYSTEM, at=timezone.now())
    with CaptureQueriesContext(connection) as during:
        page = counter.page()
    assert len(during) == len(before) and page.count("災害モードです（") == 1
    fields = {"scanned": "20004318", "mode": "lend", "visit": counter.hidden("visit"), "request_key": "k"}
    part = counter.client.post("/desk/scans", fields, headers={"X-Desk": "part"}).content.decode()
    assert "災害モードです（" in part.partition('id="disaster"')[2]
    end_disaster(by=cast.SYSTEM, at=timezone.now())
    assert "災害モード" not in counter.page()


def test_a_reader_whose_mail_came_back_is_asked_until_the_address_is_new(counter, hanako):
    Patron.objects.filter(pk=hanako.pk).update(email="hanako@example.jp")
    counter.scan("20004318")
    assert "メールが戻りました" not in counter.page()
    address_came_back(address="hanako@example.jp", by=cast.SYSTEM, at=timezone.now())
    assert "メールが戻りました" in counter.page()
    Patron.objects.filter(pk=hanako.pk).update(email="hanako@example.com")
    assert "メールが戻りました" not in counter.page()


def pass_time(monkeypatch, *, seconds: float) -> None:
    later = timezone.now() + timedelta(seconds=seconds)
    monkeypatch.setattr("fumikura.web.desk.place.timezone.now", lambda: later)
