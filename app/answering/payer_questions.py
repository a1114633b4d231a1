"""Whether a question is about an insurer, and what it asks of it. Apart because such questions are looked up in the
payer rows and never decided by likeness."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from app.answering.terms import data, fold
from app.qualification.naming import Mention


class Aspect(StrEnum):
    """What is asked of an insurer; each value is a key of the wording files."""

    ACCEPTANCE = "acceptance"
    REFERRAL = "referral"
    AUTHORIZATION = "authorization"
    VISITS = "visits"


_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_ALONE = ("apart", "elsewhere", "list")
_DENIAL = re.compile(r"\b(?:not|don'?t|won'?t|no longer|out of|no (?:se )?(?:acept|tom)\w*)\b")
_COVER = re.compile(r"\b(?:cover\w*|pays? for|cubre\w*|cubiert\w+|cobertura)\b")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = data("payer_questions.yaml")
    return {key: re.compile(text) for key, text in {**raw["asks"], **{k: raw[k] for k in _ALONE}}.items()}


@lru_cache(maxsize=1)
def _small() -> tuple[frozenset[str], frozenset[str]]:
    raw = data("payer_questions.yaml")
    return frozenset(raw["covered"].split()), frozenset(raw["bare"].split())


def asked_of(question: str, named: Sequence[Mention]) -> frozenset[Aspect]:
    """What `question` asks of the insurers in `named`; empty when it asks something that no payer list answers."""
    text = _without_names(question, named)
    found = {aspect for aspect in Aspect if aspect is not Aspect.ACCEPTANCE and _patterns()[aspect].search(text)}
    if found:
        return frozenset(found)
    if _patterns()["apart"].search(text):
        return frozenset()
    if _patterns()["acceptance"].search(text):
        return frozenset({Aspect.ACCEPTANCE})
    if _patterns()["elsewhere"].search(text):
        return frozenset()
    if _patterns()["coverage"].search(text):
        return frozenset({Aspect.ACCEPTANCE}) if _covers_the_clinic(text) else frozenset()
    bare = all(word in _small()[1] for word in _WORD.findall(text))
    return frozenset({Aspect.ACCEPTANCE}) if bare else frozenset()


def speaks_of(text: str, aspects: Iterable[Aspect]) -> bool:
    """Whether a paper's `text` says something of each of `aspects`."""
    folded = " ".join(fold(text).split())
    says = data("payer_questions.yaml")["says"]
    return all(re.search(says[aspect], folded) for aspect in aspects)


def asks_for_list(question: str) -> bool:
    """Whether it asks which insurers the clinic takes, without naming one."""
    text = " ".join(fold(question).split())
    if _DENIAL.search(text) or _patterns()["elsewhere"].search(text):
        return False
    return bool(_patterns()["list"].search(text))


def _without_names(question: str, named: Sequence[Mention]) -> str:
    pieces, last = [], 0
    for mention in named:
        pieces += [question[last : mention.start], " xx "]
        last = max(last, mention.end)
    return " ".join(fold("".join([*pieces, question[last:]])).split())


def _covers_the_clinic(text: str) -> bool:
    """Whether what may be covered is therapy as such and not one service or product ("does it cover orthotics?")."""
    clause = next((piece for piece in re.split(r"[.;!]\s|\s-\s", text) if _COVER.search(piece)), text)
    return all(word in _small()[0] for word in _WORD.findall(clause.replace(",", " ")))
