"""Polite limits: whoever asks too fast is told at once when to come again, and nobody else's page is slower for it.

A bucket of tokens per network address and kind of door, in the memory of each worker process: with two workers an address
may have up to twice the figure. This machine is not counted, and whoever is signed in is never sent away.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import monotonic
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fumikura.organisation.queries import find_api_token
from fumikura.web.visitors import visitor

Answer = Callable[[HttpRequest], HttpResponse]
REMEMBERED: Final = 20_000
"""Addresses a process keeps in mind; the longest silent is forgotten first, which only ever lets more through."""


@dataclass(frozen=True)
class Limit:
    """So many a second for as long as one likes, and so many at once after a rest."""

    name: str
    paths: tuple[str, ...]
    a_second: float
    at_once: int


MACHINES: Final = (
    "/api/v1/",
    "/daia",
    "/paia/",
    "/ilsdi",
    "/oai",
    "/sru",
    "/unapi",
    "/sitemap",
    "/search.rss",
    "/dumps/",
)
PAGES: Final = ("/search", "/titles/", "/persons/", "/people/", "/subjects/", "/ndc/", "/suggest", "/carry")


@dataclass
class Buckets:
    """How much each address has left of one limit."""

    limit: Limit
    left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, address: str, now: float) -> tuple[bool, float, float]:
        """(may it, tokens left, seconds until there is one again); `now` in seconds of any steady clock."""
        tokens, at = self.left.pop(address, (float(self.limit.at_once), now))
        tokens = min(float(self.limit.at_once), tokens + (now - at) * self.limit.a_second)
        granted = tokens >= 1
        tokens -= 1 if granted else 0
        self.left[address] = (tokens, now)
        if len(self.left) > REMEMBERED:
            self.left.popitem(last=False)
        return granted, tokens, 0.0 if tokens >= 1 else (1 - tokens) / self.limit.a_second


def limits(get_response: Answer) -> Answer:
    """429 (503 for harvesters) with Retry-After instead of a stalled page; each counted answer says in RateLimit what is left."""
    every = [Buckets(limit) for limit in configured()]

    def count_and_answer(request: HttpRequest) -> HttpResponse:
        address = str(request.META.get("REMOTE_ADDR", ""))
        bucket = next((one for one in every if _fits(request.path, one.limit.paths)), None)
        if bucket is None or _is_this_machine(address):
            return get_response(request)
        granted, left, wait = bucket.take(address, monotonic())
        response = get_response(request) if granted or _is_signed_in(request) else _too_fast(request, math.ceil(wait))
        limit = bucket.limit
        window = math.ceil(limit.at_once / limit.a_second)
        # draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it.
        response.headers["RateLimit-Policy"] = f'"{limit.name}";q={limit.at_once};w={window}'
        response.headers["RateLimit"] = f'"{limit.name}";r={int(left)};t={math.ceil(wait)}'
        return response

    return count_and_answer


def configured() -> Sequence[Limit]:
    """Machines before pages: /search.rss is a machine's."""
    machines, pages = settings.LIMIT_MACHINES, settings.LIMIT_PAGES
    return (
        Limit("machines", MACHINES, machines, machines * 6),
        Limit("pages", PAGES, pages, pages * 10),
    )


def _fits(path: str, paths: tuple[str, ...]) -> bool:
    return path.startswith(paths)


def _is_this_machine(address: str) -> bool:
    """Or none at all: a socket of this machine, or a program that calls us within its own process."""
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False


def _is_signed_in(request: HttpRequest) -> bool:
    """Asked only of those who are too fast: it may cost a query."""
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return find_api_token(token) is not None
    here = visitor(request)
    return here.staff is not None or here.patron is not None


def _too_fast(request: HttpRequest, wait: int) -> HttpResponse:
    title = _("問い合わせが続きすぎました")
    way = _("%(seconds)d秒ほど待って、もう一度ためしてください。") % {"seconds": wait}
    if request.path.startswith("/api/"):
        kind = "https://fumikura.example/problems/too-fast"
        response: HttpResponse = JsonResponse(
            {"type": kind, "title": title, "status": 429, "detail": way, "reasons": []},
            status=429, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False},
        )  # fmt: skip
    elif request.path.startswith(PAGES) and "text/html" in request.headers.get("Accept", ""):
        response = render(request, "429.html", {"title": title, "way": way}, status=429)
    else:
        # Of OAI-PMH harvesters only 503 is known to mean "come again after" (OAI-PMH 2.0, 3.1.2.2).
        status = 503 if request.path.startswith("/oai") else 429
        response = HttpResponse(f"{title}\n{way}\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(max(1, wait))
    response.headers["Cache-Control"] = "no-store"
    return response
