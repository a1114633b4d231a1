"""Cuts a message into clauses: one question or one statement each."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?;])[\s)\"']+|\n+|(?<=\?)(?=\S)|\s+[-]{1,2}\s+|(?:^|(?<=\s))\(?[1-9]\)\s+")
_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:dr|dra|drs|mr|mrs|ms|sr|sra|st|jr|ext|approx|vs|prof|mt|ft|dept|inc|a\.m|p\.m|[a-z])\.$", re.IGNORECASE
)
_SUBJECT = (
    r"(?:you(?:r|'all)?|u|ya|y'?all|i|we|they|he|she|it|there|this|that|the|my|your|someone|somebody|anyone|"
    r"anybody|insurances?|patients?|pt|physical|medicare|medicaid|parking|therapy|therapists?|a|an|any|kids|children|"
    r"walk[- ]?ins?|dr\.?|these|those|one|people|new|most|all|both|everyone|our|her|his)"
)
_VERB = (
    r"(?:do|does|did|don'?t|doesn'?t|can|could|will|would|should|may|might|must|is|are|r|was|were|am|isn'?t|aren'?t|"
    r"can'?t|won'?t|has|have|had)"
)
_TELLING = r"(?:i|i'm|i've|im|he|she|we|they|it|it's|my|his|her|our)\b"
_WH = (
    r"(?!(?:what|where|how|why) (?:hurts|bothers|brings|brought|i|my|we|he|she|it)\b)"
    r"(?:(?:what|when|where|how|why|who)(?:'?s|'?re)\b|(?:what|which|whose|when|where|why|how|who)(?: [\w'-]+){0,4}? "
    rf"{_VERB} {_SUBJECT}\b|what (?:if|about|kinds?|types?|sort|happens|else|all|is|are|was|do|does|did|time|times|"
    r"hours|days|forms?|documents?|ages?|insurances?|would|should|will|can)\b|"
    r"how (?:much|many|long|soon|far|often|about|old|early|late|come|quick(?:ly)?|fast|big|small|is|are|do|does|can|"
    rf"would|will|to)\b|where (?:is|are|do|does|can|should|exactly|to|at|(?!{_TELLING})\w+ (?:at|located))\b|"
    r"when (?:is|are|can|could|do|does|will|would|should|was)\b|why (?:is|are|do|does|can|would|should|did|not)\b|"
    r"which (?:do|does|is|are|one|ones|of (?:your|the|you))\b|"
    r"which \w+(?: \w+)? (?:do|does|are|is|can|should|will|would|has|have|take|takes|accept|accepts|treats?|works?)\b|"
    rf"who (?!{_TELLING}|sent\b|referred\b|told\b|said\b|wants\b|recommended\b)\w+|whose \w+)"
)
_AUX = (
    r"(?:(?!(?:have|had|has|was|were|am)\s+(?!(?:you|u|they|we|there)\b)|(?:do|is|are) not\b)"
    rf"{_VERB}\s+{_SUBJECT}\b|(?:does|doesn'?t)\s+\w+|is it\b|any (?:chance|idea|openings?|"
    r"availability|discounts?)\b|(?:is|are) (?!(?:my|not|for|in|on|at|because|from|a|an|what|"
    r"when)\b)[\w'.-]+(?: [\w'.-]+)? (?:still |"
    r"even |also |currently )?(?:working|available|around|here|there|open|free|off|back|taking|accepting|booked|"
    r"busy)\b)"
)
_ES = (
    r"(?:¿|(?:que|qué|cual|cuál|cuales|cuáles|cuando|cuándo|donde|dónde|adonde|como|cómo|cuanto|"
    r"cuánto|cuantos|cuántos|cuanta|cuánta|cuantas|cuántas|quien|quién|por qué)\s+"
    r"(?:es|son|está|esta|están|estan|cuesta|cuestan|puedo|puede|pueden|podría|debo|tengo|tiene|"
    r"tienen|hay|hago|hace|aceptan|dura|horas?|horario|tipo|seguros?|debería|necesito|tarda|días|dias|"
    r"documentos|sesiones|papeles)\b"
    r"|(?:aceptan|toman|tienen|atienden|ofrecen|hacen|puedo|pueden|podría|podrían|hay|"
    r"necesito una (?:orden|remisión|remision) (?:para|del)|cobran|trabajan|abren|cierran|"
    r"están abiertos|es necesario|tengo que|debo)\b)"
)
ASKING = re.compile(rf"(?:{_WH}|{_AUX}|{_ES})", re.IGNORECASE)
_JOINED = re.compile(
    rf"\s*(?:[,;:]|-)?\s+(?:(?:and|but|also|or|so|plus(?! (?:and|or|but|so|y)\b)|then|y|pero|"
    rf"también)\s+)+(?:also\s+)?(?=(?:{_WH}|{_AUX}|¿))|\s*[,;]\s*(?=(?:{_WH}|{_AUX}|{_ES}))|\s+(?=¿)",
    re.IGNORECASE,
)


_INSIDE = re.compile(
    r"\s+(?=(?:(?:what|which|when|where|why|how|who)(?: [\w'-]+){0,3}? )?(?:do|does|can|could|are|will|would|should) "
    r"(?:you|u|ya|y'?all|i|we)\b)",
    re.IGNORECASE,
)
_NO_CUT = re.compile(
    r"\b(?:so|neither|nor|as|if|that|than|and|but|or|know|tell me|wonder(?:ing)?|ask|what|which|when|where|why|how|"
    r"who)$",
    re.IGNORECASE,
)
_IF_NOT = re.compile(
    r"^(?:(?:and|but|or|y|o|pero) )?(?:if (?:so|not|yes|no|it'?s not|it isn'?t|you (?:don'?t|do)|they (?:don'?t|do))"
    r"(?: ok| okay| accepted| covered| possible)?|otherwise|in that case|si no|de lo contrario)\s*,?\s+"
    rf"(?={ASKING.pattern})",
    re.IGNORECASE,
)
"""What only ties a question to the answer of the one before."""
_NAME_LAST = re.compile(r"(?:[A-ZÀ-Þ][\w'’.-]+|\b(?:patient|husband|wife|son|daughter|mom|mother|dad|father))$")
MOST = 40


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a message; `marked` when it ends with a question mark."""

    text: str
    marked: bool = False


