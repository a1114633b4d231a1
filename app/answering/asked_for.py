"""Whether a text holds what a question word asks for: somebody for "who", a time for "when", a place for "where", a
name for "which brand". Apart from `kinds`, whose facts have a form of their own: these are signs and no gates."""

import re

from app.answering.patterns import patterns
from app.answering.terms import fold, words

_FILE = "asked_for.yaml"
# Two words with capitals, one after another word, or one with a capital inside.
_NAME = re.compile(r"\b[A-Z][\w'’-]+ [A-Z][\w'’-]+|(?<=[a-z,;:] )[A-Z][\w'’-]+|\b[A-Z][a-z]+[A-Z]\w*")
_NAMED = frozenset({"who", "where", "name"})


def lacks_asked(question: str, text: str) -> bool:
    """Whether `question` asks who, when, where or for a name, and `text` says none."""
    folded = fold(question)
    wanted = [word for word, pattern in patterns(_FILE, "asked").items() if pattern.search(folded)]
    return bool(wanted) and not any(_holds(word, question, text) for word in wanted)


def _holds(word: str, question: str, text: str) -> bool:
    said = patterns(_FILE, "held").get(word)
    if said is not None and said.search(fold(text)):
        return True
    known = {one.stem for one in words(question)}
    names = (one for match in _NAME.finditer(text) for one in words(match[0]))
    dated = patterns(_FILE, "held")["when"]
    return word in _NAMED and any(one.stem not in known and not dated.search(one.folded) for one in names)
