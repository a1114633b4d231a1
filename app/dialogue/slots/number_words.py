"""Days and years said in words, in folded text: "nineteen thirty-eight", "mil novecientos sesenta"."""

import re

_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNOS = (
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciseis diecisiete dieciocho diecinueve"
)
_VEINTES = (
    "veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_DECENAS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_SMALL = {word: number for number, word in enumerate(f"{_ONES} {_TEENS}".split(), 1)}
_SMALL |= {word: number for number, word in enumerate(_UNOS.split(), 1)}
_SMALL |= {word: number for number, word in enumerate(_VEINTES.split(), 20)}
_ROUND = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
_ROUND |= {word: 10 * number for number, word in enumerate(_DECENAS.split(), 3)}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_ONE = "|".join(f"{_ONES} {_UNOS}".split()[:9] + _UNOS.split()[:9])
CARDINAL = rf"(?:(?:{_any(_ROUND)})(?:(?:[- ]|\s+y\s+)(?:{_ONE}))?|{_any(_SMALL)})(?!\w)"
_LAST = rf"(?:(?:oh|o|aught)[- ](?:{_ONE})(?!\w)|{CARDINAL})"
YEAR_IN_WORDS = (
    rf"(?:(?:nineteen|twenty)(?:[- ]hundred)?(?:\s+and)?[- ]{_LAST}|(?:nineteen|twenty) hundred(?!\w)|"
    rf"two thousand(?:(?:\s+and)?[- ]{_LAST})?|mil novecientos(?:\s+{CARDINAL})?|dos mil(?:\s+{CARDINAL})?|"
    rf"(?={_any(_ROUND)}){CARDINAL})"
)
"""A year of the last and of this century, or its last two digits."""
_CENTURY = re.compile(
    r"(?P<century>nineteen|twenty|two thousand|mil novecientos|"
    r"dos mil)\b(?:[- ]hundred)?(?:\s+and\b)?[- ]*(?P<rest>.*)$"
)
_BEGINS = {"nineteen": 1900, "twenty": 2000, "two thousand": 2000, "mil novecientos": 1900, "dos mil": 2000}


def cardinal(words: str) -> int:
    """The number that the words of one stand for: "thirty-one", "treinta y uno"."""
    return sum(_ROUND.get(word) or _SMALL.get(word, 0) for word in re.findall(r"[a-z]+", words))


def year_in_words(words: str) -> int:
    """The year that words matching `YEAR_IN_WORDS` stand for."""
    hit = _CENTURY.match(words)
    return _BEGINS[hit["century"]] + cardinal(hit["rest"]) if hit else cardinal(words)
