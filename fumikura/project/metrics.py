"""Figures for Prometheus. One server process by default; with more, `serve` sets PROMETHEUS_MULTIPROC_DIR."""

from collections import Counter as Tally
from collections.abc import Iterator
from threading import Lock

from django.db.models import Count
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from fumikura.circulation.models import Loan
from fumikura.journal.models import Entry, SetAside
from fumikura.journal.queries import lag
from fumikura.journal.subscriptions import subscriptions
from fumikura.project import environment as env

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)

requests = Counter("fumikura_requests", "Requests answered, by route.", ["route", "method", "status"])
seconds = Histogram("fumikura_request_seconds", "Time to answer, by route.", ["route"], buckets=BUCKETS)


def count_request(*, route: str, method: str, status: int, took: float) -> None:
    """`route` is the pattern, never the address; `took` is in seconds."""
    requests.labels(route, method if method in METHODS else "OTHER", str(status)).inc()
    seconds.labels(route).observe(took)


class House(Collector):
    """What the tables say at this moment: verbs recorded since the start, readers' lag, open loans."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted_up_to: int | None = None
        self._recorded: Tally[str] = Tally()

    def describe(self) -> list[Metric]:
        return []  # so that registering asks no table

    def collect(self) -> Iterator[Metric]:
        recorded = CounterMetricFamily(
            "fumikura_recorded", "Verbs recorded in the journal since this server started.", labels=["event"]
        )
        for event, times in self._recorded_so_far().items():
            recorded.add_metric([event], times)
        yield recorded
        behind = GaugeMetricFamily("fumikura_journal_lag", "Entries a reader has not yet read.", labels=["reader"])
        aside = GaugeMetricFamily("fumikura_journal_set_aside", "Entries a reader could not digest.", labels=["reader"])
        for subscription in subscriptions():
            behind.add_metric([subscription.reader], lag(subscription.reader))
            aside.add_metric([subscription.reader], SetAside.objects.filter(reader=subscription.reader).count())
        yield behind
        yield aside
        yield GaugeMetricFamily("fumikura_open_loans", "Items on loan now.", value=Loan.objects.open().count())

    def _recorded_so_far(self) -> dict[str, int]:
        # Counting the whole journal at each scrape would read millions of rows: count what is new since the last one.
        with self._lock:
            newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            if self._counted_up_to is not None:
                new = Entry.objects.filter(pk__gt=self._counted_up_to, pk__lte=newest)
                for event, times in new.values_list("event").annotate(times=Count("pk")):
                    self._recorded[event] += times
            self._counted_up_to = newest
            return dict(self._recorded)


house = House()


def exposition() -> bytes:
    """Everything in Prometheus' text form."""
    tables = CollectorRegistry()
    tables.register(house)
    if not env.text("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY) + generate_latest(tables)
    processes = CollectorRegistry()
    multiprocess.MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    return generate_latest(processes) + generate_latest(tables)
