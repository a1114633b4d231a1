"""Which language a message is in, told by its function words; short answers ("Cigna") tell nothing."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.lexicon import LANGUAGES, words

_IN_NAMES = frozenset({"de", "la", "las", "los", "el", "del", "y", "al"})


def detect(text: str) -> str | None:
    """ "en", "es", or None when the words do not tell. Two tokens of evidence more than the other language decide;
    one is enough in a message of few words or with Spanish marks."""
    tokens = re.findall(r"[a-z']+", fold(text))
    telling = [token for token in tokens if token not in _IN_NAMES]
    if not any(token in words("function_words", code) for token in telling for code in LANGUAGES):
        return "es" if re.search(r"[¿¡]", text) else None
    counts = {code: sum(token in words("function_words", code) for token in tokens) for code in LANGUAGES}
    counts["es"] += 2 * len(re.findall(r"[¿¡ñ]|[áéíóú]\w*\b", text.lower())) if counts["es"] else 0
    if re.search(r"[¿¡]", text):
        return "es"
    best = max(LANGUAGES, key=lambda code: counts[code])
    margin = counts[best] - max(count for code, count in counts.items() if code != best)
    return best if margin >= (2 if len(tokens) > 3 else 1) and counts[best] >= 2 else None
