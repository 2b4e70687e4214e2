"""Every page of the whole house given to axe, on a telephone. Some minutes: asked for by name, before a release.

FUMIKURA_EVERY_PAGE=1 pytest tests/web/everywhere/test_axe.py
"""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fumikura.kernel.permissions import PERMISSIONS
from tests import cast
from tests.browser.fixtures import accessibility_violations
from tests.journeys.people import come_in, fits
from tests.web.desk.conftest import enter
from tests.web.everywhere.house import begin_what_only_pages_begin, furnish, shown_by_scanning, walk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not os.environ.get("FUMIKURA_EVERY_PAGE"), reason="some minutes: FUMIKURA_EVERY_PAGE=1 asks for it"
    ),
]


def test_axe_finds_nothing_on_any_page(browser_page: Any, tmp_path: Path, settings: object) -> None:
    furnish(tmp_path, settings)
    manager, hers = enter(Client(), cast.staff("shimizu", *PERMISSIONS)), Client()
    begin_what_only_pages_begin(manager)
    hers.post("/sign-in", {"card": "20004318", "password": cast.PASSWORD})
    found = []
    for client, whose, also in ((manager, "staff", shown_by_scanning()), (hers, "patron", []), (Client(), "", [])):
        come_in(browser_page, client)
        for address in walk(client, whose, *also).pages:
            browser_page.goto(address)
            found += [f"{address}: {line}" for line in accessibility_violations(browser_page)]
            if not fits(browser_page):
                found.append(f"{address}: needs scrolling sideways")
    assert found == []
