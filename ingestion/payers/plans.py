"""Plan cells and the words after a payer's name: one plan or several, all of them, all but some."""

import re
from dataclasses import dataclass

from ingestion.payers.names import is_medicaid, plain

_TYPE = r"(?:ppo|hmo|epo|pos|hdhp|oap|ppos|hmos|ffs|pffs|d-?snp|ma|mapd)"
PLAN_WORD = re.compile(
    rf"(?i)^(?:{_TYPE}|hmo-?pos|ii|iii|iv|v|medicare|medicaid|advantage|replacement|supplement(?:al)?"
    rf"|marketplace|exchange"
    r"|commercial|federal|fep|employer|group|individual|family|part|original|traditional|managed|care|standard"
    r"|high|basic"
    r"|enhanced|premier|prime|select|open|access|gold|silver|bronze|platinum|choice|plus|options?|core|complete"
    r"|dual|navigate"
    r"|charter|connect|local\w*|surefit|preferred|value|network|east|west|for|life|reserve|student|senior|hsa"
    r"|pathway|blue"
    r"|government|tricare|chip|qhp|aca|obamacare|on|off|private|indemnity|national|a|b|c|d|f|g|n|k|\w|and|&|/"
    r"|plan|plans|of"
    r"|the|products?|health|option|personal|freedom|simply|bronce|oro|plata|comercial\w*)$"
)
_STRONG = re.compile(
    rf"(?i)\b(?:{_TYPE}|advantage|medicaid|medicare|marketplace|exchange|commercial|federal|fep|prime|select"
    rf"|part [a-d]|oap"
    r"|supplement(?:al)?|replacement|choice|plus|gold|silver|bronze|platinum|open access|standard|basic|premier|core"
    r"|complete|navigate|charter|connect|student|family plan|indemnity|hsa|pathway|options)\b"
)
_EXCEPT = re.compile(
    r"(?i)[\s,(–—-]*\b(?:except(?: for| the)?|(?<=\ball )but(?: for| the)?|(?<=\bplans )but"
    r"|excluding|excludes|other than|with the exception of|apart from"
    r"|but not|besides|"
    r"not including|does not include|minus|excepto|salvo|menos|a excepción de|(?:no|not)(?= (?-i:[A-Z])))\b:?\s*"
)
_ALL_NOUN = (
    r"(?:plans?|products?|networks?|carriers?|polic(?:y|ies)|types?|lines|plan types|insurances?|companies|planes|"
    r"productos|options|levels|planes?|insurance plans?|health plans?)"
)
_ALL = re.compile(
    rf"(?i)^\W*(?:(?:all|any|every|todos(?: los)?|todas(?: las)?|cualquier)(?: of (?:the|their))?(?: {_ALL_NOUN})?"
    rf"(?: accepted| aceptados)?|all of them)\W*$"
)


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans a text names; `rest` is what else was said. No plans and not `all_plans`: the payer as a whole."""

    plans: tuple[str, ...] = ()
    all_plans: bool = False
    excepts: tuple[str, ...] = ()
    rest: str | None = None


def read_plans(cell: str, payer: str = "") -> Plans:
    """A plan cell. Each plan as the paper writes it; commas in parentheses do not part plans."""
    text = cell.strip()
    if found := _EXCEPT.search(text):
        kept = read_plans(text[: found.start()], payer) if text[: found.start()].strip(" (,-") else Plans()
        out = tuple(map(_bare_plan, split_plans(text[found.end() :].strip(" ).;"))))
        return Plans(kept.plans, kept.all_plans, out, kept.rest)
    if _is_all(text, payer):
        return Plans(all_plans=True)
    return Plans(tuple(split_plans(text)) if any(map(str.isalnum, text)) else ())


def _is_all(text: str, payer: str) -> bool:
    if _ALL.match(plain(text)):
        return True
    head, _, aside = text.partition("(")
    return bool(_ALL.match(head)) and is_medicaid(payer) and bool(re.match(r"(?i)(?:\w+ )?medicaid\W*$", aside))


def split_plans(text: str) -> list[str]:
    """The plans of a list of plans: parted by commas, semicolons, " / ", and by "and" or "/" between plan words."""
    parts = [*_outside(text, r"\s*[,;\n]\s*(?:(?:and|&|y|or)\s+)?|\s+/\s+|\s*•\s*")]
    result: list[str] = []
    for part in parts:
        pieces = _outside(part, r"\s+(?:and|&|y|or|o|\+)\s+|/")
        plans = all(map(is_plan, pieces)) and all(_STRONG.search(piece) for piece in pieces)
        result += pieces if plans and len(pieces) > 1 else [part]
    return _with_head([part.strip(" .") for part in result if any(map(str.isalnum, part))])


def _with_head(plans: list[str]) -> list[str]:
    """ "Plan F, G, N" as three plans that each say "Plan"."""
    head = re.match(r"(?i)(plans?|part|parts|region)s? \w{1,2}$", plans[0]) if plans else None
    if head is None:
        return plans
    word = re.sub(r"(?i)^(plan|part)s$", r"\1", head[1])
    single = [re.fullmatch(r"\w{1,2}", plan) for plan in plans[1:]]
    return [plans[0], *(f"{word} {p}" if s else p for p, s in zip(plans[1:], single, strict=True))]


def _outside(text: str, separator: str) -> list[str]:
    """A text cut at a separator, but not inside parentheses."""
    parts, start, depth = [], 0, 0
    cuts = {found.start(): found.end() for found in re.finditer(separator, text)}
    for place, char in enumerate(text):
        depth = max(0, depth + (char in "([") - (char in ")]"))
        if depth == 0 and place in cuts and place >= start:
            parts.append(text[start:place])
            start = cuts[place]
    return [*parts, text[start:]]


def is_plan(text: str) -> bool:
    """Whether every word of a text is one that names kinds of plans, and one of them does so alone."""
    words = re.findall(r"[^\s()/,]+", plain(text))
    return bool(words) and all(PLAN_WORD.match(word) for word in words) and bool(_STRONG.search(plain(text)))


def has_plan_word(text: str) -> bool:
    """Whether a text holds a word that names a kind of plan."""
    return bool(_STRONG.search(plain(text)))


def _bare_plan(text: str) -> str:
    """ "Medicaid plans" as "Medicaid"."""
    return re.sub(
        r"(?i)^(?:the|its|their|any|all|los|las) |\s+(?:plans?|products?|planes)\W*$", "", text.strip()
    ).strip()


def cut_exception(text: str) -> tuple[str, str]:
    """What stands before an exception and what is taken out; the second is empty where there is none."""
    found = _EXCEPT.search(text)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")
