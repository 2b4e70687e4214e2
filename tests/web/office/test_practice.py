"""Staff learn what machines say: every situation is played by the real server, and nothing of it stays."""

import pytest

from fumikura.catalogue.models import BibliographicRecord
from fumikura.journal.models import Entry
from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.models import Agency, Device
from fumikura.patrons.models import Patron
from fumikura.protocols.sip2.practising import KINDS, SITUATIONS, play
from fumikura.web.office import practice
from tests import cast
from tests.circulation.cast import house_rules
from tests.web.desk.conftest import enter

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    house_rules()
    cast.category()
    cast.kita()
    return cast.chuo()


def said(town, situation: str, kind: str = "combined", dialect: str = "standard") -> list[dict]:
    return list(play(situation, kind=kind, dialect=dialect, facility=town, at=cast.AT))


def last(steps: list[dict]) -> str:
    return " ".join(steps[-1]["said_lines"])


def test_each_situation_shows_what_its_sentence_promises(town) -> None:
    before = Entry.objects.count()
    assert SITUATIONS.keys() == practice.SITUATIONS.keys() and KINDS == practice.KINDS
    loan = said(town, "loan")
    assert [step["asked"][:2] for step in loan] == ["93", "99", "63", "11", "11", "35"]
    assert all(step["went_well"] for step in loan) and "書名: 練習の本 二" in loan[4]["said_lines"]
    assert "•••" in str(loan[0]["asked_lines"])
    for refused in ("blocked", "stopped", "unknown", "unknown-return"):
        steps = said(town, refused)
        assert not steps[-1]["went_well"] and "画面の文" in last(steps), refused
    assert "返す日" in last(said(town, "renewed"))
    assert "仕分けの口: 1" in last(said(town, "returned"))
    assert "知らせの種類: 01" in last(said(town, "held-here"))
    assert "知らせの種類: 02" in last(said(town, "held-elsewhere")) and "行き先: KITA" in last(
        said(town, "held-elsewhere")
    )
    assert "知らせの種類: 04" in last(said(town, "wrong-site"))
    noise = said(town, "noise")
    assert noise[2]["said"][:2] == "96" and noise[3]["went_well"] and noise[4]["said"] == ""
    assert noise[4]["said_frame"] == noise[3]["said_frame"]
    assert not said(town, "wrong-key")[0]["went_well"]
    assert not said(town, "loan", kind="return-machine")[3]["went_well"]
    assert Entry.objects.count() == before
    assert not Device.objects.exists() and not Patron.objects.exists() and not BibliographicRecord.objects.exists()


def test_it_is_played_also_where_numbers_have_check_digits(town) -> None:
    Agency.objects.update(item_check="m10w3", card_check="7dr")
    town.refresh_from_db()
    for situation in SITUATIONS:
        assert said(town, situation), situation
    assert all(step["went_well"] for step in said(town, "loan"))


def test_the_page_shows_the_conversation_and_says_what_cannot_be_played(client) -> None:
    house_rules()
    cast.chuo()
    enter(client, cast.staff("kimura", *PERMISSIONS))
    assert "話してもらう" in client.get("/office/practice").content.decode()
    assert "できません" in client.get("/office/practice", {"situation": "loan"}).content.decode()
    cast.category()
    page = client.get("/office/practice", {"situation": "loan", "dialect": "slip-printer"}).content.decode()
    assert "11 貸出" in page and "練習の本 一" in page and "selected" in page
    assert client.get("/office/practice", {"situation": "made-up", "kind": "\0"}).status_code == 200
