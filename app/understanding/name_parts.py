"""A name told in two parts: "Marcus. Last name is Delacroix", "Wen is my last name, first name Jia"."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import PARTICLES
from app.understanding import replies
from app.understanding.lexicon import words
from app.understanding.people import looks_like_name

_WORD = r"[^\W\d_][\w'’-]*"
_MORE = rf"(?:\s+(?!(?:and|y|but|first|last|given|my|i|now|with|it|is|that)\b){_WORD}){{0,3}}"
_FIRST = r"(?:(?:and|y)\s+)?(?:(?:my|the|her|his|mi|su)\s+)?(?:(?:first|given)(?:\s*name)?|primer nombre|nombre)"
_LAST = r"(?:(?:and|y)\s+)?(?:(?:my|the|her|his|mi|su|el)\s+)?(?:(?:last|family)(?:\s*name)?|surname|apellidos?)"
_IS = r"(?:'s|\s+is|\s+es|\s*[:=])?\s+"
_SPELLED = r"(?:,?\s+(?:that'?s |spelled )?[^\W\d_](?:[-. ][^\W\d_]){2,}(?!\w))?"
_END = rf"{_SPELLED}(?=\s*(?:[,.;!?(\n]|$|\b(?:and|y|but|now)\b))"
_OPENS = (
    r"^\s*(?:(?:hi|hello|hey|hola|it'?s|this is|i'?m|i am|im|"
    r"soy|me llamo|my name is|mi nombre es|first name(?: is|:)?)\b[\s,.!]*)*"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_FIRST}{_IS}(?P<first>{_WORD}{_MORE})[\s,.;]+{_LAST}{_IS}(?P<last>{_WORD}{_MORE}){_END}",
        rf"\b{_LAST}{_IS}(?P<last>{_WORD}{_MORE})[\s,.;]+{_FIRST}{_IS}(?P<first>{_WORD}{_MORE}){_END}",
        rf"\b(?P<last>{_WORD}{_MORE}) (?:is|es) (?:my|the|her|his|mi|su|el) (?:last name|surname|family name|apellido)"
        rf"[\s,.;]+{_FIRST}{_IS}(?P<first>{_WORD}{_MORE}){_END}",
        rf"\b(?P<first>{_WORD}{_MORE}) (?:is|es) (?:my|the|her|his|mi|su|el) (?:first|given) name"
        rf"[\s,.;]+{_LAST}{_IS}(?P<last>{_WORD}{_MORE}){_END}",
        rf"{_OPENS}(?P<first>{_WORD}(?:\s+{_WORD})?)\s*[,.;\n]+\s*{_LAST}{_IS}(?P<last>{_WORD}{_MORE}){_END}",
    )
)


def name_joined(text: str) -> str:
    """The text with the two parts of a name put together, first name first; any other text as it is."""
    for form in _FORMS:
        hit = form.search(text)
        if hit is None or not (_is_name(hit["first"]) and _is_name(hit["last"])):
            continue
        first, last = hit["first"], hit["last"]
        whole = first if set(fold(last).split()) <= set(fold(first).split()) else f"{first} {last}"
        return f"{text[: hit.start()]}{whole}{text[hit.end() :]}"
    return text


def _is_name(said: str) -> bool:
    small = {*words("not_in_names"), *words("fillers"), *_NO_NAMES} - PARTICLES
    plain = not any(word in small for word in fold(said).split())
    return plain and looks_like_name(said) and replies.smalltalk(said) is None


_NO_NAMES = frozenset(
    {"changed", "changes", "different", "same", "spelled", "spelt", "starts", "begins", "ends", "wrong", "unknown"}
    | {"hyphenated", "first", "last", "name", "mine", "private", "long", "short", "igual", "mismo", "cambio", "se"}
)
