"""Names of people: as given, with the wrapping ("my name is ...") taken off and case repaired."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.slots.small_words import small_words

RELATION = (
    r"(?:(?:step|half|god|great|foster)[- ]?(?:mom|mother|dad|father|son|daughter|sister|brother|child|aunt|uncle)|"
    r"(?:mother|father|son|daughter|sister|brother)-in-law|spouse|girlfriend|boyfriend|cousin|twins?|roommate|neighbou?r|"
    r"baby|bebe|suegr[oa]|cunad[oa]|nuera|yerno|sobrin[oa]|niet[oa]|prim[oa]|novi[oa]|marido|"
    r"(?:abuel|hij|herman|niet)it[oa]|mami|papi|mom|mum|mommy|mother|dad|daddy|father|son|daughter|wife|husband|partner|grandmother|grandma|grandfather|"
    r"grandpa|nephew|niece|grandson|granddaughter|fiance|fiancee|aunt|uncle|"
    r"sister|brother|friend|kid|child|mama|papa|madre|padre|hijo|hija|esposa|esposo|abuela|abuelo|tia|"
    r"tio|hermana|hermano)"
)
_WRAPPING = re.compile(
    r"^(?:(?:(?:just|only|solo|s[oó]lo)(?= \w)|(?:his|hers|mine|theirs)(?:'s| is)?|hi|hello|hey|hola|yes|yeah|"
    r"sure|ok|okay|si|sí|claro|so|well|oh|um|uh|"
    r"sorry|please)\b[\s,.!]*)*"
    r"(?:(?:its|(?:it|this|that|patient)(?:'s| is)|patient\s*[:=-]|(?:my|mi|our|the) [\w-]+'s (?:full |legal )?name is|"
    r"(?:the )?(?:first|given) name(?: is|:)?|primer nombre(?: es|:)?|"
    r"(?:my|her|his|the|their|patient'?s?|full|legal|first|last)?\s*"
    r"(?:(?:patient'?s?|full|legal)\s+)*name(?:'s| is|\s*[:=-])?|i am|i'm|im|call me|name|put|use|make it|"
    r"(?:mi|su|el)\s+nombre(?:\s+completo)?(?:\s+es|\s*:)?|me llamo|se llama|soy|es)\s+)?"
    r"(?:(?:for|para|de(?!\s+l[ao]s?\b))\s+)?(?:(?:my|mi)\s+" + RELATION + r"\b\s*[,:-]?\s*(?:is|es|named|called|"
    r"se llama)?\s*)?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:[\w/.]+ )?(?:patient|pt|claimant|client|(?:injured )?worker|employee|insured|member|child|minor|paciente|"
    r"asegurad[oa]|"
    r"trabajador[a]?|menor)(?:'s|’s)?(?: (?:full |legal )?name| nombre)?\s*[:=]\s*",
    re.IGNORECASE,
)
"""The label of a form before a name: "WC claimant: ..."."""
_KIND = re.compile(
    rf"^(?:(?:a|an|the|my|our|un|una|el|la|mi)\s+)?(?:(?:(?:minor|underage|infant|teenage|elderly|adult|young|"
    rf"menor(?: de edad)?)\s+)+"
    rf"(?:{RELATION}|patient|paciente)\b|\d{{1,3}}[- ](?:year|yr|month)s?[- ]old\b(?: (?:{RELATION}|patient)\b)?|"
    r"(?:new|established|existing) patient\b)\s*,?\s*(?=[^\W\d_])",
    re.IGNORECASE,
)
"""What kind of patient, before a name: "minor child ..."."""
_TITLE = re.compile(r"^(?:mr|mrs|ms|miss|mx|sr|sra|srta|doña|señor|señora|señorita)\b\.?\s+(?=\w)", re.IGNORECASE)
_LAST_NAME = re.compile(
    r",?\s+(?:(?:and|y) )?(?:(?:my|mi|the|su) )?(?:(?:last|family|sur) ?name|apellidos?)(?: is| es|:)?\s+",
    re.IGNORECASE,
)
_WHO = re.compile(
    rf"\s*[,(.]\s*(?:(?:he|she|they|who|it)(?:'s|’s| is| are)\s+|(?:que )?es\s+)?"
    rf"(?:my|mi|our|the)\s+(?:{RELATION}|patient|paciente)\b.*$",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:[\s,.!]+(?:please|thanks|thank you|gracias|por favor|mucho gusto|encantad[oa]|nice to meet you|here|"
    r"is my (?:full |legal )?name|"
    r"es mi nombre|and|y))+[\s.!]*$|[\s,.!?;:]+$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
PARTICLES = frozenset("de del la las los y da do dos van von der den di al bin ibn e".split())  # noqa: SIM905
_GENERATIONS = frozenset({"ii", "iii", "iv"})
_NAMED_IN_A_SENTENCE = re.compile(
    rf"\b(?:(?:call(?:ing)?|put|named|called|name is|patient is|se llama|me llamo|llame|ponga|"
    rf"soy)(?: me)?(?: down)?(?: for| about| as)?|"
    rf"for|about|is|para|sobre)\s+(?:(?:my|mi|"
    rf"our)\s+{RELATION}\s+)?(?P<name>[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*){{0,3}})$",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(rf"(?:my|mi|our|the)\s+{RELATION}", re.IGNORECASE)
MOST_WORDS = 6


def tidy_case(name: str) -> str:
    """Repairs names typed in one case ("rosa o'brien-łuczak"); a name with mixed case is the patient's own."""
    if name != name.lower() and (name != name.upper() or len(name) <= 3):
        return name
    return " ".join(
        word if word in PARTICLES and place else word.upper() if word in _GENERATIONS else _capitalized(word)
        for place, word in enumerate(name.lower().split())
    )


