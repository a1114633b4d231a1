"""Answers in the papers' own words: whole FAQ answers, table rows, list items under their lead, supporting sentences.
Needs no model; says nothing that does not stand in a citation."""

from collections.abc import Sequence
from itertools import groupby

from app.answering.base import Answer, AnswerKind, Citation
from app.answering.evidence import read
from app.answering.fixed import recognise, wording
from app.answering.kinds import sought
from app.answering.selecting import select
from app.answering.terms import grams
from app.answering.typos import mended
from app.answering.units import Unit, citation, units
from app.dialogue.language import language_of
from knowledge.types import ChunkKind, Passage


class ExtractiveAnswerer:
    """Answers by quoting. Without state, so that any number of turns may share one."""

    def sought(self, question: str) -> str:
        """The question with the papers' words for what it asks."""
        return sought(question)

    def answer(self, question: str, passages: Sequence[Passage]) -> Answer:
        """FIXED for a question that no paper may answer, ANSWER with citations, or REFUSAL; never raises."""
        fixed = recognise(question)
        if fixed:
            return Answer(AnswerKind.FIXED, question, wording(fixed, language_of(question)))
        vocabulary = frozenset().union(*(grams(passage.chunk.searchable()) for passage in passages))
        chosen = select(mended(read(question), vocabulary), units(passages))
        if not chosen:
            return Answer(AnswerKind.REFUSAL, question, "")
        parts = [_quoted(list(group)) for _, group in groupby(chosen, key=lambda unit: unit.rank)]
        text = "\n".join(text for text, _ in parts)
        return Answer(AnswerKind.ANSWER, question, text, tuple(c for _, citations in parts for c in citations))


def _quoted(chosen: Sequence[Unit]) -> tuple[str, list[Citation]]:
    """(what is shown, its sources) of units that stand in one passage, in reading order."""
    passage, kind = chosen[0].passage, chosen[0].passage.chunk.kind
    runs = _runs(chosen, passage.chunk.text)
    sources = [citation(passage, run) for run in runs]
    by_unit = kind in (ChunkKind.ROW, ChunkKind.LIST)
    shown = [" ".join(piece.split()) for piece in ([unit.shown for unit in chosen] if by_unit else runs)]
    notes = list(dict.fromkeys(note for unit in chosen for note in unit.notes))
    sources += [citation(passage, note) for note in notes]
    if not chosen[0].needs_lead or not passage.chunk.lead:
        return "\n".join([*shown, *notes]), sources
    items = [f"- {piece}" for piece in shown] if kind is ChunkKind.LIST else shown
    return "\n".join([passage.chunk.lead, *items, *notes]), [citation(passage, passage.chunk.lead), *sources]


def _runs(chosen: Sequence[Unit], text: str) -> list[str]:
    """The units' texts, neighbours joined to the one verbatim piece of `text` that they make."""
    spans: list[tuple[int, int, int]] = []
    position = 0
    for unit in chosen:
        start = max(text.find(unit.text, position), 0)
        end = position = start + len(unit.text)
        if spans and unit.at == spans[-1][2] + 1:
            spans[-1] = (spans[-1][0], end, unit.at)
        else:
            spans.append((start, end, unit.at))
    return [text[start:end] for start, end, _ in spans]
