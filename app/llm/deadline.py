"""When a call to the model server must be over."""

import math
from collections.abc import Callable
from dataclasses import dataclass


def _begun() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deadline:
    """By time.monotonic: `last`, and `first` already for as long as `begun` says that nothing has come of the call. It
    is looked at again before every wait."""

    last: float
    first: float = math.inf
    begun: Callable[[], bool] = _begun

    @property
    def at(self) -> float:
        """The moment that holds now."""
        return self.last if self.begun() else min(self.first, self.last)
