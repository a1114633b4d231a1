"""The smallest pieces of a passage that may be quoted alone: a row, a list item, a sentence, a whole FAQ answer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.answering.base import Citation
from app.answering.days import spelled
from app.answering.sentences import sentences
from app.answering.terms import grams
from knowledge.marks import notes_for
from knowledge.types import Chunk, ChunkKind, Passage

MOST_WORDS = 80
# Sentences after a question inside a paragraph that are read as its answer.
LED = 2
_YES_OR_NO = re.compile(r"\s*(?:yes|no|not|absolutely|of course|sure|certainly|correct|sí|si|claro)\b", re.IGNORECASE)
# A question that is answered by yes, no or on a condition: without it "Usually not" says nothing.
POLAR = re.compile(
    r"[¿\"'\s]*(?:do|does|did|is|are|am|can|could|may|will|would|should|must|have|has|any|tienen|hay|hacen|puedo)\b(?!.*\b(?:what|which|how|when|where|who)\b)",
    re.IGNORECASE,
)
# An item up to so many words is its own head.
SHORT_ITEM = 5
# What an item is about, before the colon, dash or bracket that ends it.
_HEAD = re.compile(r"[-*•\s]*((?:[^\s:(]+\s+){0,6}?[^\s:(]+)(?:\s*[:(]|\s+[-–—]\s)")
# What tables write into a cell that has nothing to say.
_BLANK = re.compile(r"\s*(?:[-–—_.*]*|n\s*/\s*a|n\.a\.|none|nil|not applicable|tbd)\s*", re.IGNORECASE)


def _is_blank(value: str) -> bool:
    return bool(_BLANK.fullmatch(value))


@dataclass(frozen=True)
class Unit:
    """A quotable piece: `text` verbatim, `lead` the words it cannot be understood without, `rank` the place of its
    passage, `at` its place among the units of the passage (-1: the whole passage)."""

    passage: Passage
    rank: int
    at: int
    text: str
    lead: str

    @property
    def questioned(self) -> bool:
        """Whether it is what a paper says to a question of its own."""
        return self.lead.rstrip(" *_").endswith("?")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """The footnotes that its marks point to, or those of what it stands under."""
        chunk = self.passage.chunk
        return notes_for(chunk.notes, (self.shown, chunk.lead, *chunk.heading)) if chunk.notes else ()

    @cached_property
    def body_grams(self) -> frozenset[str]:
        """Word groups of the text itself, column headers and footnotes included."""
        return grams("\n".join((self.shown, *self.notes)))

    @cached_property
    def above(self) -> str:
        """The headings over it, outermost first."""
        return " ".join(self.passage.chunk.heading)

    @cached_property
    def read(self) -> str:
        """Lead and words, as they are compared with a question."""
        return f"{self.lead} {self.shown}".strip()

    @cached_property
    def placed(self) -> str:
        """The same under its headings and with its days in full, as the reader has it."""
        return spelled(f"{self.above}: {self.read}" if self.above else self.read)

    @cached_property
    def topic(self) -> str:
        """What it is about, where its form says so: the first cell of a row, the words before an item's colon."""
        chunk = self.passage.chunk
        if chunk.kind is ChunkKind.ROW and chunk.cells:
            return chunk.cells[0][1]
        if chunk.kind is not ChunkKind.LIST:
            return ""
        head = _HEAD.match(self.text)
        return head[1] if head else self.text if len(self.text.split()) <= SHORT_ITEM else ""

    @cached_property
    def shown(self) -> str:
        """What a patient reads: a row with its headers, anything else as it stands."""
        cells = self.passage.chunk.cells
        if self.passage.chunk.kind is ChunkKind.ROW and cells:
            return "; ".join(f"{head}: {value}" if head else value for head, value in cells if not _is_blank(value))
        return self.text

    @property
    def needs_lead(self) -> bool:
        """Whether it must not be shown without its lead: an item, a row under "We do not take:", or an answer that
        says yes or no to a question."""
        if not self.lead:
            return False
        if self.questioned:
            opens = _YES_OR_NO.match(self.text) or POLAR.match(self.lead) or len(self.text.split()) < 4
            return self.at <= 0 and bool(opens)
        kind = self.passage.chunk.kind
        return kind is ChunkKind.LIST or (kind is ChunkKind.ROW and self.lead.endswith(":"))


def units(passages: Sequence[Passage]) -> list[Unit]:
    """Every unit of `passages`, in their order."""
    return [unit for rank, passage in enumerate(passages) for unit in _of(passage, rank)]


def compared(chunk: Chunk) -> list[str]:
    """The texts of `chunk` that are compared with questions: its units as they are read, and the clinic's question."""
    read = [unit.read for unit in units([Passage(chunk, "", "", None, 0.0)])]
    asked = [chunk.lead] if chunk.kind is ChunkKind.QUESTION and chunk.lead else []
    return list(dict.fromkeys([*read, *asked]))


def _of(passage: Passage, rank: int) -> Iterable[Unit]:
    chunk = passage.chunk
    match chunk.kind:
        case ChunkKind.ROW:
            yield Unit(passage, rank, -1, chunk.text, chunk.lead)
        case ChunkKind.QUESTION if len(chunk.text.split()) <= MOST_WORDS:
            yield Unit(passage, rank, -1, chunk.text, chunk.lead)
        case ChunkKind.LIST:
            lines = (line.strip() for line in chunk.text.splitlines())
            for at, line in enumerate(line for line in lines if line):
                yield Unit(passage, rank, at, line, chunk.lead)
        case _:
            yield from _sentences(passage, rank)


def _sentences(passage: Passage, rank: int) -> Iterable[Unit]:
    """Sentences; one that asks is no statement but the lead of the two that follow it in the paragraph."""
    lead, since = passage.chunk.lead, -1
    for at, piece in enumerate(sentences(passage.chunk.text)):
        if piece.rstrip(" *_").endswith("?"):
            lead, since = piece, at
        else:
            yield Unit(passage, rank, at, piece, lead if since < 0 or at - since <= LED else passage.chunk.lead)


def citation(passage: Passage, quote: str) -> Citation:
    """The source of `quote`, a verbatim piece of `passage`."""
    heading = " > ".join(passage.chunk.heading) or None
    return Citation(passage.document, passage.chunk.page, heading, quote, passage.effective)
