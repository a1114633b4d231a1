"""Answers in the papers' own words: whole FAQ answers, table rows, list items under their lead, supporting sentences.
Needs no model; says nothing that does not stand in a citation."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from app.answering.base import Answer, AnswerKind, Citation
from app.answering.cosines import Models
from app.answering.fixed import phrases, recognise, wording
from app.answering.question import Asked, read
from app.answering.searching import sought
from app.answering.selecting import Selected, select
from app.answering.terms import grams
from app.answering.typos import mended, respelled
from app.answering.units import Unit, citation, units
from app.dialogue.language import language_of
from knowledge.types import ChunkKind, Passage

log = logging.getLogger(__name__)


class ExtractiveAnswerer:
    """Answers by quoting. Any number of turns may share one. `models` compare the question with single sentences;
    without them, or when they fail, words alone decide."""

    def __init__(self, models: Models | None = None) -> None:
        self._models = [models, replace(models, odds=None)] if models else []

    def sought(self, question: str) -> str:
        """The question with the papers' words for what it asks."""
        return sought(question)

    def answer(self, question: str, passages: Sequence[Passage]) -> Answer:
        """FIXED for a question that no paper may answer, ANSWER with citations, or REFUSAL; never raises."""
        fixed = recognise(question)
        if fixed:
            return Answer(AnswerKind.FIXED, question, wording(fixed, language_of(question)))
        chosen = self._chosen(understood(question, passages), passages)
        if not chosen.units:
            return Answer(AnswerKind.REFUSAL, question, "")
        parts = [quoted(list(group)) for _, group in groupby(chosen.units, key=lambda unit: unit.rank)]
        sources = tuple(source for _, sources in parts for source in sources)
        if chosen.disagreement:
            return Answer(AnswerKind.ANSWER, question, _both(question, chosen, parts), sources, disagreement=True)
        return Answer(AnswerKind.ANSWER, question, "\n".join(text for text, _ in parts), sources)

    def _chosen(self, asked: Asked, passages: Sequence[Passage]) -> Selected:
        """By vectors where the retriever had them as well; without what fails: the desk must go on answering."""
        candidates = units(passages)
        for models in self._models if any(passage.dense for passage in passages) else ():
            try:
                return select(asked, candidates, models)
            except Exception as problem:  # native code of the models; its message may quote what the patient typed
                without = "vectors" if models.odds is None else "reading"
                log.warning("Sentences are compared without %s: %s", without, type(problem).__name__)
        return select(asked, candidates)


def understood(question: str, passages: Sequence[Passage]) -> Asked:
    """`question` taken apart, its mistyped words mended by those of `passages`."""
    vocabulary: frozenset[str] = frozenset().union(*(grams(passage.chunk.searchable()) for passage in passages))
    return mended(read(respelled(question, passages)), vocabulary)


def _both(question: str, chosen: Selected, parts: Sequence[tuple[str, list[Citation]]]) -> str:
    """Two papers' words, each under its name, after a sentence that says that they differ."""
    named = [f"{unit.passage.document}: {text}" for unit, (text, _) in zip(chosen.units, parts, strict=True)]
    return "\n".join([phrases(language_of(question))["disagreement"], *named])


def quoted(chosen: Sequence[Unit]) -> tuple[str, list[Citation]]:
    """(what is shown, its sources) of units that stand in one passage, in reading order."""
    passage, kind = chosen[0].passage, chosen[0].passage.chunk.kind
    runs = _runs(chosen, passage.chunk.text)
    sources = [citation(passage, run) for run in runs]
    by_unit = kind in (ChunkKind.ROW, ChunkKind.LIST)
    shown = [" ".join(piece.split()) for piece in ([unit.shown for unit in chosen] if by_unit else runs)]
    notes = list(dict.fromkeys(note for unit in chosen for note in unit.notes))
    sources += [citation(passage, note) for note in notes]
    lead = _lead(chosen[0])
    if not lead:
        return "\n".join([*shown, *notes]), sources
    items = [f"- {piece}" for piece in shown] if kind is ChunkKind.LIST else shown
    return "\n".join([lead, *items, *notes]), [citation(passage, lead), *sources]


def _lead(first: Unit) -> str:
    """What is shown above the units: their lead, or for items without one the heading that they stand under."""
    if first.needs_lead:
        return first.lead
    chunk = first.passage.chunk
    bare = chunk.kind is ChunkKind.LIST and not chunk.lead and ":" not in first.text
    return chunk.heading[-1] if bare and chunk.heading else ""


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
