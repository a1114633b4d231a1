"""The parts that a use case may use. Built by `bootstrap`, which alone names implementations."""

from collections.abc import Callable
from dataclasses import dataclass

from app.clock import Clock
from app.settings import Settings
from app.store.crypto import Keys
from app.store.session import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """One install at work. `wake` makes the worker look at the queue now; call it after a commit that enqueued."""

    settings: Settings
    clock: Clock
    keys: Keys
    database: Database
    wake: Callable[[], None]
