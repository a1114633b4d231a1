"""The day of a surgery in running text: "surgery was jan 15", "s/p R TKA 2/20/26", "me operaron el 14 de febrero"."""

import re
from datetime import date

from app.dialogue.slots.event_date import when_told
from app.dialogue.slots.fold import fold
from app.understanding.found import Found

_SURGERY = re.compile(
    r"\b(?:surger(?:y|ies)|operations?|operated|(?:hip|knee|joint|shoulder|disc|ankle) replacements?|replaced|"
    r"repair(?:ed)?|"
    r"reconstruction|reconstructed|fusion|fused|arthroscop\w+|\w{4,}(?:ectomy|plasty|otomy)|scoped|acl[- ]?r|"
    r"t[hks][ar]|orif|"
    r"post[- ]?op\w*|s/p|fixed (?:it|(?:my|his|her|the) \w+)|cirugia|operacion|oper(?:o|aron|aran|ara|aba|ado|ada|"
    r"e)|operan|"
    r"reemplazo|protesis)\b"
)
_NONE = re.compile(
    r"\b(?:no|not|without|avoid\w*|before (?:any|i)|instead of|don'?t (?:want|need)|didn'?t|never|if i|might|may|"
    r"sin|evitar|nunca)"
    r"\b[^,;.!?]{0,24}$"
)
"""Before the word: there is, or may be, no surgery."""
_OTHER = re.compile(
    r"\b(?:fell|falls?|accidents?|injur\w+|hurt\w*|crash|wreck|appointments?|appt|visits?|follow[- ]?up|see|seeing|"
    r"saw|born|dob|"
    r"start\w*|come|available|caida|cai|accidente|choque|cita|nac\w+|empez\w+|after|despues|insurance|pain|dolor)\b"
)
"""Between the word and a day: the day is that of something else."""
_MOVED = re.compile(r"\b(?:pushed|moved|rescheduled|postponed|resched|cambi\w+|pas[oa]ron)\b")
"""Behind the day: another one holds."""
_DATED = re.compile(
    r"\d|\b(?:ago|yesterday|last|next|hace|ayer|pasad[oa]|today|tomorrow|hoy|manana|christmas|thanksgiving|navidad|day|eve)\b|"
    r"\b(?:first|\w+th|second|third|primero)\b"
)
"""Without one of these no day is told."""
_FAR = 44
"""Characters between the word and its day."""
_TODAY = date(2024, 6, 15)
"""Only where the words stand is looked for; the parser knows the day."""


def surgeries_in(text: str) -> list[Found]:
    """The day of a surgery with the words that tell of it: at most one."""
    folded = fold(text)
    word = _SURGERY.search(folded) if _DATED.search(folded) else None
    if word is None or len(folded) != len(text):
        return []
    while word and _NONE.search(folded[: word.start()]):
        word = _SURGERY.search(folded, word.end())
    if word is None:
        return []
    for start, end in (_behind(folded, word), _ahead(folded, word)):
        if end:
            end = len(text) if _MOVED.search(folded[end:]) else end
            return [Found("event_date", text[start:end], start, end)]
    return []


def _behind(folded: str, word: re.Match[str]) -> tuple[int, int]:
    """From the word to the day that follows it."""
    day = when_told(folded[word.end() : word.end() + _FAR + 24], _TODAY)
    if day is None or day[0] > _FAR or _OTHER.search(folded[word.end() : word.end() + day[0]]):
        return 0, 0
    return _with_past(folded, word.start()), word.end() + day[1]


def _ahead(folded: str, word: re.Match[str]) -> tuple[int, int]:
    """From a day to the word that follows it: "on February 4 he replaced my knee"."""
    since = max(0, word.start() - _FAR)
    day = when_told(folded[since : word.start()], _TODAY)
    if day is None or re.search(r"[.;!?]", folded[since + day[1] : word.start()]):
        return 0, 0
    if _OTHER.search(folded[since + day[1] : word.start()]) or _OTHER.search(
        folded[max(0, since + day[0] - 16) : since + day[0]]
    ):
        return 0, 0
    return since + day[0], word.end()


def _with_past(folded: str, start: int) -> int:
    """With "had my" before the word: it says that the day is past."""
    before = re.search(r"\b(?:had|have had|got|tuve|me|le|lo|la) (?:\w+ ){0,3}$", folded[max(0, start - 24) : start])
    return max(0, start - 24) + before.start() if before else start
