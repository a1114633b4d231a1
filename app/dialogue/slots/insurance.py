"""The patient's insurance: the carrier under the clinic's name for it, and the member ID."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurances import every_payer, in_order, second_told, tied
from app.dialogue.slots.names import tidy_case
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.slots.small_words import small_words
from app.dialogue.spelled import spelled_digits
from app.qualification.aliases import common_names, product_words

NO_INSURANCE = "no insurance"
_WRAPPING = re.compile(
    r"^(?:(?:yes|yeah|si|sí|ok|okay|well|so|um|hi|hello|sorry|oh|actually)\b[\s,]*)*"
    r"(?:(?:(?:i|we|she|he|they)(?:'ve| have| has|'m| am|'s| is)?(?: got| on| with| under| covered by|"
    r" insured with| use)*|"
    r"(?:it|that)(?:'s| is| would be)|(?:my|the|her|his|our)?\s*(?:health |medical )?(?:insurance|"
    r"carrier|plan|payer|coverage)"
    r"(?: carrier| company| plan)?(?:'s| is|:)?(?: with| through)?|through|with|tengo|tiene|es|"
    r"(?:mi|el|su)\s+seguro(?: medico| médico)?(?:\s+es|:)?)\s+)?(?:(?:now|currently|primarily)\s+)?",
    re.IGNORECASE,
)
_ID_LABEL = re.compile(
    r"\b(?:member(?:ship)?|subscriber|policy|insurance|group|card|plan)?\s*(?:id(?:entification)?|"
    r"numbers?|no\.?|#|num(?:ero|\.)?|"
    r"policy|member)(?![A-Za-z])\s*(?:number|no\.?|#|id|card)?\s*(?:is|es|:|=|-|#)?\s*",
    re.IGNORECASE,
)
_SPELLING = re.compile(r"\b([A-Za-z]),? (?:as in|like in|like|as|for|de|como) [A-Za-zÀ-ÿ]+\b,?")
_CAPITAL = re.compile(r"\b(?:capital|upper ?case|may[uú]scula)s?\s+(?=[A-Za-z]\b)", re.IGNORECASE)
_READ_OUT = re.compile(
    r"\b(?:capital|upper ?case|(?:the )?letters?|may[uú]sculas?|(?:la )?letra)\s+(?=[A-Za-z]\b)|"
    r"[\s,]*\b(?:(?:and )?then|followed by|dash|hyphen|luego|gui[oó]n)\b[\s,]*(?=[A-Za-z]?[\d])",
    re.IGNORECASE,
)
"""What somebody says between the letters and digits of a card."""
_NONE = re.compile(r"no(?:ne|pe|thing)?|n/?a|cash|self|ninguno?|nada")
SHORTEST_ID, LONGEST_ID = 5, 24
"""Letters and digits. Four digits are more likely the end of a social security number."""


def common_payers() -> Mapping[str, str]:
    """Carriers that patients name whatever the clinic's own list says: alias in lower case -> name."""
    return common_names()


def _none_words() -> re.Pattern[str]:
    return _compiled_none()


@cache
def _compiled_none() -> re.Pattern[str]:
    phrases = read_yaml("app.dialogue.slots", "insurance.yaml")["none"]
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(phrase)) for phrase in phrases) + r")(?!\w)")


def says_no_insurance(said: str) -> bool:
    """True for "I don't have insurance", "self-pay", "sin seguro" and the like."""
    return bool(_none_words().search(fold(said)))


def find_payer(text: str, payers: Mapping[str, str], *, typos: bool = False) -> tuple[int, int, str] | None:
    """The first payer named in folded `text`: start, end, name. The longest alias at a place wins; with `typos`
    a misspelled single word counts too. The clinic's own names go before the common ones."""
    best: tuple[int, int, str] | None = None
    said = {"", *_WORD.findall(text)}
    for table in (payers, common_payers()):
        named = _by_first_word(_Held(table)) if table else {}
        for alias, name in (one for word in said for one in named.get(word, ())):
            at = text.find(alias)
            if at < 0 or not _whole(text, at, at + len(alias)):
                continue
            if best is None or (at, -len(alias)) < (best[0], best[0] - best[1]):
                best = (at, at + len(alias), name)
    return best or (_misspelled(text, payers) if typos else None)


