"""Names and referring providers in running text."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import MOST_WORDS, PARTICLES, RELATION, unwrapped
from app.dialogue.slots.provider import find_provider, specialty_hits
from app.dialogue.which import MOST, meant
from app.understanding.found import Found
from app.understanding.lexicon import complaints, tells_complaint, words
from app.understanding.patients import only_advises, patient_named, speaks_of_self
from app.understanding.specialties import specialty_span

_NAME = r"[^\W\d_][\w'’.-]*"


_NAME_END = (
    r"(?=\s*(?:[,.;!?(]|$|\band\b|\bbut\b|\bmy\b|\bi\b|\bi'm\b|\bphone\b|\bcell\b|\bhere\b|\bfrom\b|"
    r"\bcalling\b|\bwith\b|\bby\b|\bbtw\b|\bwho\b|\bat\b|\bis\b|\bhas\b|\bneeds\b|\bwas\b|\bdob\b|\bborn\b|"
    r"\by\b|\bmi\b|\bnecesito\b|\btengo\b|\d))"
)


_MY_NAME = re.compile(
    rf"\b(?:(?:my|her|his|their|the patient'?s?|patient'?s?|(?:my|mi) \w+'s) (?:(?:full|"
    rf"legal) )?name(?:'s| is|:)|name is|name:|name(?= [A-ZÀ-Þ])|patient(?: is|:)|mi nombre(?: completo)? es|me llamo|"
    rf"se llama|"
    rf"el paciente es|la paciente es|su nombre es)\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,5}}?){_NAME_END}",
    re.IGNORECASE,
)


_RELATIVE = (
    r"(?:mom|mother|dad|father|son|daughter|wife|husband|partner|grandmother|grandma|grandfather|"
    r"grandpa|aunt|uncle|sister|brother|friend|kid|child|boy|girl|"
    r"mamá|mama|papá|papa|madre|padre|hijo|hija|esposa|esposo|abuela|abuelo|tía|tío|hermana|hermano|"
    r"mother-in-law|father-in-law)"
)


_FOR_SOMEONE = re.compile(
    rf"\b(?i:for|my|our|mi|nuestro|nuestra|para|to book|registering)\s+(?:(?i:my|mi|"
    rf"our)\s+)?(?:\d+[- ]year[- ]old\s+)?(?i:{_RELATIVE}),?\s+(?:(?i:named|called|is|"
    rf"se llama)\s+)?(?P<name>(?!(?:Dra?|Doctora?)\b)[A-ZÀ-Þ]{_NAME[8:]}(?:\s+[A-ZÀ-Þ]{_NAME[8:]}){{0,3}})",
)


_I_AM = re.compile(
    rf"^(?i:hi|hello|hey|hola)?[\s,.!]*(?i:this is|i am|i'm|im|it's|its|soy|"
    rf"habla)\s+(?!Dra?\b|Doctora?\b)(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){{0,3}}){_NAME_END}"
)


_HERE = re.compile(
    r"(?:^|[.!]\s+)(?:(?i:hi|hello|hey|hola|good \w+|buen[oa]s \w+)[\s,.!]+)?"
    r"(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’.-]*){1,3})\s+(?i:here|speaking|aqu[ií])\b(?=\W*(?:$|[.!,;]|again\b|i\b))"
)
"""Who says that they are there: "Marta Keane here"."""


_LISTED_AS = re.compile(
    rf"\b(?:(?:has|have|lists|got) (?:me|her|him|us)(?: down)? (?:as|under)|(?:i'?m|i am|she'?s|he'?s|is|am) (?:listed|"
    rf"registered|on file|in the system) (?:as|under)|(?:me tiene|aparezco|estoy registrad[oa]) como)\s+"
    rf"(?P<name>{_NAME}(?:\s+(?!(?:so|because|since|which|as)\b){_NAME}){{1,4}}?)"
    rf"(?=\s+(?:so|because|since|which|as)\b|{_NAME_END[3:]}",
    re.IGNORECASE,
)
"""Under which name a card or a file has the patient."""
_TITLED = re.compile(
    rf"(?<!with )(?<!from )(?<!by )(?<!to )(?<!told )(?<!saw )\b(?i:mr|mrs|ms|miss|sr|sra|srta)\.?\s+"
    rf"(?P<name>[A-ZÀ-Þ]{_NAME[8:]}(?:\s+[A-ZÀ-Þ]{_NAME[8:]}){{0,3}})"
)


_REFERRED_BY = re.compile(
    r"\b(?:(?:was |got |been |am |were )?(?:referred|sent|recommended)(?: (?:to you|here|over|to pt|"
    r"for \w+))* (?:by|from)|referral (?:is )?(?:from|by)|(?:refer\w+|mand\w+|"
    r"envi\w+) (?:por )?(?=el dr|la dra|el doctor|la doctora))\s+"
    r"(?P<who>(?!my\b|a\b|an\b|mi\b|un\b|una\b|friend\b)[^,;:.!?]{2,60}?)(?=\s+(?:for|to|because|and|"
    r"but|who|after|on|last|para|por|y)\b|[,;:.!?]|$)",
    re.IGNORECASE,
)


_REFERRED_BY_NOBODY = re.compile(
    r"\b(?:nobody|no one|no doctor|noone) (?:has )?(?:referred|sent)(?: me| us| him| her)?\b|\bself[- ]referred\b|"
    r"\b(?:i|he|she|we) (?:was|were)(?: not|n't) (?:referred|sent)\b|\bnadie (?:me|lo|la|nos) (?:refiri[oó]|mand[oó]|"
    r"envi[oó])\b",
    re.IGNORECASE,
)
_NOBODY_NAMED = re.compile(
    r"(?:(?:the|our|her|his|their|el|la|su) )?(?:doctor|doctora|doc|dr|physician|surgeon|hospital|"
    r"clinic|m[eé]dic[oa])\.?",
    re.IGNORECASE,
)
_OF_AN_OFFICE = re.compile(
    r"^\s*,?\s*(?:(?:here )?(?:from|at|with|calling from|of)\s+(?:dr\b|doctor\b|the\b|.*\b(?:office|clinic|practice|"
    r"hospital|"
    r"medical|orthop\w*|health|associates|group)\b)|from\b.*\b(?:office|clinic)\b|de la (?:oficina|cl[ií]nica))",
    re.IGNORECASE,
)


_THEIR_NAME = re.compile(
    rf"\b(?:his|her|their|(?:the )?(?:doctor|dr|doc|surgeon|pa|np|provider)'?s|su)\s+(?:name(?:'s| is|:)?|nombre es)\s+"
    rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,3}}?){_NAME_END}",
    re.IGNORECASE,
)


_IT_IS = re.compile(
    rf"^\W*(?i:it'?s|it is|es)\s+(?!(?i:dra?|doctora?)\b)"
    rf"(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){{0,3}}){_NAME_END}"
)


def doctor_called(text: str, asked: str | None = None) -> Found | None:
    """ "His name is Colin Marsh", where a doctor is the talk; "it's Gupte" where one is asked for."""
    hit = _THEIR_NAME.search(text) or (_IT_IS.search(text) if asked == "provider" else None)
    if hit is None or not looks_like_name(hit["name"]):
        return None
    return Found("provider", hit["name"], hit.start("name"), hit.end("name"))


def names_in(text: str) -> list[Found]:
    """The name that the words announce: at most one."""
    if named := patient_named(text):
        return [named]
    for pattern in (_MY_NAME, _LISTED_AS, _FOR_SOMEONE, _I_AM, _HERE, _TITLED):
        hit = pattern.search(text)
        if hit and pattern is _FOR_SOMEONE and (speaks_of_self(text) or only_advises(text[hit.end() :])):
            continue
        if hit and pattern is _I_AM and _OF_AN_OFFICE.match(text[hit.end() :]):
            continue
        if hit and looks_like_name(hit["name"]) and not complaints().search(fold(hit["name"])):
            return [Found("person_name", hit["name"], hit.start(), hit.end())]
    return []


_RELATED = re.compile(rf"^{RELATION}\b")
_SENDER = re.compile(
    r"(?:^|[,.;:]\s*|\b(?:surgeon|doctor|doc|pcp|practitioner|specialist|therapist|assistant|and|but|y|it was|fue)\s+)"
    r"(?P<who>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’.-]*){1,3}),?\s+(?:(?:who|just|then|also|already|has|had)\s+){0,2}"
    r"(?:(?:gave|sent|referred|wrote|recommended|told|ordered|prescribed) (?:me|us|him|her|my|this|it|therapy|pt|"
    r"physical)\b|"
    r"(?:me|lo|la|nos|le) (?:mand[oó]|refiri[oó]|envi[oó]|recet[oó]|recomend[oó]|dio)\b)"
)
"""Somebody without a title who sent the patient: "Paul Brandt gave me a referral"."""


def providers_in(text: str, asked: str | None = None) -> list[Found]:
    """Who referred, and their specialty. Where the specialty is asked for any word for one tells it."""
    found: list[Found] = []
    if (denied := _sent_by_nobody(text)) is not None:
        found.append(Found("provider", "nobody", *denied.span()))
    elif hit := _who_referred(text):
        found.append(Found("provider", text[hit[0] : hit[1]], hit[0], hit[1]))
    elif (
        (by := _REFERRED_BY.search(text))
        and not _NOBODY_NAMED.fullmatch(by["who"])
        and not specialty_span(by["who"], whole=True)
    ):
        found.append(Found("provider", by["who"], by.start("who"), by.end("who")))
    elif (
        (sender := _SENDER.search(text)) and looks_like_name(sender["who"]) and not _RELATED.search(fold(sender["who"]))
    ):
        found.append(Found("provider", sender["who"], sender.start("who"), sender.end("who")))
    elif (alone := _REFERRED_BY_NOBODY.search(text)) is not None:
        found.append(Found("provider", "nobody", *alone.span()))
    if special := specialty_span(text, inside=_with_what_follows(text, found[0]) if found else None):
        found.append(Found("specialty", text[slice(*special)], *special))
    elif asked == "specialty" and (deals := _DEALS_WITH.search(text)) and _is_dealt_with(deals["what"]):
        found.append(Found("specialty", deals["what"], *deals.span("what")))
    elif asked == "specialty" and (hits := specialty_hits(fold(text))) and len(fold(text)) == len(text):
        span = next((hit for hit in hits if not _DENIED.search(text[: hit[0]])), hits[0])
        found.append(Found("specialty", text[slice(*span)], *span))
    return found


def _is_dealt_with(what: str) -> bool:
    folded = fold(what)
    whom = re.search(r"\b(?:kids?|children|babies|athletes|ni[nñ]os|atletas|deportistas)\b", folded)
    return bool(whom) or tells_complaint(folded) or tells_complaint(folded.removesuffix("s"))


_DEALS_WITH = re.compile(
    r"\b(?:does|do|treats?|operates? on|works? (?:on|with)|fixes|speciali[sz]es in|handles|sees|hace|opera|"
    r"atiende|trata|ve|"
    r"trabaja con)\s+(?:(?:only|just|mostly|mainly|all|s[oó]lo|puras?|los|las|el|la)\s+)*"
    r"(?P<what>[^\W\d_]+(?:\s+(?:and|y)\s+[^\W\d_]+)?)",
    re.IGNORECASE,
)
"""What part of the body a doctor without a word for the specialty deals with."""


_DID_NOT_SEND = re.compile(
    rf"{_REFERRED_BY_NOBODY.pattern}|"
    r"\b(?:he|she|they) (?:did not|didn'?t|never) (?:really )?(?:refer|referred|send|sent) (?:me|us|him|her)\b"
    r"(?! (?:an?|the|any|my)\b)|"
    r"\bno (?:me|lo|la|nos) (?:refiri[oó]|mand[oó]|envi[oó])(?! (?:el|la|un|una|nada)\b)",
    re.IGNORECASE,
)


def _sent_by_nobody(text: str) -> re.Match[str] | None:
    """What tells, behind the one doctor who is named, that nobody sent the patient."""
    denied = _DID_NOT_SEND.search(text)
    if denied is None or (hit := find_provider(text)) is None or hit[1] > denied.start():
        return None
    return None if find_provider(text[hit[1] :]) else denied


def _who_referred(text: str) -> tuple[int, int] | None:
    """The doctor who is meant, where several are named."""
    hits: list[tuple[int, int]] = []
    at = 0
    while len(hits) < MOST and (hit := find_provider(text[at:])):
        hits.append((at + hit[0], at + hit[1]))
        at += hit[1]
    hits = [hit for hit in hits if not _DENIED.search(text[: hit[0]])] or hits[1:]
    return hits[meant(text, hits)] if hits else None


_DENIED = re.compile(
    r"\b(?:(?:it'?s |it was |was |it is )?not|instead of|rather than|no es|no fue|no era|en vez de)(?: (?:by|from|"
    r"the|my|el|la))*\s*$",
    re.IGNORECASE,
)
"""Right before a doctor's name: "it's not Dr. Moore"."""


