"""Numbers spelled in words, digit by digit: "five five five oh one", "triple two", "siete cero tres"."""

import re

UNITS = {
    word: str(number)
    for number, words in enumerate(
        (
            "zero oh o cero",
            "one uno una",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
        )
    )
    for word in words.split()
}
_TEENS = {
    word: str(number)
    for number, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),  # noqa: SIM905
        10,
    )
}
_TENS = {
    word: str(number)
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)  # noqa: SIM905
}
_TIMES = {"double": 2, "doble": 2, "triple": 3}
_WORD = "(?:" + "|".join(sorted([*UNITS, *_TEENS, *_TENS, *_TIMES], key=len, reverse=True)) + ")"
_RUN = re.compile(
    rf"(?<![\w@])(?:\d{{1,6}}[ -]){{0,3}}{_WORD}(?:(?:[ ,.-]{{1,3}}{_WORD}|[ -]\d+(?![\w/:]))(?!\w)){{1,30}}(?!\w)",
    re.IGNORECASE,
)
LEAST = 3
"""Digits in words from which on they are a number that was spelled: "one of two" is none."""


def spelled_digits(text: str) -> str:
    """The text with each run of at least LEAST spelled digits written in digits; the rest stays as it is."""
    return _RUN.sub(lambda hit: written(hit[0]) or hit[0], text)


def spelled_runs(text: str) -> list[tuple[int, int]]:
    """Where numbers stand that are spelled in words, or partly so."""
    return [hit.span() for hit in _RUN.finditer(text) if written(hit[0])]


def written(run: str) -> str:
    """The digits of one run; empty when it has too few in words."""
    words = re.findall(r"[a-z]+|\d+", run.lower())
    if sum(word.isalpha() for word in words) < LEAST:
        return ""
    digits, times, ten = [], 1, ""
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        unit = UNITS.get(word)
        if ten and (unit is None or unit == "0"):
            digits.append(ten + "0")
            ten = ""
        if word in _TENS:
            ten = _TENS[word]
            continue
        digits.append((ten + unit if unit else _TEENS.get(word, word)) * times)
        times, ten = 1, ""
    return "".join(digits) + (ten + "0" if ten else "")
