"""Footnote marks: taken off names and cells, and followed to the notes that a chunk carries."""

import re

from knowledge.marks import RAISED, SIGNS, notes_for, opening_mark

_MARK = re.compile(
    rf"(?<=\S)\s?(?:[{SIGNS}]{{1,4}}|[{RAISED}]{{1,2}}|\((?:\d{{1,2}}|[a-e]|\*{{1,3}})\)|\[(?:\d{{1,2}}"
    rf"|[a-e])\])(?=\s|[,;.)|:]|$)"
)


def unmarked(text: str) -> str:
    """The text without footnote marks."""
    before = ""
    while before != text:
        before, text = text, _MARK.sub("", text)
    return text.strip()


def notes_of(text: str, notes: tuple[str, ...]) -> list[str]:
    """The words of the notes to which a text's marks point; each of `notes` starts with its mark."""
    return [found[1] for note in notes_for(notes, [text]) if (found := opening_mark(note))] if notes else []
