"""worded: an answer that was decided and quoted, said in a model's words as far as the papers bear them out. The model
chooses words only: what is answered, with which figures and from which papers, was decided before."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from app.answering.base import Answer, AnswerKind, Citation
from app.answering.cited import CitedSentences, cited_numbers, without_marks
from app.answering.covering import adds, content, covers, figures, signs
from app.answering.grounding import leans, supported
from app.answering.prompting import numbered, prompts, quotes
from app.answering.spanish import in_english
from app.answering.terms import words
from app.answering.units import citation, units
from app.answering.window import refers_back
from app.dialogue.language import detect, language_of
from app.llm.base import Guest, ModelFailed
from app.qualification.naming import find
from knowledge.types import Passage

log = logging.getLogger(__name__)
MOST_SENTENCES, MOST_WORDS, LONGEST_SENTENCE = 4, 80, 40
"""Of what is said, and of one sentence, in words: short and plain."""
MOST_READ, MOST_CHARACTERS, MOST_TOKENS = 12, 4_000, 250
"""Sentences and characters of a reply that are read: nobody listens to a babbler for longer."""
ALIKE = 92
"""From this likeness on, 0 to 100, a sentence is the question over again."""


def worded(
    guest: Guest, answer: Answer, passages: Sequence[Passage], language: str, say: Callable[[str], None]
) -> Answer:
    """`answer` in plain words of `language` ("en" or "es"). Each verified sentence is told to `say` at once, and what
    was told, joined, is the text of the result; nothing is told when `answer` comes back as it was. Where the words
    leave something out, or the model failed half way, the quoted text follows. Citations only ever get more. Never
    raises for anything that the model does; no call is made for what is no quoted answer, or speaks of an insurer."""
    papers = numbered(answer, passages) if _may_be_worded(answer) else []
    if not papers:
        return answer
    wording = _Wording(answer, papers, language)
    for piece in wording.pieces(guest):
        say(piece)
    if not wording.kept:
        return answer
    if not (wording.whole and wording.quoting and covers(wording.text, answer, papers)):
        say(f"\n{answer.text}")
        wording.text += f"\n{answer.text}"
    return replace(answer, text=wording.text, citations=(*answer.citations, *wording.sources()))


def _may_be_worded(answer: Answer) -> bool:
    """What is said of an insurer stands as it is written: there, one word too few is a wrong bill."""
    quoted = answer.kind is AnswerKind.ANSWER and not answer.disagreement
    return quoted and not find(answer.question) and not find(answer.text)


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    passages: tuple[Passage, ...]


@dataclass
class _Wording:
    """One reply as it is read. `whole` says that nothing failed before its end."""

    answer: Answer
    papers: Sequence[Passage]
    language: str
    text: str = ""
    whole: bool = False
    kept: list[_Kept] = field(default_factory=list)
    _gap: bool = False

    def pieces(self, guest: Guest) -> Iterator[str]:
        """What may be said, sentence by sentence. Never raises for what the model does."""
        try:
            for read, sentence in enumerate(self._sentences(guest), 1):
                if piece := self._checked(sentence):
                    yield piece
                if read >= MOST_READ or len(self.kept) >= MOST_SENTENCES:
                    break
            self.whole = True
        except ModelFailed as failed:
            log.info("An answer was not worded to its end: %s", failed.failure.value)
        except Exception as problem:  # its message may quote what the patient typed
            log.error("An answer could not be worded: %s", type(problem).__name__)

    def _sentences(self, guest: Guest) -> Iterator[str]:
        """The complete sentences of the reply, with their marks, as they come."""
        reply, size = CitedSentences(), 0
        asked = prompts(self.answer.question, self.papers, self.language)
        for piece in guest.stream("answer", asked, max_tokens=MOST_TOKENS, shown=lambda: bool(self.kept)):
            size += len(piece)
            yield from reply.feed(piece)
            if size > MOST_CHARACTERS or reply.endless:
                return
        yield from reply.rest()

    def _checked(self, sentence: str) -> str:
        """What is said for `sentence`: nothing where the papers do not bear it out, or it was said already."""
        text = without_marks(sentence)
        if self._repeats(text):
            return ""
        passages = self._borne_out_by(text, cited_numbers(sentence))
        self._gap = not passages
        if not passages:
            return ""
        item = text.startswith("- ")
        piece = text if not self.text else f"\n{text}" if item else f" {text}"
        self.text += piece
        self.kept.append(_Kept(text, passages))
        return piece

    def _borne_out_by(self, text: str, numbers: Sequence[int]) -> tuple[Passage, ...]:
        known = [self.papers[number - 1] for number in numbers if 0 < number <= len(self.papers)]
        if not known or len(known) < len(numbers) or not self._fits(text) or adds(text, self.answer):
            return ()
        verdict = supported(text, known, self._about(text))
        passages = verdict.passages or tuple(known)
        return passages if verdict.supported and self._to_the_point(text, passages) else ()

    def _to_the_point(self, text: str, passages: Sequence[Passage]) -> bool:
        """Whether `text` says something of what the answer quotes, or has a word of the question: that bikes have racks
        is true, and no answer to who brings a dog."""
        if self.kept and leans(text):
            return True
        question = self.answer.question
        asked = content(question) | content(in_english(question))
        said = content(text) | content(in_english(text))
        return any(quotes(self.answer, passage) for passage in passages) or bool(asked & said)

    @property
    def quoting(self) -> bool:
        """Whether some of what was said comes from what the answer quotes."""
        return any(quotes(self.answer, passage) for kept in self.kept for passage in kept.passages)

    def _about(self, text: str) -> str:
        """What `text` may leave unsaid: the question's words, but for an "It costs $40" after another sentence, which
        the reader takes to be about what that one is about."""
        return self.kept[-1].text if self.kept and leans(text) else self.answer.question

    def _fits(self, text: str) -> bool:
        """Whether `text` is a short statement in the patient's language that leans on nothing that was not said. What
        nobody sees, such as the mark that a reference takes the place of, is not for a model to say, nor a sign that
        changes what stands beside it ("~~$40~~", ">", "40k")."""
        if not text.isprintable() or text.endswith("?") or (self._gap and refers_back(text.removeprefix("- "))):
            return False
        if signs(text) - signs("\n".join(paper.chunk.searchable() for paper in self.papers)):
            return False
        short = len(text.split()) <= LONGEST_SENTENCE and len(f"{self.text} {text}".split()) <= MOST_WORDS
        other = detect(text) == "en" if self.language == "es" else language_of(text) == "es"
        return short and not other

    def _repeats(self, text: str) -> bool:
        if fuzz.ratio(_bare(text), _bare(self.answer.question)) >= ALIKE:
            return True
        return any(content(text) <= content(one.text) for one in self.kept)

    def sources(self) -> list[Citation]:
        """Where the kept sentences stand, as far as the answer does not cite it already."""
        found: list[Citation] = []
        for kept in self.kept:
            for source in (citation(passage, _quote(passage, kept.text)) for passage in kept.passages):
                there = (*self.answer.citations, *found)
                if not any(source.quote in one.quote and source.document == one.document for one in there):
                    found.append(source)
        return found


def _bare(text: str) -> str:
    return " ".join(word.folded for word in words(text))


def _quote(passage: Passage, sentence: str) -> str:
    """The piece of `passage`, word by word, that says most of `sentence`."""
    said = content(sentence) | content(in_english(sentence))
    pieces = [unit.text for unit in units([passage])] or [passage.chunk.text]
    return max(pieces, key=lambda piece: len(content(piece) & said) + len(figures(piece) & figures(sentence)))
