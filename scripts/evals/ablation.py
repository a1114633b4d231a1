"""Takes a part of the rules and other names away at random: a set of questions that does not notice proves nothing."""

import random
from collections.abc import Callable, Iterable
from typing import Any

from app.answering.terms import shipped

RULES = {"sayings.yaml": ("sayings",), "kinds.yaml": ("asked", "held", "speaks"), "fixed.yaml": ("fixed",)}
NEVER = "(?!)"
"""Matches nothing: stands where every alternative is gone."""


def thinned(share: float, seed: int) -> Callable[[str], Any]:
    """A reader of data files that leaves out about `share` (0 to 1) of the groups' names in synonyms.yaml and of the
    alternatives in the files of rules; the same ones for the same `seed`."""

    def read(name: str) -> Any:
        chance = random.Random(f"{seed} {name}")

        def kept(entries: Iterable[Any]) -> list[Any]:
            return [entry for entry in entries if chance.random() >= share]

        raw = shipped(name)
        if name == "synonyms.yaml":
            groups = [kept(group) for group in raw["alike"]]
            return raw | {"alike": [group for group in groups if group]}
        for section in RULES.get(name, ()):
            raw = raw | {section: {key: kept(lines) or [NEVER] for key, lines in raw[section].items()}}
        return raw

    return read
