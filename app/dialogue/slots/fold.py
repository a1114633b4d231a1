"""Folding: text as it is compared, without case, accents and typographic marks."""

import unicodedata

_STRAIGHT = str.maketrans("\u2019\u2018`\u00b4\u201c\u201d\u2013\u2014", "''''\"\"--")
_BARRED = str.maketrans("łŁ", "lL")


def straight(text: str) -> str:
    """Curly quotes and long dashes made plain, spaces single; letters stay as they are."""
    return " ".join(text.translate(_STRAIGHT).split())


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes, single spaces. For comparing, never for showing."""
    if text.isascii():
        return " ".join(text.replace("`", "'").casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_STRAIGHT).translate(_BARRED))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())
