"""Delivery reports: dead addresses are named, delays and other mail are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fumikura.notices.bounces import dead_addresses

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
