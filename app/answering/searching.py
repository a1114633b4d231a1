"""What to search the papers for: the question, and the words that papers use where patients use others."""

from app.answering.needs import WORD_WEIGHT
from app.answering.question import read
from app.answering.terms import data, lexicon, phrase

# Other names of a thing that are searched for beside the patient's. Measured: none misses papers, more drown the rest.
OTHER_NAMES = 3


def sought(question: str) -> str:
    """`question` with words that papers use for what it says and where they hold the kind of fact that it asks for. The
    question itself stays what is answered."""
    asked = read(question)
    more = [data("kinds.yaml")["sought"].get(asked.kind, "")] if asked.kind else []
    for need in asked.needs:
        if need.weight >= WORD_WEIGHT and not need.named and need.said:
            more += _other_names(need.said)
    return " ".join(dict.fromkeys([asked.meaning, *more])).strip()


def beside(question: str) -> tuple[str, ...]:
    """The forms of `question` that sentences are compared with, beside the words to search for."""
    return tuple(dict.fromkeys(text for text in (question, read(question).core) if text))


def _other_names(said: str) -> list[str]:
    own = phrase(said)
    return [name for name in lexicon().groups.get(own, ()) if phrase(name) != own][:OTHER_NAMES]
