"""The one name that capitals tell in a sentence about it: "it should be under Samuel Whitaker"."""

import re
from collections.abc import Sequence

from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import RELATION, unwrapped
from app.dialogue.slots.small_words import small_words
from app.understanding.people import looks_like_name

_WORD = r"(?:[A-ZÀ-Þ][a-zà-ÿ]?['’])?[A-ZÀ-Þ][\w'’-]+"
_RUN = re.compile(
    rf"(?<![\w'’])(?:(?:Mr|Mrs|Ms|Miss|Sr|Sra|Srta)\.?\s+)?(?P<name>{_WORD}(?:\s+(?:(?:de|del|la|las|los|van|von|der|den|al|bin|y)\s+)*"
    rf"(?:{_WORD}|[A-ZÀ-Þ]\.))+)"
)
_OF_ANOTHER = re.compile(
    r"\b(?:i'?m|i am|this is|soy|habla|dr|dra|doctora?|doc|from|at|with|by|de parte de|name is not|not|no es|nurse|"
    r"office of|insurance|have|tengo|through)\.?\s*$"
)


_RELATED = re.compile(rf"(?:{RELATION}|girl|boy)s?")


def lone_name(text: str, kept: Sequence[str]) -> str:
    """The name, "" where there is none, several, or where what is `kept` reads as one already."""
    if any(
        looks_like_name(name) and not _is_said(piece) and not _RELATED.fullmatch(fold(name))
        for piece in kept
        if (name := unwrapped(piece))
    ):
        return ""
    runs = [
        hit["name"]
        for hit in _RUN.finditer(text)
        if not _OF_ANOTHER.search(fold(text[: hit.start()]))
        and not _is_said(hit["name"])
        and looks_like_name(hit["name"])
    ]
    return runs[0] if len(set(runs)) == 1 else ""


def _is_said(words: str) -> bool:
    """True for words among which one of a sentence stands."""
    return bool(small_words("clause").intersection(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", fold(words))))
