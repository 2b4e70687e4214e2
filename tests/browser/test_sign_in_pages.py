"""Passkeys with Chromium's virtual authenticator, and the pages of identity: axe, three widths, nothing cut off."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.organisation.models import SecondFactor
from fumikura.patrons.models import Card, Passkey, Permit
from fumikura.patrons.services import view
from fumikura.patrons.services.permits import add_service
from tests import cast
from tests.browser.fixtures import accessibility_violations, cursor_in_a_field, ready_to_type, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 768, 1280)


def looked_at(page: Page, path: str) -> None:
    """No finding by axe, nothing wider than the screen; with PICTURES set, a picture is kept to be looked at."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        assert accessibility_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        if folder := os.environ.get("PICTURES"):
            name = path.partition("//")[2].partition("/")[2].partition("?")[0].replace("/", "-")
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def authenticator(page: Page) -> None:
    """A telephone with a fingerprint that is always right."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def at_chuo(page: Page) -> None:
    page.wait_for_url("**/staff/place**")
    page.check("input[value='CHUO/CHUO-1']")
    page.click("text=ここではじめる")
    page.wait_for_url("**/desk/**")


def test_staff_make_a_passkey_and_sign_in_with_it(browser_page: Page, live_server: object) -> None:
    page = browser_page
    address = str(live_server).replace("127.0.0.1", "localhost")
    cast.chuo(), cast.kita()
    cast.staff("shimizu", *PERMISSIONS)
    page.goto(f"{address}/staff/sign-in")
    authenticator(page)
    cursor_in_a_field(page)
    type_in(page, "shimizu", cast.PASSWORD)
    at_chuo(page)
    looked_at(page, f"{address}/staff/security")
    page.click("text=パスキーをつくる")
    page.wait_for_url("**/staff/security?saved=1")
    assert SecondFactor.objects.get().kind == "passkey"
    for path in ("/office/rights?right=patrons.view", "/office/glass", "/office/partners", "/office/retention"):
        looked_at(page, f"{address}{path}")
    page.context.clear_cookies()
    ready_to_type(page, f"{address}/staff/sign-in")
    type_in(page, "shimizu", cast.PASSWORD)
    page.wait_for_url("**/staff/second-step**")
    assert accessibility_violations(page) == []
    page.click("text=パスキーで入る")
    page.wait_for_url("**/staff/place**")
    assert SecondFactor.objects.get().used_at is not None


def test_a_reader_makes_a_passkey_and_signs_in_without_card_and_password(
    browser_page: Page, live_server: object
) -> None:
    page = browser_page
    address = str(live_server).replace("127.0.0.1", "localhost")
    hanako = cast.hanako()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    view(patron=hanako, by=cast.acting("patrons.view"), at=timezone.now())
    row, _secret = add_service(
        name="市民プール", about="割引のため", redirects=["https://pool.example.jp/back"],
        scopes=["openid", "eligibility"], keeps_secret=True, by=cast.SYSTEM, at=timezone.now(),
    )  # fmt: skip
    page.goto(f"{address}/sign-in")
    authenticator(page)
    cursor_in_a_field(page)
    type_in(page, "20004318", cast.PASSWORD)
    page.wait_for_url("**/my/")
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    asked = f"/my/allow?response_type=code&client_id={row.client_id}&redirect_uri=https://pool.example.jp/back&scope=openid%20eligibility&code_challenge={challenge}&code_challenge_method=S256"
    for path in ("/my/sign-ins", "/my/seen", "/my/services", "/my/close", asked):
        looked_at(page, f"{address}{path}")
    assert not Permit.objects.exists()
    page.goto(f"{address}/my/sign-ins")
    page.click("text=パスキーをつくる")
    page.wait_for_url("**/my/sign-ins?saved=1")
    assert Passkey.objects.get().patron == hanako
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.click("text=パスキーで入る")
    page.wait_for_url("**/my/")
    assert "水野 花子さんのページ" in page.inner_text("h1")
