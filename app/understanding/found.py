"""What was found in running text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a slot type; `said` is what the slot's parser gets, `start`/`end` where it stands."""

    kind: str
    said: str
    start: int
    end: int
