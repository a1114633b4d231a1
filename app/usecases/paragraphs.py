"""The paragraphs of one reply as they become known: each is sent at once, and what several questions share, once."""

from collections.abc import Callable, Sequence

from app.answering.base import Answer, AnswerKind
from app.dialogue.phrasing import ClinicWords, refusal, refusals
from app.dialogue.wording import Wording
from app.usecases.reply_stream import ReplyStream

REFERENCE_MARK = "\ue000reference\ue000"
"""Stands in the reply until the reference is known; private-use characters, so that no patient's words match it."""

Worded = Callable[[Answer, Callable[[str], None]], Answer]
"""Gives an answer in other words. What it says piece by piece, joined, is the text of the answer that it returns."""


class Paragraphs:
    """`parts` are the paragraphs in reading order; `answers` has one for each question, in the order asked."""

    def __init__(self, stream: ReplyStream, wording: Wording, clinic: ClinicWords) -> None:
        self.parts: list[str] = []
        self.answers: list[Answer] = []
        self._stream, self._wording, self._clinic = stream, wording, clinic
        self._deferred: list[Answer] = []

    def answer(self, answer: Answer, worded: Worded | None = None) -> None:
        """Adds one question's answer, by `worded` where it is given. Questions that no paper answers wait for the
        others, to be told together."""
        if worded is not None:
            self.answers.append(self._form(answer, worded))
            return
        self.answers.append(answer)
        if answer.kind is AnswerKind.REFUSAL and answer.text == refusal(self._wording, self._clinic):
            self._deferred.append(answer)
        else:
            self._say(answer.text, [answer])

    def tell(self, text: str, answers: Sequence[Answer] = ()) -> None:
        """Adds what is no answer to a question."""
        self.defer()
        self.answers += answers
        self._say(text, list(answers))

    def defer(self) -> None:
        """Tells which questions no paper answers; call it when no further question comes."""
        if not self._deferred:
            return
        several = refusals(self._wording, self._clinic, [answer.question for answer in self._deferred])
        self._say(several if len(self._deferred) > 1 else self._deferred[0].text, self._deferred)
        self._deferred = []

    def _say(self, text: str, answers: list[Answer]) -> None:
        """Two questions that one piece of a paper answers are answered by it once."""
        if not text or (answers and text in self.parts):
            return
        self.parts.append(text)
        if REFERENCE_MARK not in text:
            self._stream.say(text, answers)

    def _form(self, answer: Answer, worded: Worded) -> Answer:
        forming = _Forming(self._stream, tuple(self.parts))
        answer = worded(answer, forming.say)
        if forming.begun:
            self.parts.append(answer.text)
            self._stream.sources([answer])
        else:
            self._say(answer.text, [answer])
        return answer


class _Forming:
    """A paragraph that is sent as it forms, unless it may still become one of those that were said before."""

    def __init__(self, stream: ReplyStream, before: Sequence[str]) -> None:
        self.begun = False
        self._stream, self._before, self._held = stream, before, ""

    def say(self, piece: str) -> None:
        if self.begun:
            self._stream.more(piece)
            return
        self._held += piece
        if not any(part.startswith(self._held) for part in self._before):
            self.begun = True
            self._stream.say(self._held)
