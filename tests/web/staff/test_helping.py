"""F1 on a staff page says what that page is for: none is without its own words."""

import tomllib
from importlib.resources import files

import pytest
from django.test import Client
from django.urls import URLPattern

from fumikura.web.cataloguing.urls import urlpatterns as cataloguing
from fumikura.web.desk.urls import urlpatterns as desk
from fumikura.web.office.urls import urlpatterns as office
from fumikura.web.staff.helping import SHARED
from fumikura.web.staff_ways import CATALOGUING, DESK, OFFICE
from tests import cast
from tests.web.desk.conftest import enter

TEXTS = tomllib.loads(files("fumikura.web.staff").joinpath("help.toml").read_text("utf-8"))
NOT_PAGES = {
    "desk": """crate-labels departures kinds note-read pads stacks visits slips runs run-paper calls-print calls-done
        reminders-print reminders-done set-paper slip-text slip-pdf stocktake-report tagging-content tagging-missing
        offline-terminal offline-aside offline-file help""",
    "office": """home announcement-end programme-end undo-closure undo-shift withdraw-version remove-rule remove-counter end-draft
        authority-file-start authority-file-relink authority-remove authority-undo list-end list-again discard start
        quarantined forget-mapping recycling source-end source-fault source-run hook-again hook-end hook-resume
        offer undo-together""",
    "cataloguing": "keep restore batch-undo readings-undo labels-pdf take target-end look-up",
}
"""What answers with a file, an address elsewhere or a piece of a page."""


def pages_of(door: str, patterns: list[URLPattern]) -> list[str]:
    return [f"{door}:{one.name}" for one in patterns if one.name and one.name not in NOT_PAGES[door].split()]


def test_every_page_of_staff_has_help_in_both_languages() -> None:
    pages = [*pages_of("desk", desk), *pages_of("office", office), *pages_of("cataloguing", cataloguing)]
    pages += ["staff:find", "staff:today", "entrance:place", "entrance:security", "terminal-practice"]
    assert [page for page in pages if SHARED.get(page, page) not in TEXTS] == []
    assert [page for page, told in TEXTS.items() if not told["ja"] or not told["en"]] == []


def test_help_has_a_name_to_stand_under_and_belongs_to_a_page() -> None:
    in_menus = {name for name, _words, _may in (*DESK, *OFFICE, *CATALOGUING)}
    assert [page for page, told in TEXTS.items() if page not in in_menus and len(told.get("called", ())) != 2] == []


@pytest.mark.django_db
def test_help_of_a_page_without_a_menu_says_its_name_and_leads_back(client: Client) -> None:
    cast.chuo()
    html = (
        enter(client, cast.staff("sano")).get("/staff/help?page=desk:exemptions&back=/desk/reminders").content.decode()
    )
    assert "使い方：督促を待つ" in html
    assert "入院や災害" in html
    assert 'href="/desk/reminders"' in html


@pytest.mark.django_db
def test_the_page_that_says_no_names_the_right_and_leads_back_to_the_counter(client: Client) -> None:
    cast.chuo()
    answer = enter(client, cast.staff("nakata", "circulation.check-out")).get("/office/people")
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "この操作をする権限がありません（" in html and "organisation." not in html
    assert 'href="/desk/"' in html and "マイページ" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/desk/lend/nobody", "/office/sites/NOWHERE/calendar", "/cataloguing/0", "/staff/x"]
)
def test_an_address_that_is_not_there_keeps_staff_in_their_own_frame(client: Client, address: str) -> None:
    cast.chuo()
    enter(client, cast.staff("sano", "organisation.change-calendar"))
    answer = client.get(address)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/desk/" data-key="Esc"' in html and "マイページ" not in html
    session = client.session
    del session["staff_facility"]
    session.save()
    assert client.get("/desk/nothing").status_code == 404, "nor does it fail before a place of work is chosen"
    assert 'data-key="Esc"' not in client.get("/nothing-here").content.decode(), "a public page stays public"
    assert 'data-key="Esc"' not in Client().get(address, follow=True).content.decode(), "and a stranger is a reader"


@pytest.mark.django_db
def test_a_site_is_found_in_small_letters(client: Client) -> None:
    cast.chuo()
    enter(client, cast.staff("sano", "organisation.change-calendar"))
    assert "中央図書館" in client.get("/office/sites/chuo/calendar").content.decode()
