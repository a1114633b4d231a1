"""Why the patient comes, in running text."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import RELATION
from app.dialogue.slots.provider import find_provider
from app.understanding.found import Found
from app.understanding.lexicon import tells_complaint
from app.understanding.specialties import names_a_kind

_ABOUT = re.compile(
    r"\b(?:call|ring|contact|phone|reach|llam\w+)\b.{0,60}?\b(?:about|regarding|sobre|acerca de)\s+"
    r"(?P<what>[^.;!?]{3,120})",
    re.IGNORECASE,
)


_FOR = re.compile(
    r"\b(?:for|with|because of|due to|about|(?:therapy|pt|work|rehab) (?:on|after|following)|"
    r"para|por|con)\s+(?P<what>[\w'-]+\b.*)",
    re.IGNORECASE,
)
_NOT_THE_REASON = re.compile(
    r"\s*[,]?\s*\b(?:from|by|at|with|per|and i was|and was|de parte de)\s+(?:my\s+)?(?:dr\b\.?|doctor|"
    r"dra\b\.?)[^,;]*|\s*,?\s*\b(?:and|so|y) (?:my|the|mi) (?:doctor|doc|surgeon|physician|pcp|"
    r"orthopedist|m[eé]dico)\b.*$|\s*\b(?:please|thanks|thank you|por favor)\b.*$|\s*,?\s*\b(?:i guess|i think|"
    r"i suppose|creo|instead|en (?:vez|lugar) de eso)\W*$",
    re.IGNORECASE,
)


_THERAPY = re.compile(
    r"^(?:some )?(?:pt|physical therapy|physio\w*|therapy|"
    r"terapia(?: f[ií]sica)?)\b[\s,.;:-]*(?:(?:for|on|because of|para|por)\s+)?",
    re.IGNORECASE,
)


_LEADS_TO_NAME = re.compile(
    r"[\s,]*(?:\b(?:and|so|but|y)\b\s*)?(?:\b(?:i|me|was|got|been|referred|sent|here|from|by|at|de|my|the|mi|el|la|un|"
    r"a|is|"
    r"pcp|doc|physician|surgeon|orthopedist|specialist|from my|saw|see)\b\s*)*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\s*(?:reason(?: for (?:the )?visit)?|problem|diagnosis|dx|complaint|motivo)\s*[:=]\s*", re.IGNORECASE
)
_WISH = re.compile(
    r"^(?:(?:hi|hello|hey|hola|so|well|also|and|yes|ok|um|because|porque)\b[\s,.!]*)*(?:(?:i|we)(?:'d|"
    r" would)? (?:need|want|like|am looking for|have been looking for) (?:to (?:get|start|do|have|"
    r"come in for) )?(?:some )?(?:pt|physical therapy|therapy|help|treatment|rehab)\s+(?:for|"
    r"with)\s+)?",
    re.IGNORECASE,
)


_TREATED = re.compile(
    r"\b(?:physical therapy|physiotherapy|therapy|pt|rehab|terapia(?: f[ií]sica)?|fisioterapia)"
    r"\s+(?:for|on|para|por)\s+"
    rf"(?:my|his|her|their|our|an?|some|mi|su|un|una)\s+(?P<what>(?!{RELATION}\b)"
    r"(?:old |young )?[^\W\d_][\w'-]{3,}(?: [\w'-]+){0,2})\s*(?:[.,;!]|$)",
    re.IGNORECASE,
)
"""What therapy is wanted for, when no list of conditions has it."""


_BACK_AGAIN = re.compile(
    r"\b(?:call(?:ed|s)?|come|came|get|got|go|going|be|text|hear|write|calling|reach)(?: (?:me|us|you|"
    r"him|her))? back\b|\bon the other hand\b|\bin hand\b|\bback (?:in|to)\b"
)


_THING = (
    r"(?:phone|cell(?:phone)?|mobile|car|truck|computer|laptop|tablet|printer|screen|glasses|internet|keyboard|fax|"
    r"telefono|celular|carro|"
    r"coche|computadora|pantalla|lentes)"
)
_OF_A_THING = re.compile(
    rf"\b{_THING}(?: \w+){{0,1}}? (?:is|are|was|got|has|'s|esta|se) (?:\w+ ){{0,1}}?(?:broken?|cracked|dead|"
    rf"descompuesto|rot[oa]|muert[oa])\b|"
    rf"\b(?:broke|broken|cracked|smashed) (?:my |the )?{_THING}\b"
)
"""A phone that is broken is no reason to come."""


def reasons_in(text: str) -> list[Found]:
    """Why the patient comes: the part about a body part or condition."""
    if about := _ABOUT.search(text):
        what = _without_person(about["what"])
        return [Found("reason", what.strip(), about.start("what"), about.start("what") + len(what))]
    if not tells_complaint(_BACK_AGAIN.sub("", _OF_A_THING.sub("", fold(text)))):
        treated = _TREATED.search(text)
        return [Found("reason", treated["what"], *treated.span("what"))] if treated else []
    if label := _LABEL.match(text):
        return [Found("reason", text[label.end() :].strip(" ,.!?;"), 0, len(text))]
    named = find_provider(text)
    searched = _without_provider(text, named) if named else text
    for hit in _FOR.finditer(searched):
        what = _THERAPY.sub("", _NOT_THE_REASON.sub("", hit["what"])).strip(" ,.!?;")
        if tells_complaint(fold(what)) and not re.match(r"(?:surgery|me|us)\s*$", fold(what)):
            return [Found("reason", what, 0, len(text))]
    what = _NOT_THE_REASON.sub("", _WISH.sub("", searched, count=1)).strip(" ,.!?;")
    return [Found("reason", what, 0, len(text))] if tells_complaint(fold(what)) and not names_a_kind(what) else []


_PERSONAL = re.compile(
    r"@|\d{3}\W{0,2}\d{4}|^\s*(?:(?:and|y) )?(?:my|mi|i'm|i am|soy|it's|this is) (?:name|phone|number|cell|e-?mail|"
    r"nombre|n[uú]mero|tel[eé]fono|correo|[A-Z])|^\s*[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þ][\w'’.-]*){1,3}\s*$"
)


def _without_person(what: str) -> str:
    """The subject of a call without the name and the number that follow it behind a comma."""
    pieces = what.split(",")
    ends = next((at for at, piece in enumerate(pieces) if at and _PERSONAL.search(piece)), len(pieces))
    return ",".join(pieces[:ends])


def _without_provider(text: str, named: tuple[int, int, str]) -> str:
    """The side of the provider's name that tells the complaint, without the words that led to the name."""
    before = _LEADS_TO_NAME.sub("", text[: named[0]]).strip(" ,")
    after = text[named[1] :].strip(" ,")
    return next((side for side in (before, after) if tells_complaint(fold(side))), text)
