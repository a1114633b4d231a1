"""Whether an answer is right. An answer counts only up to 80 words: a page that holds everything answers nothing."""

import re
import unicodedata

from app.answering.base import Answer
from app.qualification.payers import PayerStatus
from scripts.evals.sets import Question

MOST_WORDS = 80
ENOUGH = 0.9
# Papers and people call it "no" as well as "it depends" when a clinic bills a plan that it has no contract with.
BY_POLARITY = {
    "yes": {PayerStatus.IN_NETWORK},
    "no": {PayerStatus.NOT_ACCEPTED, PayerStatus.OUT_OF_NETWORK},
    "conditional": {PayerStatus.CONDITIONAL, PayerStatus.SECONDARY_ONLY, PayerStatus.OUT_OF_NETWORK},
}
_WORD = re.compile(r"[^\W_]+")
_YES = re.compile(r"\W*(?:yes|yep|yeah|sure|absolutely|certainly|of course|you bet)\b")
_NO = re.compile(r"\W*(?:no|nope|not|never|sorry)\b")
_NEGATIVE = re.compile(
    r"\b(?:not|no|don'?t|doesn'?t|cannot|can'?t|unable|neither|never|out[- ]of[- ]network|non[- ]participating)\b"
)
_CONDITIONAL = re.compile(r"\b(?:if|only|unless|when|once|as long as|secondary|conditional|except|with|depends?|may)\b")


def is_right(answer: Answer, question: Question) -> bool:
    """Whether `answer` holds the words, or the yes or no, that an answerable question asks for."""
    if question.polarity:
        return polarity(answer, question)
    return any(holds(answer, gold) for gold in question.gold)


def is_false(answer: Answer, question: Question) -> bool:
    """Whether an answer that is not right would be believed to say the opposite, and is no mere quote beside the point:
    another status of an insurer, any status where the papers say none, a paper's own yes to what they deny or no to
    what they grant, or the right words with the wrong yes or no."""
    if answer.payer is not None:
        return bool(question.polarity) or not question.answerable
    if question.polarity and any(holds(answer, gold) for gold in question.gold):
        return True
    opening = next((line for line in answer.text.splitlines() if not line.rstrip().endswith("?")), "")
    against = {"yes": _NO, "no": _YES}.get(question.truth)
    return bool(against and against.match(_fold(opening)))


def holds(answer: Answer, gold: str, *, cut: bool = True) -> bool:
    """Whether nine tenths of the words of `gold` stand in what was shown or quoted."""
    wanted = _words(gold)
    return any(_share(wanted, text, cut) >= ENOUGH for text in _texts(answer))


def polarity(answer: Answer, question: Question) -> bool:
    """Whether the answer says the yes, no or conditional that the paper says, of the matter that it says it of."""
    if answer.payer is not None:
        return answer.payer.status in BY_POLARITY[question.polarity]
    shown = _fold(_up_to(_texts(answer)[0], _words(question.gold[0])))
    said = {
        "no": bool(_NEGATIVE.search(shown)),
        "yes": not _NEGATIVE.search(shown),
        "conditional": bool(_CONDITIONAL.search(shown)),
    }[question.polarity]
    return said and _share(_words(question.gold[0]), shown, cut=False) >= ENOUGH / 2


def _up_to(text: str, wanted: list[str]) -> str:
    """`text` as far as the line that holds most of `wanted`: what follows is about another plan."""
    lines = re.split(r"(?<=[.!?])\s+|\n+", text)
    best = max(range(len(lines)), key=lambda at: _share(wanted, lines[at], cut=False), default=0)
    return " ".join("\n".join(lines[: best + 1]).split()[:MOST_WORDS])


def _texts(answer: Answer) -> tuple[str, str]:
    return answer.text, " ".join(dict.fromkeys(citation.quote for citation in answer.citations))


def _share(wanted: list[str], text: str, cut: bool) -> float:
    found = set(_words(" ".join(text.split()[:MOST_WORDS]) if cut else text))
    return sum(word in found for word in wanted) / max(1, len(wanted))


def _words(text: str) -> list[str]:
    return _WORD.findall(_fold(text))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
