"""A question in, passages out: vectors and words propose ids, the rows decide which of them may be quoted."""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Protocol, TypeAlias

from knowledge.context import Context, Found, in_context
from knowledge.errors import KnowledgeError
from knowledge.fusion import TRANSLATED_WEIGHT, WORDS_WEIGHT
from knowledge.index import Index
from knowledge.types import Chunk, ChunkKind, Passage
from knowledge.words import Words

log = logging.getLogger(__name__)

CANDIDATES = 100
"""Ids asked of each side. More than are needed: some may not be live, and few candidates stretch cosines too far."""
BATCH = 24
"""Rows fetched at a time, best first."""
RAISED = 12
"""The best passages whose answers are compared by the clinic's own questions too. 48 find one question of 290 more."""
NO_CONTEXT = Context()
Row: TypeAlias = tuple[Chunk, str, str, date | None]
"""A live chunk, the id and the name of its document, its effective date."""


class ChunkSource(Protocol):
    """The relational rows, which are the truth."""

    def version(self, clinic_id: str) -> str:
        """Changes whenever the set of live chunks changes."""
        ...

    def texts(self, clinic_id: str) -> Sequence[tuple[str, str]]:
        """(chunk id, searchable text) of every live chunk."""
        ...

    def sentences(self, clinic_id: str, ids: Iterable[str], embedder: str) -> Mapping[str, bytes]:
        """Id to what `Index.packed` made of the chunk with this embedder, for those of `ids` that have it."""
        ...

    def passages(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, Row]:
        """Id to (chunk, document id, document name, effective date), only for chunks that are live now."""
        ...

    def documents(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Chunk id to the id of its document, for those of `ids` that there are."""
        ...


class _Live:
    """Rows of one clinic for one question, each read once."""

    def __init__(self, source: ChunkSource, clinic_id: str) -> None:
        self._source, self._clinic_id = source, clinic_id
        self._read: dict[str, Row | None] = {}
        self._recalled: set[str] = set()

    def sentences(self, ids: Sequence[str], embedder: str) -> list[bytes]:
        """What is kept of the sentences of those of `ids` that were not asked for before."""
        new = [key for key in ids if key not in self._recalled]
        self._recalled.update(new)
        return list(self._source.sentences(self._clinic_id, new, embedder).values()) if new else []

    def rows(self, ids: Sequence[str]) -> dict[str, Row]:
        """Those of `ids` that are live."""
        new = [key for key in ids if key not in self._read]
        if new:
            found = self._source.passages(self._clinic_id, new)
            self._read.update((key, found.get(key)) for key in new)
        return {key: row for key in ids if (row := self._read[key]) is not None}


class Retriever:
    """Finds passages. While vectors cannot be had it goes on with words alone, and `words_only` says so."""

    def __init__(
        self,
        index: Index,
        words: Words,
        source: ChunkSource,
        *,
        words_weight: float = WORDS_WEIGHT,
        translated_weight: float = TRANSLATED_WEIGHT,
        multilingual: Index | None = None,
    ) -> None:
        self._index = index
        self._multilingual = multilingual
        self._words = words
        self._source = source
        self._words_weight, self._translated_weight = words_weight, translated_weight
        self._words_only = False

    @property
    def words_only(self) -> bool:
        """True when the last search had to do without vectors."""
        return self._words_only

    def retrieve_foreign(
        self, clinic_id: str, question: str, translated: str, limit: int = 5, *, meaning: str = ""
    ) -> list[Passage]:
        """Like `retrieve`, for a question in another language than the papers': it is found by the multilingual vectors
        and by the words of `translated`. `meaning`, the bare question in the papers' language, finds nothing: `dense`
        and `lead` of the passages are its cosines, 0 without it. Those of the multilingual vectors have another scale.
        """
        if not question.strip():
            return []
        near = self._near_foreign(clinic_id, question)
        words, _ = self._said(clinic_id, translated)
        ranked = Found(near, words).fused(self._translated_weight)
        meant = self._near(clinic_id, meaning) if meaning.strip() else {}
        live = _Live(self._source, clinic_id)
        found = self._quotable(live, Found(meant, words), ranked, limit)
        if not meant:
            return found
        self._recall(live, [passage.chunk.id for passage in found])
        return self._compared(meaning, found)

    def warm(self, clinic_id: str) -> None:
        """Loads and makes what the clinic's first question would wait for. Call it from a background thread."""
        if self._index.ready:
            self._index.load(clinic_id)
        self._said(clinic_id, "")

    def retrieve(
        self,
        clinic_id: str,
        question: str,
        limit: int = 5,
        context: Context = NO_CONTEXT,
        beside: Sequence[str] = (),
    ) -> list[Passage]:
        """At most `limit` live passages, best first; passages that say the same in the same words count once. What was
        said before moves the order as far as the question goes on with it. `beside` are the texts that whoever reads
        the passages will compare with their sentences: their vectors, and the sentences', are then at hand."""
        if not question.strip():
            return []
        asked, live = self._search(clinic_id, question, (*beside, *context.history)), _Live(self._source, clinic_id)
        raised = self._raised(live, question, asked)
        ranked = (
            raised.fused(self._words_weight) if context.is_empty else self._ranked(clinic_id, question, raised, context)
        )
        found = self._quotable(live, asked, ranked, limit)
        if not asked.dense:
            return found
        self._recall(live, [passage.chunk.id for passage in found])
        return self._compared(question, found)

    def _recall(self, live: _Live, ids: Sequence[str]) -> None:
        self._index.recall(live.sentences(ids, self._index.compares_by))

    def _search(self, clinic_id: str, text: str, beside: Sequence[str] = ()) -> Found:
        dense = self._near(clinic_id, text, beside)
        return Found(dense, *self._said(clinic_id, text))

    def _said(self, clinic_id: str, question: str) -> tuple[dict[str, float], float]:
        """(id to BM25 score, how much of the question one text says)."""
        version, texts = self._source.version(clinic_id), partial(self._source.texts, clinic_id)
        found = self._words.search(clinic_id, version, texts, question, CANDIDATES)
        return dict(found), self._words.covered(clinic_id, version, texts, question)

    def _raised(self, live: _Live, question: str, asked: Found) -> Found:
        """`asked`, where the best answers are as near as the clinic's own question to them, if that is nearer: a short
        question drowns in a long answer."""
        if not asked.dense:
            return asked
        best = list(asked.fused(self._words_weight))
        rows = live.rows(best[:BATCH])  # more than are looked at here: most of them are quotable
        answers = {key: rows[key][0] for key in best[:RAISED] if key in rows}
        leads = {key: one.lead for key, one in answers.items() if one.kind is ChunkKind.QUESTION and one.lead}
        self._recall(live, list(leads))
        near = self._index.likeness(question, list(leads.values())) if leads else []
        least = min(asked.dense.values())
        nearer = {key: max(asked.dense.get(key, least), one) for key, one in zip(leads, near, strict=True)}
        return replace(asked, dense={**asked.dense, **nearer})

    def _ranked(self, clinic_id: str, question: str, asked: Found, context: Context) -> dict[str, float]:
        """Chunk id to score, best first, with what was said before."""
        before = [self._search(clinic_id, text) for text in context.history]
        ids = {key for found in (asked, *before) for key in (*found.dense, *found.words)}
        likeness = self._index.likeness(question, context.history) if asked.dense and before else []
        papers = self._source.documents(clinic_id, ids)
        return in_context(asked, before, papers, context, max(likeness, default=0.0), self._words_weight)

    def _quotable(self, live: _Live, asked: Found, scores: Mapping[str, float], limit: int) -> list[Passage]:
        """The best that are live. Rows are fetched in small batches: nearly always the first is enough."""
        ranked = list(scores.items())
        passages: dict[str, Passage] = {}
        for start in range(0, len(ranked), BATCH):
            batch = ranked[start : start + BATCH]
            rows = live.rows([key for key, _ in batch])
            for key, score in batch:
                if key not in rows:
                    continue
                chunk, document_id, document, effective = rows[key]
                near, heard = asked.dense.get(key, 0.0), asked.words.get(key, 0.0)
                found = Passage(chunk, document_id, document, effective, score, near, heard)
                passages.setdefault(" ".join(re.findall(r"\w+", chunk.searchable().casefold())), found)
                if len(passages) == limit:
                    return list(passages.values())
        return list(passages.values())

    def _compared(self, question: str, passages: list[Passage]) -> list[Passage]:
        """The passages, each answer with the likeness of the clinic's own question to `question`."""
        asked = [one.chunk.lead for one in passages if one.chunk.kind is ChunkKind.QUESTION and one.chunk.lead]
        near = dict(zip(asked, self._index.likeness(question, asked), strict=True)) if asked else {}
        answers = ChunkKind.QUESTION
        return [replace(p, lead=near.get(p.chunk.lead, 0.0)) if p.chunk.kind is answers else p for p in passages]

    def _near_foreign(self, clinic_id: str, question: str) -> dict[str, float]:
        try:
            return self._multilingual.search(clinic_id, question, CANDIDATES) if self._multilingual else {}
        except Exception as error:
            reason = error if isinstance(error, KnowledgeError) else type(error).__name__
            log.warning("Searching the papers of %s by translated words alone: %s", clinic_id, reason)
            return {}

    def _near(self, clinic_id: str, question: str, beside: Sequence[str] = ()) -> dict[str, float]:
        """Id to cosine; empty when vectors cannot be had, whatever the reason: the desk must go on answering."""
        try:
            found = self._index.search(clinic_id, question, CANDIDATES, beside) if self._index.ready else None
        except Exception as error:
            if not self._words_only:
                # A foreign error's message may quote what the patient typed.
                reason = error if isinstance(error, KnowledgeError) else type(error).__name__
                log.warning("Searching the papers of %s by words alone: %s", clinic_id, reason)
            found = None
        self._words_only = found is None
        return found or {}
