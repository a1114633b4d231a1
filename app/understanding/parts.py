"""Takes a question that asks several things apart: each part alone, with the words that all of them share."""

import re
from collections.abc import Mapping
from functools import cache

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer

_JOINT = re.compile(
    r"\s*(?:,\s*(?:and also|and|or|as well as|plus|y|o|e)?|;|&)\s+|\s+(?:and also|and|or|as well as|plus|&|y|o|e)\s+"
)
_TWO_DEEDS = re.compile(
    r"(?P<head>(?:(?:what|where|when|how|which)\b.* )?(?:should|do|can|must|could|may|would|will) (?:i|we)) "
    r"(?P<one>(?!(?:come|go|try|wait|sit|stop|need|have|drop|walk)\b)[a-z]+) (?:and|or) (?P<two>[a-z]+)(?P<rest> .*)?"
)
_OTHER_QUESTION = re.compile(
    r"\s*,?\s+(?:and|or|but|plus|also|y|&)\s+(?:also\s+)?(?=(?:if (?:so|not|yes|no),? )?(?:"
    r"(?:do|does|can|could|will|would|should|must|are|is) (?!not\b)[\w']+ [\w']+|"
    r"(?:(?:with|for|to|from|at|on|in|by|of|con|para|a|de|en) )?(?:which|what|whose|que|cual)(?: [\w'-]+){0,3}$|"
    r"how (?:much|long|often|many|soon|far|late|early|old)(?: [\w'-]+){0,2}$|(?:(?:by|with|from|to|for) )?whom?$|"
    r"(?:when|where|why|how|cuando|donde|cuanto|quien|como)$|(?:whether|if) (?:you|i|we|there|it|the|my)\b|"
    r"(?:que|cuando|donde|cuanto|cuanta|cuantos|cuantas|como|quien|cual|cuales|aceptan|toman|tienen|hay|ofrecen|"
    r"hacen|atienden|puedo|pueden|necesito|debo|tengo que|hablan|abren|cierran|cobran|validan|a que|de que|en que)\b))"
)
_BESIDE = re.compile(
    r"\s*,\s+(?=how (?:much|long|often|soon|far)(?: [\w'-]+){0,3}$|(?:when|where|who|how)$|"
    r"(?:when|where|what|who|how much|how long) (?:is|are|does|do) )"
)
_DEED = re.compile(
    r"^(?:get|make|see|go|come|start|find|know|book|call|then|i|we|you|if|when|because|that|not|so|is|are|do|does|can|"
    r"since|as|although|though|while|porque|ya que|"
    r"should|will|have|has|want|would|something|anything|more|else|other|similar|wait|sign)\b"
)
_RUNS_ON = re.compile(r"\bbetween\b|\bto [a-z]+|\b(?:something|anything|somewhere|anywhere) \w+")
_INNER = re.compile(r"\s(?:in|on|with|at|by|from|for|during|of|about)\s")
_PREPOSITION = re.compile(r"(?:with|by|in|for|about|on|of)\b")
_DETERMINER = re.compile(r"^(?:a|an|the|your|my|any|some|un|una|el|la|los|las|su|sus|ur)\b ?")
MOST_WORDS_OF_AN_ITEM = 5
MOST_PARTS = 8


def parts(question: str, payers: Mapping[str, str]) -> list[str]:
    """The questions in `question`, in order; one that asks one thing comes back as it is. What belongs together ("pins
    and needles") is not cut."""
    found: list[str] = []
    for piece in _questions(question):
        found += _listed(piece, payers) or _deeds(piece) or [piece]
    return found if 1 < len(found) <= MOST_PARTS else [question]


def _questions(question: str) -> list[str]:
    """Cut before another question word, with a verb of its own or without."""
    question = question.rstrip(" ?.!")
    cuts = [hit for pattern in (_OTHER_QUESTION, _BESIDE) for hit in pattern.finditer(_folded(question))]
    pieces, start = [], 0
    for hit in sorted(cuts, key=lambda hit: hit.start()):
        if hit.start() > start and len(question[start : hit.start()].split()) > 1:
            pieces.append(question[start : hit.start()])
            start = hit.end()
    return [*pieces, question[start:]]