_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A table of aliases that is the same as long as it is the same object: a clinic's is, until its papers change."""

    table: Mapping[str, str]

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.table is self.table


@lru_cache(maxsize=64)
def _by_first_word(held: _Held) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The aliases by the word that they begin with, "" for none: a text must hold it to name one."""
    named: dict[str, list[tuple[str, str]]] = {}
    for alias, name in held.table.items():
        first = _WORD.match(alias)
        named.setdefault(first[0] if first else "", []).append((alias, name))
    return named


def _whole(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())


_INITIALS = frozenset({"ppo", "hmo", "epo", "pos", "hdhp", "oap"})
MOST_TYPOS = 2
"""Letters: "mutual" alone is no misspelled "medmutual"."""
_SOUND_ALIKE = frozenset("csk")


def _misspelled(text: str, payers: Mapping[str, str]) -> tuple[int, int, str] | None:
    names = {alias: name for table in (common_payers(), payers) for alias, name in table.items() if len(alias) >= 5}
    for hit in re.finditer(r"[a-z]{4,}(?: [a-z]{4,})?", text):
        for words in dict.fromkeys((hit[0], hit[0].split()[0])):
            best = process.extractOne(words, list(names), scorer=fuzz.ratio, score_cutoff=80)
            near = best and DamerauLevenshtein.distance(best[0], words) <= (MOST_TYPOS if len(words) > 6 else 1)
            if best and near and (best[0][0] == words[0] or {best[0][0], words[0]} <= _SOUND_ALIKE):
                return hit.start(), hit.start() + len(words), names[best[0]]
    return None


def carrier(said: str, context: ParseContext) -> Parsed | Rejected:
    """The payer's name as the clinic writes it, with the plan words that follow; unknown carriers stay as said."""
    if says_no_insurance(said) or _NONE.fullmatch(fold(said).strip(" .!")):
        return Parsed(NO_INSURANCE)
    bare = _WRAPPING.sub("", said, count=1).strip(" ,;.!?")
    text = fold(bare)
    if not re.search(r"[^\W\d_]{2}", bare) or not set(re.findall(r"[^\W\d_]+", text)) - small_words("no_insurer"):
        return Rejected("carrier_missing")
    found = find_payer(text, context.payers, typos=True)
    if not found:
        return Parsed(bare[:80])
    if len(text) == len(bare) and find_payer(text[found[1] :], context.payers):
        hits = every_payer(text, find_payer, context.payers)
        if (tie := tied(text, hits)) is not None:
            ordered = in_order(text, hits) if tie == "both" else hits
            ends = dict(zip(hits, [*(hit[0] for hit in hits[1:]), len(text)], strict=True))
            return Parsed(
                "; ".join(dict.fromkeys(_with_plan(bare[: ends[one]], text[: ends[one]], one) for one in ordered))
            )
    second = second_told(text[found[1] :]) if len(text) == len(bare) else None
    if second is None and (held := held_by(bare[found[1] :], found[2])):
        return Parsed(f"{found[2]}; {tidy_case(bare[found[1] :][slice(*held)])}")
    if second is None:
        return Parsed(_with_plan(bare, text, found))
    joint, start, end = (found[1] + at for at in second)
    return Parsed(f"{_with_plan(bare[:joint], text[:joint], found)}; {bare[start:end].strip()}")


def _with_plan(bare: str, text: str, found: tuple[int, int, str]) -> str:
    """The payer's name with the words of a plan that follow it."""
    _, end, name = found
    plan = re.match(r"\s+(?:[\w/+-]+\s*){1,3}", bare[end:]) if len(text) == len(bare) else None
    known = _plan_words() | product_words(name)
    words = [word for word in (plan[0].split() if plan else []) if fold(word) in known]
    if told := plan_told(bare[end:], name):
        words += [word for word in bare[end:][slice(*told)].split() if fold(word) not in map(fold, words)]
    said_there = [word for word in words if fold(word) not in fold(name).split()]
    return " ".join([name, *(word.upper() if fold(word) in _INITIALS else word for word in said_there)])


