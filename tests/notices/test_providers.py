"""Mail, SMS, LINE and push against servers that ask for what is documented; a browser alone can read its push."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from fumikura.circulation.services import check_out
from fumikura.notices import services
from fumikura.notices.models import FailedAddress, Notice
from fumikura.notices.web_push import _point, is_allowed, public_key
from fumikura.patrons.models import ContactPoint, Patron
from fumikura.patrons.services.contacts import add_contact
from tests.cast import AT, acting, hanako
from tests.circulation.cast import at_desk, house_rules
from tests.notices.servers import Listening, http_server, mail_server
from tests.web.opac.cast import copy, title

pytestmark = pytest.mark.django_db
OWN = acting("notices.choose", "patrons.change-own", via="opac")
DUE = AT + timedelta(days=12)


@pytest.fixture(autouse=True)
def rules(settings: Any) -> None:
    house_rules()
    settings.NOTICES_FROM, settings.NOTICES_UNTIL = 0, 24
    settings.PUBLIC_ADDRESS = "https://opac.example.jp"


@pytest.fixture
def server() -> Iterator[Listening]:
    with http_server() as listening:
        yield listening


def told_of_kokoro(patron: Patron, *ways: str, on_screens: bool = False) -> None:
    """Kokoro is lent and nearly due, and the message leaves."""
    check_out(item=copy(title("こころ")), patron=patron, by=at_desk(), at=AT)
    services.choose(
        patron=patron, kind="due-soon", by_ways=ways, with_titles=True, titles_on_screens=on_screens, by=OWN, at=AT
    )
    services.expect(kind="due-soon", patrons=[patron], at=DUE)
    services.send_waiting(at=DUE)


def test_mail_leaves_by_smtp_with_a_number_of_its_own(settings: Any) -> None:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        told_of_kokoro(hanako(email="hanako@example.jp"), "e-mail")
    [(to, letter)] = box.letters
    mail = message_from_bytes(letter, policy=policy.default)
    assert to == "hanako@example.jp"
    assert mail["Message-ID"] == f"<notice-{Notice.objects.get().pk}@fumikura>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "・こころ" in mail.get_body().get_content()


def test_a_mailbox_that_is_not_there_is_marked_and_not_written_to_again(settings: Any) -> None:
    with mail_server("hanako@example.jp") as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        patron = hanako(email="hanako@example.jp")
        told_of_kokoro(patron, "e-mail")
    assert Notice.objects.get().state == "given-up"
    assert FailedAddress.objects.filter(patron=patron).exists()


def test_an_sms_is_short_and_names_no_book(settings: Any, server: Listening) -> None:
    settings.SMS_URL = f"{server.address.replace('//', '//me:secret@')}/Messages.json?From=%2B815012345678"
    told_of_kokoro(hanako(phone="090-1234-5678"), "sms")
    [arrived] = server.arrived
    sent = parse_qs(arrived.body.decode())
    assert arrived.path == "/Messages.json"
    assert (sent["To"], sent["From"]) == (["+819012345678"], ["+815012345678"])
    assert sent["Body"] == ["返す日が近い本があります（1点）\n水瀬市立図書館\nhttps://opac.example.jp/my/"]
    assert arrived.headers["authorization"] == "Basic bWU6c2VjcmV0"


def test_line_is_told_once_however_often_it_is_tried(settings: Any, server: Listening) -> None:
    settings.LINE_TOKEN, settings.LINE_API, server.statuses = "token", server.address, [500, 409]
    patron = hanako()
    add_contact(patron=patron, way="line", address="U0123", keys={}, name="LINE", by=OWN, at=AT)
    told_of_kokoro(patron, "line")
    services.send_waiting(at=DUE + timedelta(hours=1))
    first, second = server.arrived
    assert first.path == "/v2/bot/message/push"
    assert first.headers["authorization"] == "Bearer token"
    assert first.headers["x-line-retry-key"] == second.headers["x-line-retry-key"]
    said = json.loads(first.body)
    assert said["to"] == "U0123"
    assert said["messages"][0]["type"] == "text"
    assert "こころ" not in said["messages"][0]["text"]
    assert Notice.objects.get().state == "sent"


class Browser:
    """What a browser keeps for itself, and how it reads (RFC 8291, RFC 8188)."""

    def __init__(self) -> None:
        self.key, self.auth = generate_private_key(SECP256R1()), b"sixteen secrets!"

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": bytes_to_base64url(_point(self.key.public_key())), "auth": bytes_to_base64url(self.auth)}

    def read(self, body: bytes) -> dict[str, str]:
        salt, theirs, sealed = body[:16], body[21:86], body[86:]
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
        info = b"WebPush: info\x00" + _point(self.key.public_key()) + theirs
        secret = HKDF(SHA256(), 32, salt=self.auth, info=info).derive(shared)
        key = HKDF(SHA256(), 16, salt=salt, info=b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(SHA256(), 12, salt=salt, info=b"Content-Encoding: nonce\x00").derive(secret)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\x02")
        return json.loads(text[:-1])


def reader_with_browser(server: Listening, settings: Any) -> tuple[Patron, Browser]:
    settings.PUSH_HOSTS = [server.address]
    patron, browser = hanako(), Browser()
    address = f"{server.address}/push/1"
    add_contact(patron=patron, way="push", address=address, keys=browser.keys, name="Firefox", by=OWN, at=AT)
    return patron, browser


def test_a_push_is_read_by_its_browser_alone_and_names_no_book(settings: Any, server: Listening) -> None:
    patron, browser = reader_with_browser(server, settings)
    told_of_kokoro(patron, "push")
    [arrived] = server.arrived
    said = browser.read(arrived.body)
    assert said["title"] == "返す日が近い本があります（1点）"
    assert "こころ" not in said["body"]
    assert arrived.headers["content-encoding"] == "aes128gcm"
    assert int(arrived.headers["ttl"]) > 0
    token, key = arrived.headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert key == public_key()
    point = base64url_to_bytes(key)
    jwk = {"kty": "EC", "crv": "P-256", "x": bytes_to_base64url(point[1:33]), "y": bytes_to_base64url(point[33:])}
    claims = jwt.decode(token, ECKey.import_key(jwk)).claims
    assert claims["aud"] == server.address
    assert claims["sub"].startswith("mailto:")


def test_a_push_names_the_book_when_the_reader_asks_for_it(settings: Any, server: Listening) -> None:
    patron, browser = reader_with_browser(server, settings)
    told_of_kokoro(patron, "push", on_screens=True)
    assert "・こころ" in browser.read(server.arrived[0].body)["body"]


def test_a_browser_that_is_gone_is_forgotten(settings: Any, server: Listening) -> None:
    patron, _browser = reader_with_browser(server, settings)
    server.statuses = [410]
    told_of_kokoro(patron, "push")
    assert not ContactPoint.objects.exists()
    assert Notice.objects.get().state == "given-up"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://evilfcm.googleapis.com.example/x", False),
        ("http://127.0.0.1:8150/healthz", False),
        ("https://[", False),
    ],
)
def test_a_push_goes_to_the_push_services_of_browsers_and_nowhere_else(address: str, allowed: bool) -> None:
    assert is_allowed(address) is allowed
