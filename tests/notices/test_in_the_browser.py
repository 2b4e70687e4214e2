"""How I wish to be told, the office's words and the list of calls, in a browser: axe, three widths, nothing cut off."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from fumikura.kernel.permissions import PERMISSIONS
from fumikura.notices import services
from fumikura.notices.models import Choice
from fumikura.patrons.models import Card, ContactPoint
from tests import cast
from tests.browser.fixtures import accessibility_violations, ready_to_type, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looked_at(page: Page, name: str) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert accessibility_violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_notices_are_chosen_worded_and_told_by_telephone(browser_page: Page) -> None:
    page = browser_page
    hanako = cast.hanako(phone="043-600-1234", email="hanako@example.jp")
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    ready_to_type(page, "/sign-in")
    type_in(page, "20004318", cast.PASSWORD)
    page.wait_for_url("**/my/")
    page.goto("/my/notices")
    page.locator("details.fold summary").first.click()
    looked_at(page, "my-notices")
    page.check("input[name='hold-over-by'][value='telephone']")
    page.click("text=この知らせ方にする")
    page.wait_for_url("**/my/notices?saved=1")
    assert Choice.objects.get().channels == ["e-mail", "telephone"]
    services.expect(kind="hold-over", patrons=[hanako], at=timezone.now())
    cast.staff("shimizu", *PERMISSIONS)
    ready_to_type(page, "/staff/sign-in")
    type_in(page, "shimizu", cast.PASSWORD)
    page.wait_for_url("**/staff/place**")
    page.check("input[value='CHUO/CHUO-1']")
    page.click("text=ここではじめる")
    page.wait_for_url("**/desk/**")
    page.goto("/desk/calls")
    looked_at(page, "desk-calls")
    page.click("text=話せた")
    page.wait_for_url("**/desk/calls?**")
    page.goto("/office/messages/hold-ready/ko")
    looked_at(page, "office-message")


NO_PUSH_SERVICE = """
PushManager.prototype.subscribe = async function (options) {
  const worker = (await navigator.serviceWorker.ready).active;
  document.documentElement.dataset.asked = `${options.userVisibleOnly} ${options.applicationServerKey.length} ${worker.state}`;
  const keys = { p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth: "BTBZMqHH6r4Tts7J_aSIgg" };
  return { toJSON: () => ({ endpoint: "https://updates.push.services.mozilla.com/wpush/v2/one", keys }) };
};
"""
"""What a browser says when it has a line to its maker's push service, which no test has."""


def test_a_browser_subscribes_and_shows_what_is_pushed(browser_page: Page, live_server: object) -> None:
    page = browser_page
    cast.hanako()
    Card.objects.update(expires_on=timezone.localdate() + timedelta(days=500))
    page.context.grant_permissions(["notifications"])
    page.add_init_script(NO_PUSH_SERVICE)
    ready_to_type(page, "/sign-in?next=/my/notices")
    type_in(page, "20004318", cast.PASSWORD)
    page.wait_for_url("**/my/notices")
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"]),
    )
    devtools.send("ServiceWorker.enable")
    page.click("text=この端末で通知を受け取る")
    page.wait_for_url("**/my/notices?saved=1")
    assert ContactPoint.objects.get().way == "push"
    pushed = '{"title": "水瀬市立図書館", "body": "予約の本の用意ができました", "tag": "hold-ready"}'
    told = {"origin": str(live_server), "registrationId": known[-1], "data": pushed}
    devtools.send("ServiceWorker.deliverPushMessage", told)
    shown = """async () => { const kept = await navigator.serviceWorker.ready;
      for (let looks = 0; looks < 600; looks++) {
        const [one] = await kept.getNotifications();
        if (one) return [one.title, one.body, one.data];
        await new Promise((next) => setTimeout(next, 50));
      } }"""
    assert page.evaluate(shown) == ["水瀬市立図書館", "予約の本の用意ができました", "/my/"]
