"""Questions asked of a desk whose clinics use a model: what was decided, what became of it in words, and when."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from app.answering.base import Answer
from app.answering.cited import CitedSentences, cited_numbers, without_marks
from app.answering.covering import adds
from app.answering.grounding import supported
from app.answering.prompting import numbered
from app.delivery.connecting import connect
from app.llm.base import Guest, ModelFailed, OutputSchema, Prompt, Purpose
from app.llm.guests import Guests
from app.usecases.answer_question import Decided, decide_answer
from app.usecases.word_answer import worded_by
from scripts.evals.asking import REFUSED, Asker, clinic_of
from scripts.evals.judging import is_right
from scripts.evals.sets import Measured, Question
from scripts.evals.unsupported import Papers

PATIENCE_S = 180.0
"""Longer than FRONTDESK_LLM_TURN_S may be: what a model says is measured here, also where it is slow."""
TOKENS = 1_000_000_000


@dataclass
class Listening:
    """A guest, and what it heard: the reply, when it began, how it failed."""

    guest: Guest
    reply: str = ""
    asked: bool = False
    first: float | None = None
    failure: str = ""

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """As the guest."""
        return self.guest.complete(purpose, prompts, schema, max_tokens=max_tokens)

    def stream(
        self,
        purpose: Purpose,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shown: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """As the guest."""
        self.asked = True
        try:
            for piece in self.guest.stream(purpose, prompts, max_tokens=max_tokens, shown=shown):
                self.first = self.first or time.perf_counter()
                self.reply += piece
                yield piece
        except ModelFailed as failed:
            self.failure = failed.failure.value
            raise


@dataclass(frozen=True, slots=True)
class Told:
    """One question. `plain` is the desk's own answer, `answer` what was shown, `said` the model's sentences in it.
    Times in seconds: `plain_s` to decide; from then on `model_s` to the model's first words, `first_s` to the first
    words that the patient reads, `whole_s` to the last ones."""

    set_name: str
    question: Question
    plain: Answer
    answer: Answer
    said: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...]
    papers: Papers
    asked: bool
    failure: str
    plain_s: float
    model_s: float | None
    first_s: float
    whole_s: float

    @property
    def followed(self) -> bool:
        """Whether the quoted text came after the model's words."""
        return bool(self.said) and self.answer.text.endswith(f"\n{self.plain.text}")

    def right(self, answer: Answer, *, shown: bool = False) -> bool:
        """Whether `answer` is right; `shown`: by the words that are read at once, without the quotes below them."""
        judged = replace(answer, citations=()) if shown else answer
        return not refused(answer) and is_right(judged, self.question)


def refused(answer: Answer) -> bool:
    """Whether nothing was claimed."""
    return answer.kind in REFUSED


@dataclass
class Wordings:
    """Asks one desk with one model server; papers are read once for each clinic."""

    asker: Asker
    guests: Guests
    _papers: dict[str, Papers] = field(default_factory=dict)

    def told(self, one: Measured, question: Question) -> Told:
        """`question` decided, and worded where it may be."""
        desk, clinic = self.asker.desk, replace(clinic_of(self.asker, one), model_on=True)
        started = time.perf_counter()
        decided = decide_answer(desk, clinic, question.text, "en")
        plain_s = time.perf_counter() - started
        guest = self.guests.for_turn(clinic, conversation_id=None, seconds=PATIENCE_S)
        assert guest is not None
        heard, said, first = Listening(guest), [], 0.0
        word = worded_by(heard, decided, "en")
        started = time.perf_counter()

        def say(piece: str) -> None:
            nonlocal first
            first = first or time.perf_counter() - started
            said.append(piece)

        answer = word(decided.answer, say) if word else decided.answer
        whole = time.perf_counter() - started
        kept = tuple(piece.strip() for piece in said if piece != f"\n{decided.answer.text}")
        return Told(
            one.name,
            question,
            decided.answer,
            answer,
            kept,
            tuple(dropped(heard.reply, kept, decided)) if heard.asked else (),
            self.papers(clinic.id),
            heard.asked,
            heard.failure,
            plain_s,
            heard.first - started if heard.first else None,
            first or whole,
            whole,
        )

    def papers(self, clinic_id: str) -> Papers:
        """All that the clinic's papers say."""
        if clinic_id not in self._papers:
            live = self.asker.desk.papers
            rows = live.passages(clinic_id, [key for key, _ in live.texts(clinic_id)])
            self._papers[clinic_id] = Papers.of(row[0] for row in rows.values())
        return self._papers[clinic_id]


@contextmanager
def guests_at(asker: Asker, url: str) -> Iterator[Guests]:
    """The model server at `url` as the desk's."""
    settings = asker.desk.settings.model_copy(
        update={"llm_base_url": url, "llm_model": "measured", "llm_local": True, "llm_tokens_per_day": TOKENS}
        | {"llm_first_words_s": PATIENCE_S}
    )
    guests = Guests(settings, asker.desk.database, asker.desk.clock, partial(connect, allow_private=True))
    guests.warm()
    try:
        yield guests
    finally:
        guests.close()


def dropped(reply: str, kept: Sequence[str], decided: Decided) -> Iterator[tuple[str, str]]:
    """(why, sentence) for each sentence of `reply` that was not shown."""
    sentences = CitedSentences()
    papers = numbered(decided.answer, decided.passages)
    for sentence in [*sentences.feed(reply), *sentences.rest()]:
        text, numbers = without_marks(sentence), cited_numbers(sentence)
        if text in kept:
            continue
        cited = [papers[number - 1] for number in numbers if 0 < number <= len(papers)]
        if not numbers or len(cited) < len(numbers):
            yield "names no paper" if not numbers else "names a paper that is not there", text
        elif adds(text, decided.answer):
            yield "figure, link or insurer of its own", text
        else:
            verdict = supported(text, cited, decided.answer.question)
            yield ("repeated, not needed or not fit to show" if verdict.supported else "no paper says so"), text
