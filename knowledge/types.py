"""Chunk and Passage: the only two words that cross the border between papers, index and answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.marks import unmarked


class ChunkKind(StrEnum):
    """What a chunk was in its paper; it decides how the chunk may be quoted."""

    PROSE = "prose"
    LIST = "list"
    ROW = "row"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Chunk:
    """One retrievable piece of a paper.

    `text` is verbatim text of the paper (for a ROW: its cells joined by " | "; for a QUESTION: the answer only; for a
    LIST: its items, one a line). `lead` holds the words that the text cannot be understood without and that stand
    elsewhere in the paper: the sentence before a list, the question of an answer. `cells` are a row's
    (column header, value) pairs, in order; empty for other kinds. `page` counts from 1 and is None where a format
    has no pages. `heading` is the path of headings, outermost first. `id` is given by whoever stores the chunk.
    `notes` are the footnotes that a mark in the chunk points to, verbatim and each with its mark in front ("* Needs a
    referral."): without them the text says more than the paper does, so whoever quotes a marked piece quotes its note.
    """

    ordinal: int
    kind: ChunkKind
    text: str
    heading: tuple[str, ...] = ()
    page: int | None = None
    lead: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    id: str = ""
    notes: tuple[str, ...] = ()

    def searchable(self) -> str:
        """The text that is embedded and indexed: headings, lead, the words of the chunk (cells with headers), notes."""
        body = "; ".join(f"{head}: {value}" if head else value for head, value in self.cells) or self.text
        return unmarked("\n".join(part for part in (" > ".join(self.heading), self.lead, body, *self.notes) if part))


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found for a question, with the paper it stands in. `score` is the fused score in 0..1; `dense` is the
    cosine similarity, `words` the BM25 score (0 when no word matched), `lead` the cosine similarity with
    the clinic's own question where the chunk is the answer to one (0 where that was not compared)."""

    chunk: Chunk
    document_id: str
    document: str
    effective: date | None
    score: float
    dense: float = 0.0
    words: float = 0.0
    lead: float = 0.0
