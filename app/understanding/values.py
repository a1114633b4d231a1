"""Finds field values in running text by their kind: numbers to call, names after "my name is", carriers, IDs, times."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.dialogue.slots import NO_INSURANCE
from app.dialogue.slots.contact import email_span, phone_spans
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer, says_no_insurance
from app.dialogue.slots.names import MOST_WORDS, unwrapped
from app.dialogue.slots.provider import find_provider
from app.understanding.lexicon import complaints, words
from app.understanding.specialties import specialty_span

_NAME = r"[^\W\d_][\w'’.-]*"
_NAME_END = (
    r"(?=\s*(?:[,.;!?(]|$|\band\b|\bbut\b|\bmy\b|\bi\b|\bi'm\b|\bphone\b|\bcell\b|\bhere\b|\bfrom\b|\bcalling\b|\bwith\b|\bwho\b|\bat\b|\bis\b|\bhas\b|\bneeds\b|\bwas\b|\bdob\b|\bborn\b|"
    r"\by\b|\bmi\b|\bnecesito\b|\btengo\b|\d))"
)
_MY_NAME = re.compile(
    rf"\b(?:(?:my|her|his|their|the patient'?s?|patient'?s?|(?:my|mi) \w+'s) (?:(?:full|legal) )?name(?:'s| is|:)|name is|name:|patient(?: is|:)|mi nombre(?: completo)? es|me llamo|se llama|"
    rf"el paciente es|la paciente es|su nombre es)\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,5}}?){_NAME_END}",
    re.IGNORECASE,
)
_RELATIVE = (
    r"(?:mom|mother|dad|father|son|daughter|wife|husband|partner|grandmother|grandma|grandfather|grandpa|aunt|uncle|sister|brother|friend|kid|child|boy|girl|"
    r"mamá|mama|papá|papa|madre|padre|hijo|hija|esposa|esposo|abuela|abuelo|tía|tío|hermana|hermano|mother-in-law|father-in-law)"
)
_FOR_SOMEONE = re.compile(
    rf"\b(?i:for|my|mi|para|to book|registering)\s+(?:(?i:my|mi|our)\s+)?(?:\d+[- ]year[- ]old\s+)?(?i:{_RELATIVE}),?\s+(?:(?i:named|called|is|se llama)\s+)?(?P<name>[A-ZÀ-Þ]{_NAME[9:]}(?:\s+[A-ZÀ-Þ]{_NAME[9:]}){{0,3}})",
)
_I_AM = re.compile(rf"^(?i:hi|hello|hey|hola)?[\s,.!]*(?i:this is|i am|i'm|it's|soy|habla)\s+(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+){{0,3}}){_NAME_END}")
_ID = re.compile(
    r"\b(?:(?:member(?:ship)?|subscriber|policy|insurance|plan)\s*(?:id|i\.d\.|identification|number|no\.?|num|#)?(?:\s*(?:number|no\.?|#))?|id(?:\s*(?:number|no\.?|#))?|"
    r"(?:numero|número|núm\.?) de (?:miembro|poliza|póliza|socio|afiliado)|póliza|poliza)\s*(?:is|es|:|=|#|-)?\s*"
    r"(?P<id>(?=[A-Za-z ]{0,6}[\dA-Za-z-]*\d)(?:[A-Za-z]{1,4}[ -])?[A-Za-z0-9]*\d[A-Za-z0-9]*(?:[ -](?=[A-Za-z0-9]*\d)[A-Za-z0-9]+)*)",
    re.IGNORECASE,
)
_BARE_ID = re.compile(
    r"(?<![\w@.+-])(?=[A-Z0-9 -]*\d{3})[A-Z]{1,4}[ -]?\d{2,}(?:[ -]?[A-Z]?\d{2,})*[A-Z]?(?![\w@])|(?<![\w@.+-])(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z0-9-]*\d){3})[A-Z0-9]{2,}(?:-?[A-Z0-9]+)+(?![\w@])|"
    r"(?<![\w@.+-])[A-Za-z]{1,4}[ -]?\d{6,}(?![\w@-])"
)
_AMBIGUOUS_PAYER = re.compile(r"\b(?:united|progressive|oscar|va|optum|mvp|geico|state farm|regence|multiplan|tufts|highmark|anthem|select)\b")
_INSURED = re.compile(
    r"\b(?:insur\w*|plan|coverage|covered|carrier|ppo|hmo|epo|have|has|take|accept|network|member|through|with|under|i'm on|seguro|tengo|aceptan|toman|aseguranza|cobertura)\b"
)
_TIMES = re.compile(
    r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)days?\b|\bmornings?\b|\bafternoons?\b|\bevenings?\b|\bweekdays?\b|\bweekends?\b|\b(?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b|"
    r"\b(?:after|before|between|by|around) \d|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b(?:por|en) las? (?:mananas?|tardes?|noches?)\b|\b(?:despues|antes) de las? \d|\bany ?time\b|\bafter (?:work|school)\b"
)
_AVAILABLE = re.compile(
    r"\b(?:prefer\w*|available|availability|free|works?(?! for (?:a|my|the)\b)|best|come in|can (?:do|come|make)|any|only|mornings|afternoons|evenings|weekdays|weekends|open|better|ideally|schedule|"
    r"prefiero|puedo|disponible|libre|me conviene|mejor|por las)\b"
)
_PAST = re.compile(r"\b(?:since|last|ago|fell|happened|was|were|had|started|saw|desde|pasado|hace)\b")
_REFERRED_BY = re.compile(
    rf"\b(?:(?:was |got |been |am |were )?(?:referred|sent|recommended)(?: (?:to you|here|over|to pt|for \w+))* (?:by|from)|referral (?:is )?(?:from|by)|(?:refer\w+|mand\w+|envi\w+) (?:por )?(?=el dr|la dra|el doctor|la doctora))\s+"
    rf"(?P<who>(?!my\b|a\b|an\b|mi\b|un\b|una\b|friend\b)[^,;.!?]{{2,60}}?)(?=\s+(?:for|to|because|and|but|who|after|on|last|para|por|y)\b|[,;.!?]|$)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:call|contact|phone|reach|llam\w+)\b.{0,30}?\b(?:about|regarding|sobre|acerca de)\s+(?P<what>[^.;!?]{3,120})", re.IGNORECASE)
_FOR = re.compile(
    r"\b(?:for|with|because of|due to|about|para|por|con)\s+(?P<what>(?:(?:my|a|an|the|some|his|her|their|our|chronic|severe|bad|lower|upper|left|right|mi|un|una|el|la|su|dolor)\b|[\w'-]+\b).*)", re.IGNORECASE
)
_NOT_THE_REASON = re.compile(r"\s*[,]?\s*\b(?:from|by|at|with|per|and i was|and was|de parte de)\s+(?:my\s+)?(?:dr\b\.?|doctor|dra\b\.?)[^,;]*|\s*,?\s*\b(?:and|so|y) (?:my|the|mi) (?:doctor|doc|surgeon|physician|pcp|orthopedist|m[eé]dico)\b.*$|\s*\b(?:please|thanks|thank you|por favor)\b.*$", re.IGNORECASE)
_BACK_AGAIN = re.compile(r"\b(?:call(?:ed|s)?|come|came|get|got|go|going|be|text|hear|write|calling|reach)(?: (?:me|us|you|him|her))? back\b|\bon the other hand\b|\bin hand\b|\bback (?:in|to)\b")
_THERAPY = re.compile(r"^(?:some )?(?:pt|physical therapy|physio\w*|therapy|terapia(?: f[ií]sica)?)\b[\s,.;:-]*(?:(?:for|on|because of|para|por)\s+)?", re.IGNORECASE)
_WISH = re.compile(
    r"^(?:(?:hi|hello|hey|hola|so|well|also|and|yes|ok|um|because|porque)\b[\s,.!]*)*(?:(?:i|we)(?:'d| would)? (?:need|want|like|am looking for|have been looking for) (?:to (?:get|start|do|have|come in for) )?(?:some )?(?:pt|physical therapy|therapy|help|treatment|rehab)\s+(?:for|with)\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a slot type; `said` is what the slot's parser gets, `start`/`end` where it stands."""

    kind: str
    said: str
    start: int
    end: int


