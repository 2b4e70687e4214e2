"""Break-glass and the table of rights."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.journal.models import Entry
from fumikura.organisation.models import BrokenGlass, User
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db
REASON = "停電で館を閉めるため、館長に連絡がつかない"


def broken(client: Client, **fields: object):
    return client.post(
        "/office/glass", {"act": "break", "right": ["organisation.change-calendar"], "reason": REASON, **fields}
    )


@pytest.fixture
def kimura(client: Client) -> Client:
    cast.chuo(), cast.kita()
    return enter(client, cast.staff("kimura", "organisation.break-glass"))


def test_the_right_holds_for_half_an_hour_with_a_banner_and_is_written_down(kimura: Client) -> None:
    assert kimura.get("/office/sites").status_code == 403
    assert broken(kimura).status_code == 302
    page = kimura.get("/office/sites")
    assert page.status_code == 200
    assert "緊急の権限を使っています" in page.content.decode()
    row = BrokenGlass.objects.get()
    assert Entry.objects.filter(event="organisation.glass-broken").exists()
    BrokenGlass.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert kimura.get("/office/sites").status_code == 403
    assert row.reason == REASON


def test_a_reader_who_was_looked_at_by_it_is_told_so(kimura: Client) -> None:
    hanako = cast.hanako()
    assert kimura.get(f"/desk/readers/{hanako.key}").status_code == 422
    broken(kimura, right=["patrons.view"])
    assert kimura.get(f"/desk/readers/{hanako.key}").status_code == 200
    assert Entry.objects.get(event="patrons.patron-viewed").particulars["by_glass"] is True
    hers = Client()
    hers.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    assert "緊急の権限で" in hers.get("/my/seen").content.decode()


def test_it_holds_in_this_session_and_at_this_place_only(kimura: Client) -> None:
    broken(kimura)
    other = enter(Client(), User.objects.get(username="kimura"))
    assert other.get("/office/sites").status_code == 403
    session = kimura.session
    session["staff_facility"] = "KITA"
    session.save()
    assert kimura.get("/office/sites").status_code == 403


@pytest.mark.parametrize("fields", [{"reason": "急ぎ"}, {"right": ["organisation.grant-role"]}])
def test_without_a_reason_or_for_what_is_not_behind_glass_nothing_is_given(kimura: Client, fields: dict) -> None:
    assert broken(kimura, **fields).status_code == 422
    assert not BrokenGlass.objects.exists()


def test_a_refused_request_says_everything_that_is_missing_and_keeps_what_was_ticked(kimura: Client) -> None:
    html = broken(kimura, right=[], reason="急ぎ").content.decode()
    assert "使う権限が選ばれていません。" in html and "理由が短すぎます。" in html
    html = broken(kimura, right=["patrons.view"], reason="急ぎ").content.decode()
    assert 'value="patrons.view" checked' in html and "選ばれていません" not in html


def test_the_page_that_says_no_leads_to_the_emergency_rights_where_they_would_help(kimura: Client) -> None:
    said = kimura.get("/office/sites").content.decode()
    assert 'href="/office/glass?right=organisation.change-calendar"' in said
    ticked = kimura.get("/office/glass?right=organisation.change-calendar").content.decode()
    assert 'value="organisation.change-calendar" checked' in ticked
    assert "/office/glass?" not in kimura.get("/office/policies").content.decode()


def test_whoever_reviews_sees_reason_and_acts_and_can_end_it(kimura: Client) -> None:
    broken(kimura)
    row = BrokenGlass.objects.get()
    shimizu = enter(Client(), cast.staff("shimizu", "organisation.review-glass"))
    page = shimizu.get("/office/glass").content.decode()
    assert REASON in page and "緊急の権限を使った" in page
    assert "いま使っています" in page and "いま終える" in page and "確かめました" not in page and "中央図書館" in page
    refused = shimizu.post("/office/glass", {"act": "review", "glass": row.pk})
    assert "まだ使われています" in refused.content.decode(), "more may be done that nobody would read"
    shimizu.post("/office/glass", {"act": "close", "glass": row.pk})
    assert kimura.get("/office/sites").status_code == 403
    kimura.post("/office/glass", {"act": "review", "glass": row.pk})
    assert BrokenGlass.objects.get().reviewed_at is None
    shimizu.post("/office/glass", {"act": "review", "glass": row.pk})
    assert BrokenGlass.objects.get().reviewed_at is not None


def test_the_table_says_who_has_a_right_where(client: Client) -> None:
    cast.staff("sano", "patrons.view", at=cast.kita())
    shimizu = enter(client, cast.staff("shimizu", "organisation.grant-role", at=cast.chuo()))
    page = shimizu.get("/office/rights?right=patrons.view").content.decode()
    assert "北図書館" in page and "sano" in page


def test_an_operators_manager_sees_no_other_people(client: Client) -> None:
    cast.staff("sano", "patrons.view", at=cast.kita())
    manager = cast.staff("aoki", "organisation.grant-role", at=cast.chuo())
    User.objects.filter(pk=manager.pk).update(operator="水瀬サービス")
    aoki = enter(client, User.objects.get(pk=manager.pk))
    for page in ("/office/rights?right=patrons.view", "/office/people"):
        assert "sano" not in aoki.get(page).content.decode().replace("role-of-sano", "")
