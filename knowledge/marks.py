"""The marks that point to a footnote: "*", "†", "¹", "(1)". Numbers that are set above the line become superscript
characters, so that "Birch¹" does not read "Birch1"."""

import re
from collections.abc import Iterable

_PLAIN, RAISED = "0123456789abcdefghij", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵍʰⁱʲ"
_UP = str.maketrans(_PLAIN, RAISED)
_DOWN = str.maketrans(RAISED, _PLAIN)
_RAISED_RUN = re.compile(f"[{RAISED}]+")
SIGNS = "*†‡§¶"
_RUN = rf"[{SIGNS}]{{1,4}}|[{RAISED}]{{1,2}}"
_AFTER_WORD = re.compile(rf"(?<=[^\s{SIGNS}{RAISED}])(?:{_RUN})(?=$|[\s,;.:!?)|\]/\"”’])")
_IN_BRACKETS = re.compile(r"(?<=[^\s])\s?([(\[](?:\d|[a-e])[)\]])(?=$|[\s,;.:|])")
_OPENS = re.compile(
    rf"^\s*(?P<mark>(?:{_RUN})|[(\[](?:\d|[a-e])[)\]]|(?P<bare>\d|[a-e])(?=[.):]?\s))[.):]?\s*(?P<words>\S.*)$",
    re.DOTALL,
)


def raised(text: str) -> str:
    """A mark as superscript characters."""
    return text.lower().translate(_UP)


def unmarked(text: str) -> str:
    """A text without superscript marks, so that "Birch¹" is found by its name."""
    return _RAISED_RUN.sub("", text)


def is_mark(text: str) -> bool:
    """Whether a text set above the line can be a footnote's mark."""
    return bool(re.fullmatch(rf"[{SIGNS}]{{1,4}}|[{_PLAIN}]{{1,2}}", text.lower()))


def marks_in(text: str) -> set[str]:
    """The marks in a text that follow a word, in the form that `opening_mark` gives."""
    found = {match[0] for match in _AFTER_WORD.finditer(text)}
    return {_form(mark) for mark in found | set(_IN_BRACKETS.findall(text))}


def opening_mark(text: str) -> tuple[str, str] | None:
    """(mark, note) of a text that starts like a footnote; None for any other. A bare number ("1 PPO only") opens a note
    only for a number that is set above the line elsewhere; the caller knows which there are."""
    found = _OPENS.match(text)
    return (_form(found["mark"]), found["words"].strip()) if found else None


def split_notes(text: str) -> list[str]:
    """A text with several notes ("† Only in June. ‡ Only in May.") cut before each; one note or none stays whole."""
    cuts = [found.start() for found in re.finditer(rf"(?:(?<=[.!?;)]\s)|(?<=\n)|^)(?=(?:{_RUN})\s?\S)", text)]
    if len(cuts) < 2 or cuts[0] != 0:
        return [text]
    return [text[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]


def notes_for(notes: Iterable[str], pieces: Iterable[str]) -> tuple[str, ...]:
    """Those of `notes` whose mark stands in one of the pieces."""
    marks = {mark for piece in pieces for mark in marks_in(piece)}
    return tuple(dict.fromkeys(note for note in notes if (found := opening_mark(note)) and found[0] in marks))


def _form(mark: str) -> str:
    """One form for the ways to write a mark: a superscript and a bare number are the same, brackets stay apart."""
    return mark.strip("()[]").translate(_DOWN) + (")" if mark[0] in "([" else "")