def plan_told(behind: str, name: str) -> tuple[int, int] | None:
    """Where, in words behind the payer's name, its plan is told after a comma: "..., the blue focus one"."""
    hit = _PLAN_TOLD.match(behind)
    known = _plan_words() | product_words(name)
    return hit.span("plan") if hit and all(fold(word) in known for word in hit["plan"].split()) else None


def held_by(behind: str, name: str) -> tuple[int, int] | None:
    """Where, in words behind workers' compensation or the like, the company that runs it is told: "..., the adjuster is
    at Travelers"."""
    hit = _HELD_BY.match(behind) if name in _RUN else None
    return hit.span("who") if hit else None


_RUN = ("Workers' compensation", "Auto insurance")
_HELD_BY = re.compile(
    r"\s*(?:claim\s*)?(?:[,;(-]|\band\b|\by\b)?\s*(?:(?:(?:the|my|our|an|el|la|mi)\s+)?(?:adjuster|adjustor|"
    r"case manager|claim|ajustadora?|caso|reclamo)(?:\s+(?:is|'s|works?|es|est[aá]|trabaja))?\s+"
    r"(?:at|with|from|for|through|en|con|de)|"
    r"(?:(?:the|el|la)\s+)?(?:carrier|insurer|insurance company|aseguradora)\s+(?:is|es)|(?:run|handled|managed) by)\s+"
    r"(?!(?:my|the|our|a|an|his|her|work|mi|el|la)\b)(?P<who>[^\W\d_][\w&.'’-]*(?:\s+[A-ZÀ-Þ&][\w&.'’-]*){0,3})"
    r"(?=\s*(?:$|[,.;!?)]))",
    re.IGNORECASE,
)


_PLAN_TOLD = re.compile(
    r"(?:\s+[\w+-]+){0,2}\s*[,-]\s*(?:it'?s |es )?(?:the|my|el)\s+(?:plan\s+)?(?P<plan>[\w+-]+(?:\s+[\w+-]+){0,2}?)"
    r"(?:\s+(?:one|plan|option|version))?\s*(?=$|[.,;!])",
    re.IGNORECASE,
)


@cache
def _plan_words() -> frozenset[str]:
    return frozenset(read_yaml("app.dialogue.slots", "insurance.yaml")["plan_words"])


def member_id(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Letters and digits of the card in upper case, without spaces and dashes."""
    if read_out := _CAPITAL.search(said):
        said = said[read_out.start() :]
    said = _SPELLING.sub(r"\1", spelled_digits(_READ_OUT.sub(" ", said)))
    after_labels = [said[label.end() :] for label in _ID_LABEL.finditer(said)]
    for part in [*after_labels[-1:], said]:
        joined = _joined(part)
        if joined:
            return Parsed(joined) if SHORTEST_ID <= len(joined) <= LONGEST_ID else Rejected("member_id_length")
    return Rejected("member_id_missing")


def _joined(text: str) -> str:
    """The longest run of ID-like groups: groups with a digit, or short groups of capitals next to one."""
    runs: list[list[str]] = [[]]
    for word in re.split(r"[ ,;]+", text):
        bare = word.strip(".!?\"'()#:").replace("-", "").replace(".", "")
        has_digit = any(char.isdigit() for char in bare)
        short_letters = bare.isalpha() and (bare.isupper() or len(bare) <= 3) and len(bare) <= 5
        if bare.isascii() and bare.isalnum() and (has_digit or (short_letters and fold(bare) not in _SMALL)):
            runs[-1].append(bare)
        else:
            runs.append([])
    with_digits = ["".join(run) for run in runs if any(char.isdigit() for part in run for char in part)]
    return max(with_digits, key=len, default="").upper()


_SMALL = frozenset("is it the my id no es el la mi yes ok si and on for its so im i a um uh y of in to".split())  # noqa: SIM905
