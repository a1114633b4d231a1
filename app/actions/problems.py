"""What is wrong with an action that somebody wrote: where, what, and what to do about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from app.errors import Invalid

ALIKE = 60.0
"""rapidfuzz's ratio, 0 to 100, from which a word is worth proposing."""
MOST_SHOWN = 20
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is the place in the file, such as `referral.slots[2].type`."""

    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path} {self.what}: {self.remedy}"


class NotAnAction(Invalid):
    """Raised with every problem that was found; one line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        if len(problems) == 1:
            super().__init__(f"{problems[0].path} {problems[0].what}", problems[0].remedy)
            return
        lines = [str(problem) for problem in problems[:MOST_SHOWN]]
        if len(problems) > MOST_SHOWN:
            lines.append(f"and {len(problems) - MOST_SHOWN} more")
        super().__init__("\n".join([f"{len(problems)} places are wrong:", *lines]))


def shown(value: Any) -> str:
    """The value as an error may repeat it."""
    try:
        text = repr(value)
    except RecursionError:
        return "nested too deep"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def use_one_of(word: Any, known: Collection[str]) -> str:
    """The remedy for a word that is none of `known`: the one that was probably meant, or all of them."""
    close = process.extractOne(str(word), sorted(known), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(sorted(known))}"
