"""E-mail addresses, typed or spelled, links, handles and street addresses."""

import re
from collections.abc import Iterator

from app.llm.identifying.spans import Span

_AT_SIGN = re.compile(r"[^\s@,;<>()\[\]\"]{0,80}[ \t]?@[ \t]?[^\s@,;<>()\[\]\"]{1,80}")
_JOINT = r"(?:[ \t]*(?:[.+-]|\b(?:dot|punto|point|underscore|dash|hyphen|guion(?: bajo)?|plus)\b)[ \t]*)"
_AT = r"(?:[ \t]*[(\[{][ \t]*(?:at|arroba)[ \t]*[)\]}][ \t]*|[ \t]+(?:at|arroba)[ \t]+)"
_DOT = r"(?:[ \t]*[(\[{][ \t]*(?:dot|punto)[ \t]*[)\]}][ \t]*|[ \t]*\.[ \t]?|[ \t]+(?:dot|punto|point)[ \t]+)"
_ENDS = r"(?:com|net|org|edu|gov|io|co|us|mx|es|info|me|health|example|test|invalid)"
_MAILBOX = (
    r"(?:gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|comcast|verizon|msn|live|zoho|ymail|att)"
)
_SPELLED = re.compile(
    rf"(?<![\w])(?P<local>(?:[\w']+[ \t]+){{0,2}}[\w']+(?:{_JOINT}[\w']+){{0,6}}){_AT}"
    rf"(?:[\w-]+(?:{_DOT}[\w-]+){{0,3}}{_DOT}{_ENDS}|{_MAILBOX})\b"
)
_LINK = re.compile(
    rf"(?:https?:/{{0,2}}|www\.)[^\s<>\"]{{1,400}}|(?<![\w@.-])[\w-]{{1,60}}(?:\.[\w-]{{1,60}}){{0,4}}\.{_ENDS}\b(?:/[^\s<>\"]{{0,300}})?"
)
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.]{1,40}")
_KIND = (
    r"(?:street|str|st|avenue|ave?|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|terrace|terr|way|"
    r"parkway|pkwy|highway|hwy|route|rte|square|sq|trail|trl|loop|alley|plaza|pike|turnpike|row|crescent|heights|hts|run|bend|cove|crossing)"
)
_INSIDE = r"(?:[ \t]*,?[ \t]*(?:apt|apartment|unit|suite|ste|floor|fl|room|rm|bldg|lot|depto|piso|#)[ \t.#]*\w{1,6})?"
_NOT_A_HOUSE = (
    r"(?!(?:st|nd|rd|th|min\w*|hours?|hrs?|days?|weeks?|months?|years?|times?|visits?|sessions?|miles?|blocks?|of|more|"
    r"or|and|to|am|pm|percent|dollars|%)\b)"
)
_STREET = re.compile(
    rf"(?<![\w$€£#.,:/-])\d{{1,6}}[a-z]?(?:[ \t]?-[ \t]?\d{{1,4}})?[ \t,]+{_NOT_A_HOUSE}"
    rf"(?:[\w'.-]{{1,30}}[ \t]+){{1,4}}?{_KIND}\b\.?"
    rf"(?:[ \t]+(?:n|s|e|w|ne|nw|se|sw)\b\.?)?{_INSIDE}"
)
_CALLE = re.compile(
    r"\b(?:calle|c/|avenida|avda|carrera|callejon|paseo|colonia|camino|privada|calzada)[ \t.]+"
    r"(?:[\w'.-]{1,30}[ \t]+){0,4}?[\w'.-]{1,30}[ \t]*,?[ \t]*(?:#|no\.?|num\.?|numero|n°)?[ \t]*\d{1,6}[a-z]?\b"
    + _INSIDE
)
_BOX = re.compile(r"\bp\.?[ \t]?o\.?[ \t]?box[ \t#]*\d{1,8}|\bapartado(?:[ \t]+postal)?[ \t#]*\d{1,8}")
_FLAT = re.compile(r"\b(?:apt|apartment|unit|apto|depto|departamento)[ \t.#]+(?:\d+[a-z]?|[a-z]\d*)\b")
_TOLD = re.compile(
    r"\b(?:(?:home|mailing|street|my|our|the|patient'?s?)[ \t]+address(?:[ \t]+is|:)|address[ \t]*:|"
    r"(?:mi|la|su)[ \t]+direccion(?:[ \t]+es|:)|"
    r"direccion[ \t]*:|domicilio[ \t]*:|\bi live (?:at|on)|\bvivo en (?:la |el )?(?=calle|avenida|\d))"
    r"[ \t]*(?P<where>[^\n.;!?]{2,80})"
)


def contact_spans(folded: str) -> Iterator[Span]:
    """Every such place in folded text."""
    typed = (_AT_SIGN, _HANDLE) if "@" in folded else ()
    for pattern in (*typed, _SPELLED):
        for hit in pattern.finditer(folded):
            yield Span(hit.start(), hit.end(), "EMAIL")
    for pattern in (_LINK, _STREET, _CALLE, _BOX, _FLAT):
        for hit in pattern.finditer(folded):
            yield Span(hit.start(), hit.end(), "ADDRESS")
    for hit in _TOLD.finditer(folded):
        yield Span(*hit.span("where"), "ADDRESS")
