"""Gives each marked row, item and paragraph the footnote that its mark points to. "MEDICARE*" without "* Needs a
referral." says more than the paper does, and the note alone says it of nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingestion.blocks import Block, Bullets, Heading, Paragraph, Table, texts
from knowledge.marks import marks_in, opening_mark, split_notes

_LEAST_WORDS = 2
_MOST_WORDS = 80


@dataclass(frozen=True, slots=True)
class _Note:
    """A footnote: where it stands among the blocks, its mark, and its words with the mark in front."""

    place: int
    mark: str
    text: str


def attach_notes(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same paper, its footnotes taken out of the text and given to the blocks that point to them. A note that
    nothing points to stays where it is."""
    blocks = tuple(_apart(blocks))
    pointing = [(place, mark) for place, block in enumerate(blocks) for text in texts(block) for mark in marks_in(text)]
    known = {mark for _, mark in pointing}
    notes = [note for place, block in enumerate(blocks) for note in _notes_of(place, block, known)]
    used: dict[int, set[str]] = {}
    given: dict[int, list[str]] = {}
    for place, mark in dict.fromkeys(pointing):
        note = _target(place, mark, notes)
        if note:
            used.setdefault(note.place, set()).add(note.text)
            given.setdefault(place, []).append(note.text)
    kept = ((place, _without(block, used.get(place, set()))) for place, block in enumerate(blocks))
    return tuple(replace(block, notes=tuple(given.get(place, ()))) for place, block in kept if block is not None)


def _target(place: int, mark: str, notes: Sequence[_Note]) -> _Note | None:
    """The note meant by a mark: the next one below it, or in the block itself; else the last one above."""
    same = [note for note in notes if note.mark == mark]
    return next((note for note in same if note.place >= place), same[-1] if same else None)


def _apart(blocks: Iterable[Block]) -> Iterator[Block]:
    """Paragraphs that hold one note a line, or several in a row, as one paragraph for each."""
    for block in blocks:
        if isinstance(block, Paragraph) and opening_mark(block.text):
            lines = [piece for piece in split_notes(block.text) if piece]
            yield from (replace(block, text=line) for line in lines)
        elif isinstance(block, Paragraph) and "\n" in block.text:
            yield from _tail(block)
        else:
            yield block


def _tail(block: Paragraph) -> Iterator[Block]:
    """A paragraph whose last lines are notes, cut before them."""
    lines = block.text.split("\n")
    first = len(lines)
    while first > 1 and opening_mark(lines[first - 1]):
        first -= 1
    yield replace(block, text="\n".join(lines[:first]))
    yield from (replace(block, text=line) for line in lines[first:])


def _notes_of(place: int, block: Block, known: set[str]) -> Iterator[_Note]:
    """The notes that a block holds, of marks that the paper points with."""
    match block:
        case Paragraph():
            candidates = [block.text]
        case Bullets():
            candidates = [_as_written(item, mark) for item, mark in _lone(block)]
        case Table():
            candidates = [row[0] for row in block.rows if len(list(filter(None, row))) == 1 and row[0]]
        case Heading():
            candidates = []
    for text in candidates:
        found = opening_mark(text)
        if found and found[0] in known and _LEAST_WORDS <= len(found[1].split()) <= _MOST_WORDS:
            yield _Note(place, found[0], text)


def _as_written(item: str, mark: str) -> str:
    return f"{mark} {item}"


def _lone(block: Bullets) -> Iterator[tuple[str, str]]:
    """(item, mark) of the items that may be notes: two neighbours with the same sign are a list with that bullet."""
    entries = block.entries
    for place, (item, _, mark) in enumerate(entries):
        near = {entries[at][2] for at in (place - 1, place + 1) if 0 <= at < len(entries)}
        if mark and mark not in near:
            yield item, mark


def _without(block: Block, used: set[str]) -> Block | None:
    """A block without the notes that others carry now; None when nothing is left."""
    if not used:
        return block
    match block:
        case Bullets():
            kept = [entry for entry in block.entries if _as_written(entry[0], entry[2]) not in used]
            return block.with_entries(kept) if kept else None
        case Table():
            rows = tuple(row for row in block.rows if not (row[0] in used and len(list(filter(None, row))) == 1))
            return replace(block, rows=rows)
        case _:
            return None
