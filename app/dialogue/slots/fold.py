"""Folding: text as it is compared, without case, accents and typographic marks."""

import unicodedata

_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ł": "l", "Ł": "l"}
)


def straight(text: str) -> str:
    """Curly quotes and long dashes made plain, spaces single; letters stay as they are."""
    return " ".join(
        text.translate(str.maketrans({k: v for k, v in zip("’‘`´“”–—", "''''\"\"--", strict=True)})).split()
    )


def fold(text: str) -> str:
    """Lower case, no accents, plain quotes, single spaces. For comparing, never for showing."""
    plain = unicodedata.normalize("NFKD", text.translate(_MARKS))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())