def _with_what_follows(text: str, provider: Found) -> tuple[int, int]:
    """The provider's words, and what stands behind a comma or in brackets after them ("Dr. Ames, hand surgery"), or
    first behind "in" ("Dr. Wu in family medicine")."""
    behind = re.match(r"\s*[,(]\s*[^,.;()]*", text[provider.end :])
    first = re.match(
        r"\s+(?:over )?(?:in|from|with|at|en|de|del)\s+(?:the\s+|la\s+)?\w", text[provider.end :], re.IGNORECASE
    )
    return provider.start, provider.end + (behind.end() if behind else first.end() if first else 0)


_NO_NAMES = frozenset(
    {"thing", "minute", "moment", "second", "before", "after", "while", "changed", "nothing", "something"}
)


def looks_like_name(text: str) -> bool:
    """True for a few words without the small words of a sentence. Particles ("de la") and titles are part of names."""
    tokens = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", fold(unwrapped(text)))
    small = words("not_in_names")
    if len(tokens) == 1:
        return not re.search(r"\d", text) and tokens[0] not in _NO_NAMES
    long = [token for token in tokens if token not in PARTICLES]
    return 1 <= len(long) <= MOST_WORDS and not any(token in small for token in tokens) and not re.search(r"\d", text)


def name_first(text: str) -> str:
    """What stands before the first number or the first word that begins another field."""
    other = (
        r"\b(?:and|my|y(?= (?:mi|su|el)\b)|mi|(?:(?:her|his|their|our|the|su|el) )?(?:ssn|social|"
        r"dob|date of birth|born|birth\w*|"
        r"phone|ph|tel|cell|mobile|e-?mail|policy|member|insurance|claim|npi|fax|zip|id|address|aged?|"
        r"tel[eé]fono|celular|correo|seguro|naci\w*))\b|\d"
    )
    return re.split(other, unwrapped(text), maxsplit=1, flags=re.IGNORECASE)[0].strip(" ,.;:-")
