"""Rows of the counter's page that look alike at the next scan: drawn once, kept by what they say and in which language."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

if TYPE_CHECKING:
    from fumikura.web.desk.page import Line
    from fumikura.web.desk.panel import LoanLine

MOST_KEPT = 2000


def loan_row(loan: "LoanLine", *, chosen: int) -> SafeString:
    """What the reader has. `chosen`: the item whose box is ticked, 0 for none."""
    ticked = chosen if chosen == loan.item else 0
    return _loan_row(loan, ticked, get_language() or "") if not settings.DEBUG else _loan_drawn(loan, ticked)


def act_row(line: "Line") -> SafeString:
    """One act of this visit."""
    return _act_row(line, get_language() or "") if not settings.DEBUG else _act_drawn(line)


@lru_cache(maxsize=MOST_KEPT)
def _loan_row(loan: "LoanLine", ticked: int, language: str) -> SafeString:
    return _loan_drawn(loan, ticked)


def _loan_drawn(loan: "LoanLine", ticked: int) -> SafeString:
    return render_to_string("desk/loan_row.html", {"loan": loan, "ticked": ticked})


@lru_cache(maxsize=MOST_KEPT)
def _act_row(line: "Line", language: str) -> SafeString:
    return _act_drawn(line)


def _act_drawn(line: "Line") -> SafeString:
    return render_to_string("desk/act_row.html", {"line": line})
