"""The words for a payer's status, in table cells, list items, headings and sentences before a list."""

import re
from dataclasses import dataclass

from ingestion.payers.names import plain
from ingestion.types import PayerStatus

IN: PayerStatus = "in_network"
OUT: PayerStatus = "out_of_network"
NOT: PayerStatus = "not_accepted"
SECONDARY: PayerStatus = "secondary_only"
CONDITIONAL: PayerStatus = "conditional"

_ADVERBS = (
    r"(?:(?:currently|yet|presently|directly|usually|generally|longer|now|also|even|able to|willing to|set up to|any"
    r"|really|typically|always|yet|ever|allowed to) )*"
)
_NO = (
    r"(?:do(?:es)?(?: not|n't)|did(?: not|n't)|can(?:not|'t| not)|wo(?:uld)?n't|will(?: not| no longer)|are(?: not|n't)"
    r"|is(?: not|n't)|we're not|am not|unable to|no longer|not|never|cease[sd]?|stopped|stop|unfortunately not)"
)
_TAKES = (
    r"(?:accept(?:s|ed|ing)?|tak(?:e|es|en|ing)|bill(?:s|ed|ing)?|honor(?:s|ed|ing)?|process(?:es|ed|ing)?"
    r"|see(?:ing)?|treat(?:ing)?|welcome|file|filing|submit\w*|eligible|covered|recognized?|handle)"
)
_JOINS = (
    r"(?:(?:an? )?(?:in[- ]?network|inn|participat\w+|par|contract(?:ed|ing|s)?|credentialed|network|preferred|enrolled"
    r"|provider|approved|part of|affiliated|work(?:ing)? with|partner\w*|listed with|in the network|paneled))"
)
CONDITIONAL_WORDS = (
    r"conditional\w*|case[- ]by[- ]case|(?:please )?(?:call|ask|check|contact|verify|inquire|consult)\b(?! (?:card|id))"
    r"|pending|depend\w*|varies|vary|limited|by exception|single[- ]case|sometimes|occasionally|may(?: be)?\b|might|"
    r"(?:some|certain|select|many|most) (?:of |\w+ )?(?:plans?|polic\w+|products?|locations?|cases)|in (?:some"
    r"|most) cases"
    r"|often|maybe|possibly|upon approval|if approved"
    r"|(?:no|not)(?: accepting| taking)? new (?:\w+ )?patients|new (?:\w+ )?patients (?:are )?not"
    r"|not accepting new|existing patients|established patients|current patients|waitlist|wait list|waiting list"
    r"|in process|applied|application|temporar\w+|to be determined|tbd|soon|condicional|caso por caso|depende"
    r"|algun[oa]s planes|pendiente|llame|consulte|pregunte"
)
_CONDITIONAL = re.compile(rf"(?i)\b(?:{CONDITIONAL_WORDS})")
_SECOND = r"secondary|second (?:plan|insurance|payer|coverage|policy|carrier)s?"
_NOT_SECONDARY = re.compile(rf"(?i)\b{_NO} .*\bsecondar|\bsecundari\w+ no\b|as (?:a )?primary (?:or|and) secondary")
_SECONDARY = re.compile(
    rf"(?i)\b(?:{_SECOND}|supplement(?:al|ary)?|secundari[oa]s?|suplementari[oa]s?)\b(?=.*\bonly\b|.*\bsolamente\b|"
    rf".*\bsólo\b|.*\bsolo\b|\W*$)|\b(?:only|solo|sólo|solamente) (?:\w+ ){{0,3}}"
    rf"(?:{_SECOND}|supplement\w*|secundari\w+)"
    rf"|\bas (?:a |an |your |the )?(?:{_SECOND}|supplement\w*)|\bsecondary (?:payer|insurance|coverage|to)\b"
    r"|\bcomo (?:seguro )?secundari\w+"
)
_OUT = re.compile(
    rf"(?i)\bout[- ]?(?:of|f)[- ]?(?:the[- ])?network|\boon\b|\bo\.o\.n|\bnon[- ]?(?:par\b|participat\w+|network"
    rf"|contract\w+)"
    rf"|\b{_NO} {_ADVERBS}(?:in |an? |a part of )?{_JOINS}|\bfuera de (?:la |su )?red"
    r"|\bno (?:participamos|estamos (?:en|dentro de)|contratad\w+|participante\w*|trabajamos con|tenemos contrato)"
    r"|\bno contract|^\W*out\W*$|\bleft the network"
)
_NOT = re.compile(
    rf"(?i)\b{_NO} {_ADVERBS}{_TAKES}|\bunaccepted|\bexcluded\b|\bdeclined?\b|\bnot an option|\bself[- ]pay only"
    r"|\bno (?:se |los |las )?(?:acept\w+|tom\w+|factur\w+)|\bya no (?:se )?(?:acept\w+|tom\w+)|^\W*denied\W*$"
    r"|\bdejamos de (?:aceptar|tomar)"
)
_IN = re.compile(
    r"(?i)\bin[- ]?network|\binn\b|\bparticipat\w+|\bpar\b|\bcontracted\b|\bcredentialed\b|\baccept(?:s|ed|ing)?\b"
    r"|\bdentro de (?:la |su )?red|\ben (?:la |su )?red|\bred de\b|\bacept\w+|\bpreferred provider|\bin the network"
    r"|\bactive contract|^\W*in\W*$|\bparticipante\w*|\bcontratad\w+"
)
_IN_LEAD = re.compile(
    _IN.pattern
    + r"|\bwe (?:currently |also |gladly |proudly |can |do |happily )*(?:take|bill|work with|honor|welcome)\b"
    r"|\b(?:insurances?|insurance (?:plans?|companies|carriers)|plans?|carriers|payers|networks) (?:that )?we"
    r" (?:currently )?(?:take|work with|bill|honor|belong to|see|welcome)|\bour (?:insurance )?networks\b"
    r"|\b(?:are|am) (?:a |an )?(?:in[- ]network |preferred |approved |medicare )?providers? (?:for|with)"
    r"|\b(?:tomamos|trabajamos con|participamos|trabajamos)\b|\bwe have (?:a )?contracts? with"
)
_YES = re.compile(
    r"(?i)^\W*(?:yes|y|true|ok|sí|si|yep|yeah|sure|of course|absolutely|certainly|we do|we are|claro)\b(?! in\b)"
)
_CHECK = re.compile(r"^\s*[✓✔☑✅●•⬤√]\s*|^\s*\uf0fc\s*")
_CROSS = re.compile(r"^\s*[✗✘☒❌×✖]\s*|^\s*\uf0fb\s*")
_NO_WORD = re.compile(
    r"(?i)^\W*(?:no|n|false|nope|not (?:at this time|currently|yet|right now|now|anymore|at the moment)|unfortunately"
    r"(?:,)? (?:no|not)|(?:i'm |we're |we are )?sorry|(?:unfortunately,? )?we (?:do not|don't|are not|aren't)"
    r"|todavía no"
    r"|por el momento no|lamentablemente no)\b"
)
_STRICT = re.compile(
    r"(?i)^\W*(?:with|if|when|only|for|after|once|except|excluding|but|unless|provided|as long as|requires?|need|"
    r"must|subject to|upon|up to|on a|existing|in[- ]state|con|si|solo|sólo|solamente|cuando)\b|\bonly\b"
    r"|\bsolo\b|\bsólo\b"
)
BLOCKERS = re.compile(
    r"(?i)\b(?:requires?|need|needs|must|referral|prior auth\w*|authoriz\w+|pre-?cert\w*|bring|call|copay\w*"
    r"|deductible|"
    r"verify|before|if you|si usted|trae\w*|necesit\w+|requier\w+|limits?|price|cost|fax|form)\b"
)
_ASIDE = re.compile(r"(?i)\b(?:contact|call|ask|please|verify|check|bring|note)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """A status as words gave it, and what else the words said."""

    status: PayerStatus
    note: str | None = None


def negates(text: str) -> bool:
    """Whether words say no in any way that concerns acceptance or a network."""
    words = plain(text)
    return bool(_NOT.search(words) or _OUT.search(words))


def is_blank(text: str) -> bool:
    """Whether a cell is left empty in one of the usual ways."""
    return re.fullmatch(
        r"(?i)\W*(?:n\W?/?\W?a\W?|not applicable|no aplica|none listed|tbd\?)?\W*", text
    ) is not None and (not _CHECK.match(text) and not _CROSS.match(text))


def own_status(text: str) -> Reading | None:
    """The status that words around a payer's name state, such as "out of network" in parentheses; None for none."""
    words = plain(text)
    if _NOT_SECONDARY.search(words) and not _SECONDARY.search(words):
        return Reading(NOT, text)
    if _SECONDARY.search(words):
        return Reading(SECONDARY, text)
    if _CONDITIONAL.search(words):
        return Reading(CONDITIONAL, text)
    if _OUT.search(words):
        return Reading(OUT, text)
    if _NOT.search(words):
        return Reading(NOT, text)
    if _IN.search(words):
        return Reading(CONDITIONAL if _STRICT.search(words[_IN.search(words).end() :]) else IN, text)  # type: ignore[union-attr]
    return None


def cell_status(text: str, *, yes: PayerStatus = IN, no: PayerStatus = OUT) -> Reading | None:
    """A cell of a status column. `yes` and `no` are what the bare words mean there. None: no status can be read."""
    words = plain(text).strip()
    if is_blank(words):
        return None
    if _CROSS.match(words):
        return Reading(no, _rest(words, _CROSS))
    said = own_status(words)
    if said and said.status != IN:
        return Reading(said.status, None if _is_bare(words) else text.strip())
    if said is None and _STRICT.match(words):
        return Reading(CONDITIONAL, words)
    for pattern, meant in ((_NO_WORD, no), (_CHECK, yes), (_YES, yes), (_IN, IN)):
        found = pattern.search(words)
        if found and not words[: found.start()].strip(" ,.-:"):
            rest = _rest(words, pattern)
            if meant == IN and rest and _STRICT.search(rest):
                return Reading(CONDITIONAL, rest)
            return Reading(meant, rest)
    return said


def _rest(words: str, pattern: re.Pattern[str]) -> str | None:
    found = pattern.search(words)
    rest = words[found.end() :] if found else ""
    rest = re.sub(r"(?i)^\s*(?:providers?|plans?|status|with)?\s*[-–—:;,.()/]*\s*|[\s().;,]+$", "", rest)
    return rest if any(map(str.isalnum, rest)) else None


_BARE = re.compile(
    r"(?i)^\W*(?:conditional(?:ly)?(?: accepted)?|secondary(?: insurance)?(?: only)?|as secondary(?: only)?|condicional"
    r"|supplement(?:al)?(?: only)?|only secondary|solo (?:como )?secundari[oa]|(?:is |are )?(?:currently )?not "
    r"(?:currently )?"
    r"(?:accepted|contracted|in[- ]network|participating|taken|covered)|out[- ]?of[- ]?network|oon"
    r"|non[- ]?par(?:ticipating)?"
    r"|out|no (?:se )?acept\w+|fuera de (?:la )?red|we (?:do not|don't) (?:bill|accept|take)|no contratad\w)\W*$"
)


def _is_bare(words: str) -> bool:
    return bool(_BARE.match(words))


def lead_status(text: str) -> PayerStatus | None:
    """The status that a heading or the words before a list give to what follows; None when they give none, or two."""
    words = plain(text).strip()
    if words.rstrip("\"') ").endswith("?") and not _OPEN.search(words):
        return None
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n", words) if part]
    parts = [part for part in parts if not _ASIDE.search(part) or negates(part) or _IN_LEAD.search(part)] or parts
    found = [said for part in parts if not BLOCKERS.search(part) and (said := _lead(part))]
    blocked = [part for part in parts if BLOCKERS.search(part) and not _ASIDE.search(part)]
    return None if not found or blocked or len(set(found)) > 1 else found[0]


_OPEN = re.compile(
    r"(?i)^\W*(?:what|which|qué|que|cuáles|cuales|con qué|con cuáles)\b.*"
    r"\b(?:insur\w+|plans?|payers?|carriers?|networks?|companies|seguros?|aseguradoras?|planes)\b"
)


def _lead(words: str) -> PayerStatus | None:
    said = own_status(words)
    if said and said.status in {SECONDARY, OUT, NOT}:
        both = _OUT.sub(" ", _NOT.sub(" ", words))
        return None if _IN_LEAD.search(both) and said.status != SECONDARY else said.status
    if _CONDITIONAL.search(words):
        return (
            CONDITIONAL if _IN_LEAD.search(words) or re.search(r"(?i)\bconditional|case[- ]by[- ]case", words) else None
        )
    if _IN_LEAD.search(words) or (_OPEN.search(words) and re.search(r"(?i)\b(?:take|bill|work with|toman)\b", words)):
        return IN
    return None
