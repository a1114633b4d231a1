"""When a call to the model server must be over."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self


def _begun() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deadline:
    """By time.monotonic: `last`, and `first` already for as long as `begun` says that nothing has come of the call; at
    once when `over` is set. It is looked at again before every wait."""

    last: float
    first: float = math.inf
    begun: Callable[[], bool] = _begun
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def at(self) -> float:
        """The moment that holds now."""
        if self.over.is_set():
            return -math.inf
        return self.last if self.begun() else min(self.first, self.last)

    def within(self, seconds: float) -> Self:
        """This one, but no later than so many seconds from now."""
        return replace(self, last=min(self.last, time.monotonic() + seconds))
