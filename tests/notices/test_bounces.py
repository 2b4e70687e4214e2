"""Delivery reports: dead addresses are named, delays and other mail are not."""

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as some

from fumikura.notices.bounces import dead_addresses
from fumikura.notices.jobs import read_bounces
from fumikura.notices.queries import address_has_failed
from tests import cast
from tests.notices.servers import imap_server

REPORT = """From: MAILER-DAEMON@example.jp
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.jp

Final-Recipient: rfc822; hanako@example.jp
Action: {action}
Status: {status}
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "dead"),
    [
        ("failed", "5.1.1", ["hanako@example.jp"]),
        ("delayed", "4.4.1", []),
        ("failed", "4.2.2", []),
        ("delivered", "2.0.0", []),
    ],
)
def test_only_what_failed_for_good_is_dead(action: str, status: str, dead: list[str]) -> None:
    assert dead_addresses(REPORT.format(action=action, status=status).encode()) == dead


@given(some.binary(max_size=200))
def test_any_bytes_are_read_without_fault(junk: bytes) -> None:
    assert dead_addresses(junk) == []


def failed(address: str) -> bytes:
    return REPORT.replace("hanako@example.jp", address).format(action="failed", status="5.1.1").encode()


OTHERS = (
    b"Subject: hello\r\nContent-Type: text/plain\r\n\r\nA reader's answer.",
    b'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n--b\r\n\r\nRead.\r\n--b--',
)


@pytest.mark.django_db
def test_the_mailbox_is_read_and_only_delivery_reports_are_thrown_away(settings, capsys) -> None:
    hanako = cast.hanako(email="hanako@example.jp")
    with imap_server(failed("hanako@example.jp"), failed("nobody@example.jp"), *OTHERS) as box:
        settings.BOUNCES_URL = f"imap://letters:himitsu@127.0.0.1:{box.port}"
        call_command("notices", "--poll")
        assert "2 通" in capsys.readouterr().out
        assert address_has_failed(hanako, cast.AT.date())
        assert list(box.letters) == [3, 4]
        assert list(box.flags) == [1, 2, 4]
        call_command("notices", "--poll")
        assert "0 通" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_wrong_password_and_a_dead_server_are_said_without_the_address(settings) -> None:
    with imap_server() as box:
        settings.BOUNCES_URL = f"imap://letters:wrong@127.0.0.1:{box.port}"
        with pytest.raises(CommandError, match="名前とパスワード") as told:
            call_command("notices", "--poll")
        assert "letters" not in str(told.value)
    with pytest.raises(CommandError, match="読めませんでした"):
        call_command("notices", "--poll")
    settings.BOUNCES_URL = ""
    read_bounces(cast.AT)
    with pytest.raises(CommandError, match="BOUNCES_URL"):
        call_command("notices", "--poll")
