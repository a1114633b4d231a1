"""Clauses that say of payers in other words than "we accept" whether they are taken, from `frames.yaml`. A clause
counts only as a whole: names, and nothing beside them that the frame does not hold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingestion.payers.names import mentions
from ingestion.payers.plans import PLAN_WORD
from ingestion.payers.status import CONDITIONAL, IN, NOT, OUT, SECONDARY, cell_status
from ingestion.types import PayerStatus

_SMALL = re.compile(
    r"(?i)(?:and|or|both|all|every|any|each|either|most|some|many|plans?|insurances?|the|of|its|their|via|with|&"
    r"|no|card|health|also|y|e|o|ni|los|las|el|la|de|del|planes|seguros?|networks?)$"
)
_OPENING = re.compile(r"(?i)^\W*(?:(?:and|but|also|yes,|no,|unfortunately|sorry|sadly|luckily|currently|still),? )*")
_NO = re.compile(r"(?i)\b(?:no|not|nor|never|none|neither|ni|nunca)\b")
_OPPOSITE: dict[PayerStatus, PayerStatus] = {IN: NOT, NOT: IN, OUT: IN, CONDITIONAL: NOT, SECONDARY: NOT}


@dataclass(frozen=True, slots=True)
class Framed:
    """What a clause says: a status, and the text that holds the payers with their limits."""

    status: PayerStatus
    object: str


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("frames.yaml").read_text("utf-8"))
    return table


@cache
def shape(name: str) -> re.Pattern[str]:
    """One of the file's single patterns."""
    return _compiled(_table()[name])


def _compiled(words: str) -> re.Pattern[str]:
    parts = {**_table()["parts"], "names": "(?P<names>.+?)"}
    return re.compile(re.sub(r"(?<!\?P)<(\w+)>", lambda found: parts[found[1]], words), re.IGNORECASE)


@cache
def _frames(section: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, _compiled(words)) for kind, every in _table()[section].items() for words in every)


@cache
def _people() -> tuple[re.Pattern[str], re.Pattern[str]]:
    parts = _table()
    before, after = parts["people_before"], parts["people_after"]
    return re.compile(rf"(?i)(?:^|(?<=[,;:] )){before}"), re.compile(rf"(?i) {after}\b")


def only_names(text: str) -> bool:
    """Whether a text names payers, with their plans and small words, and says nothing else."""
    found = mentions(text)
    rest = text
    for one in reversed(found):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    words = re.findall(r"[^\s(),/]+", rest)
    return bool(found) and all(PLAN_WORD.match(word) or _SMALL.match(word) for word in words)


def without_people(words: str) -> str:
    """ "Members of Aetna" and "Aetna patients" as "Aetna"."""
    before, after = _people()
    words = before.sub("", words)
    for one in reversed(mentions(words)):
        found = after.match(words, one.end)
        if found:
            words = words[: one.end] + words[found.end() :]
    return words


def framed(clause: str, *, dated: bool, before: PayerStatus | None) -> Framed | None:
    """What a clause says of payers. `before` is the status of the claim that it may go on with; `dated` whether the
    clause names a day, as a contract's end."""
    words = shape("aside").sub("", _OPENING.sub("", clause.strip(" .,!")))
    direct = next(_fitting("frames", words), None)
    if direct:
        kind, found = direct
        return Framed(_status(kind), _object(found))
    if dated and (contract := _contract().fullmatch(words)) and only_names(contract["names"]):
        return Framed(IN, contract["names"])
    if (label := shape("label").fullmatch(words)) and only_names(label["names"]):
        return _labelled(label)
    return _going_on(clause.strip(" .,!"), before) if before else None


@cache
def _contract() -> re.Pattern[str]:
    return _compiled("<owner> (?:contract|agreement|participation) (?:with|in) <names>")


