"""How many different problems a reason names: several go to a clinician."""

from functools import cache

from app.qualification.shipped import shipped
from app.qualification.words import split


def complaint_count(reason: str) -> int:
    """0 when none is recognised. Pain that spreads ("from my back down into the knee") is one problem."""
    said = [word.text for word in split(reason)]
    found = {
        number
        for start in range(len(said))
        for length in (1, 2)
        if (number := _sites().get(tuple(said[start : start + length]))) is not None
    }
    if len(found) > 1 and not _spreading().isdisjoint(said):
        return 1
    return len(found)


@cache
def _sites() -> dict[tuple[str, ...], int]:
    listed = shipped("complaints.yaml")["sites"]
    return {tuple(name.split()): number for number, names in enumerate(listed) for name in names}


@cache
def _spreading() -> frozenset[str]:
    return frozenset(shipped("complaints.yaml")["spreads"])
