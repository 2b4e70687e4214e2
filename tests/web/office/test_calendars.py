"""開館暦: rules by sentences, the year before saving, hours by audience, a temporary home, and what readers see of it."""

import json
from datetime import time

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.models import TemporarySite
from fumikura.holdings.models import FrozenStock
from fumikura.kernel.refusals import Refused
from fumikura.organisation.models import Calendar, Facility
from fumikura.organisation.queries import calendar_for
from fumikura.organisation.services import write_calendar
from fumikura.web.opac.visits import stops
from tests import cast
from tests.cast import AT, SYSTEM, TODAY, chuo, kita
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    chuo(), kita()
    rights = ("organisation.configure", "organisation.change-calendar", "holdings.freeze-stock")
    return enter(client, cast.staff("shimizu", *rights))


RULES = "/office/sites/CHUO/rules"


def draft_of(page: str) -> str:
    from html import unescape

    return unescape(page.partition('name="draft" value="')[2].partition('"')[0])


def test_a_third_thursday_is_seen_in_the_year_and_then_saved_for_all_that_follow(manager: Client) -> None:
    page = manager.get(RULES).content.decode()
    assert "毎週月曜（祝日なら開いて、次の平日が休み）" in page and "毎年12月29日から1月3日まで" in page
    fields = {"add": "weekday", "weekday": "thursday", "nth": "3", "on_holiday": "open"}
    page = manager.post(RULES, {**fields, "draft": draft_of(page)}).content.decode()
    assert "第3木曜（祝日なら開く）" in page and "まだ保存していません" in page and "6月18日（木）" in page
    assert calendar_for(chuo()).is_open(TODAY.replace(month=6, day=18))
    manager.post(RULES, {"save": "yes", "draft": draft_of(page), "request_key": "k"})
    assert not calendar_for(Facility.objects.get(code="CHUO")).is_open(TODAY.replace(month=6, day=18))
    assert not calendar_for(Facility.objects.get(code="KITA")).is_open(TODAY.replace(month=6, day=18))


def test_two_rules_that_contradict_about_holidays_are_named_and_one_of_them_can_be_taken_away(manager: Client) -> None:
    page = manager.post(RULES, {"add": "weekday", "weekday": "thursday", "nth": "3", "on_holiday": "open"})
    kept = draft_of(page.content.decode())
    both = manager.post(RULES, {"sentences": "第3木曜日", "draft": kept}).content.decode()
    assert "第3木曜（祝日なら開く） ⇔ 第3木曜（祝日も休み）" in both and "どちらか一つにしてください" in both
    assert draft_of(both) == kept
    other = json.loads(kept)[-1] | {"on_holiday": "closed"}
    quarrel = json.dumps([*json.loads(kept), other])
    assert manager.post(RULES, {"save": "yes", "draft": quarrel, "request_key": "q"}).status_code == 422
    settled = manager.post(RULES, {"remove": str(len(json.loads(quarrel)) - 1), "draft": quarrel})
    assert draft_of(settled.content.decode()) == kept
    with pytest.raises(Refused, match="calendar-contradicts"):
        write_calendar(code="X", name="X", rules=json.loads(quarrel), by=SYSTEM, at=AT)


def test_a_site_may_have_a_calendar_of_its_own(manager: Client) -> None:
    page = manager.post(RULES, {"add": "days", "days": "2026-06-11、2026-06-12", "note": "議会の日"}).content.decode()
    assert "（議会の日）" in page
    manager.post(RULES, {"save": "yes", "own": "yes", "draft": draft_of(page), "request_key": "k"})
    assert not calendar_for(Facility.objects.get(code="CHUO")).is_open(TODAY.replace(month=6, day=11))
    assert calendar_for(Facility.objects.get(code="KITA")).is_open(TODAY.replace(month=6, day=11))
    assert Calendar.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"add": "days", "days": "soon"},
        {"add": "yearly", "yearly_from": "", "yearly_to": ""},
        {"add": "weekday", "weekday": "funday"},
        {"add": "every", "every": "0", "first": "2026-05-20"},
        {"draft": "no json"},
        {"draft": '["text"]'},
        {"add": "between", "from": "2020-01-01", "to": "2199-01-01"},
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_and_the_saved_ones_stand(
    manager: Client, fields: dict[str, str]
) -> None:
    answer = manager.post(RULES, fields)
    assert answer.status_code == 422
    assert "毎週月曜" in answer.content.decode()


