"""Who referred the patient: a person ("Dr. Smith at the ortho center") or a practice, and their specialty."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from rapidfuzz import fuzz, process

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.birth_date import birth_span
from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import PARTICLES, RELATION, tidy_case
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

TITLE = r"(?:dr\.?|dra\.?|drs\.?|doctor|doctora|doc)"
_STOP = (
    r"(?:at|from|with|de(?=\s+(?:la\s+)?(?:cl[ií]nica|hospital|centro|consultorio))|of|in|on|for|to|and|or|but|who|"
    r"that|which|because|since|so|is|was|are|has|have|"
    r"had|says?|said|told|tells|retired|retires|left|moved|quit|died|passed|works?|worked|called|asked|knows|"
    r"thinks?|wants?|wanted|sent|sends|referred|refers|recommend(?:s|ed)?|suggest(?:s|ed)?|prescribed|ordered|gave|"
    r"as|than|again|if|just|not|you|never|"
    r"my|your|the|a|an|i|he|she|it|we|they|me|do|does|did|can|could|will|would|when|what|how|last|"
    r"yesterday|today|now|any ?more|currently|instead|though|about|after|over|"
    r"ahora|tambi[eé]n|en|de\s+la|del|(?:le|les|lo|la|los|las|nos|se|te)(?=\s+(?:ha|mand|envi|refiri|recomend|recet|"
    r"orden|dij|dic|pidi|pid|indic|aconsej|di[oó])\w*)|me|mi|que|y|o|para|por|con|el|la|dice|dijo|recomendo|"
    r"recomendó|mando|mandó|envio|"
    r"envió|refirio|refirió|es|"
    r"please|thanks|also|here|there|phone|insurance|ortho\w*)"
)
_WORD = r"[^\W\d_][\w'’.-]*"
_PLACE = r"(?:cl[ií]nica|hospital|centro|consultorio|oficina|grupo|instituto|unidad)"
_PARTICLE = rf"\s+(?:de\s+l[ao]s?|del?)\s+(?!(?:(?:la|el|los|las)\s+)?{_PLACE}\b)(?!{_STOP}(?![\w'’]))[^\W\d_][\w'’-]*"
_NO_STOP = rf"(?!{_STOP}(?![\w'’]))"
_NAMED = re.compile(
    rf"\b{TITLE}\s+(?P<name>{_NO_STOP}[^\W\d_][\w'’-]*\.?(?:{_PARTICLE}|"
    rf"\s+{_NO_STOP}[^\W\d_][\w'’-]*(?:\.(?=\s+[^\W\d_]))?){{0,5}})"
    rf"(?P<suffix>,?\s+(?:MD|DO|NP|PA-C|PA|DPM|DC|FNP|DNP)\b\.?)?",
    re.IGNORECASE,
)
_SUFFIXED = re.compile(
    r"(?<![\w'’-])(?P<name>[A-ZÀ-Þ][\w'’-]*\.?(?:\s+[A-ZÀ-Þ][\w'’-]*\.?){0,3}),?\s+(?:MD|DO|NP|PA-C|PA|DPM|DC|"
    r"FNP|DNP|M\.D\.|D\.O\.)(?!\w)"
)
_ROLE = re.compile(r"(?:referring|ordering|primary|treating|attending|my|the|our|his|her|pcp|an?)\b", re.IGNORECASE)
_INTRODUCED = re.compile(
    r"\b(?i:(?:referring |ordering |treating )?(?:dr|doctor|physician|provider|md|pcp|surgeon)(?:'s name)?"
    r"(?: is| he is| she is| es|:))\s+(?P<name>[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’.-]*){1,3})"
)
_PRACTICE = re.compile(
    r"^,?\s*(?:who(?:'s| is) )?(?:at|from|with|of|over at|out of|en|de|del)\s+(?P<practice>[^,;.!?]{2,60}?)"
    r"(?=\s+(?:and(?!\s+(?-i:(?!Dr)[A-Z][a-z]))|but|because|who|where|when|for|so|y|para|porque|says?|said|told|"
    r"sent|referred|wants|on|last|"
    r"after|since|in\s+(?:january|february|"
    r"march|april|may|june|july|august|september|october|november|december))\b|[,;.!?]|$)",
    re.IGNORECASE,
)
_PRACTICE_LISTED = re.compile(
    r"^\s*[,(]\s*(?P<practice>(?:[\w'’&.-]+\s+){1,4}(?:clinic|clínica|hospital|"
    r"medical (?:group|center|associates)|center|centre|associates|practice|institute|health|"
    r"orthopaedics|orthopedics|ortho)\b(?:\s+of\s+[^,;.!?)]{2,30})?)\)?",
    re.IGNORECASE,
)
_NOT_A_PLACE = re.compile(
    r"^(?:my|his|her|their|our|mi|su|last|next|the (?:past|last|surgery|hospital stay))\b", re.IGNORECASE
)
SELF_REFERRED = "self-referred"
_NOBODY = re.compile(
    r"^(?:no,? )?(?:nobody|no one|noone|none|no doctor|nadie|ninguno|ningun doctor|ningun medico|n/a|"
    r"myself|self|just me|me|yo mismo|yo misma)\b|^(?:i )?(?:do(?: not|n'?t)) have (?:one|any)\b|\bself[- ]?refer\w*|"
    r"\b(?:was ?n'?o?t|were ?n'?o?t|not|never|no one|nobody|"
    r"nadie) (?:\w+ )?(?:been )?(?:me )?(?:referred|sent|refirio|mando|envio)|\bdo(?: no|"
    r"n'?)t have (?:a |any )?(?:referral|referring|doctor|dr)|"
    r"\bno (?:doctor|dr)(?=\s*(?:[,.;!]|$))|\bno (?:referral|referring (?:doctor|provider))\b|\b(?:on my own|"
    r"found you (?:online|myself|"
    r"on (?:my own|google|the internet|the web|facebook|yelp|a map))|looked you up)\b|"
    r"\bno tengo (?:doctor|medico|remision|referido)|\bpor mi cuenta\b"
)
_DEEDS = frozenset(
    {
        "did",
        "does",
        "doing",
        "fixed",
        "fixes",
        "operated",
        "operates",
        "performed",
        "performs",
        "saw",
        "sees",
        "seen",
        "treated",
        "treats",
        "replaced",
        "repaired",
        "took",
        "takes",
        "put",
        "puts",
        "diagnosed",
        "found",
        "set",
        "got",
        "gets",
        "gives",
        "wrote",
        "writes",
        "made",
        "makes",
        "helped",
        "looked",
        "looks",
        "checked",
        "ran",
        "runs",
        "hizo",
        "hace",
        "opero",
        "arreglo",
        "vio",
        "ve",
        "atiende",
        "atendio",
        "trata",
        "receto",
        "ordeno",
    }
)
_TELLS = re.compile(
    r"(?:,?\s+(?:who|that|which|quien|que))?,?\s+(?:(?:just|then|also|already|has|had|finally)\s+)*(?:gave|sent|"
    r"referred|told|said|"
    r"recommended|ordered|prescribed|suggested|wrote|wants?|wanted|says|thinks|did|operated|treated|diagnosed|"
    r"(?:me|lo|la|nos|le) (?:mand[oó]|refiri[oó]|envi[oó]|dijo|recet[oó]|oper[oó]|dio|atiende|vio))\b.*$",
    re.IGNORECASE,
)
"""What somebody did, behind their name: it is no part of the name."""
_A_RELATIVE = re.compile(
    rf"(?:(?:my|his|her|our|an?|some|mi|su|una?)\s+)(?:good |best |old |buen |buena )?(?:{RELATION}|neighbou?r|"
    rf"co-?worker|boss|amig[oa]|vecin[oa])(?:\s+(?:did|does|of mine|mi[oa]))?"
)
"""Somebody without a name who is no doctor: "my friend"."""
_KIND_BEFORE = re.compile(
    r"^(?i:(?:it'?s|it was|that'?s|es|fue)\s+)?(?i:my|our|his|her|the|mi|el|la|nuestr[oa])\s+(?i:(?:[\w'-]+\s+){0,3}?"
    r"(?:doctora?|doc|physician|surgeon|pcp|specialist|practitioner|assistant|therapist|chiropractor|chiro|provider|"
    r"pa|np|"
    r"m[eé]dic[oa]|ciruj?an[oa]|especialista|\w+(?:ologist|iatrist|opedist|[oó]log[oa])))(?:\s*[,:]\s*|\s+(?i:is|"
    r"named|es)\s+|\s+)"
    r"(?:(?i:his|her|their) name is\s+)?(?=[A-ZÀ-Þ])"
)
"""What kind of doctor, before the name: "my back doctor, Paul Brandt"."""
_WRAPPING = re.compile(
    r"^(?:(?:yes|yeah|si|sí|ok|okay|sure|well|so|um|uh|hi|hello|oh|sorry|actually)\b[\s,]*)*"
    r"(?:(?:it'?s|it was|it is|that was|that would be|that's|i was (?:referred|sent) (?:here )?by|"
    r"(?:i )?(?:was )?(?:referred|sent) by|"
    r"my (?:doctor|doc|provider|surgeon|physician)(?:'s name)?(?: is|'s)?|(?:his|her|the|"
    r"their) (?:doctor'?s? )?name is|by|from|i saw|i see|"
    r"fue|es|me (?:refirio|refirió|mando|mandó|envio|envió)|mi (?:doctor|doctora|medico|médico)(?: es)?|"
    r"(?:el|la)(?= (?:dr|dra|doctor|doctora)\b))\s+)?",
    re.IGNORECASE,
)


@cache
def _specialty_words() -> Mapping[str, str]:
    table: dict[str, list[str]] = read_yaml("app.dialogue.slots", "specialties.yaml")["specialties"]
    words = {fold(word): name for name, aliases in table.items() for word in [name, *aliases]}
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


@cache
def _specialty_pattern() -> re.Pattern[str]:
    return re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(word) for word in _specialty_words()) + r")(?:s)?(?![\w-])")


def find_specialty(text: str, *, typos: bool = False) -> str | None:
    """The canonical specialty that folded words in `text` name, the longest name first."""
    hit = _specialty_pattern().search(fold(text))
    if hit:
        words = _specialty_words()
        return words.get(hit[0]) or words[hit[0].removesuffix("s")]
    if typos:
        long_words = [word for word in _specialty_words() if len(word) >= 7]
        for word in re.findall(r"[a-z]{7,}", fold(text)):
            best = process.extractOne(word, long_words, scorer=fuzz.ratio, score_cutoff=84)
            if best:
                return _specialty_words()[best[0]]
    return None


def is_known_specialty(value: str) -> bool:
    """Whether the value is a canonical name of ours, and not what somebody typed."""
    return value in _specialty_words().values()


def specialty_hits(folded: str) -> list[tuple[int, int]]:
    """Where folded text has words for a specialty."""
    return [hit.span() for hit in _specialty_pattern().finditer(folded)]


def _is_specialty(words: str) -> bool:
    """ "Dr. Wu, pediatric orthopedics" names no place."""
    hit = _specialty_pattern().search(fold(words))
    before = fold(words)[: hit.start()].split() if hit else []
    return hit is not None and all(
        re.search(r"(?:al|ic|ive|ous|ary)$|^(?:hand|spine|sports|an?|the)$", word) for word in before
    )


def find_provider(text: str) -> tuple[int, int, str] | None:
    """A titled person in running text, with the practice that follows: start, end, value. None without a title."""
    suffixed = (one for one in _SUFFIXED.finditer(text) if not _ROLE.match(one["name"]))
    hit = _NAMED.search(text) or next(suffixed, None) or _INTRODUCED.search(text)
    if not hit:
        return None
    own = _own_words(hit["name"])
    name = re.sub(r"(?:'s|’s)?(?:\s+(?:office|practice|clinic|team))?[.,\s]*$", "", own, flags=re.IGNORECASE)
    name = re.sub(r"[,\s]+(?:MD|DO|NP|PA-C|PA|DPM|DC|FNP|DNP)$", "", name)
    title = "Dra. " if re.match(r"dra\b|doctora\b", hit[0], re.IGNORECASE) else "Dr. "
    title = "" if hit.re is _SUFFIXED else title
    suffix = re.search(r"(?:MD|DO|NP|PA-C|PA|DPM|DC|FNP|DNP)\b", hit[0][len(hit["name"]) :]) if not title else None
    value = title + tidy_case(name) + (f", {suffix[0]}" if suffix else "")
    behind = hit.end() if own == hit["name"] else hit.start("name") + len(own)
    practice = _PRACTICE.match(text[behind:])
    place = practice["practice"].strip() if practice else ""
    end = behind + (practice.end() if practice else 0)
    if practice is None and (listed := _PRACTICE_LISTED.match(text[behind:])) and not _is_specialty(listed["practice"]):
        place, end = listed["practice"].strip(), behind + listed.end()
    if place and not _NOT_A_PLACE.match(place) and not re.search(r"\d{3}", place):
        return hit.start(), end, f"{value} at {place}"
    return hit.start(), behind, value


def _own_words(name: str) -> str:
    """The name up to a word that tells what the doctor did: "Mott fixed". Behind a capital a name goes on with one."""
    words = list(re.finditer(r"\S+", name))
    capital = name[:1].isupper() and not name.isupper()
    for word in words[1:]:
        plain = fold(word[0].strip(".,"))
        if plain in PARTICLES:
            continue
        if plain in _DEEDS or (capital and word[0].islower()):
            return re.sub(r"(?:\s+(?:de|del|la|las|los|von|van|der|y|e))+\s*$", "", name[: word.start()]).rstrip()
    return name


def says_nobody_referred(said: str) -> bool:
    """True for "nobody", "I wasn't referred", "self-referred", "nadie"."""
    return bool(_NOBODY.search(fold(said)))


def provider(said: str, context: ParseContext) -> Parsed | Rejected:
    """A titled person with or without a practice, else the name or practice as said; `SELF_REFERRED` for nobody."""
    if says_nobody_referred(said):
        return Parsed(SELF_REFERRED)
    if found := find_provider(said):
        return Parsed(found[2])
    bare = _TELLS.sub("", _WRAPPING.sub("", _KIND_BEFORE.sub("", said, count=1), count=1)).strip(" ,;.!?")
    if not re.search(r"[^\W\d_]{2}", bare) or _A_RELATIVE.fullmatch(fold(bare)) or _is_day(bare, context.today):
        return Rejected("provider_missing")
    return Parsed(tidy_case(bare)[:120] if len(bare.split()) <= 4 else bare[:120])


def _is_day(words: str, today: date) -> bool:
    """ "March the eleventh, nineteen thirty-eight" referred nobody."""
    folded = fold(words)
    span = birth_span(folded, today)
    return span is not None and not re.search(r"[^\W\d_]{4}", folded[: span[0]] + folded[span[1] :])


def specialty(said: str, _context: ParseContext) -> Parsed | Rejected:
    """The canonical name of a known specialty; others stay as said."""
    if found := find_specialty(said, typos=True):
        return Parsed(found)
    bare = re.sub(
        r"^(?:(?:he|she|they)(?:'s| is|'re| are)|it'?s|es|an?|un|una|i think|creo que)\s+(?:an?\s+|un\s+|una\s+)?",
        "",
        said,
        flags=re.IGNORECASE,
    )
    bare = bare.strip(" ,;.!?")
    return Parsed(bare[:80]) if re.search(r"[^\W\d_]{2}", bare) else Rejected("specialty_missing")
