"""マイナンバーカード by the city's OpenID provider: what it tells is filled in, nothing of it is kept but that it agreed.

The provider's tokens are made by Authlib, and its questions are checked with Authlib: a side that is not ours.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.grants.util import generate_id_token
from django.contrib.sessions.models import Session
from django.test import Client
from joserfc.jwk import ECKey

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.patrons.models import Application, Patron
from tests import cast
from tests.notices.servers import running

pytestmark = pytest.mark.django_db
KEY = ECKey.generate_key("P-256", {"kid": "city-1"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "city-1"})
WHO = {
    "sub": "pairwise-7f3a",
    "family_name": "早瀬",
    "given_name": "ゆう",
    "family_name#ja-Kana-JP": "ハヤセ",
    "given_name#ja-Kana-JP": "ユウ",
    "birthdate": "1990-04-02",
    "address": {"postal_code": "999-0001", "formatted": "水瀬県水瀬市本町3-4"},
    "individual_number": "123456789018",
}


@dataclass
class City:
    issuer: str
    asked: dict[str, str] = field(default_factory=dict)
    """The question that the browser brought."""
    changes: dict[str, object] = field(default_factory=dict)
    """What is wrong with the next ID token: its claims."""
    key: ECKey = field(default_factory=lambda: KEY)
    told: dict[str, object] = field(default_factory=lambda: dict(WHO))

    def token(self, form: dict[str, str]) -> dict[str, object]:
        assert create_s256_code_challenge(form["code_verifier"]) == self.asked["code_challenge"]
        assert (form["client_secret"], form["redirect_uri"]) == ("himitsu", self.asked["redirect_uri"])
        token: dict[str, object] = {"access_token": "at-1", "token_type": "Bearer"}
        who = {"sub": WHO["sub"], **self.changes}
        ours = {"iss": self.issuer, "aud": ["fumikura"], "nonce": self.asked["nonce"], "kid": "city-1", "alg": "ES256"}
        return {**token, "id_token": generate_id_token(token, who, self.key, **ours)}


@pytest.fixture
def city(settings) -> Iterator[City]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self, body: dict[str, object]) -> None:
            written = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def do_GET(self) -> None:
            at = city.issuer
            pages = {
                "/.well-known/openid-configuration": {
                    "issuer": at,
                    "authorization_endpoint": f"{at}/authorize",
                    "token_endpoint": f"{at}/token",
                    "userinfo_endpoint": f"{at}/userinfo",
                    "jwks_uri": f"{at}/jwks",
                },
                "/jwks": {"keys": [KEY.as_dict(private=False)]},
                "/userinfo": city.told if self.headers["Authorization"] == "Bearer at-1" else {},
            }
            self.answer(pages[self.path])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(city.token(dict(parse_qsl(body))))

        def log_message(self, *_said: object) -> None: ...

    with running(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        city = City(f"http://127.0.0.1:{port}")
        settings.CITY_ID_URL, settings.CITY_ID_CLIENT, settings.CITY_ID_SECRET = city.issuer, "fumikura", "himitsu"
        yield city


def came_back(client: Client, city: City, **changes: str) -> str:
    sent = client.get("/join/city-identity").headers["Location"]
    assert sent.startswith(f"{city.issuer}/authorize?")
    city.asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    assert "openid" in city.asked["scope"] and city.asked["code_challenge_method"] == "S256"
    where = urlsplit(city.asked["redirect_uri"]).path
    return client.get(where, {"code": "c-1", "state": city.asked["state"], **changes}).content.decode()


def test_the_card_fills_the_form_and_the_desk_sees_what_agreed(client: Client, city: City) -> None:
    cast.chuo(), cast.category()
    assert "マイナンバーカードで書き入れる" in client.get("/join/").content.decode()
    page = came_back(client, city)
    for value in ("早瀬 ゆう", "はやせ ゆう", "1990-04-02", "999-0001", "水瀬県水瀬市本町3-4"):
        assert f'value="{value}"' in page
    sealed = page.partition('name="confirmed" value="')[2].partition('"')[0]
    written = {
        "name": "早瀬 ゆう", "reading": "はやせ ゆう", "born_on": "1990-04-02", "postcode": "999-0001",
        "address": "水瀬県水瀬市北町9", "phone": "0436-11-2222", "residency": "resident", "confirmed": sealed,
    }  # fmt: skip
    assert client.post("/join/", {**written, "request_key": "c1"}).status_code == 302
    application = Application.objects.get()
    assert application.answers["confirmed"] == "name born_on"
    kept = json.dumps([application.answers, *[one.get_decoded() for one in Session.objects.all()]])
    assert WHO["sub"] not in kept and WHO["individual_number"] not in page + kept
    cast.staff("sano", *PERMISSIONS)
    desk = Client()
    desk.post("/staff/sign-in", {"username": "sano", "password": cast.PASSWORD})
    desk.post("/staff/place", {"place": "CHUO/CHUO-1"})
    shown = desk.get("/desk/applications", {"code": application.code}).content.decode()
    assert "市の本人確認と同じです" in shown and "お名前、生まれた日<" in shown.replace("\n", "")
    form = {"code": application.code, "category": "adult", "card": "20004350", "request_key": "d1"}
    desk.post("/desk/applications", form)
    assert Patron.objects.get(name="早瀬 ゆう").address == "水瀬県水瀬市北町9"


@pytest.mark.parametrize(
    "wrong",
    [{"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"azp": "other"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_is_not_the_answer_to_our_question_fills_nothing(client: Client, city: City, wrong: dict) -> None:
    city.changes = wrong
    page = came_back(client, city)
    assert "本人確認はできませんでした" in page and "早瀬" not in page


def test_a_strange_key_another_state_and_another_person_fill_nothing(client: Client, city: City) -> None:
    assert "早瀬" not in came_back(client, city, state="guessed")
    city.told["sub"] = "somebody-else"
    assert "早瀬" not in came_back(client, city)
    city.told["sub"], city.key = WHO["sub"], OTHER_KEY
    assert "早瀬" not in came_back(client, city)
    city.key = KEY
    assert "早瀬" in came_back(client, city)
    again = client.get("/join/city-identity/back", {"code": "c-1", "state": city.asked["state"]})
    assert "早瀬" not in again.content.decode()


def test_facts_that_we_did_not_seal_confirm_nothing(client: Client, city: City) -> None:
    page = client.post("/join/", {"confirmed": "forged:seal", "name": "早瀬 ゆう"}).content.decode()
    assert 'name="confirmed"' not in page


def test_without_a_provider_there_is_no_button_and_a_silent_one_is_said(client: Client, settings) -> None:
    assert "マイナンバーカードで書き入れる" not in client.get("/join/").content.decode()
    assert client.get("/join/city-identity").status_code == 404
    settings.CITY_ID_URL = "http://127.0.0.1:9"
    assert "このまま書いて申し込めます" in client.get("/join/city-identity").content.decode()
