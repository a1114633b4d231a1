"""Whether a sentence that a patient was shown stands in a clinic's papers, judged without anything of the answerer's: a
sentence counts as it stands there word for word, everything else is for a person to read."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.types import Chunk

WHOLE, PART, OWN = "whole", "part", "own words"
"""A whole sentence, line or row of a paper; running words that are less than a sentence; others."""
_END = re.compile(r"(?<=[.!?;:])\s+|\n")
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w.-]+|\b[\w-]+\.(?:com|org|net|example|health)\b")
_NAME = re.compile(r"(?<=[^.!?:\s]\s)[A-ZÁÉÍÓÚÑ][^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Papers:
    """All that a clinic's papers say: whole sentences and running words, folded; every single word and figure."""

    whole: frozenset[str]
    running: str
    words: frozenset[str]

    @classmethod
    def of(cls, chunks: Iterable[Chunk]) -> "Papers":
        """Of the chunks of all papers."""
        whole: set[str] = set()
        running: list[str] = []
        for chunk in chunks:
            row = "; ".join(f"{head}: {value}" if head else value for head, value in chunk.cells if value.strip())
            for text in (chunk.text, chunk.lead, row, *chunk.notes, *chunk.heading):
                whole.update(map(_bare, (text, *text.splitlines(), *_runs(_END.split(text)))))
            if chunk.lead:
                whole.update(_bare(f"{chunk.lead} {line}") for line in (chunk.text, *chunk.text.splitlines()))
            running += [_bare(text) for text in (chunk.searchable(), chunk.text, row)]
        everything = " | ".join(running)
        return cls(frozenset(whole), f" {everything} ", frozenset(_WORD.findall(everything)))


def standing(sentence: str, papers: Papers) -> str:
    """WHOLE, PART or OWN."""
    said = _bare(sentence)
    if said in papers.whole:
        return WHOLE
    return PART if f" {said} " in papers.running else OWN


def strange(sentence: str, papers: Papers) -> list[str]:
    """The figures, names, links and addresses of `sentence` that stand in none of the papers."""
    found = [*re.findall(r"\d+", sentence), *_LINK.findall(sentence), *_NAME.findall(sentence)]
    return [one for one in found if not all(word in papers.words for word in _WORD.findall(_fold(one)))]


def _runs(pieces: list[str]) -> Iterable[str]:
    """Each piece, and two or three in a row: where a full stop belongs to a word."""
    return (" ".join(pieces[at : at + size]) for size in (1, 2, 3) for at in range(len(pieces)))


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(_fold(text)))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
