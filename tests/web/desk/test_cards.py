"""利用カード at the counter: made good for longer, stopped, replaced; nothing that is lent is touched by it."""

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation import services as circulation
from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry
from fumikura.patrons.models import Card, Patron
from fumikura.patrons.rules import card_expiry
from tests import cast
from tests.circulation.cast import at_desk
from tests.web.desk.conftest import RIGHTS, enter

pytestmark = pytest.mark.django_db
CARDS = ("patrons.renew-card", "patrons.stop-card", "patrons.issue-card")


@pytest.fixture
def desk(client: Client) -> Client:
    return enter(client, cast.staff("sano", *RIGHTS, *CARDS))


def post(desk: Client, patron: Patron, **fields: str) -> str:
    answer = desk.post(f"/desk/readers/{patron.key}/card", {"request_key": str(fields), **fields}, follow=True)
    return answer.content.decode()


def test_a_lost_card_is_replaced_and_what_is_lent_stays(desk: Client, shelf, hanako: Patron) -> None:
    circulation.check_out(item=shelf["kokoro"], patron=hanako, by=at_desk(), at=timezone.now())
    old = Card.objects.get(patron=hanako)
    page = post(desk, hanako, number="20005635")
    assert "新しいカードを渡せます" in page
    new = Card.objects.get(patron=hanako, stopped_at=None)
    assert (new.number, new.expires_on) == ("20005635", old.expires_on)
    assert Loan.objects.get().patron == hanako
    assert "新しいカードを渡せます" in post(desk, hanako, number="20005635"), "sent twice it is done once"
    assert Card.objects.filter(patron=hanako).count() == 2


def test_whoever_shows_where_they_live_gets_the_new_card_for_its_whole_time(desk: Client, hanako: Patron) -> None:
    old = Card.objects.get(patron=hanako)
    assert "新しいカードを渡せます" in post(desk, hanako, number="20005635", anew="yes")
    new = Card.objects.get(patron=hanako, stopped_at=None)
    assert new.expires_on == card_expiry(timezone.localdate(), hanako.category.card_years) > old.expires_on


def test_a_number_that_somebody_has_is_said_and_the_old_card_stays(desk: Client, hanako: Patron) -> None:
    page = post(desk, hanako, number="20004318")
    assert 'value="20004318"' in page and 'role="alert"' in page
    assert Card.objects.get(patron=hanako).stopped_at is None


def test_told_by_telephone_it_is_stopped_and_another_is_handed_out_later(desk: Client, hanako: Patron) -> None:
    assert "カードを止めました" in post(desk, hanako, lost="yes")
    page = desk.get(f"/desk/readers/{hanako.key}/card").content.decode()
    assert "使えるカードがありません" in page and "期限を延ばす" not in page
    assert "新しいカードを渡せます" in post(desk, hanako, number="20005635")


def test_an_expired_card_is_renewed_from_the_readers_page(desk: Client, hanako: Patron) -> None:
    Card.objects.update(expires_on=timezone.localdate().replace(year=2020))
    assert f"/desk/readers/{hanako.key}/card" in desk.get(f"/desk/readers/{hanako.key}").content.decode()
    assert "期限が切れています" in desk.get(f"/desk/readers/{hanako.key}/card").content.decode()
    assert "まで使えるようにしました" in post(desk, hanako, renew="yes")
    assert Card.objects.get(patron=hanako).expires_on > timezone.localdate()


def test_who_may_not_is_shown_no_button_and_refused(client: Client, hanako: Patron) -> None:
    desk = enter(client, cast.staff("kimura", *RIGHTS))
    page = desk.get(f"/desk/readers/{hanako.key}/card").content.decode()
    assert "このカードを渡す" not in page and "期限を延ばす</" not in page
    post(desk, hanako, lost="yes")
    assert Card.objects.get(patron=hanako).stopped_at is None


def test_nobody_sees_a_reader_through_a_refused_form_without_the_right_to_look(client: Client) -> None:
    cast.chuo()
    hanako = cast.hanako()
    enter(client, cast.staff("nakata", "circulation.check-out"))
    for page in ("", "/card"):
        for answer in (
            client.get(f"/desk/readers/{hanako.key}{page}"),
            client.post(f"/desk/readers/{hanako.key}{page}", {"note": "", "number": "20000099", "request_key": "k"}),
        ):
            html = answer.content.decode()
            assert answer.status_code == 422 and "権限がありません" in html and hanako.name not in html
    assert not Entry.objects.filter(event="patrons.patron-viewed").exists()
