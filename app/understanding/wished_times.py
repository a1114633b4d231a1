"""Days and hours that a patient wishes, told from those of the past."""

import re
from datetime import date

from app.dialogue.slots.busy import without_busy
from app.dialogue.slots.dates import find_date, weekdays_in
from app.dialogue.slots.fold import fold
from app.dialogue.slots.hours import span_of
from app.understanding.found import Found

_TIMES = re.compile(
    r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)days?\b|\bmornings?\b|\bafternoons?\b|\bevenings?\b|"
    r"\bweekdays?\b|\bweekends?\b|\b(?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b|"
    r"\b(?:after|before|between|by|around) \d|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b|\b(?:por|"
    r"en) las? (?:mananas?|tardes?|noches?)\b|\b(?:despues|antes) de las? \d|\bany ?time\b|"
    r"\bafter (?:work|school)\b"
)


_AVAILABLE = re.compile(
    r"\b(?:prefer\w*|available|availability|free|works?(?! for (?:a|my|the)\b)|best|come in|can (?:do|"
    r"come|make)|any|only|mornings|afternoons|evenings|weekdays|weekends|open|better|ideally|schedule|"
    r"prefiero|puedo|disponible|libre|me conviene|mejor|por las)\b"
)


_ONES_OWN = re.compile(
    r"\b(?:i|i'm|i'd|im|me|my|we|us|he|she|him|her|prefer\w*|works?|best|better|ideally|mornings|afternoons|"
    r"evenings|puedo|prefiero|conviene|mejor|por las?)\b"
)


_MOVES_TIME = re.compile(
    r"\b(?:instead|change|move|switch|book|make|put|schedule|reschedule|set|try|how about|what about|"
    r"anything available|something available|any openings?|is there anything|mejor|cambiar?|puede ser|"
    r"y si)\b"
)


ANY_DAY = date(2024, 1, 1)


_PAST = re.compile(r"\b(?:since|last|ago|fell|happened|was|were|had|started|saw|desde|pasado|hace)\b")


def times_in(text: str, asked: str | None) -> list[Found]:
    """Days and hours with a word of availability; a short answer to another field's question needs no such word."""
    folded = fold(text)
    available = bool(_AVAILABLE.search(folded)) and (asked is not None or bool(_ONES_OWN.search(folded)))
    said_so = available or (asked is not None and len(folded.split()) <= 8)
    if asked == "contact" and _NUMBER.search(folded) and not _VISIT.search(folded):
        return []  # when to call there
    if not _TIMES.search(without_busy(folded)) or not said_so or _PAST.search(folded):
        return []
    pieces = [piece.strip() for piece in text.split(",") if not re.search(r"\d{3}\W?\d{4}|@", piece)]
    return [Found("preferred_times", ", ".join(pieces) or text, 0, len(text))]


_NUMBER = re.compile(r"\d{3}\W?\d{4}|@")
_VISIT = re.compile(
    r"\b(?:appointments?|appts?|visits?|come|see|schedul\w*|book|sessions?|available|prefer\w*|citas?|visitas?|venir|ir|"
    r"disponible|prefiero)\b"
)


def names_times(text: str) -> bool:
    """True when the words name a weekday, a part of the day or an hour."""
    return bool(_TIMES.search(fold(text)))


def looks_like_times(text: str) -> bool:
    """True when the words name days or hours to come."""
    folded = fold(text)
    named = _TIMES.search(folded) or find_date(folded, ANY_DAY) or span_of(folded)
    return bool(named) and not _PAST.search(folded) and not re.search(r"\d{5}|@", folded)


def asks_for_times(text: str) -> bool:
    """True for a request that moves the wished time ("could you make it the 5th instead?")."""
    return bool(_MOVES_TIME.search(fold(text))) and looks_like_times(text)


_STORY = re.compile(
    r"\b(?:my|his|her|our|the|mi|su) (?!appointments?\b|appt|visits?\b|dates?\b|days?\b|times?\b|sessions?\b|"
    r"reservation|slot|best\b|preferred|earliest|citas?\b|visitas?\b|dias?\b|horas?\b|fechas?\b)[a-z]+(?: [a-z]+)? "
    r"(?:comes?|came|is|gets?|got|goes|went|starts?|ends?|has|will|flies|leaves|arrives|viene|sale|termina|empieza|"
    r"llega)\b"
)


def tells_a_wish(text: str) -> bool:
    """False for days that something else has: "my cast comes off Friday"."""
    return _STORY.search(fold(text)) is None


_COMES = re.compile(
    r"\b(?:can|could|may|might|is it possible|would it be possible)\b(?: (?:for )?(?:i|we|me|us|he|she|"
    r"my \w+)(?: to)?)?(?: please| just| maybe)* "
    r"(?:to )?(?:come|be seen|get in|make it|drop by|stop by|swing by|visit|see (?:you|someone|somebody)|"
    r"have (?:an? )?(?:appointment|visit)|"
    r"book|schedule|do)\b|\b(?:puedo|podria|podemos|podriamos|puede) (?:ir|venir|pasar|llegar|tener cita|verme|hacer)\b"
)


