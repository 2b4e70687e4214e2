"""What is kept from scan to scan is drawn anew as soon as it says something else."""

from dataclasses import replace

from django.utils.translation import override

from fumikura.web.desk.drawn import loan_row
from fumikura.web.desk.panel import LoanLine

KOKORO = LoanLine(pk=7, item=3, title="こころ", due="6月3日", is_late=False, renewals=0)


def test_a_row_says_what_its_loan_says() -> None:
    assert "こころ" in loan_row(KOKORO, chosen=0)
    assert "期限をすぎています" not in loan_row(KOKORO, chosen=0)
    assert "期限をすぎています" in loan_row(replace(KOKORO, is_late=True), chosen=0)


def test_only_the_chosen_loan_is_ticked() -> None:
    assert " checked" in loan_row(KOKORO, chosen=3)
    assert " checked" not in loan_row(KOKORO, chosen=4)


def test_each_language_has_its_own_row() -> None:
    with override("ja"):
        assert "なぜこの日か" in loan_row(KOKORO, chosen=0)
    with override("en"):
        assert "なぜこの日か" not in loan_row(KOKORO, chosen=0)


def test_a_title_is_a_title_and_no_markup() -> None:
    assert "<script>" not in loan_row(replace(KOKORO, title="<script>"), chosen=0)
