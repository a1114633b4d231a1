"""The figures themselves. Apart from their route because prometheus_client takes 50 ms to load, which a start should
not wait for: it is imported with the first turn or the first scrape."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.desk import Desk
from app.store.queries.health import deliveries, readiness, referrals
from app.store.queries.outbox import reckoning
from app.web.model_figures import model_figures

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
        held = float(str(facts["outbox_held"]))
        gauges: list[Metric] = [
            GaugeMetricFamily("outbox_pending", "Notices that wait.", value=float(str(facts["outbox_pending"]))),
            GaugeMetricFamily(
                "outbox_oldest_seconds", "Age of the oldest.", value=float(str(facts["outbox_oldest_seconds"]))
            ),
            GaugeMetricFamily("outbox_dead", "Notices given up.", value=float(str(facts["outbox_dead"]))),
            GaugeMetricFamily("outbox_held", "Of those that wait: until someone mends the set-up.", value=held),
            _accounted(self._desk),
        ]
        submitted = CounterMetricFamily("referrals", "Requests submitted.", value=referrals(self._desk.database))
        ended = CounterMetricFamily("deliveries", "How notices ended.", labels=["kind", "result"])
        for (kind, result), number in deliveries(self._desk.database).items():
            ended.add_metric([kind, result], number)
        return [*gauges, submitted, ended, *model_figures(self._desk.guests)]


def _accounted(desk: Desk) -> Metric:
    """Their sum is `referrals_total`; `untold` above 0 would be a lost request."""
    found = GaugeMetricFamily("referrals_accounted", "Submitted requests by the worst notice.", labels=["state"])
    for state, number in reckoning(desk.database).by_state.items():
        found.add_metric([state], number)
    return found


def scrape(desk: Desk) -> bytes:
    """Everything, in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_Rows(desk))
    return generate_latest(registry) + generate_latest(turns)


__all__ = ["CONTENT_TYPE_LATEST", "scrape", "turn_seconds"]