def test_a_rule_is_taken_away_and_nothing_is_saved_by_looking(manager: Client) -> None:
    page = manager.post(RULES, {"remove": "0"}).content.decode()
    assert "毎週月曜" not in page.partition("曜日の休み")[0] and not calendar_for(chuo()).is_open(TODAY.replace(day=18))


HOURS = {"opens": "09:00", "closes": "19:00", "takes_returns": "any", "pickup": "all", "address": "本町1-1"}


def test_hours_for_the_school_and_for_everybody_are_told_to_readers(manager: Client) -> None:
    fields = {
        **HOURS,
        "opens0": "09:00", "closes0": "16:00", "audience0": "school", "days0": ["monday", "friday"],
        "opens1": "16:00", "closes1": "18:00", "audience1": "everyone", "desk1": "CHUO-2", "holds1": "yes",
        "request_key": "k",
    }  # fmt: skip
    page = manager.post("/office/sites/CHUO/hours", fields, follow=True).content.decode()
    assert "保存しました" in page and len(Facility.objects.get(code="CHUO").openings) == 2
    page = manager.get("/hours?site=CHUO").content.decode()
    assert "学校の人" in page and "月曜・金曜" in page and "こどもカウンター" in page and "予約の本の受け取り" in page
    assert 'name="holds1" value="yes" checked' in manager.get("/office/sites/CHUO/hours").content.decode()


@pytest.mark.parametrize("wrong", [{"opens": ""}, {"opens0": "18:00", "closes0": "16:00"}, {"pickup": "moon"}])
def test_hours_that_cannot_be_are_refused(manager: Client, wrong: dict[str, str]) -> None:
    answer = manager.post("/office/sites/CHUO/hours", {**HOURS, **wrong, "request_key": "k"})
    assert answer.status_code == 422 and "書き方が合いません" in answer.content.decode()


