"""Around every page: a request id, one line in the log, figures, and the security headers that Django does not set."""

import re
import uuid
from collections.abc import Callable
from time import perf_counter

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from fumikura.kernel.reasons import in_words_of
from fumikura.notices.queries import OwnSentences
from fumikura.project.metrics import count_request

Answer = Callable[[HttpRequest], HttpResponse]

PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOT_NEEDED = (
    "accelerometer",
    "autoplay",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "payment",
    "usb",
)

logger = structlog.get_logger("fumikura.requests")


def visitors_address(get_response: Answer) -> Answer:
    """Behind our own TLS proxy REMOTE_ADDR becomes the address that the proxy saw; else nobody's header is believed."""

    def find_and_answer(request: HttpRequest) -> HttpResponse:
        passed_on = request.headers.get("X-Forwarded-For", "")
        if settings.SECURE_BEHIND_TLS and passed_on:
            request.META["REMOTE_ADDR"] = passed_on.rpartition(",")[2].strip()
        return get_response(request)

    return find_and_answer


def request_record(get_response: Answer) -> Answer:
    """Names the request (X-Request-ID, taken over from a proxy when it is a plain token), logs and counts it.

    Only the route's pattern is kept, never the address: a search or a card number may be in it.
    """

    def record_and_answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if PLAIN_TOKEN.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = perf_counter()
        response = get_response(request)
        took = perf_counter() - started
        route = request.resolver_match.route if request.resolver_match else "(none)"
        count_request(route=route, method=request.method or "", status=response.status_code, took=took)
        logger.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            milliseconds=round(took * 1000, 1),
        )
        response["X-Request-ID"] = request_id
        return response

    return record_and_answer


def librarys_words(get_response: Answer) -> Answer:
    """Refusals and whys are said in the library's own words where it has written some (/office/messages/sentences)."""

    def answer_in_its_words(request: HttpRequest) -> HttpResponse:
        with in_words_of(OwnSentences()):
            return get_response(request)

    return answer_in_its_words


def security_headers(get_response: Answer) -> Answer:
    """No powers the pages do not use, no use from other sites, and nothing of a signed-in person in a cache."""

    def answer_with_headers(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", ", ".join(f"{power}=()" for power in NOT_NEEDED))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        session = getattr(request, "session", None)
        if session is not None and not session.is_empty():
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return answer_with_headers
