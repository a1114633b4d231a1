"""How long to wait: after a failed try of one job, and between two probes of a route that is down."""

import random
from dataclasses import dataclass

from app.errors import Operator, Transient

RETRY_AFTER_MAX_S = 3600.0
"""What another side may ask for at most: a wrong or hostile `Retry-After` must not put a referral off for a year."""
QUICK_FAILURES = 2
"""After so many failures in a row a route is looked at soon again, for it may have been a hiccup; after more of them at
the longest wait only."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Full-jitter backoff. Times in seconds; `ambiguous_wait_s` is waited when the work may have been done. `setup`
    stands for the settings that jobs go out with."""

    base_s: float
    cap_s: float
    horizon_s: float
    ambiguous_wait_s: float
    setup: str = ""

    def wait(self, attempt: int, error: Transient, rng: random.Random | None = None) -> float:
        """Seconds until the next try after the `attempt`-th (from 1) failed."""
        wait = max(self._jitter(attempt, rng), _asked_for(error))
        return wait + self.ambiguous_wait_s if error.ambiguous else wait

    def probe_wait(self, failures: int, error: Transient | Operator, rng: random.Random | None = None) -> float:
        """Seconds until the next probe after the route's `failures`-th failure in a row (from 1). A set-up that is
        wrong is not mended in a second, and a wrong password tried often locks the account."""
        if isinstance(error, Operator):
            return self.cap_s
        wait = self._jitter(failures, rng) if failures <= QUICK_FAILURES else self.cap_s
        return max(wait, _asked_for(error))

    def _jitter(self, attempt: int, rng: random.Random | None) -> float:
        ceiling = min(self.cap_s, self.base_s * 2.0 ** min(attempt - 1, 30))
        return (rng or random.SystemRandom()).uniform(0, ceiling)


def _asked_for(error: Transient) -> float:
    return min(error.retry_after_s or 0.0, RETRY_AFTER_MAX_S)
