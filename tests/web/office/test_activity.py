"""A manager reads what was changed, by whom and when; never whom anybody served."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.journal.models import Entry
from fumikura.organisation.models import User
from fumikura.web.acts import ACTS
from fumikura.web.office.activity import EVENTS, GROUPS
from tests import cast
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


def entry(event: str, who: str, *, days_ago: int = 0, **told: object) -> None:
    actor = f"staff:{User.objects.get(username=who).pk}"
    at = timezone.now() - timedelta(days=days_ago)
    Entry.objects.create(
        transaction=0, event=event, happened_at=at, facility="CHUO", actor=actor, via="office", particulars=told
    )


@pytest.fixture
def manager(client: Client) -> Client:
    cast.chuo()
    cast.staff("sano")
    return enter(client, cast.staff("shimizu", "organisation.grant-role"))


def test_what_was_changed_stands_with_who_when_and_what_about(manager: Client) -> None:
    entry("notices.wording-changed", "shimizu", kind="refusals.loan-limit-reached", language="ja")
    entry("notices.wording-changed", "sano", kind="due-soon", language="en")
    entry(
        "organisation.role-granted", "shimizu", user=User.objects.get(username="sano").pk, role="司書", facility="CHUO"
    )
    entry("circulation.loan-made", "sano", item=1)
    entry("patrons.patron-viewed", "sano")
    html = manager.get("/office/activity").content.decode()
    assert "借りられる数に達しています" in html and "返す日が近い（English）" in html
    assert f"{User.objects.get(username='sano').name} 司書" in html
    assert "<td>貸した</td>" not in html and "利用者の画面を開いた" not in html


def test_it_is_narrowed_by_time_person_and_kind(manager: Client) -> None:
    entry("organisation.calendar-changed", "sano", days_ago=20, on="2026-12-28", facility="CHUO")
    entry("notices.wording-changed", "shimizu", kind="due-soon", language="ja")
    assert "開館日を変えた" not in manager.get("/office/activity").content.decode()
    month = manager.get("/office/activity?days=30&group=rules").content.decode()
    assert "開館日を変えた" in month and "<td>通知の文面を直した</td>" not in month
    sano = User.objects.get(username="sano").pk
    assert "<td>通知の文面を直した</td>" not in manager.get(f"/office/activity?days=30&who={sano}").content.decode()
    assert "この間の変更はありません" in manager.get(f"/office/activity?days=1&who={sano}").content.decode()


def test_a_manager_of_an_operator_sees_the_operators_people_only(manager: Client) -> None:
    User.objects.filter(username="shimizu").update(operator="水瀬サービス")
    entry("organisation.user-added", "sano", user=1)
    entry("organisation.user-added", "shimizu", user=1)
    html = manager.get("/office/activity").content.decode()
    assert html.count("<td>職員を加えた</td>") == 1


def test_only_those_who_grant_roles_read_it(client: Client) -> None:
    cast.chuo()
    assert enter(client, cast.staff("kimura")).get("/office/activity").status_code == 403


def test_no_kind_names_events_of_readers_and_each_kind_has_some() -> None:
    assert all(EVENTS[group] for group in GROUPS)
    listed = [event for events in EVENTS.values() for event in events]
    assert len(listed) == len(set(listed)) and set(listed) <= set(ACTS)
    assert not [event for event in listed if "loan" in event or "hold-" in event or "patron-" in event]
