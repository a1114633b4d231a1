"""Values of a clinic's own fields, told by the field's name: "claim number is WC-118 and the adjuster is Pam"."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.dialogue.action import SlotSpec
from app.dialogue.slots.fold import fold
from app.understanding.lexicon import any_of

KINDS = ("text", "date", "event_date")
"""Types whose values have no form of their own."""
_SMALL = re.compile(
    r"\b(?:the|your|their|his|her|of|for|number|no|name|date|please|and|el|la|los|las|su|sus|de|del|numero|nombre|"
    r"fecha)\b|'s\b|[^\w\s-]"
)
_IS = r"(?:'s name)?(?: (?:name|number|no\.?|nombre|numero))?\s*(?:is|was|are|es|fue|era|:|=|#)+\s+(?:called |named )?"
_CODE = r"(?:'s)?(?: (?:number|no\.?|numero|#))?\s*#?\s*(?=[a-z]{0,4}-?\d)"
_VALUE = (
    r"(?P<value>(?!(?:the|a|an|not|wrong|it|what|right|correct|that|this|still|also|on|in|with|who|why)\b)\S.*?)"
    r"(?=\s*[;!?]|,?\s+(?:and|y)\s+(?:(?:my|the|his|her|our|their|mi|el|la|su)\s|i\b)|,\s|\.\s|\.?$)"
)
_OWN = r"(?:(?:and|y)\s+)?(?:(?:my|the|his|her|our|their|mi|el|la|su)\s+)?"
_WAS = re.compile(r"\b(?:was|were|fue|era)\b")
_STORY = re.compile(
    r"\b(?:being|really|very|so|too|always|never|just|going|supposed|pending|open|closed|rude|nice|slow|late|"
    r"unknown|denied|approved|"
    r"waiting|coming|muy|pendiente|abiert[oa])\b|^\w+(?:ing|ado|ido)$"
)
_FEW = 5
_LONGEST = 60
_SHORTEST = 4
"""Letters of a name of a field that stands alone: a shorter one would be found in other words."""


def told_by_name(text: str, specs: Sequence[SlotSpec]) -> Iterator[tuple[SlotSpec, str, tuple[int, int]]]:
    """Each of these fields that the text names, with the words that it gives for it, and where all that stands."""
    folded = fold(text)
    if len(folded) != len(text):
        return
    for spec in specs:
        form = _form(tuple(spec.label.values())) if spec.type in KINDS else None
        hit = form.search(folded) if form else None
        said = text[hit.start("value") : hit.end("value")].strip(" ,.") if hit else ""
        if hit and len(said) <= _LONGEST and _could_be_value(said, past=bool(_WAS.search(hit["is"] or ""))):
            yield spec, said, hit.span()


def _could_be_value(said: str, *, past: bool) -> bool:
    """ "The adjuster is Pam Diaz" gives a value, "the adjuster was rude" and "... is being difficult" tell a story."""
    if re.search(r"\d", said):
        return True
    return not past and len(said.split()) <= _FEW and not _STORY.search(fold(said))


@lru_cache(maxsize=512)
def _form(labels: tuple[str, ...]) -> re.Pattern[str] | None:
    """For "Claim number": "claim number is ...", "claim # ...", "claim is ..."."""
    whole = {fold(label).strip(" ?:.") for label in labels}
    heads = {" ".join(_SMALL.sub(" ", label).split()) for label in whole}
    names = [name for name in whole | heads if len(name) >= _SHORTEST and len(name.split()) <= 4]
    return re.compile(rf"{_OWN}{any_of(names)}(?P<is>{_IS}|{_CODE}){_VALUE}") if names else None


_FORM_CUT = re.compile(r"\s+/\s+|\s*\|\s*|\t+| {3,}|\s*;\s+")
_FORM_LABEL = re.compile(
    r"^\W*(?:(?:patient|pt|new|referring|member|insurance|primary|date of|home|cell|mobile)(?:'s)?\s+){0,2}"
    r"(?:name|nombre|dob|birth|ph|phone|tel|cell|mobile|ins|insurance|carrier|payer|plan|dx|diagnosis|reason|dr|doctor|provider|"
    r"id|member|policy|e-?mail|fax|npi|mrn|times?|availability|zip|seguro|tel[eé]fono|correo|motivo)\b\W*\S",
    re.IGNORECASE,
)


def form_in_lines(text: str) -> str:
    """A form on one line, "Name: Ida Roe / DOB 1-2-1951", as one of several; any other text as it is."""
    pieces = [piece for piece in _FORM_CUT.split(text) if piece.strip()]
    return "\n".join(pieces) if sum(bool(_FORM_LABEL.match(piece)) for piece in pieces) > 1 else text
