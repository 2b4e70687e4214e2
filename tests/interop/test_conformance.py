"""The page of conformance names tests that there are, and every message of SIP2."""

from fumikura.protocols.sip2.layouts import ANSWERS
from tests.conformance import PAGE, ROWS, missing, page


def test_every_row_names_a_test_that_there_is() -> None:
    assert list(missing()) == []


def test_every_message_of_sip2_has_a_row() -> None:
    assert {*ANSWERS, "97"} <= {what[:2] for what, _, _ in ROWS["SIP 2.00"]}


def test_the_page_is_current() -> None:
    assert page() == PAGE.read_text()