def find_values(text: str, payers: Mapping[str, str], asked: str | None = None) -> list[Found]:
    """Every value that can be told by its form. `asked` is the type being asked for: free text that answers a
    question is not searched for what only looks like a field."""
    free = asked in ("reason", "text", "preferred_times", "choice")
    found = [*_contacts(text, asked), *_names(text), *_ids(text, asked)]
    found += _insurance(text, payers, sure=asked == "carrier", unlikely=free or asked == "provider")
    if not free or re.search(r"refer", text, re.IGNORECASE):
        found += _providers(text)
    if not free:
        found += _times(text, asked)
    if asked != "provider" and not free:
        found += _reason(text)
    return _without_overlap(found)


def _without_overlap(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for item in found:
        covers_all = item.kind in ("specialty", "reason", "preferred_times")
        clash = any(item.start < other.end and other.start < item.end for other in kept)
        if covers_all or not clash:
            kept.append(item)
    return kept


def _contacts(text: str, asked: str | None) -> list[Found]:
    found = []
    if span := email_span(text):
        found.append(Found("contact", text[slice(*span)], *span))
    for start, end in phone_spans(text):
        digits = re.sub(r"\D", "", text[start:end])
        label = re.search(r"\b(?:id|member|policy|claim|npi|fax|group)\b[^\d]{0,16}$", text[:start], re.IGNORECASE)
        if not label and (10 <= len(digits) <= 11 or text[start] == "+") and not (asked == "member_id" and text[start:end].isdigit() and not _phone_word(text)):
            found.append(Found("contact", text[start:end], start, end))
    return found[:1]


def _phone_word(text: str) -> bool:
    return bool(re.search(r"phone|cell|mobile|call|reach|text|tel[eé]fono|celular|llam", text, re.IGNORECASE))


def _names(text: str) -> list[Found]:
    for pattern in (_MY_NAME, _FOR_SOMEONE, _I_AM):
        hit = pattern.search(text)
        if hit and not complaints().search(fold(hit["name"])):
            return [Found("person_name", hit["name"], hit.start(), hit.end())]
    return []


def _ids(text: str, asked: str | None) -> list[Found]:
    hit = _ID.search(text) or (_BARE_ID.search(text) if asked != "contact" else None)
    if not hit or re.match(r"(?:in|on|at|by|for|is|my|the|to|of|age|year|dob|zip)\b", hit[0], re.IGNORECASE):
        return []
    said = hit["id"] if hit.re is _ID else hit[0]
    if len(re.sub(r"[^A-Za-z0-9]", "", said)) < 6:
        return []
    return [Found("member_id", said, hit.start(), hit.end())]


def _insurance(text: str, payers: Mapping[str, str], *, sure: bool, unlikely: bool) -> list[Found]:
    folded = fold(text)
    if says_no_insurance(text):
        return [Found("carrier", NO_INSURANCE, 0, len(text))]
    hit = find_payer(folded, payers)
    if hit is None or len(folded) != len(text):
        return []
    start, end, _ = hit
    cue = bool(_INSURED.search(folded)) or (len(folded.split()) <= 4 and not unlikely)
    if (_AMBIGUOUS_PAYER.match(folded[start:end]) or unlikely) and not cue and not sure:
        return []
    stop = re.search(r"[,;.!?(]|\b(?:and|but|id|member|y|pero|with|through)\b", text[end:])
    tail = end + (stop.start() if stop else len(text) - end)
    return [Found("carrier", text[start:tail].strip(), start, tail)]


def _providers(text: str) -> list[Found]:
    found: list[Found] = []
    if hit := find_provider(text):
        found.append(Found("provider", text[hit[0] : hit[1]], hit[0], hit[1]))
    elif (by := _REFERRED_BY.search(text)) and not specialty_span(by["who"], whole=True):
        found.append(Found("provider", by["who"], by.start("who"), by.end("who")))
    if special := specialty_span(text, inside=(found[0].start, found[0].end) if found else None):
        found.append(Found("specialty", text[slice(*special)], *special))
    return found


def _times(text: str, asked: str | None) -> list[Found]:
    """Days and hours with a word of availability; a short answer to another field's question needs no such word."""
    folded = fold(text)
    said_so = _AVAILABLE.search(folded) or (asked is not None and len(folded.split()) <= 8)
    if not _TIMES.search(folded) or not said_so or _PAST.search(folded):
        return []
    return [Found("preferred_times", text, 0, len(text))]


def _reason(text: str) -> list[Found]:
    if about := _ABOUT.search(text):
        return [Found("reason", about["what"].strip(), about.start("what"), about.end("what"))]
    if not complaints().search(_BACK_AGAIN.sub("", fold(text))):
        return []
    named = find_provider(text)
    searched = text[: named[0]].rstrip() + " " + text[named[1] :].lstrip() if named else text
    searched = re.sub(r"\s*\b(?:from|by|at|de)\s*$", "", searched.strip())
    for hit in _FOR.finditer(searched):
        what = _THERAPY.sub("", _NOT_THE_REASON.sub("", hit["what"])).strip(" ,.!;")
        if complaints().search(fold(what)) and not re.match(r"(?:surgery|me|us)\s*$", fold(what)):
            return [Found("reason", what, 0, len(text))]
    what = _NOT_THE_REASON.sub("", _WISH.sub("", searched, count=1)).strip(" ,.!;")
    return [Found("reason", what, 0, len(text))] if complaints().search(fold(what)) else []


def looks_like_times(text: str) -> bool:
    """True when the words name days or hours."""
    return bool(_TIMES.search(fold(text)))


def looks_like_name(text: str) -> bool:
    """True for a few words without the small words of a sentence. Particles ("de la") and titles are part of names."""
    tokens = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", fold(unwrapped(text)))
    if len(tokens) == 1:
        return not re.search(r"\d", text)
    small = set(words("function_words")) - {"de", "la", "las", "los", "el", "y", "del", "al", "do", "an", "su", "se", "le", "no", "and", "by"}
    return 1 <= len(tokens) <= MOST_WORDS and not any(token in small for token in tokens) and not re.search(r"\d", text)
