"""For machines that watch: is it alive, and its figures."""

import hmac
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fumikura.journal.queries import lag
from fumikura.journal.subscriptions import subscriptions
from fumikura.project.metrics import exposition

logger = structlog.get_logger(__name__)


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. How far each reader of the journal is behind is told, not judged."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        behind = {subscription.reader: lag(subscription.reader) for subscription in subscriptions()}
    except DatabaseError:
        logger.exception("healthz.database-does-not-answer")
        return JsonResponse({"status": "down", "database": "does not answer"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "journal_lag": behind})


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for this machine or for whoever shows METRICS_TOKEN as a bearer; to others there is no such page."""
    if not (_is_from_this_machine(request) or _shows_the_token(request)):
        return HttpResponseNotFound()
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_from_this_machine(request: HttpRequest) -> bool:
    # Behind a proxy on this machine everybody seems to be local; a proxy says so by this header.
    if "X-Forwarded-For" in request.headers or settings.SECURE_BEHIND_TLS:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _shows_the_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
