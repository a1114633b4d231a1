"""Rate limits in memory: one process owns the data, so one memory sees every request."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

from app.errors import Misconfigured, TooMany

PERIODS_S = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600}
KINDS = ("visitor", "address", "clinic")
KEYS_KEPT = 50_000


def parse_limits(text: str) -> Mapping[str, tuple[int, int]]:
    """`visitor=30/min,address=120/min` to {kind: (requests, seconds)}; `off` to nothing. Raises Misconfigured."""
    if text == "off":
        return {}
    limits = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\w+)=(\d+)/(\w+)\s*", part)
        if match is None or match[1] not in KINDS or match[3] not in PERIODS_S or int(match[2]) < 1:
            raise Misconfigured(
                f"RATE_LIMITS has {part!r}.", f"Write kind=number/period, kinds {KINDS}, periods {tuple(PERIODS_S)}."
            )
        limits[match[1]] = (int(match[2]), PERIODS_S[match[3]])
    return limits


class RateLimiter:
    """Token buckets by (kind, key): a kind's whole allowance at once, then refilled evenly over its period."""

    def __init__(self, limits: Mapping[str, tuple[int, int]]) -> None:
        self._limits = limits
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, kind: str, key: str) -> None:
        """Counts one request. Raises TooMany with the seconds to wait."""
        if kind not in self._limits:
            return
        most, period = self._limits[kind]
        now = time.monotonic()
        with self._lock:
            tokens, since = self._buckets.pop((kind, key), (float(most), now))
            tokens = min(float(most), tokens + (now - since) * most / period)
            allowed = tokens >= 1
            self._buckets[(kind, key)] = (tokens - 1 if allowed else tokens, now)
            while len(self._buckets) > KEYS_KEPT:
                self._buckets.popitem(last=False)
        if not allowed:
            wait = max(1, round((1 - tokens) * period / most))
            raise TooMany("That was a lot of messages at once. Please wait a moment and try again.", wait)
