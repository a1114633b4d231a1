"""The words that a model may read of a patient: ordinary English and Spanish, a front desk's, names of payers."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from app.qualification.aliases import table
from app.word_caches import remembers_words

GIVEN, SURNAME, COMMON, CLINIC, CAPITALIZED = "gsckp"
SHORTEST_MENDED = 6


@cache
def words() -> Mapping[str, str]:
    """Folded word -> its marks: GIVEN and SURNAME are names too, CLINIC comes from clinic.yaml, CAPITALIZED is always
    written with a capital."""
    text = (files("app.llm.identifying") / "words" / "common.txt").read_text(encoding="ascii")
    return {word: marks for word, _, marks in (line.partition(" ") for line in text.splitlines())}


def marks(word: str) -> str | None:
    """The marks of a folded word, None for one that is no ordinary word. A possessive counts as the word itself."""
    known = words()
    bare = word.replace("'", "")
    for form in (word, bare, word.removesuffix("'s"), word.removesuffix("'")):
        if form in known:
            return known[form]
    return "" if _is_slip(word) else None


def is_payer(joined: str) -> bool:
    """Whether these letters and digits, without spaces, name an insurer or a plan that everybody may know."""
    return joined in table().aliases


@remembers_words(2048)
def _is_slip(word: str) -> bool:
    """A longer word of the front desk or a very common one with one letter wrong, missing, doubled or swapped."""
    if len(word) < SHORTEST_MENDED or not word.isalpha():
        return False
    near = _mended_to().get((word[0], word[-1]), ())
    return any(abs(len(other) - len(word)) <= 1 and OSA.distance(word, other, score_cutoff=1) <= 1 for other in near)


@cache
def _mended_to() -> Mapping[tuple[str, str], list[str]]:
    near: dict[tuple[str, str], list[str]] = {}
    for word, marked in words().items():
        if len(word) >= SHORTEST_MENDED and not {GIVEN, SURNAME} & set(marked) and {CLINIC, COMMON} & set(marked):
            near.setdefault((word[0], word[-1]), []).append(word)
    return near
