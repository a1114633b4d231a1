"""Figures for a monitoring system, read from the rows at each scrape: counters survive a restart."""

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.desk import Desk
from app.store.queries.health import deliveries, readiness, referrals
from app.web.pool import Pool

TURN_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
turns = CollectorRegistry()
turn_seconds = Histogram(
    "turn_seconds", "Seconds from a message to its whole reply.", buckets=TURN_BUCKETS_S, registry=turns
)


class _Rows(Collector):
    """What the database says now. No label holds an id or a word of a patient."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> list[Metric]:
        facts = readiness(self._desk.database, self._desk.clock())
        gauges: list[Metric] = [
            GaugeMetricFamily("outbox_pending", "Notices that wait.", value=float(str(facts["outbox_pending"]))),
            GaugeMetricFamily(
                "outbox_oldest_seconds", "Age of the oldest.", value=float(str(facts["outbox_oldest_seconds"]))
            ),
            GaugeMetricFamily("outbox_dead", "Notices given up.", value=float(str(facts["outbox_dead"]))),
        ]
        submitted = CounterMetricFamily("referrals", "Requests submitted.", value=referrals(self._desk.database))
        ended = CounterMetricFamily("deliveries", "How notices ended.", labels=["kind", "result"])
        for (kind, result), number in deliveries(self._desk.database).items():
            ended.add_metric([kind, result], number)
        return [*gauges, submitted, ended]


@get("/metrics", include_in_schema=False)
async def metrics(desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Response[bytes]:
    """In the Prometheus text format. Keep it from the public with the reverse proxy (docs/install.md)."""

    def scrape() -> bytes:
        registry = CollectorRegistry()
        registry.register(_Rows(desk))
        return generate_latest(registry) + generate_latest(turns)

    return Response(await pool(scrape), headers={"Content-Type": CONTENT_TYPE_LATEST})
