"""OpenID, asked by Authlib, a client that is not ours: code with PKCE, pairwise names, eligibility only, taking back."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet

from fumikura.organisation.signing import public_keys, rotate, signed
from fumikura.patrons.models import PartnerService, Patron, Permit, PermitToken
from fumikura.patrons.services.permits import add_service, stop_service
from tests import cast

pytestmark = pytest.mark.django_db
BACK = "https://pool.example.jp/back"
VERIFIER = "a-verifier-of-at-least-forty-three-letters-0123456789"
BASE = "http://testserver"


class OurServer:
    """What Authlib takes for a session of `requests`: it asks our pages in this process."""

    headers: dict[str, str] = {}

    def __init__(self) -> None:
        self.client = Client()

    def post(self, url: str, data=None, headers=None, auth=None, **_more: object):
        body = urlencode(data or {})
        if auth:
            url, headers, body = auth.prepare("POST", url, dict(headers or {}), body)
        sent = {name: value for name, value in (headers or {}).items() if name == "Authorization"}
        form = "application/x-www-form-urlencoded"
        answer = self.client.post(urlsplit(url).path, body, content_type=form, headers=sent)
        answer.raise_for_status = lambda: None  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def hanako() -> Patron:
    return cast.hanako()


@pytest.fixture
def reader(client: Client, hanako: Patron) -> Client:
    client.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    return client


def service(redirect: str = BACK, scopes: tuple[str, ...] = ("openid", "eligibility")) -> tuple[PartnerService, str]:
    return add_service(
        name="市民プール", about="割引のため", redirects=[redirect], scopes=scopes, keeps_secret=True,
        by=cast.SYSTEM, at=cast.AT,
    )  # fmt: skip


def foreign(row: PartnerService, secret: str) -> OAuth2Client:
    return OAuth2Client(
        OurServer(),
        client_id=row.client_id,
        client_secret=secret,
        scope="openid eligibility",
        redirect_uri=row.redirects[0],
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",
    )


def agreed(reader: Client, row: PartnerService, foreign_client: OAuth2Client) -> str:
    """The address to which the browser is led back, after the reader has said yes."""
    asked, state = foreign_client.create_authorization_url(f"{BASE}/my/allow", code_verifier=VERIFIER, nonce="n-1")
    parts = urlsplit(asked)
    page = reader.get(f"{parts.path}?{parts.query}")
    assert "「市民プール」に許しますか" in page.content.decode()
    assert "form-action 'self' https://pool.example.jp" in page["Content-Security-Policy"]
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()}
    back = reader.post("/my/allow", {**sent, "yes": "1"})
    assert back.status_code == 303
    assert parse_qs(urlsplit(back["Location"]).query)["state"] == [state]
    return back["Location"]


def tokens(reader: Client, row: PartnerService, secret: str) -> dict:
    asking = foreign(row, secret)
    back = agreed(reader, row, asking)
    return asking.fetch_token(f"{BASE}/oidc/token", authorization_response=back, code_verifier=VERIFIER)


def test_a_foreign_client_learns_that_she_is_a_resident_and_not_who_she_is(reader: Client, hanako: Patron) -> None:
    row, secret = service()
    got = tokens(reader, row, secret)
    told = reader.get("/.well-known/openid-configuration").json()
    assert told["authorization_endpoint"] == f"{BASE}/my/allow"
    keys = KeySet.import_key_set(Client().get("/oidc/keys").json())
    assert "d" not in Client().get("/oidc/keys").json()["keys"][0]
    claims = CodeIDToken(jwt.decode(got["id_token"], keys).claims, {}, {"iss": {"value": BASE}}, {"nonce": "n-1", "client_id": row.client_id})  # fmt: skip
    claims.validate()
    said = Client().get("/oidc/userinfo", headers={"authorization": f"Bearer {got['access_token']}"}).json()
    assert set(said) == {"sub", "resident", "age_band", "card_valid"}
    assert said["resident"] is True and said["age_band"] == "18-64"
    assert said["sub"] == claims["sub"] != hanako.key
    for mark in ("花子", "20004318", hanako.key):
        assert mark not in json.dumps([said, dict(claims), got], ensure_ascii=False)


def test_another_host_gets_another_name_for_her(reader: Client) -> None:
    subs = []
    for redirect in (BACK, "https://gym.example.jp/back"):
        row, _secret = service(redirect)
        from fumikura.patrons.services.permits import pseudonym

        subs.append(pseudonym(Patron.objects.get(), row))
    assert subs[0] != subs[1]


def test_a_code_is_good_once_and_twice_ends_everything(reader: Client) -> None:
    row, secret = service()
    asking = foreign(row, secret)
    back = agreed(reader, row, asking)
    asking.fetch_token(f"{BASE}/oidc/token", authorization_response=back, code_verifier=VERIFIER)
    with pytest.raises(OAuth2Error, match="invalid_grant"):
        asking.fetch_token(f"{BASE}/oidc/token", authorization_response=back, code_verifier=VERIFIER)
    assert not PermitToken.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [{"code_verifier": "x" * 50}, {"redirect_uri": "https://pool.example.jp/other"}, {"client_secret": "wrong"}],
)
def test_a_stolen_code_is_worth_nothing(reader: Client, changed: dict[str, str]) -> None:
    row, secret = service()
    back = agreed(reader, row, foreign(row, secret))
    code = parse_qs(urlsplit(back).query)["code"][0]
    sent = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER,
        "client_id": row.client_id, "client_secret": secret, **changed,
    }  # fmt: skip
    assert Client().post("/oidc/token", sent).status_code in {400, 401}


def test_a_refresh_token_turns_and_the_old_one_coming_back_ends_everything(reader: Client) -> None:
    row, secret = service()
    got = tokens(reader, row, secret)
    again = foreign(row, secret).refresh_token(f"{BASE}/oidc/token", refresh_token=got["refresh_token"])
    assert again["access_token"] != got["access_token"]
    with pytest.raises(OAuth2Error):
        foreign(row, secret).refresh_token(f"{BASE}/oidc/token", refresh_token=got["refresh_token"])
    answer = Client().get("/oidc/userinfo", headers={"authorization": f"Bearer {again['access_token']}"})
    assert answer.status_code == 401


def test_she_takes_it_back_and_the_token_is_dead_at_once(reader: Client) -> None:
    row, secret = service()
    got = tokens(reader, row, secret)
    assert "市民プール" in reader.get("/my/services").content.decode()
    reader.post(f"/my/services/{Permit.objects.get().pk}/withdrawal", {"request_key": "k1"})
    assert "どのサービスにも許していません" in reader.get("/my/services").content.decode()
    assert Client().get("/oidc/userinfo", headers={"authorization": f"Bearer {got['access_token']}"}).status_code == 401


def question(row: PartnerService, **changed: str) -> dict[str, str]:
    asked = {
        "response_type": "code", "client_id": row.client_id, "redirect_uri": BACK, "scope": "openid", "state": "s",
        "code_challenge": create_s256_code_challenge(VERIFIER), "code_challenge_method": "S256",
    }  # fmt: skip
    return asked | changed


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "openid loans.read"}, "invalid_scope"),
        ({"prompt": "none"}, "consent_required"),
    ],
)
def test_what_may_not_be_asked_goes_back_as_an_error(reader: Client, changed: dict[str, str], error: str) -> None:
    row, _secret = service()
    back = reader.get("/my/allow", question(row, **changed))["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == [error]


def test_an_unknown_address_is_never_led_to(reader: Client) -> None:
    row, _secret = service()
    answer = reader.get("/my/allow", question(row, redirect_uri="https://evil.example/"))
    assert answer.status_code == 400 and "Location" not in answer.headers
    stop_service(service=row, by=cast.SYSTEM, at=cast.AT)
    assert reader.get("/my/allow", question(row)).status_code == 400


def test_no_is_an_answer_and_nothing_is_given(reader: Client) -> None:
    row, _secret = service()
    back = reader.post("/my/allow", {**question(row), "no": "1"})["Location"]
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    assert not Permit.objects.exists()


def test_a_service_does_what_was_allowed_and_nothing_else(reader: Client, hanako: Patron) -> None:
    row, secret = service(scopes=("openid", "eligibility", "loans.read"))
    asking = foreign(row, secret)
    asking.scope = "openid eligibility loans.read"
    back = agreed(reader, row, asking)
    got = asking.fetch_token(f"{BASE}/oidc/token", authorization_response=back, code_verifier=VERIFIER)
    headers = {"authorization": f"Bearer {got['access_token']}"}
    assert Client().get("/api/v1/my/loans", headers=headers).status_code == 200
    for kept, wanted in (("holds", ', scope="holds.read"'), ("card", "")):
        answer = Client().get(f"/api/v1/my/{kept}", headers=headers)
        assert answer.status_code == 403 and answer.json()["type"].endswith("insufficient-scope")
        assert answer["WWW-Authenticate"] == f'Bearer error="insufficient_scope"{wanted}'
    answer = Client().get("/api/v1/my/loans", headers={"authorization": "Bearer nonsense"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert Client().get("/api/v1/my/loans")["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ],
)
def test_a_wrong_question_for_a_token_is_told_what_is_wrong(sent: dict[str, str], error: str) -> None:
    row, secret = service()
    answer = Client().post("/oidc/token", {"client_id": row.client_id, "client_secret": secret, **sent})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"].isascii()


def test_a_stranger_learns_on_the_developers_page_how_to_ask_for_a_token() -> None:
    told = Client().get("/api/").content.decode()
    for said in (
        "http://testserver/my/allow",
        "http://testserver/oidc/token",
        "loans.renew",
        "code_challenge",
        "Retry-After",
    ):
        assert said in told


def test_after_the_key_was_changed_both_are_published_for_a_day_and_the_old_signature_holds() -> None:
    old = signed({"sub": "x"}, at=cast.AT)
    rotate(by=cast.SYSTEM, at=cast.AT)
    new = signed({"sub": "y"}, at=cast.AT)
    later = KeySet.import_key_set(public_keys(cast.AT + timedelta(hours=23)))
    assert [jwt.decode(one, later).claims["sub"] for one in (old, new)] == ["x", "y"]
    assert len(public_keys(cast.AT + timedelta(hours=25))["keys"]) == 1
