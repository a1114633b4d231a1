"""Footnote marks: taken off names and cells, and followed to the notes that a chunk carries."""

import re

MARK = re.compile(
    r"\s*(?:\*{1,4}|[†‡§¶]+|[¹²³⁴⁵⁶⁷⁸⁹⁰]+|\((?:\d{1,2}|[ivx]{1,4}|\*{1,3})\)|\[(?:\d{1,2}|[a-z])\])(?=\s|[,;.)|:]|$)"
)
_HEAD = re.compile(
    r"^\s*(\*{1,4}|[†‡§¶]+|[¹²³⁴⁵⁶⁷⁸⁹⁰]+|\(?(?:\d{1,2}|[a-z]|\*{1,3})\)|\[(?:\d{1,2}|[a-z])\]|\d{1,2}\.?)\s*(\S.*)$",
    re.DOTALL,
)


def unmarked(text: str) -> str:
    """The text without footnote marks."""
    return MARK.sub("", text).strip() if any(mark in text for mark in "*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰()[]") else text


def marks_of(text: str) -> list[str]:
    """The bare marks in a text, in order: "1", "*"."""
    return [found[0].strip(" ()[]") for found in MARK.finditer(text)]


def notes_of(text: str, notes: tuple[str, ...]) -> list[str]:
    """The words of the notes to which a text's marks point; each of `notes` starts with its mark."""
    wanted = marks_of(text)
    told = {found[1].strip(" ()[]."): found[2].strip() for note in notes if (found := _HEAD.match(note))}
    return [told[mark] for mark in dict.fromkeys(wanted) if mark in told]
