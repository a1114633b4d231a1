"""The model servers that wording is measured with: a real, very small model, two liars and one that tells the truth."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.llm.helped import helped, papers_in
from tests.llm.real_server import real_model_server, weights
from tests.llm.servers import Asked, Script, liar, model_server, say, value_for

SMOLLM2, HELPED = "SmolLM2-135M", "SmolLM2-135M with marks"
"""As it is; and with a mark put to each of its sentences, without which nothing that it says would be looked at."""
REAL = frozenset({SMOLLM2, HELPED})
MOST_SAID = 12
"""Sentences of one reply: the desk reads no more."""
_ASKED = re.compile(r"patient asks:\n((?:\|[^\n]*\n?)+)")
_END = re.compile(r"(?<=[.!?])\s+|\n")
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_VERB = re.compile(r"\b(?:is|are|takes?|costs?|must|can|may|will|do not|have|has|cuestan?|son|es|debe|puede)\b")
_NARROWED = re.compile(
    r",?\s*\b(?:only|unless|except|if|when|until|after|before|within|with|without|for|solo|si|con|sin|hasta)\b[^,.;]*",
    re.IGNORECASE,
)
_TURNED = (
    ("not ", ""), ("no ", ""), ("only ", ""), ("at least", "at most"), ("before", "after"), ("after", "before"),
    ("more than", "less than"), ("morning", "afternoon"), ("free", "charged"), ("must", "need not"), ("may", "must"),
    ("can", "cannot"), ("is", "is not"), ("are", "are not"), ("Monday", "Sunday"), ("yes", "no"), ("first", "last"),
    ("up to", "from"), ("each", "no"), ("before", "without"), ("need", "do not need"),
)  # fmt: skip


def subtle_liar() -> Script:
    """False sentences made of the papers' own words, each with the citation of the paper it was made from: figures
    exchanged for others of the same papers, two sentences crossed, what narrows a sentence left out, one word turned.
    What stands nearest to the question comes first."""

    def lie(asked: Asked) -> Iterator[tuple[int, str]]:
        chance = random.Random(asked.n)
        near = _near(asked)
        figures = list(dict.fromkeys(one for _, sentence in near for one in _FIGURE.findall(sentence)))
        for at, (paper, sentence) in enumerate(near):
            others = [one for _, one in near[: at + 4] if one != sentence]
            lies = [
                _exchanged(sentence, figures, chance),
                _crossed(sentence, others, chance),
                _NARROWED.sub("", sentence, count=1),
                *_turned(sentence),
            ]
            made = [one for one in dict.fromkeys(lies) if one != sentence and len(one.split()) > 2]
            chance.shuffle(made)
            yield from ((paper, one) for one in made[:4])

    return _saying(lie)


def copyist() -> Script:
    """True sentences: the two of the papers that share most words with the question, copied but for contractions and
    "please". How far wording gets with a model that makes nothing up and has no words of its own."""
    return _saying(lambda asked: ((paper, _shortened(sentence)) for paper, sentence in _near(asked)[:2]))


def _saying(told: Callable[[Asked], Iterator[tuple[int, str]]]) -> Script:
    def script(asked: Asked):  # type: ignore[no-untyped-def]
        if asked.schema is not None:
            return say(value_for(asked.schema, lambda: ""))
        sentences = list(told(asked))[:MOST_SAID]
        return say(" ".join(f"{one.rstrip('.!; ')} [P{paper}]." for paper, one in sentences))

    return script


def _near(asked: Asked) -> list[tuple[int, str]]:
    """(number of the paper, sentence) of a request; those that share most words with the question first."""
    question = _ASKED.search(asked.text)
    wanted = _words(question[1] if question else "")
    found = []
    for number, text in papers_in(asked.text):
        found += [(number, one.strip()) for one in _END.split(text) if len(one.split()) > 2 and "?" not in one]
    return sorted(found, key=lambda one: -len(_words(one[1]) & wanted))


def _words(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W_]{4,}", text.lower())}


def _exchanged(sentence: str, figures: list[str], chance: random.Random) -> str:
    own = _FIGURE.findall(sentence)
    others = [one for one in figures if one not in own] or own[::-1]
    return _FIGURE.sub(lambda _: chance.choice(others), sentence) if own else sentence


def _crossed(sentence: str, others: list[str], chance: random.Random) -> str:
    verb = _VERB.search(sentence)
    ends = [(one, found) for one in others if (found := _VERB.search(one))]
    if not verb or not ends:
        return sentence
    other, found = chance.choice(ends)
    return sentence[: verb.start()] + other[found.start() :]


def _turned(sentence: str) -> Iterator[str]:
    for word, instead in _TURNED:
        yield re.sub(rf"\b{word}(?!\w)" if word[-1] != " " else rf"\b{word}", instead, sentence, count=1)


def _shortened(sentence: str) -> str:
    for whole, short in (("do not", "don't"), ("does not", "doesn't"), ("is not", "isn't"), ("cannot", "can't")):
        sentence = re.sub(rf"\b{whole}\b", short, sentence)
    return re.sub(r"(?i)\bplease\b,? ?", "", sentence)


SCRIPTED: Mapping[str, Callable[[], Script]] = {"liar": liar, "subtle liar": subtle_liar, "copyist": copyist}
NAMES = (SMOLLM2, HELPED, *SCRIPTED)
LIARS = frozenset({"liar", "subtle liar"})
"""Whatever they say that is no sentence of a paper is made to be untrue."""


def missing(name: str) -> str:
    """Why this server cannot be had here; nothing when it can."""
    if name in REAL and weights() is None:
        return f"skipped: {name}; scripts/setup models installs it"
    return ""


@contextmanager
def served(name: str) -> Iterator[str]:
    """The base URL of one of NAMES."""
    if name == SMOLLM2:
        with real_model_server() as url:
            yield url
    elif name == HELPED:
        with real_model_server() as url, model_server(helped(url)) as server:
            yield server.base_url
    else:
        with model_server(SCRIPTED[name]()) as server:
            yield server.base_url
