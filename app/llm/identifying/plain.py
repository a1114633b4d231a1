"""A text as it is searched: one alphabet, one kind of digit, nothing invisible; each character with its place."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LIKE_LATIN = {
    ord(other): latin
    for others, latins in (
        ("авеѕіјкмнорстухԁһԛԝгь", "abesijkmhopctyxdhqwrb"),
        ("αβεικνορτυχωγ", "abeiknoptuxwy"),
        ("łøđħıŋſæœðþ", "lodhinsaodp"),
    )
    for other, latin in zip(others, latins, strict=True)
}
_STRAIGHT = str.maketrans(
    "\u2019\u2018`\u00b4\u02bc\u201c\u201d\u2010\u2011\u2012\u2013\u2014\u2212", "'''''\"\"------"
)
_NEVER_SEEN = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and marks that show nothing."""


@dataclass(frozen=True, slots=True)
class Plain:
    """`folded` is lower case without accents, `cased` the same with its capitals, character for character; `origin`
    tells of each where it stands in `text`."""

    text: str
    folded: str
    cased: str
    origin: tuple[int, ...] | range

    @classmethod
    def of(cls, text: str) -> "Plain":
        """Reads any text; never raises."""
        if text.isascii():
            return cls(text, text.lower(), text, range(len(text)))
        folded: list[str] = []
        cased: list[str] = []
        origin: list[int] = []
        for place, char in enumerate(text):
            for plain in _plain(char):
                lower = plain.lower().translate(_LIKE_LATIN)
                folded.append(lower)
                cased.append(lower.upper() if plain.isupper() and len(lower.upper()) == 1 else lower)
                origin.append(place)
        return cls(text, "".join(folded), "".join(cased), tuple(origin))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in `text` the characters `start` to `end` of `folded` stand, with the invisible ones behind."""
        last = self.origin[end - 1] + 1
        following = self.origin[end] if end < len(self.origin) else len(self.text)
        return self.origin[start], max(last, following)


@lru_cache(maxsize=2048)
def _plain(char: str) -> str:
    """Characters of length one in lower case; "" for what cannot be seen. Single characters tell nothing of anybody."""
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn") or char in _NEVER_SEEN:
        return ""
    if category == "Zs":
        return " "
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    if category == "So" and (letter := unicodedata.name(char, "").rpartition(" LETTER ")[2]) and len(letter) == 1:
        return letter
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", char)).translate(_STRAIGHT)
    kept = (one for one in apart if unicodedata.category(one) not in ("Mn", "Me"))
    return "".join(one if len(one.lower()) == 1 else one.lower()[0] for one in kept)
