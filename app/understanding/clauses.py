"""Cuts a message into clauses: one question or one statement each."""

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?;])[\s)\"']+|\n+|(?<=\?)(?=\S)|\s+[-]{1,2}\s+")
_ABBREVIATION = re.compile(
    r"(?:^|\W)(?:dr|dra|drs|mr|mrs|ms|sr|sra|st|jr|ext|approx|vs|prof|mt|ft|dept|inc|a\.m|p\.m|[a-z])\.$", re.IGNORECASE
)
_WH = (
    r"(?:what(?:'s|s| is| are| was| do| does| did| time| times| kind| kinds| type| types| if| about|"
    r" would| should| will| can| insurances?| happens| else| hours| days| forms?| documents?| ages?)\b"
    r"|when(?:'s| is| are| can| could| do| does| will| would| should| was)\b|where(?:'s| is| are| do|"
    r" does| can| should| exactly)\b"
    r"|how(?:'s| much| many| long| soon| far| often| do| does| can| is| are| would| will| about| old|"
    r" early| late| come| quickly| fast)\b"
    r"|which \w+(?: \w+)? (?:do|does|are|is|can|should|will|would|has|have|take|accept)\b|which (?:do|"
    r"does|is|are|one)\b"
    r"|who(?:'s| is| are| do| does| can| will| would| should)\b|why(?:'s| is| are| do| does| can|"
    r" would| should| did| not)\b"
    r"|whose \w+)"
)
_AUX = (
    r"(?:(?:do|does|did|don't|doesn't|can|could|will|would|should|may|might|must|is|are|was|were|am|"
    r"isn't|aren't|can't|won't|has|have|had)"
    r"\s+(?:you(?:r|'all)?|i|we|they|he|she|it|there|this|that|the|my|your|someone|somebody|anyone|"
    r"anybody|insurance|patients?|pt|physical|"
    r"medicare|medicaid|parking|therapy|a|an|any|kids|children|walk[- ]?ins?|dr\.?|these|those|one|"
    r"people|new|most|all|both|everyone|our|her|his)\b|is it\b|any (?:chance|idea|openings?|"
    r"availability|discounts?)\b)"
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
    rf"\s*(?:[,;:]|-)?\s+(?:(?:and|but|also|or|so|plus|then|y|pero|"
    rf"también)\s+)+(?:also\s+)?(?=(?:{_WH}|{_AUX}|¿))|\s*[,;]\s*(?=(?:{_WH}|{_AUX}|{_ES}))|\s+(?=¿)",
    re.IGNORECASE,
)


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
        pieces = [piece for piece in _JOINED.split(sentence) if piece and piece.strip(" ,;")]
        for place, piece in enumerate(pieces):
            bare = piece.strip().rstrip(",;").strip()
            clauses.append(Clause(bare, marked and (place == len(pieces) - 1)))
    return clauses


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    pending = ""
    for piece in _SENTENCE.split(text):
        pending = f"{pending} {piece}".strip() if pending else piece.strip()
        if pending and not _ABBREVIATION.search(pending[-12:]):
            sentences.append(pending)
            pending = ""
    return [*sentences, pending] if pending else sentences