def test_a_telephone_number_is_kept_shown_and_refused_beside_its_field(manager: Client) -> None:
    where = "/office/sites/CHUO/hours"
    told = {**HOURS, "postcode": "９９９０００１", "phone": "０７１（０００）１００１"}
    assert "保存しました" in manager.post(where, {**told, "request_key": "k"}, follow=True).content.decode()
    assert "071-000-1001" in manager.get("/office/sites").content.decode()
    answer = manager.post(
        where, {**told, "address": "駅前2-3", "phone": "000-1001", "postcode": "1", "request_key": "l"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="phone-error"' in page and 'id="postcode-error"' in page
    assert 'value="000-1001"' in page and 'value="駅前2-3"' in page and "市外局番から" in page
    assert Facility.objects.get(code="CHUO").phone == "071-000-1001"


def test_what_is_refused_of_a_temporary_home_stays_in_its_own_form(manager: Client) -> None:
    Facility.objects.update(openings=[{"opens": "09:00", "closes": "16:00", "weekdays": ["monday"]}])
    fields = {
        "temporary": "yes", "new_address": "駅前2-3", "new_phone": "1", "until": "2027-03-31", "new_opens": "10:00",
        "new_closes": "17:00", "note": "建てかえ", "request_key": "k",
    }  # fmt: skip
    answer = manager.post("/office/sites/CHUO/hours", fields)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="new_phone-error"' in page and 'id="phone-error"' not in page
    assert 'value="駅前2-3"' in page and 'value="建てかえ"' in page and 'value="16:00"' in page
    assert 'name="freeze" value="on" checked' not in page


def test_a_site_that_would_close_before_it_opens_is_asked_again(manager: Client) -> None:
    where, fields = "/office/sites/CHUO/hours", {"temporary": "yes", "new_address": "駅前2-3", "until": "2027-03-31"}
    hours = {"new_opens": "10:00", "new_closes": "09:00", "request_key": "k"}
    assert "「から」は「まで」より前に" in manager.post(where, {**fields, **hours}).content.decode()
    assert "「から」は「まで」より前に" in manager.post(where, {**HOURS, "closes": "08:00"}).content.decode()


def test_a_site_works_from_a_temporary_place_and_comes_back(manager: Client) -> None:
    where = "/office/sites/CHUO/hours"
    Facility.objects.filter(code="CHUO").update(phone="071-000-1001", postcode="999-0001")
    fields = {
        "temporary": "yes", "new_address": "駅前2-3", "until": "2027-03-31", "new_opens": "10:00",
        "new_closes": "17:00", "new_phone": "071-000-1099", "freeze": "on", "note": "建てかえ", "request_key": "k",
    }  # fmt: skip
    page = manager.post(where, fields, follow=True).content.decode()
    assert "仮の場所で開いています" in page and FrozenStock.objects.filter(ended_at=None).count() == 1
    page = manager.get("/hours?site=CHUO").content.decode()
    assert "071-000-1099" in page and "〒" not in page
    assert "駅前2-3" in page and "いまは仮の場所で開いています" in page and "10:00 – 17:00" in page
    assert manager.post(where, {**fields, "request_key": "again"}).status_code == 422
    manager.post(where, {"end": "yes", "request_key": "e"})
    place = Facility.objects.get(code="CHUO")
    assert (place.opens, place.address, place.phone) == (time(9), "", "071-000-1001")
    assert not FrozenStock.objects.filter(ended_at=None).exists() and TemporarySite.objects.get().ended_at
    assert manager.post(where, {"end": "yes", "request_key": "f"}).status_code == 422


def bus() -> Facility:
    from fumikura.organisation import services

    every_other = services.write_calendar(
        code="BUS", name="2週に1度", rules=[{"open_every_days": 14, "first": "2026-05-13"}], by=cast.SYSTEM, at=AT
    )
    return services.add_facility(
        code="STOP1", name="青葉団地", agency=cast.agency(), calendar=every_other, kind="stop",
        opens=time(14), closes=time(15), by=cast.SYSTEM, at=AT,
    )  # fmt: skip


def test_the_bus_comes_every_other_week_and_its_visits_can_be_taken_along(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    assert "まだありません" in client.get("/bookmobile").content.decode()
    bus()
    page = client.get("/bookmobile").content.decode()
    assert "青葉団地" in page and "5月27日（水）" in page and "6月10日（水）" in page and "週</span>" in page
    (stop,) = stops(TODAY)
    assert stop.week in {"A", "B"} and stop.weekday == "水曜"
    book = icalendar.Calendar.from_ical(client.get("/bookmobile.ics").content)
    first = book.walk("VEVENT")[0]
    assert first["SUMMARY"] == "青葉団地" and first.decoded("DTSTART").isoformat() == "2026-05-27T14:00:00+09:00"


def test_days_off_of_a_library_can_be_taken_along(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    chuo()
    answer = client.get("/hours/CHUO.ics")
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert answer["Content-Type"].startswith("text/calendar")
    assert events[0]["SUMMARY"] == "休館：中央図書館" and events[0].decoded("DTSTART").isoformat() == "2026-05-25"
    assert client.get("/hours/NONE.ics").status_code == 404


def test_a_notice_is_pasted_and_what_was_not_read_stays_to_be_reworded(manager: Client) -> None:
    page = manager.post(RULES, {"sentences": "最終金曜日（館内整理日）、満月の夜、2026年6月11日（議会で決めた日）"})
    words = page.content.decode()
    assert (
        page.status_code == 422
        and "毎月最後の金曜（祝日も休み）（館内整理日）" in words
        and "（議会で決めた日）" in words
    )
    assert ">満月の夜</textarea>" in words and "読み取れなかった" in words
    page = manager.post(RULES, {"sentences": "第3木曜日", "draft": draft_of(words)})
    assert page.status_code == 200 and "第3木曜" in page.content.decode() and "毎月最後の金曜" in page.content.decode()
    assert "決まりが書かれていません" in manager.post(RULES, {"sentences": " "}).content.decode()