def _fitting(section: str, words: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in _frames(section):
        found = pattern.fullmatch(words)
        if found and only_names(found["names"]) and not (kind == IN and _NO.search(found["names"])):
            yield kind, found


def _status(kind: str) -> PayerStatus:
    return next(status for status in (IN, OUT, NOT, SECONDARY, CONDITIONAL) if status == kind)


def _object(found: re.Match[str]) -> str:
    said = found.groupdict()
    return f"{said['names']} {said.get('plans') or ''}{said.get('more') or ''}".strip()


def _labelled(found: re.Match[str]) -> Framed | None:
    """ "Cigna: yes, but not LocalPlus"."""
    said, _, rest = found["said"].partition(",")
    status = cell_status(said, no=NOT)
    if status is None:
        return None
    limits = ", ".join(part.strip() for part in (status.note or "", rest) if part.strip())
    return Framed(status.status, f"{found['names']} ({limits})" if limits and status.status == IN else found["names"])


def _going_on(words: str, before: PayerStatus) -> Framed | None:
    found = next(_fitting("goes_on", words), None)
    if found is None or (found[0] == "same_no" and before not in {NOT, OUT}):
        return None
    if found[0] == "turned" and before in {NOT, OUT}:
        return None
    status: PayerStatus = _OPPOSITE[before] if found[0] == "turned" else before
    return Framed(OUT if status == NOT and before == IN and " is not" in words else status, _object(found[1]))


def resolved(words: str, earlier: str) -> tuple[str, bool] | None:
    """A clause with payers put in for its pronoun, and whether they stand in the sentence before."""
    clause = shape("pronoun_clause").search(words)
    if clause is None or mentions(clause["main"]):
        return None
    own = words[: clause.start("main")]
    names = _antecedent(own) or (None if mentions(own) else _antecedent(earlier))
    found = shape("pronoun").search(clause["main"])
    if names is None or found is None:
        return None
    put = f"in network with {names}" if "network" in found[0].casefold() else names
    main = clause["main"]
    return f"{main[: found.start()]}{put}{main[found.end() :]}", not mentions(own)


def _antecedent(text: str) -> str | None:
    """The payers that a text names in one run; none where the text is about a card, money or another thing."""
    found = mentions(text)
    if not found:
        return None
    names = text[found[0].start : found[-1].end]
    around = text[: found[0].start] + " " + text[found[-1].end :]
    if not only_names(names) or shape("other_things").search(around):
        return None
    after = text[found[-1].end :].strip(" ,:;?!.—-")
    conditional = re.match(r"(?i)\W*(?:if|when)\b", text)
    return None if conditional and after else names


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, or what it says of one office."""

    words: str
    place: str | None = None


def by_office(words: str) -> Iterator[Part]:
    """A sentence apart for its offices: "At Harbor we take X", "X is taken at Mill, but not at Harbor"."""
    bare = words.strip()
    if found := shape("not_at").fullmatch(bare):
        yield from by_office(found["main"])
        names = _antecedent(found["main"])
        if names:
            yield Part(f"{names} is not accepted ", found["place"])
    elif found := shape("at_office").fullmatch(bare):
        yield Part(found["main"] + " ", found["place"])
    elif found := shape("by_office").fullmatch(bare):
        yield Part(f"we {found['main']} ", found["place"])
    else:
        yield Part(words)


def recast(words: str) -> str:
    """A sentence in the order that the readers know: names without people, the verb before its object."""
    words = without_people(shape("following").sub("", words))
    if found := shape("plan_through").search(words):
        words = _plan_behind(words)
    found = shape("fronted").fullmatch(words.strip())
    if found and only_names(found["names"]):
        words = f"{found['verb']} {found['names']} {found['rest']}".strip() + " "
    return shape("either_place").sub("", words.strip()) + " "


def _plan_behind(words: str) -> str:
    """ "Medicare Advantage through Humana" as "Humana Medicare Advantage"."""
    for found in reversed([*shape("plan_through").finditer(words)]):
        name = next((m for m in mentions(words) if m.start == found.end()), None)
        if name:
            words = f"{words[: found.start()]}{name.text} {found['plan']}{words[name.end :]}"
    return words