def _listed(question: str, payers: Mapping[str, str]) -> list[str]:
    """One question for each item of its list; none when it has no list."""
    bare = question.rstrip(" ?.!")
    folded = _folded(bare)
    head = _head().match(folded)
    if not head or len(folded) != len(bare):
        return []
    spans = _items(folded, head.end(), payers)
    if len(spans) < 2:
        return []
    shared, items = bare[: head.end()].rstrip(), [bare[start:end].strip() for start, end in spans]
    tail = re.search(r"\scosts?$", folded) if head[0].endswith(("do", "does")) else None
    ending = bare[tail.start() :] if tail else ""
    return [f"{_before(shared, item)} {item.removesuffix(ending)}{ending}?" for item in items]


def _before(shared: str, item: str) -> str:
    """ "Pay with" and "in cash" have one preposition too many."""
    return re.sub(r"\s+(?:with|by|in|for|about|on)$", "", shared) if _PREPOSITION.match(fold(item)) else shared


def _items(folded: str, start: int, payers: Mapping[str, str]) -> list[tuple[int, int]]:
    """Start and end of each item; one when the joined words belong together or are no names of things."""
    spans: list[tuple[int, int]] = []
    at = start
    for joint in _JOINT.finditer(folded, start):
        if not _belongs_together(folded, at, joint, payers):
            spans.append((at, joint.start()))
            at = joint.end()
    spans.append((at, len(folded)))
    texts = [folded[begin:end].strip() for begin, end in spans]
    sound = all(_is_item(text, last=text is texts[-1]) for text in texts) and not _RUNS_ON.search(texts[0])
    return spans if sound and not _within(texts) else [(start, len(folded))]


def _within(texts: list[str]) -> bool:
    """Whether the last words belong behind a preposition of the first: "in the morning or afternoon"."""
    inner = _INNER.search(texts[0])
    return bool(inner) and not re.match(rf"{inner[0].strip()}\b|(?:a|an|the)\b", texts[-1])  # type: ignore[index]


def _is_item(text: str, *, last: bool) -> bool:
    words = _DETERMINER.sub("", text).split()
    return 0 < len(words) <= MOST_WORDS_OF_AN_ITEM + 4 * last and not _DEED.match(text)


def _belongs_together(folded: str, at: int, joint: re.Match[str], payers: Mapping[str, str]) -> bool:
    if any(pair.start() <= joint.start() and joint.end() <= pair.end() for pair in _pairs().finditer(folded)):
        return True
    payer = find_payer(folded[at:], payers)
    if payer and at + payer[0] < joint.start() and joint.end() < at + payer[1]:
        return True
    before = _DETERMINER.sub("", folded[at : joint.start()].strip()).split()
    behind = re.split(r"\s*,\s*|\s+(?:and|or|y|o)\s+", folded[joint.end() :], maxsplit=1)[0].split()
    if "," in joint[0] or len(before) != 1 or len(behind) < 2 or _DETERMINER.match(folded[joint.end() :]):
        return False
    described = re.fullmatch(_data()["describing"], before[0]) is not None
    return described or any(re.fullmatch(_data()["shared"], word) for word in behind[1:])


def _deeds(question: str) -> list[str]:
    """ "What should I wear and bring?" asks about two deeds."""
    bare = question.rstrip(" ?.!")
    hit = _TWO_DEEDS.fullmatch(_folded(bare))
    if not hit or len(_folded(bare)) != len(bare) or _pairs().search(_folded(bare)):
        return []
    rest = bare[hit.start("rest") :] if hit["rest"] else ""
    return [f"{bare[: hit.end('head')]} {bare[slice(*hit.span(name))]}{rest}?" for name in ("one", "two")]


def _folded(text: str) -> str:
    """Folded when that keeps every place, else lower case."""
    folded = fold(text)
    return folded if len(folded) == len(text) else text.lower()


@cache
def _data() -> Mapping[str, str]:
    return read_yaml("app.understanding", "parts.yaml")


@cache
def _head() -> re.Pattern[str]:
    heads = "|".join(_data()["heads"])
    return re.compile(rf"(?:(?:and|also|but|so|y|pero) )*(?:{heads})(?= |$)")


@cache
def _pairs() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(_data()["pairs"]) + r")\b")
