"""What would happen if: the rules answer, name themselves, and change nothing."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.patrons.models import Category
from tests import cast
from tests.cast import AT, category, chuo
from tests.circulation.cast import house_rules
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: AT)
    chuo()
    category()
    return enter(client, cast.staff("shimizu", "circulation.set-rules", "circulation.check-out"))


def ask(client: Client, **fields: object) -> str:
    return client.get("/office/policies", fields).content.decode()


def test_the_answer_names_the_rule_and_those_it_passed_over(manager: Client) -> None:
    house_rules()
    page = ask(manager, material="dvd", category="adult")
    assert "視聴覚" in page and "もっと当てはまる規則があった" in page
    assert "5月27日" in page


def test_a_due_day_inside_the_new_years_holidays_says_why(manager: Client) -> None:
    house_rules()
    page = ask(manager, on="2026-12-18", category="adult", material="book")
    assert "1月5日" in page
    assert "休館日なので、次の開館日にしました" in page


@pytest.mark.parametrize(
    "fields", [{"on": "soon"}, {"on": "9999-12-31"}, {"age": "９９"}, {"age": "-1"}, {"site": "MOON", "category": "x"}]
)
def test_what_cannot_be_read_is_as_on_an_ordinary_day(manager: Client, fields: dict[str, str]) -> None:
    house_rules()
    assert manager.get("/office/policies", fields).status_code == 200


def test_the_table_asks_no_more_for_many_categories_than_for_one(
    manager: Client, django_assert_max_num_queries: Any
) -> None:
    house_rules()
    for number in range(6):
        Category.objects.create(code=f"c{number}", name=f"区分{number}", parent=category())
    ask(manager)
    with django_assert_max_num_queries(20):
        ask(manager)


def test_without_rules_the_page_says_so(manager: Client) -> None:
    assert "規則" in ask(manager)
