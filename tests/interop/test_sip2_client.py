"""`Sip2` from PyPI, which nobody here wrote, at a running server: every message that it can send."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command
from django.utils import timezone
from Sip2.sip2 import Sip2

from fumikura.circulation.models import Hold, Loan
from fumikura.circulation.services import check_out
from fumikura.holdings.queries import find_item
from fumikura.kernel.overhearing import looking_on
from fumikura.patrons.models import Patron
from fumikura.patrons.services import renew_card
from fumikura.protocols.sip2.server import Server, running, tls_context
from fumikura.protocols.sip2.simulating import Machine
from tests import cast
from tests.circulation.cast import at_desk, item
from tests.protocols.sip2.dialogue import device

pytestmark = pytest.mark.django_db(transaction=True)
CARD, BOOK, OTHER = "20004318", "30000017", "30000025"


def good_today(patron: Patron) -> None:
    """The server reads the real clock."""
    card = patron.cards.get()
    renew_card(card=card, by=cast.SYSTEM, at=timezone.now(), expires_on=(timezone.now() + timedelta(days=900)).date())


class Library:
    def __init__(self, port: int, key: str, log: Path) -> None:
        self.port, self.key, self.log = port, key, log

    def client(self, *, patron: str = CARD, tls: bool = False) -> Sip2:
        client = Sip2()
        client.hostName, client.hostPort, client.tlsEnable = "127.0.0.1", self.port, tls
        client.institutionId, client.scLocation, client.patron = "MINASE", "CHUO", patron
        client.socketTimeout, client.logfile_path, client.loglevel = 20, str(self.log), "ERROR"
        client.language = "014"
        client.connect()
        return client


@pytest.fixture
def library(transactional_db: None, tmp_path: Path) -> Iterator[Library]:
    item(BOOK), item(OTHER)
    good_today(cast.hanako())
    _, key = device(kind="desk-reader")
    with running(Server(threads=2), watch_at=tmp_path / "sip2-0.sock") as port:
        yield Library(port, key, tmp_path)


def signed_in(library: Library, **who: str) -> Sip2:
    client = library.client(**who)
    answer = client.sip_login_response(client.get_response(client.sip_login_request("SC-01", library.key)))
    assert answer["fixed"]["Ok"] == "1"
    return client


def test_a_visit_from_sign_in_to_goodbye(library: Library, tmp_path: Path) -> None:
    client = signed_in(library)
    status = client.sip_sc_status_response(client.get_response(client.sip_sc_status_request()))
    assert (status["fixed"]["OnlineStatus"], status["fixed"]["ProtocolVersion"]) == ("Y", "2.00")

    lent = client.sip_checkout_response(client.get_response(client.sip_checkout_request(BOOK)))
    assert (lent["fixed"]["Ok"], lent["variable"]["AJ"]) == ("1", ["こころ"])
    told = client.sip_patron_information_response(client.get_response(client.sip_patron_information_request("charged")))
    assert (told["variable"]["AE"], told["variable"]["AU"]) == (["水野 花子"], [BOOK])
    assert told["fixed"]["ChargedItemsCount"] == "0001"
    known = client.sip_item_information_response(client.get_response(client.sip_item_information_request(BOOK)))
    assert known["fixed"]["CirculationStatus"] == "04"
    back = client.sip_checkin_response(client.get_response(client.sip_checkin_request(BOOK)))
    assert (back["fixed"]["Ok"], back["fixed"]["Alert"]) == ("1", "N")
    over = client.sip_end_patron_session_response(client.get_response(client.sip_end_patron_session_request()))
    assert over["fixed"]["EndSession"] == "Y"
    client.disconnect()
    assert Loan.objects.filter(returned_at=None).count() == 0
    with looking_on(tmp_path / "sip2-0.sock", seconds=2) as exchanges:
        watched = list(exchanges)
    assert [one["request"] for one in watched] == ["93", "99", "11", "63", "17", "09", "35"]
    assert CARD not in str(watched)
    assert "花子" not in str(watched)
    assert library.key not in str(watched)


def test_status_renewals_holds_blocks_and_everything_else(library: Library) -> None:
    client = signed_in(library)
    three_days_ago = timezone.now() - timedelta(days=3)
    check_out(item=find_item(BOOK), patron=Patron.objects.get(), by=at_desk(), at=three_days_ago)
    status = client.sip_patron_status_response(client.get_response(client.sip_patron_status_request()))
    assert status["variable"]["BL"] == ["Y"]
    renewed = client.sip_renew_response(client.get_response(client.sip_renew_request(BOOK)))
    assert (renewed["fixed"]["Ok"], renewed["variable"]["AB"]) == ("1", [BOOK])
    everything = client.sip_renew_all_response(client.get_response(client.sip_renew_all_request()))
    assert (everything["fixed"]["UnrenewedItems"], everything["variable"]["BN"]) == ("0001", [BOOK])
    good_today(cast.taro())
    taro = signed_in(library, patron="20004326")
    taro.sip_checkout_response(taro.get_response(taro.sip_checkout_request(OTHER)))
    hold = client.sip_hold_response(
        client.get_response(client.sip_hold_request("+", itemIdentifier=OTHER, pickupLocation="CHUO"))
    )
    assert hold["fixed"]["Ok"] in {"0", "1"}
    assert Hold.objects.count() == int(hold["fixed"]["Ok"])
    paid = client.sip_fee_paid_response(
        client.get_response(client.sip_fee_paid_request(1, 0, "100", currencyType="JPY"))
    )
    assert paid["fixed"]["PaymentAccepted"] == "N"
    updated = client.sip_item_status_update_response(
        client.get_response(client.sip_item_status_update_request(BOOK, "x"))
    )
    assert updated["fixed"]["ItemPropertiesOk"] == "0"
    client.sip_patron_status_response(client.get_response(client.sip_block_patron_request("忘れ物")))
    assert client.last_response.startswith("24Y"), (client.last_request, client.last_response)
    enabled = client.sip_patron_enable_response(client.get_response(client.sip_patron_enable_request()))
    assert enabled["fixed"]["PatronStatus"][0] == " "
    again = client.get_response(client.sip_sc_resend_request())
    assert again.startswith("26")


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that it signed itself, and its key."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    kept = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(*kept))
    return certificate, secret


def test_the_line_is_encrypted_where_it_leaves_the_building(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    item(BOOK)
    good_today(cast.hanako())
    _, key = device()
    certificate, secret = own_certificate(tmp_path)
    with running(Server(threads=1, tls=tls_context(certificate, secret))) as port:
        with pytest.raises(OSError, match=r"hung up|reset"), Machine("127.0.0.1", port) as bare:
            bare.ask("99", {"status": "0", "print_width": "040", "version": "2.00"})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        client = Library(port, key, tmp_path).client(tls=True)
        client.sip_login_response(client.get_response(client.sip_login_request("SC-01", key)))
        lent = client.sip_checkout_response(client.get_response(client.sip_checkout_request(BOOK)))
        assert (client._socket.version(), lent["fixed"]["Ok"]) == ("TLSv1.3", "1")
        client.disconnect()
        monkeypatch.delenv("SSL_CERT_FILE")
        told = {"host": "127.0.0.1", "port": port, "simulate": "SC-01", "key": key}
        call_command("sip2", **told, back=[BOOK], tls_ca=certificate)
        assert not Loan.objects.filter(returned_at=None).exists()
        with pytest.raises(CommandError, match="話せません"):
            call_command("sip2", **told, tls_ca=secret)
    assert key not in capsys.readouterr().out
