"""Short spellings of everyday typing, written out so that a question can be recognised and looked up."""

import re

_SHORT = {
    "u": "you",
    "ya": "you",
    "r": "are",
    "ur": "your",
    "yall": "you",
    "y'all": "you",
    "pls": "please",
    "plz": "please",
    "whats": "what's",
    "hows": "how's",
    "wheres": "where's",
    "whens": "when's",
    "whos": "who's",
    "hafta": "have to",
    "gotta": "have to",
    "wanna": "want to",
    "gonna": "going to",
    "gimme": "give me",
    "thx": "thanks",
    "bc": "because",
    "b4": "before",
    "appt": "appointment",
    "appts": "appointments",
    "ins": "insurance",
}
_WORD = re.compile(
    r"(?<![\w'.@-])(?:" + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)) + r")(?![\w'@-]|\.\w)",
    re.IGNORECASE,
)


def spelled_out(text: str) -> str:
    """The text with short spellings written out; the first letter keeps its case."""
    return _WORD.sub(lambda hit: _like(hit[0], _SHORT[hit[0].lower()]), text)


def _like(typed: str, full: str) -> str:
    return full[0].upper() + full[1:] if typed[0].isupper() and len(typed) > 1 else full
