"""Figures of the language model, counted in memory since the start: a scrape looks at no row for them."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from app.llm.guests import Guests
from app.llm.health import BUCKETS_S, Health


def model_figures(guests: Guests | None) -> Iterator[Metric]:
    """None of them where the install has no model. No label holds a clinic, an id or a word."""
    if guests is None:
        return
    health = guests.health()
    calls = CounterMetricFamily("model_calls", "Requests that left for the model.", labels=["purpose", "result"])
    for (purpose, result), number in health.calls.items():
        calls.add_metric([purpose, result], number)
    kept = CounterMetricFamily("model_kept_back", "Calls that did not leave.", labels=["reason"])
    for reason, number in health.kept_back.items():
        kept.add_metric([reason.value], number)
    tokens = CounterMetricFamily("model_tokens", "Tokens sent and written.", labels=["kind"])
    tokens.add_metric(["prompt"], health.prompt_tokens)
    tokens.add_metric(["completion"], health.completion_tokens)
    yield from (calls, kept, tokens, _seconds(health))
    resting = float(health.resting_since is not None)
    yield GaugeMetricFamily("model_resting", "1 while the model's server is left alone.", value=resting)


def _seconds(health: Health) -> Metric:
    found = HistogramMetricFamily("model_seconds", "Seconds from a request to the end of its reply.")
    if health.seconds:
        names = [*(str(float(most)) for most in BUCKETS_S), "+Inf"]
        found.add_metric([], list(zip(names, health.seconds.at_most, strict=True)), health.seconds.sum)
    return found