def _capitalized(word: str) -> str:
    """ "o'brien-łuczak" has three capitals, "who's" one: none after an apostrophe that ends a longer word."""
    return re.sub(
        r"[^\W\d_]+",
        lambda hit: hit[0] if re.search(r"\w{3,}['’]$", word[: hit.start()]) else hit[0].capitalize(),
        word,
    )


def unwrapped(said: str) -> str:
    """The words without "my name is", greetings and closing courtesies."""
    bare = _WRAPPING.sub("", _LABEL.sub("", said, count=1), count=1)
    bare = _TITLE.sub("", _WHO.sub("", _KIND.sub("", bare, count=1)))
    bare = _said_twice(_LAST_NAME.sub(" ", bare, count=1))
    while (shorter := _TRAILING.sub("", bare)) != bare:
        bare = shorter
    return bare.strip(" \"'():;-")


_CALLING = re.compile(r"(?P<name>.+?)\s+(?:calling|llamando|here|and i'?m|on behalf)\b", re.IGNORECASE)


def _is_sentence(name: str) -> bool:
    words = re.findall(r"[\w'’]+", fold(name))
    return sum(word in small_words("sentence") for word in words) >= 2 or bool(set(words) & {"calling", "llamando"})


def _said_twice(name: str) -> str:
    """ "Tom. Tom Baker" is Tom Baker; "J. R. Hartley" stays."""
    first, stop, whole = name.partition(". ")
    return whole if stop and len(first) > 2 and fold(whole).startswith(fold(first) + " ") else name


_SPELLED_OUT = re.compile(r"(?<![\w'-])[^\W\d_](?:(?:-[^\W\d_]){2,}|(?:[ .,]{1,2}[^\W\d_]){3,})(?![\w'])")
_NOT_THE_WRITER = re.compile(
    r"[\s,]+(?:and |y )?(?:not|no)(?: (?:for|para))? (?:me|us|myself|yo|mi|a mi|nosotros)\W*$", re.IGNORECASE
)


def person_name(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Any name a person can have: one word or several, any script, hyphens and apostrophes."""
    said = _SPELLED_OUT.sub(lambda hit: re.sub(r"[\W_]", "", hit[0]).capitalize(), _NOT_THE_WRITER.sub("", said))
    name = re.sub(r"\s*,\s*", " ", unwrapped(said)) if said.count(",") != 1 else _last_first(unwrapped(said))
    if _is_sentence(name):
        named = _NAMED_IN_A_SENTENCE.search(name) or _CALLING.match(name)
        name = named["name"] if named and not _is_sentence(named["name"]) else ""
        name = "" if _SOMEBODY.fullmatch(name) else name
        if not name:
            return Rejected("name_unclear")
    if not _LETTER.search(name) or fold(name) in small_words("no_names") or _RELATIVE.fullmatch(fold(name)):
        return Rejected("name_missing")
    if _A_THING.match(name):
        return Rejected("name_unclear")
    if re.search(r"[\d@]", name):
        return Rejected("name_digits")
    long = [word for word in name.split() if fold(word) not in PARTICLES]
    if len(long) > MOST_WORDS or len(name) > 80 or re.search(r"[<>{}=|\\]", name):
        return Rejected("name_unclear")
    return Parsed(tidy_case(name))


_A_THING = re.compile(r"(?:a|the) [^\W\d_A-ZÀ-Þ]")
"""What somebody is, and no name: "a mononym", "the usual"."""
_RELATIVE = re.compile(rf"(?:(?:my|mi|the|our)\s+)?(?:{RELATION}|girl|boy)s?")


def _last_first(name: str) -> str:
    last, comma, first = name.partition(",")
    if comma and first.strip() and len(last.split()) == 1:
        return f"{first.strip()} {last.strip()}"
    return re.sub(r"\s*,\s*", " ", name)
