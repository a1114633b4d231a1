"""What is known of the patient already, found again in whatever case, spacing or punctuation it is typed."""

import re
from collections.abc import Iterable

from app.dialogue.slots.names import PARTICLES
from app.llm.identifying.plain import Plain
from app.llm.identifying.spans import Kind, Span
from app.llm.identifying.vocabulary import CLINIC, COMMON, GIVEN, SURNAME, marks

_BETWEEN = r"[\W_]{0,4}"
_SPACED = 6
"""Letters from which on a name is also found with anything between them ("r o b i n")."""
_PART = 2
_TAIL = 4
"""Digits: the end of a known number tells it too."""


class Known:
    """Values of one patient. Grows while a conversation goes on."""

    def __init__(self) -> None:
        self._patterns: dict[str, Kind] = {}
        self._digits: set[str] = set()
        self.words: set[str] = set()
        """Parts of names: hidden wherever they stand alone."""
        self._compiled: re.Pattern[str] | None = None

    def add(self, kind: Kind, value: str) -> None:
        """From now on `value` is hidden as `kind`; of a name each part too, of a number its end."""
        folded = Plain.of(value).folded
        words = re.findall(r"[^\W_]+", folded)
        letters = "".join(words)
        if not letters:
            return
        self._learn(_BETWEEN.join(words), kind)
        if len(letters) >= _SPACED:
            self._learn(_BETWEEN.join(letters), kind)
        if kind == "NAME":
            self.learn(folded)
        digits = re.sub(r"\D", "", letters)
        if len(digits) >= _TAIL:
            self._digits.add(digits)

    def learn(self, name: str) -> None:
        """The parts of a folded name, but for particles and words of every sentence, are hidden from now on."""
        for word in re.findall(r"[^\W\d_]+", name):
            said = marks(word)
            everyday = said is not None and (COMMON in said or (CLINIC in said and not {GIVEN, SURNAME} & set(said)))
            if len(word) >= _PART and word not in PARTICLES and not everyday:
                self.words.add(word)

    def _learn(self, pattern: str, kind: Kind) -> None:
        if pattern not in self._patterns:
            self._patterns[pattern] = kind
            self._compiled = None

    def holds(self, digits: str) -> bool:
        """Whether these digits, _TAIL or more, are a part of a known number."""
        return len(digits) >= _TAIL and any(digits in number for number in self._digits)

    def spans(self, plain: Plain) -> Iterable[Span]:
        """Every place of every value."""
        if not self._patterns:
            return
        for hit in self._pattern().finditer(plain.folded):
            number = int(str(hit.lastgroup)[1:])
            yield Span(hit.start(), hit.end(), list(self._patterns.values())[number], sure=True)

    def _pattern(self) -> re.Pattern[str]:
        if self._compiled is None:
            numbered = sorted(enumerate(self._patterns), key=lambda one: -len(one[1]))
            joined = "|".join(f"(?P<p{number}>{pattern})" for number, pattern in numbered)
            self._compiled = re.compile(rf"(?<![^\W_])(?:{joined})(?![^\W_])")
        return self._compiled
