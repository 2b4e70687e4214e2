"""PAIA and DAIA: a stock discovery system signs a reader in, shows availability, holds, renews, cancels."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fumikura.circulation.services import check_out
from tests import cast
from tests.circulation.cast import at_desk, house_rules
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
CARD = "20004318"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: cast.AT)


@pytest.fixture
def books() -> tuple[int, int]:
    """『こころ』, lent to 花子, and 『三四郎』 on the shelf."""
    house_rules()
    kokoro, sanshiro = title(), title("三四郎", "サンシロウ", number="2")
    check_out(item=copy(kokoro, "30000017"), patron=cast.hanako(), by=at_desk(), at=cast.AT - timedelta(days=5))
    copy(sanshiro, "30000025")
    return kokoro.pk, sanshiro.pk


def login(**given: str) -> Any:
    body = {"username": CARD, "password": cast.PASSWORD, "grant_type": "password", **given}
    return Client().post("/paia/auth/login", body)


def ask(path: str, token: str, **body: Any) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    if body:
        return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)
    return Client().get(path, headers=headers)


def test_signing_in_holding_renewing_cancelling(books: tuple[int, int]) -> None:
    _kokoro, sanshiro = books
    signed = login().json()
    assert (signed["patron"], signed["token_type"]) == (CARD, "Bearer")
    token = signed["access_token"]
    patron = ask(f"/paia/core/{CARD}", token)
    assert patron.json()["status"] == 0 and "read_patron" in patron["X-OAuth-Scopes"]
    (loan,) = ask(f"/paia/core/{CARD}/items", token).json()["doc"]
    assert (loan["status"], loan["about"]) == (3, "こころ") and loan["item"].endswith("#item-30000017")
    assert loan["why"] == "規則「基本」で、14日です。"
    (renewed,) = ask(f"/paia/core/{CARD}/renew", token, doc=[{"item": loan["item"]}]).json()["doc"]
    assert renewed["renewals"] == 1
    (hold,) = ask(
        f"/paia/core/{CARD}/request", token, doc=[{"edition": f"http://testserver/titles/{sanshiro}"}]
    ).json()["doc"]
    assert hold["status"] in (1, 2) and hold["storageid"] == "CHUO" and "先に申し込んだ方から" in hold["why"]
    (cancelled,) = ask(f"/paia/core/{CARD}/cancel", token, doc=[{"edition": hold["edition"]}]).json()["doc"]
    assert cancelled["status"] == 0 and "error" not in cancelled
    (refused,) = ask(f"/paia/core/{CARD}/cancel", token, doc=[{"edition": hold["edition"]}]).json()["doc"]
    assert refused["error"]
    assert ask(f"/paia/core/{CARD}/fees", token).json()["amount"] == "0 JPY"
    assert ask("/paia/auth/logout", token, patron=CARD).json() == {"patron": CARD}
    assert ask(f"/paia/core/{CARD}", token).json()["error"] == "invalid_grant"


def test_what_is_wrong_has_the_names_of_the_specification(books: tuple[int, int]) -> None:
    assert (login(password="x").status_code, login(password="x").json()["error"]) == (403, "access_denied")
    assert login(password="").json()["error"] == "invalid_request"
    assert login(scope="everything").json()["error"] == "invalid_scope"
    token = login().json()["access_token"]
    assert ask("/paia/core/20009999", token).json()["error"] == "access_denied"
    assert ask(f"/paia/core/{CARD}/renew", token, doc=[{"else": 1}]).status_code == 422
    assert Client().get(f"/paia/core/{CARD}/renew").status_code == 405
    for nonsense in ([{"item": "x" * 999}], [{"edition": "9" * 30}], [{"item": "http://x/#item-"}]):
        told = ask(f"/paia/core/{CARD}/request", token, doc=nonsense)
        assert told.status_code == 200 and told.json()["doc"][0]["error"]


def test_daia_tells_copy_by_copy_and_by_isbn(books: tuple[int, int]) -> None:
    kokoro, sanshiro = books
    told = Client().get("/daia", {"id": f"{kokoro}|http://testserver/titles/{sanshiro}|999999", "format": "json"})
    out, there = told.json()["document"]
    assert out["item"][0]["available"] == []
    assert {one["service"] for one in out["item"][0]["unavailable"]} == {"loan", "presentation"}
    assert out["item"][0]["unavailable"][0]["expected"] == "2026-05-29"
    assert {one["service"] for one in there["item"][0]["available"]} == {"loan", "presentation"}
    assert told["X-DAIA-Version"] == "1.0.0"
    assert Client().get("/daia").status_code == 400
