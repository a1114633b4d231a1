"""A reply in which each sentence names its passages, taken apart while it streams in: complete sentences, what they
cite, and what they say without the marks."""

import re

from app.answering.sentences import may_go_on, sentences

LONGEST_MARK, LONGEST_SENTENCE = 24, 800
"""Characters."""
_NUMBERS = r"P\s?\d{1,2}(?:\s*(?:[,;&-]|and|y)?\s*P?\s?\d{1,2})*"
_MARK = rf"(?:\[\s*{_NUMBERS}\s*\]|\(\s*{_NUMBERS}\s*\)|【\s*{_NUMBERS}\s*】|\[\s*\d{{1,2}}(?:\s*,\s*\d{{1,2}})*\s*\])"
_MARKS = re.compile(rf"\s*{_MARK}", re.IGNORECASE)
_MARK_AFTER_END = re.compile(rf"([.!?…]+[\"'”’)]*)((?:\s*{_MARK})+)", re.IGNORECASE)
_MARK_BEGINS = re.compile(rf"[\[(【][^\])】]{{0,{LONGEST_MARK}}}$")
_BREAK = re.compile(r"[^\S\n]*\n\s*(?=(\S))")
_ENDED = re.compile(rf"(?:[.!?…][\"'”’)]*|{_MARK})$", re.IGNORECASE)
_EMPHASIS = re.compile(r"[*_#]{2,}|`|^#\s+|^(?:\|\s*)+")
"""And the bar with which the desk itself marks each line of a paper (app/answering/prompting.py): models copy it."""
_MAY_END = re.compile(r"[.!?…\n]")
_LETTER = re.compile(r"[^\W\d_]")


def cited_numbers(sentence: str) -> list[int]:
    """The numbers of the passages that `sentence` names, in order: 1 and 3 for "... [P1, P3]"."""
    found = [int(number) for mark in _MARKS.findall(sentence) for number in re.findall(r"\d+", mark)]
    return list(dict.fromkeys(found))


def without_marks(sentence: str) -> str:
    """What a patient reads: no marks, no emphasis, one space between words."""
    plain = " ".join(_EMPHASIS.sub("", _MARKS.sub("", sentence)).split())
    return f"{plain[:-1]}" if plain.endswith("..") and not plain.endswith("...") else plain  # "7 p.m. [P1]."


class CitedSentences:
    """Feed it the pieces of a reply as they come. A mark after the full stop belongs to the sentence before it."""

    def __init__(self) -> None:
        self._text = ""

    @property
    def endless(self) -> bool:
        """Whether what is not ended yet is too long to be a sentence: nothing that comes after it can be trusted."""
        return len(self._text) > LONGEST_SENTENCE

    def feed(self, piece: str) -> list[str]:
        """The sentences that `piece` completes, with their marks."""
        self._text += piece
        if not _MAY_END.search(self._text):
            return []
        found, rest = self._split()
        if _MARK_BEGINS.match(rest.strip()):
            return []
        if found:
            self._text = rest
        return found

    def rest(self) -> list[str]:
        """What is complete at the end of the reply; a sentence that was cut is not."""
        if self.endless:
            return []
        found, last = self._split()
        return [*found, last.strip()] if _ENDED.search(last.strip()) else found

    def _split(self) -> tuple[list[str], str]:
        """(sentences, the last of which the end is not known yet)."""
        text = _BREAK.sub(lambda hit: " " if hit[1].islower() else "\n\n", self._text)
        text = _MARK_AFTER_END.sub(r"\2\1", text)
        found: list[str] = []
        start = end = 0
        for piece in sentences(text):
            begins = text.index(piece, end)
            if end and not _goes_on(text[start:end]):
                found.append(text[start:end])
                start = begins
            start, end = (start if end else begins), begins + len(piece)
        return found, text[start:]


def _goes_on(sentence: str) -> bool:
    """Whether what looks like a sentence is the beginning of one: "1.", "We open at 7 a.m." without its mark."""
    return not _LETTER.search(sentence) or (not _MARKS.search(sentence) and may_go_on(sentence))
