"""Takes out of text what no reader sees: control characters, odd spaces, hyphens of line ends, running headers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingestion.blocks import Block, Bullets, Heading, Loaded, Paragraph, Table

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n(?: ?\n)* ?")
_LEADERS = re.compile(r"([_.·…-])\1{4,}")
_PAGE_NUMBER = re.compile(r"(?i)^(?:page|p\.?|pg\.?|página|pág\.?|seite)?\s*#?(?:\s*(?:of|de|/|-|–)\s*#)?\s*[-–—|]?$")


def clean_text(text: str) -> str:
    """One piece of text without controls (newlines stay), ligatures spelled out, runs of space made one and lines of
    dots or underscores made short."""
    if not text.isascii():
        text = text.translate(_LIGATURES)
    if not text.isprintable():
        text = "".join(_visible(char) for char in text)
    return _BREAKS.sub("\n", _SPACES.sub(" ", _LEADERS.sub(r"\1\1\1", text))).strip()


def _visible(char: str) -> str:
    if char in "\n\t":
        return char
    if char in "\r\v\f\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "" if category in _DROPPED else char


def join_lines(lines: Sequence[str]) -> str:
    """Lines of one paragraph as a single text: words hyphenated at a line end become whole again."""
    text = ""
    for line in lines:
        if re.search(r"[^\W\d_][-\u00ad\u2010]$", text) and re.match(r"[a-zà-öø-ÿ]", line):
            text = text[:-1] + line if _was_split(text, line) else text + line
        else:
            text = f"{text} {line}" if text else line
    return text


def _was_split(before: str, after: str) -> bool:
    """Whether the hyphen only marks a line end; "follow-" + "up" and "in-" + "network" keep theirs."""
    if before[-1] != "-":
        return True
    head = re.split(r"[\s(/]", before[:-1])[-1]
    tail = re.match(r"[^\W\d_]+", after)
    return "-" not in head and head.lower() not in _OWN_HYPHEN and bool(tail) and len(tail[0]) > 2 if tail else False


_BEFORE_HYPHEN = """
in out off on non self co pre post follow check walk drop sign one two three four five six seven eight nine
ten full part half short long high low well all first second third over under work sports evidence same
"""
_OWN_HYPHEN = frozenset(_BEFORE_HYPHEN.split())


def clean(loaded: Loaded) -> Loaded:
    """The same paper with every text cleaned and what is empty afterwards left out."""
    blocks = tuple(block for block in map(_clean_block, loaded.blocks) if block is not None)
    return replace(loaded, blocks=blocks, title=one_line(loaded.title or "") or None)


def one_line(text: str) -> str:
    """Cleaned text without line breaks."""
    return clean_text(text).replace("\n", " ")


def _clean_block(block: Block) -> Block | None:
    match block:
        case Heading():
            text = one_line(block.text)
            return replace(block, text=text) if _says(text) or not block.text else None
        case Paragraph():
            text = clean_text(block.text)
            return replace(block, text=text) if _says(text) else None
        case Bullets():
            entries = [(clean_text(item), indent, mark) for item, indent, mark in block.entries]
            kept = [entry for entry in entries if _says(entry[0])]
            return block.with_entries(kept) if kept else None
        case Table():
            rows = tuple(row for row in (tuple(map(one_line, row)) for row in block.rows) if any(row))
            header = tuple(map(one_line, block.header))
            return replace(block, header=header, rows=rows) if rows or any(header) else None


def _says(text: str) -> bool:
    """Whether a text holds a letter or digit: rules of dashes and lines to write on say nothing."""
    return any(char.isalnum() for char in text)


def running_lines(pages: Sequence[Sequence[tuple[str, str]]]) -> tuple[set[str], list[str]]:
    """The headers and footers among the outer lines of each page.

    `pages` holds, per page, (form, text) of its first and last lines: lines with the same form are the same line (see
    `running_form`). Returns the repeated forms and the first wording of each that says more than a page number, so
    that nothing is lost.
    """
    seen: Counter[str] = Counter()
    wording: dict[str, str] = {}
    for page in pages:
        seen.update({form for form, _ in page})
        for form, text in page:
            wording.setdefault(form, text)
    needed = max(2, round(len(pages) * 0.6))
    repeated = {form for form, count in seen.items() if form and count >= needed} if len(pages) > 1 else set()
    alone = {form for page in pages for form, _ in page if _PAGE_NUMBER.match(form)}
    return repeated | (alone if len(pages) > 1 else set()), [
        text for form, text in wording.items() if form in repeated and not _PAGE_NUMBER.match(form)
    ]


def running_form(line: str) -> str:
    """A line with its numbers masked: "Page 3 of 9" and "Page 4 of 9" are the same running line."""
    return re.sub(r"\d+", "#", one_line(line)).casefold()
