"""Opening days."""

import re
from calendar import day_name
from datetime import date, time, timedelta

import pytest
from django.test import Client

from fumikura.organisation.rules import AudienceHours, Calendar
from fumikura.organisation.services import close_day
from fumikura.web.opac.opening_hours import departures, usual_hours
from tests.cast import AT, SYSTEM, TODAY, chuo, facility, kita

pytestmark = pytest.mark.django_db


def test_the_month_shows_days_off_in_words() -> None:
    chuo()
    html = Client().get("/hours").content.decode()
    assert "2026年5月" in html
    assert html.count('data-is="closed"') == 4
    assert html.count("休館</span>") == 4
    assert 'aria-current="date"' in html


def test_an_exceptional_day_is_shown_with_its_reason() -> None:
    close_day(facility=chuo(), on=date(2026, 5, 28), note="蔵書点検", by=SYSTEM, at=AT)
    html = Client().get("/hours").content.decode()
    assert html.count('data-is="closed"') == 5
    assert "蔵書点検" in html


def test_machines_read_the_usual_week_and_the_days_that_depart_from_it() -> None:
    place = facility(address="水瀬市本町1-1", phone="071-000-1001", latitude=35.5, longitude=139.25)
    close_day(facility=place, on=date(2026, 5, 28), note="蔵書点検", by=SYSTEM, at=AT)
    html = Client().get("/hours?site=CHUO").content.decode()
    assert 'itemtype="https://schema.org/Library"' in html
    assert re.findall(r'itemprop="dayOfWeek" href="https://schema.org/(\w+)"', html) == list(day_name)[1:]
    assert html.count('itemprop="opens" content="09:00"') == 6 and html.count('"closes" content="19:00"') == 6
    assert re.findall(r'itemprop="validFrom" content="([^"]+)"', html) == ["2026-05-28"]
    assert 'itemprop="longitude" content="139.25"' in html
    assert 'itemprop="telephone" content="+81-71-000-1001"' in html
    assert '<link rel="canonical" href="http://testserver/hours?site=CHUO">' in html
    assert 'rel="canonical"' not in Client().get("/hours").content.decode()


def test_a_site_with_a_number_can_be_called_and_one_without_says_nothing() -> None:
    facility(phone="071-000-1001", postcode="999-0001", address="水瀬市本町1-1"), kita()
    html = Client().get("/hours?site=CHUO").content.decode()
    assert 'href="tel:071-000-1001"' in html and "〒999-0001" in html
    html = Client().get("/hours?site=KITA").content.decode()
    assert "tel:" not in html and "電話" not in html and 'itemprop="telephone"' not in html


def test_a_school_says_when_everybody_may_come() -> None:
    pupils = AudienceHours(opens=time(9), closes=time(16), audience="school")
    everybody = AudienceHours(opens=time(16), closes=time(18), weekdays=("wednesday",))
    always = Calendar()
    (only,) = usual_hours(always, time(9), time(18), [pupils, everybody], TODAY)
    assert (only.weekday, only.opens, only.closes) == ("Wednesday", time(16), time(18))
    shut = Calendar((), {TODAY: False, TODAY + timedelta(days=1): False})
    assert [one.on for one in departures(shut, time(9), time(18), [pupils, everybody], TODAY)] == [TODAY]


def test_other_places_and_months_are_one_step_away() -> None:
    chuo(), kita()
    html = Client().get("/hours?site=KITA&month=2026-12").content.decode()
    assert "北図書館" in html
    assert "2026年12月" in html
    assert "/hours?site=KITA&amp;month=2027-01" in html


@pytest.mark.parametrize("month", ["1066-10", "nonsense", "2026-13", "", "9999-12"])
def test_a_month_that_cannot_be_is_this_month(month: str) -> None:
    chuo()
    answer = Client().get("/hours", {"month": month, "site": "NOWHERE"})
    assert answer.status_code == 200
    assert "2026年5月" in answer.content.decode()


def test_the_usual_library_is_remembered_on_the_readers_machine_only() -> None:
    chuo(), kita()
    client = Client()
    answer = client.post("/hours/usual", {"site": "KITA"})
    assert answer["Location"] == "/hours?site=KITA"
    assert client.cookies["library"].value == "KITA"
    assert "北図書館" in client.get("/").content.decode()


def test_an_unknown_library_is_not_remembered() -> None:
    chuo()
    client = Client()
    client.post("/hours/usual", {"site": "NOWHERE"})
    assert not client.cookies


def test_a_city_without_libraries_yet_has_a_page_all_the_same() -> None:
    assert "まだ館が登録されていません" in Client().get("/hours").content.decode()