def requests_time(text: str) -> bool:
    """True for a request to come at one definite time: a date, or a day with its hour. "Can I come on Saturdays?" asks
    for the opening hours."""
    folded = fold(text)
    if not _COMES.search(folded) or _PAST.search(folded):
        return False
    span = span_of(folded)
    exact = span is not None and span[0] is not None
    return bool(find_date(folded, ANY_DAY)) or (exact and bool(weekdays_in(folded)) and not _EACH.search(folded))


_AVAILABILITY = re.compile(
    r"\b(?:available|availability|free|openings?|slots?|spots?|appointments?|appts?|visits?|any(?:thing|one|body)?|"
    r"something|reservation|book|schedule|reserve|come|see|get in|get me|squeeze|fit|do|have|make|move|put|work|"
    r"ok|okay|possible|how about|what about|hay|tienen?|habra|disponible|libre|citas?|puedo|pueden?|podria[ns]?|"
    r"queda|que tal|seria posible)\b"
)
_OPENING_HOURS = re.compile(
    r"\b(?:(?:you|they|the (?:clinic|office|place)|y'?all|u) (?:\w+ )?open|"
    r"open (?:on|at|till|until|from|past|late|early)|"
    r"closed?|hours|hour(?:s)? of|abren?|abierto|abierta|abiertos|cierran?|cerrado|horario|atienden)\b"
)
_OTHER_QUESTION = re.compile(
    r"^(?:(?:and|so|ok|okay|but|y|also)\b[\s,]*)*(?:what(?! about| if)|why|who|whom|where|which|how(?! about)|"
    r"que(?! tal)|cual|cuanto|cuanta|donde|quien|por que|como)\b"
)


def asks_if_free(text: str) -> bool:
    """True for a question whether one definite time could be had ("is there an opening on the 9th?", "can you do
    Tuesday at 3?"): a wish, where a wish is being taken down. Opening hours and other questions are none."""
    folded = fold(text)
    if _PAST.search(folded) or _OPENING_HOURS.search(folded) or _OTHER_QUESTION.search(folded):
        return False
    short = len(folded.split()) <= SHORT
    return is_definite(folded) and (short or bool(_AVAILABILITY.search(folded)))


_PROPOSED = re.compile(
    r"^(?:(?:maybe|perhaps|possibly|ideally|or|any|every|on|the|how about|what about|would|could it be|que tal|"
    r"quizas|tal vez|los|las|el|"
    r"por|en|the)\s+)*(?:(?:early|late|next|this)\s+)?(?:\w+days?|mornings?|afternoons?|evenings?|weekends?|noon|"
    r"lunes|martes|miercoles|"
    r"jueves|viernes|sabados?|domingos?|mananas?|tardes?|noches?)\b"
)


def proposes_times(text: str) -> bool:
    """True for a few words that begin with days or hours and end in doubt: "Saturdays if you have them?"."""
    folded = fold(text).strip(" ?.!")
    few = len(folded.split()) <= _FEW_WORDS
    return few and bool(_PROPOSED.match(folded)) and looks_like_times(text) and not _OPENING_HOURS.search(folded)


_FEW_WORDS = 10


def is_definite(folded: str) -> bool:
    """True when folded text names a calendar day or one exact hour."""
    span = span_of(folded)
    return bool(find_date(folded, ANY_DAY)) or (span is not None and span[0] is not None and span[0] == span[1])


SHORT = 5
"""Words: "the 10th of March?" is a wish although it says no more."""
_EACH = re.compile(r"\b(?:every|\w+days|sabados|domingos|cada)\b")


_TOPIC = re.compile(
    r"\bfor (?:my|his|her|our|their|a|some)\b|\bpara (?:mi|su|una?)\b|"
    r"\b(?:about|regarding|because|since|concerning|sobre|acerca de|porque)\b",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(
    r"(?:\b(?:for|on|at|after|before|around|by|between|next|this|early|late|sometime|any|el|la|los|las|para|por|en|"
    r"de|a|despues|antes|proximo|este)\s+)+$"
)


def wished_day(text: str) -> str:
    """The words for the day or the hours in a request ("call me tomorrow after 2 about a bill": "tomorrow after 2");
    "" where it names none."""
    head = _TOPIC.split(text, maxsplit=1)[0].rstrip(" ?.!,")
    folded = fold(head)
    if len(folded) != len(head) or not looks_like_times(head):
        return ""
    day = find_date(folded, ANY_DAY)
    starts = [hit.start() for hit in _TIMES.finditer(folded)] + ([day[0]] if day else [])
    if not starts:
        return ""
    before = _LEADS_IN.search(folded[: min(starts)])
    said = head[before.start() if before else min(starts) :]
    return re.sub(r"^(?:for|on|para)\s+", "", said)
