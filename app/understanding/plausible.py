"""Whether words of the patient can be the value of a field, where nothing but a language model says that they are."""

from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.reading_value import read_value
from app.dialogue.slots import NO_INSURANCE, Parsed
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer
from app.dialogue.slots.provider import find_specialty
from app.dialogue.slots.small_words import small_words
from app.dialogue.state import State
from app.understanding.lexicon import tells_complaint, words
from app.understanding.people import looks_like_name
from app.understanding.told import tokens
from app.understanding.triggers import triggered
from app.understanding.wished_times import ANY_DAY, looks_like_times

_LONGEST = {"person_name": 5, "provider": 10, "carrier": 6, "specialty": 6}
"""Words; who says more says something else beside."""


def plausible(spec: SlotSpec, said: str, state: State, catalogue: Catalogue) -> bool:
    """True when the field's own parser takes the words and they are no other thing that the desk knows."""
    read = read_value(spec, said, ANY_DAY, catalogue.payers, state.language)
    count = len(said.split())
    if not isinstance(read, Parsed) or count > _LONGEST.get(spec.type, count):
        return False
    match spec.type:
        case "person_name":
            return could_be_named(said, catalogue)
        case "provider":
            return find_payer(fold(said), catalogue.payers) is None
        case "carrier":
            return is_payer(said, catalogue) or (state.asking == spec.name and could_be_named(said, catalogue))
        case "preferred_times":
            return looks_like_times(said) or any(one["days"] or one["from"] or one["to"] for one in read.value)
        case "yes_no" | "choice":
            return state.asking == spec.name or (spec.type == "choice" and count > 1)
        case "reason" | "text":
            return _tells(said, catalogue)
    return True


def is_payer(said: str, catalogue: Catalogue) -> bool:
    """Whether the words name an insurance that is known, or say that there is none."""
    spec = SlotSpec("insurance", "carrier", {}, {})
    read = read_value(spec, said, ANY_DAY, catalogue.payers, "en")
    none = isinstance(read, Parsed) and read.value == NO_INSURANCE
    return none or find_payer(fold(said), catalogue.payers) is not None


def could_be_named(said: str, catalogue: Catalogue) -> bool:
    """Whether somebody could be called that: no complaint, insurance, kind of doctor, wish, or word of a sentence."""
    folded, said_words = fold(said), tokens(said)
    known = tells_complaint(folded) or find_payer(folded, catalogue.payers) or find_specialty(said)
    small = {*small_words("sentence"), *small_words("no_names"), *words("not_in_names"), *words("fillers")}
    common = any(word in small for word in said_words)
    if known or common or not looks_like_name(said) or looks_like_times(said):
        return False
    return triggered(said, catalogue) is None


def _tells(said: str, catalogue: Catalogue) -> bool:
    """Whether the words tell a matter, and are not only a name of an insurance or the like."""
    long_ones = [word for word in tokens(said) if len(word) > 2 and word.isalpha()]
    payer = find_payer(fold(said), catalogue.payers)
    return bool(long_ones) and not (payer and len(long_ones) < 3)