def split(text: str) -> list[Clause]:
    """The clauses of a message in order. Abbreviations ("Dr."), addresses and numbers are not cut. What comes after
    `MOST` sentences stays in one piece: such a message is no talk, and reading it must not take long."""
    clauses: list[Clause] = []
    sentences = _sentences(text)
    if len(sentences) > MOST:
        sentences = [*sentences[: MOST - 1], " ".join(sentences[MOST - 1 :])]
    for sentence in sentences:
        marked = sentence.endswith("?")
        joined = _rejoined([piece for piece in _JOINED.split(sentence) if piece and piece.strip(" ,;")], marked=marked)
        pieces = [part for piece in joined for part in _run_on(piece)]
        for place, piece in enumerate(pieces):
            bare = _IF_NOT.sub("", piece.strip().rstrip(",;").strip())
            clauses.append(Clause(bare, marked and (place == len(pieces) - 1)))
    return clauses


def _rejoined(pieces: list[str], *, marked: bool) -> list[str]:
    """ "My wife, Ada Osei, who needs PT" is one: "who" behind a name asks nothing where nothing is marked as asked."""
    whole: list[str] = []
    for piece in pieces:
        if whole and not marked and piece.startswith("who ") and _NAME_LAST.search(whole[-1]):
            whole[-1] = f"{whole[-1]}, {piece}"
        else:
            whole.append(piece)
    return whole


def _run_on(piece: str) -> list[str]:
    """ "My knee hurts do you treat that" are two: a verb before its subject begins a question."""
    cut = _INSIDE.search(piece)
    head = piece[: cut.start()] if cut else ""
    asks = re.match(r"(?:\w+[,!. ]+){0,2}(?:what|which|when|where|why|how|who)\b", piece, re.IGNORECASE)
    if cut is None or asks or len(head.split()) < 2 or _NO_CUT.search(head) or ASKING.search(head):
        return [piece]
    return [head, piece[cut.end() :]]


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    pending = ""
    for piece in _SENTENCE.split(text):
        pending = f"{pending} {piece}".strip() if pending else piece.strip()
        if pending and not _ABBREVIATION.search(pending[-12:]):
            sentences.append(pending)
            pending = ""
    return [*sentences, pending] if pending else sentences
