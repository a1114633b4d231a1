"""model_failures: what a failure of the language model means, in words for staff."""

from dataclasses import dataclass
from functools import cache

from app.dialogue.shipped import read_yaml
from app.llm.base import Failure


@dataclass(frozen=True, slots=True)
class Explained:
    """`what` happened and the `remedy`, a sentence or two each."""

    what: str
    remedy: str


def explained(failure: Failure) -> Explained:
    """In English, as all that staff read."""
    return _words()[failure]


def result_words(result: str) -> str:
    """What became of a call, for a line of the log: its `result` as stored."""
    if result == "ok":
        return "Answered"
    try:
        return explained(Failure(result)).what
    except ValueError:
        return "Not known: it still runs, or the desk stopped in between"


@cache
def _words() -> dict[Failure, Explained]:
    found = read_yaml("app.usecases", "model_failures.yaml")
    return {Failure(name): Explained(**words) for name, words in found.items()}
