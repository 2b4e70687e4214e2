"""One counter's browser under load, as a process of its own: python -m bench.http_desk ADDRESS NUMBER OF COUNT ITEMS PATRONS PAUSE

Signs in, opens a patron, lends ten books, goes to the next patron; every scan waits for the whole answer of the page.
PAUSE: seconds from an answer to the next scan, as a hand needs them; a half more or less. 0 asks again at once.
Without arguments but `staff OF`: makes the members of staff who sign in.
"""

import json
import random
import re
import sys
import time
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

PASSWORD = "measured-at-the-desk"
BOOKS_A_VISIT = 10
BETWEEN_SIGN_INS = 1.5  # seconds


class Browser:
    """A kept connection and a cookie jar: no more than a counter's browser does."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address, timeout=60)
        self.cookies: dict[str, str] = {}
        self.visit = ""

    def get(self, path: str) -> str:
        return self._ask("GET", path, None, {})

    def post(self, path: str, **fields: str) -> str:
        form = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), "request_key": uuid4().hex, **fields}
        return self._ask("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})

    def turn(self, path: str, **fields: str) -> str:
        """A post of the counter, answered with the part of the page that changes; answers the outcome's code."""
        page = self.post(path, visit=self.visit, mode="lend", **fields)
        self.visit = re.search(r'name="visit" value="([^"]*)"', page)[1]
        return re.search(r'data-what="([^"]*)"', page)[1]

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, body, {"Cookie": cookies, "X-Desk": "part", **headers})
        answer = self._connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        page = answer.read().decode()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status}\n{page[:500]}")
        return page


def lend(address: str, number: int, of: int, count: int, items: int, patrons: int, pause: float) -> dict[str, object]:
    browser = Browser(address)
    # People sign in one after the other, as in a morning: all at once from one address looks like guessing. Then all begin.
    begins = time.time() + of * BETWEEN_SIGN_INS
    time.sleep(number * BETWEEN_SIGN_INS)
    browser.get("/staff/sign-in")
    browser.post("/staff/sign-in", username=f"desk{number}", password=PASSWORD)
    browser.get("/staff/place")
    browser.post("/staff/place", place="CHUO/")
    page = browser.get("/desk/")
    browser.visit = re.search(r'name="visit" value="([^"]*)"', page)[1]
    mine = [f"3{n:07}" for n in range(number, items, of)][:count]
    cards = [f"2{n + 1:07}" for n in range(number, patrons, of)]
    waits, others, chance = [], [], random.Random(number)
    time.sleep(max(0.0, begins - time.time()))
    began_at = time.time()
    for turn, barcode in enumerate(mine):
        time.sleep(pause * chance.uniform(0.5, 1.5))
        if turn % BOOKS_A_VISIT == 0:
            browser.turn("/desk/departures")
            browser.turn("/desk/scans", scanned=cards[turn // BOOKS_A_VISIT % len(cards)])
        began = time.perf_counter()
        said = browser.turn("/desk/scans", scanned=barcode)
        waits.append(time.perf_counter() - began)
        if said != "lent":
            others.append(said)
    return {"waits": waits, "from": began_at, "to": time.time(), "not_lent": others}


def make_staff(of: int) -> None:
    from bench.lending_town import django

    django()
    from django.utils import timezone

    from fumikura.kernel.permissions import PERMISSIONS
    from fumikura.organisation.queries import system_actor
    from fumikura.organisation.services import add_user, define_role, grant_role

    by, at = system_actor(via="cli"), timezone.now()
    role = define_role(code="measured", name="measured", permissions=PERMISSIONS, by=by, at=at)
    for number in range(of):
        user = add_user(username=f"desk{number}", name=f"{number}番", password=PASSWORD, by=by, at=at)
        grant_role(user=user, role=role, by=by, at=at)


if __name__ == "__main__":
    if sys.argv[1] == "staff":
        make_staff(int(sys.argv[2]))
    else:
        print(json.dumps(lend(sys.argv[1], *map(int, sys.argv[2:-1]), float(sys.argv[-1]))))
